"""`cloche shell` as a person uses it: keys in, screen out. The prompt is "$ "."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator

import pytest

from .driver import SOURCE, Terminal

pytestmark = pytest.mark.usefixtures("userland")


@pytest.fixture
def shell() -> Iterator[Terminal]:
    terminal = Terminal("shell", "--env", "PS1=$ ", "/bin/bash", "--norc")
    terminal.wait_for("$")
    yield terminal
    terminal.close()


def test_echoes_runs_and_passes_the_exit_status_on(shell: Terminal) -> None:
    shell.type("echo $((6 * 7))\r")
    shell.wait_for("$ echo $((6 * 7))", "42", "$")
    shell.type("exit 7\r")
    assert shell.end() == 7


def test_the_terminal_is_as_before_afterwards(shell: Terminal) -> None:
    assert not termios.tcgetattr(shell.slave)[3] & termios.ICANON
    shell.type("\x04")
    assert shell.end() == 0
    assert termios.tcgetattr(shell.slave) == shell.modes


@pytest.mark.parametrize("signo", [signal.SIGTERM, signal.SIGHUP])
def test_the_terminal_is_as_before_after_a_signal(shell: Terminal, signo: int) -> None:
    os.kill(shell.pid, signo)
    assert shell.end() == 128 + signo
    assert termios.tcgetattr(shell.slave) == shell.modes


def test_is_a_terminal_with_a_name(shell: Terminal) -> None:
    shell.type("tty; [ -t 0 ] && [ -t 2 ] && echo yes\r")
    shell.wait_for("/dev/pts/0", "yes", "$")


def test_line_editing(shell: Terminal) -> None:
    shell.type("this goes\x15echo two")  # ^U: erase the line
    shell.type("\x1bb")  # M-b: back a word
    shell.type("one ")
    shell.type("\x05 three\x17four\r")  # ^E: to the end; ^W: erase a word
    shell.wait_for("$ echo one two four", "one two four", "$")


def test_history(shell: Terminal) -> None:
    shell.type("echo first\r")
    shell.wait_for("first", "$")
    shell.type("echo second\r")
    shell.wait_for("second", "$")
    shell.type("\x1b[A\x1b[A\r")
    shell.wait_for("second", "$ echo first", "first", "$")
    shell.type("\x12sec\r")  # ^R: reverse search
    shell.wait_for("$ echo second", "second", "$")


def test_completion(shell: Terminal) -> None:
    shell.type("cd /tmp && touch completed-name\r")
    shell.wait_for("$ cd /tmp && touch completed-name", "$")
    shell.type("ls comp\t\r")
    shell.wait_for("$ ls completed-name", "completed-name", "$")


def test_control_c_ends_the_foreground_job_only(shell: Terminal) -> None:
    shell.type("sleep 1000\r")
    shell.wait_for("$ sleep 1000")
    shell.type("\x03")
    shell.wait_for("$ sleep 1000", "^C", "$")
    shell.type("echo $?\r")
    shell.wait_for("$ echo $?", "130", "$")


def test_control_c_ends_a_loop_of_the_shell(shell: Terminal) -> None:
    shell.type("while :; do :; done\r")
    shell.wait_for("$ while :; do :; done")
    shell.type("\x03")
    shell.wait_for("$ while :; do :; done", "^C", "$")


def test_stops_continues_and_lists_jobs(shell: Terminal) -> None:
    shell.type("sleep 1000\r")
    shell.wait_for("$ sleep 1000")
    shell.type("\x1a")
    shell.wait_for("[1]+  Stopped                 sleep 1000", "$")
    shell.type("bg\r")
    shell.wait_for("[1]+ sleep 1000 &", "$")
    shell.type("jobs\r")
    shell.wait_for("[1]+  Running                 sleep 1000 &", "$")
    shell.type("fg\r")
    shell.wait_for("$ fg", "sleep 1000")
    shell.type("\x03")
    shell.wait_for("sleep 1000", "^C", "$")


def test_a_background_job_that_reads_the_terminal_is_stopped(shell: Terminal) -> None:
    shell.type("cat &\r")
    shell.type("\r")
    shell.type("wait %1; jobs\r")
    shell.wait_for("[1]+  Stopped                 cat", "$")


def test_reads_lines_until_control_d(shell: Terminal) -> None:
    shell.type("echo ready; cat > /tmp/file\r")
    shell.wait_for("ready")
    shell.type("typpo\x7f\x7f\x7fo\r")
    shell.type("\x04")
    shell.type("cat /tmp/file\r")
    shell.wait_for("$ cat /tmp/file", "tyo", "$")


def test_the_window_size_follows(shell: Terminal) -> None:
    shell.type("stty size\r")
    shell.wait_for("24 80", "$")
    shell.resize(30, 100)
    os.kill(shell.pid, signal.SIGWINCH)
    shell.type("stty size; echo $LINES $COLUMNS\r")
    shell.wait_for("30 100", "30 100", "$")


def test_much_output_does_not_stall(shell: Terminal) -> None:
    shell.type("seq 1 20000\r")
    shell.wait_for("19999", "20000", "$")


def test_ends_when_the_terminal_goes(shell: Terminal) -> None:
    shell.type("trap 'exit 3' HUP; sleep 1000 &\r")
    os.close(shell.master)
    os.close(shell.slave)
    assert os.waitstatus_to_exitcode(os.waitpid(shell.pid, 0)[1]) in (3, 129)
    shell.pid, shell.master, shell.slave = 0, os.open("/dev/null", os.O_RDONLY), os.open("/dev/null", os.O_RDONLY)


def test_without_a_terminal_input_is_the_script() -> None:
    done = subprocess.run([sys.executable, "-c", "from cloche.cli.main import main; main()", "shell"],
                          input=b"echo $((1 + 1)); exit 5\n", capture_output=True, timeout=120, check=False,
                          env={**os.environ, "PYTHONPATH": str(SOURCE)})
    assert (done.returncode, done.stdout, done.stderr) == (5, b"2\n", b"")


def test_with_output_redirected_it_says_so() -> None:
    master, slave = os.openpty()
    done = subprocess.run([sys.executable, "-c", "from cloche.cli.main import main; main()", "shell"], stdin=slave,
                          capture_output=True, timeout=120, check=False,
                          env={**os.environ, "PYTHONPATH": str(SOURCE)})
    os.close(master)
    os.close(slave)
    assert (done.returncode, done.stderr) == (
        1, b"cloche: cloche shell needs a terminal, but its output is redirected: use cloche run\n")
