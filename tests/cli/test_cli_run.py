"""`cloche run`, as a user starts it, on the real userland."""
from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from pathlib import Path

import pytest
from conftest import cloche_command, cloche_environment


@pytest.mark.parametrize(("words", "stdin", "status", "stdout"), [
    (["echo hi | tr h H"], b"", 0, b"Hi\n"),
    (["wc -l"], b"a\nb\n", 0, b"2\n"),
    (["cat"], bytes(range(256)), 0, bytes(range(256))),
    (["exit 7"], b"", 7, b""),
    (["kill -TERM $$"], b"", 143, b""),
    (["printf", "%s|", "a b", "", "c"], b"", 0, b"a b||c|"),
    (["--", "echo", "--json"], b"", 0, b"--json\n"),
    (["--cwd", "/tmp", "pwd"], b"", 0, b"/tmp\n"),
    (["-e", "A=b=c", "--env", "B=", "echo \"$A|${B-unset}|${C-unset}\""], b"", 0, b"b=c||unset\n"),
])
def test_streams_and_status_pass_through(cloche, words, stdin, status, stdout) -> None:
    done = cloche("run", *words, stdin=stdin)
    assert (done.status, done.stdout, done.stderr) == (status, stdout, b"")


def test_stderr_is_the_commands(cloche) -> None:
    done = cloche("run", "echo out; echo err >&2")
    assert (done.stdout, done.stderr) == (b"out\n", b"err\n")


def test_an_environment_variable_is_taken_from_here(cloche) -> None:
    assert cloche("run", "-e", "HERE", 'echo "$HERE"', env={"HERE": "yes"}).stdout == b"yes\n"


def test_nothing_else_of_the_environment_is_seen(cloche) -> None:
    assert cloche("run", 'echo "${HERE-unset}"', env={"HERE": "yes"}).stdout == b"unset\n"


# scripts

def test_a_script_of_this_machine(cloche, tmp_path: Path) -> None:
    script = tmp_path / "job.sh"
    script.write_text('echo "$0 $# $2"; cat; exit 5\n')
    done = cloche("run", str(script), "a", "b c", stdin=b"in\n")
    assert (done.status, done.stdout) == (5, b"/run/cloche/job.sh 2 b c\nin\n")


def test_a_script_runs_by_its_shebang(cloche, tmp_path: Path) -> None:
    script = tmp_path / "job"
    script.write_text("#!/usr/bin/env -S awk -f\nBEGIN { print ARGC, ARGV[1] }\n")
    assert cloche("run", str(script), "x").stdout == b"2 x\n"


def test_a_script_cannot_change_itself(cloche, tmp_path: Path) -> None:
    script = tmp_path / "job.sh"
    script.write_text('echo more >> "$0"\n')
    done = cloche("run", str(script))
    assert (done.status, script.read_text()) == (1, 'echo more >> "$0"\n')
    assert done.stderr == b"/run/cloche/job.sh: line 1: /run/cloche/job.sh: Read-only file system\n"


# mounts

def test_a_mount_is_read_only_by_default(cloche, tmp_path: Path) -> None:
    (tmp_path / "f").write_text("hello\n")
    done = cloche("run", "-v", f"{tmp_path}:/mnt", "cat /mnt/f; echo x > /mnt/g")
    assert (done.status, done.stdout, sorted(os.listdir(tmp_path))) == (1, b"hello\n", ["f"])


def test_a_writable_mount(cloche, tmp_path: Path) -> None:
    assert cloche("run", "--mount", f"{tmp_path}:/mnt:rw", "echo x > /mnt/g").status == 0
    assert (tmp_path / "g").read_text() == "x\n"


def test_changes_of_an_overlay_stay_inside(cloche, tmp_path: Path) -> None:
    (tmp_path / "f").write_text("hello\n")
    done = cloche("run", "-v", f"{tmp_path}:/mnt:overlay", "echo x > /mnt/g; rm /mnt/f; ls /mnt")
    assert (done.stdout, sorted(os.listdir(tmp_path))) == (b"g\n", ["f"])


def test_what_is_not_mounted_is_not_there(cloche, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret\n")
    (tmp_path / "shown").mkdir()
    (tmp_path / "shown" / "link").symlink_to("../secret")
    (tmp_path / "shown" / "absolute").symlink_to(tmp_path / "secret")
    done = cloche("run", "-v", f"{tmp_path / 'shown'}:/mnt",
                  f"cat {tmp_path}/secret /mnt/../secret /mnt/link /mnt/absolute")
    assert (done.status, done.stdout) == (1, b"")


# limits

@pytest.mark.parametrize(("options", "command", "status", "line"), [
    (["--timeout", "1"], "while :; do :; done", 124, b"cloche: stopped: timeout\n"),
    (["--timeout", "0.5"], "sleep 60", 124, b"cloche: stopped: timeout\n"),
    (["--cpu", "0.5"], "while :; do :; done", 137, b"cloche: stopped: cpu\n"),
    (["--output-limit", "1M"], "yes >&2 | head -c 0; yes", 137, None),
])
def test_a_limit_ends_the_run_and_says_so(cloche, options, command, status, line) -> None:
    done = cloche("run", *options, command)
    assert done.status == status
    assert line is None or done.stderr == line


def test_output_is_cut_at_its_limit(cloche) -> None:
    done = cloche("run", "--output-limit", "64K", "yes")
    assert (done.status, done.stderr, len(done.stdout) < 1 << 20) == (137, b"cloche: stopped: output\n", True)


def test_files_end_at_the_disk_limit(cloche) -> None:
    done = cloche("run", "--disk", "1M", "head -c 2M /dev/zero > /tmp/x; stat -c %s /tmp/x")
    assert (done.status, done.stderr) == (0, b"head: error writing 'standard output': No space left on device\n")
    found = json.loads(cloche("run", "--json", "--disk", "1M", "head -c 2M /dev/zero > /tmp/x").stdout)
    assert (found["limits"], found["exit_code"]) == (["disk_bytes_max"], 1)


def test_a_directory_that_is_not_there(cloche) -> None:
    done = cloche("run", "--cwd", "/nowhere", "true")
    assert (done.status, done.stderr) == (126, b"cloche: cannot start in /nowhere: No such file or directory\n")


# other options

def test_json(cloche) -> None:
    done = cloche("run", "--json", "cat; printf '\\377' >&2; exit 3", stdin=b"in")
    found = json.loads(done.stdout)
    usage = found.pop("usage")
    assert found == {"stdout": "in", "stderr": "\ufffd", "stderr_base64": "/w==", "exit_code": 3, "reason": "exited",
                     "denials": [], "limits": [], "left_behind": 0}
    assert (done.status, done.stderr, usage["bytes_out"], usage["processes"]) == (3, b"", 3, 2)


def test_json_has_the_denials(cloche) -> None:
    found = json.loads(cloche("run", "--json", "echo > /dev/tcp/192.0.2.1/80").stdout)
    assert [(denial["action"], denial["resource"], denial["rule"], denial["errno"]) for denial in found["denials"]] == [
        ("net.connect", "192.0.2.1:80", "no-network", "ENETUNREACH")]


def test_under_deny_all_nothing_runs(cloche) -> None:
    done = cloche("run", "--policy", "deny-all", "true")
    assert (done.status, done.stderr) == (126, b"cloche: cannot run /bin/bash: Permission denied\n")


def test_a_seed_makes_runs_equal(cloche) -> None:
    command = "date +%s.%N; head -c 8 /dev/urandom | od -An -tx1; echo $RANDOM $$; sleep 3; date +%s.%N"
    runs = [cloche("run", "--seed", "5", command).stdout for _ in range(2)]
    assert runs[0] == runs[1]
    assert runs[0] != cloche("run", "--seed", "6", command).stdout


def test_the_summary_follows_on_stderr(cloche, tmp_path: Path) -> None:
    done = cloche("run", "--summary", "-v", f"{tmp_path}:/mnt",
                  "echo out; seq 2 | wc -l; mkdir /mnt/d 2>/dev/null; exit 4")
    lines = done.stderr.decode().splitlines()
    assert (done.status, done.stdout) == (4, b"out\n2\n")
    assert lines[0].startswith("cloche exited with status 4 after ")
    assert [line.split()[0] for line in lines[1:4]] == ["ran", "cost", "refused"]
    assert lines[1].startswith("  ran      4 programs in 4 processes: ")
    assert lines[3:] == ['  refused  mkdirat(AT_FDCWD, "/mnt/d", 0777): read-only file system; by mkdir /mnt/d']


def test_the_summary_escapes_what_the_guest_chose(cloche) -> None:
    done = cloche("run", "--summary", "mkdir $'/proc/\\e[31m\\nx' 2>/dev/null; exec -a $'\\e[2J' bash -c :")
    assert [byte for byte in done.stderr if byte != 10 and not 32 <= byte < 127] == []


def test_trace_writes_a_file(cloche, tmp_path: Path) -> None:
    path = tmp_path / "trace"
    done = cloche("run", f"--trace={path}", "echo", "hi")
    lines = path.read_text().splitlines()
    assert (done.stdout, done.stderr) == (b"hi\n", b"")
    assert [line for line in lines if not line.startswith("[pid 2] ")] == []
    assert lines[-2:] == ["[pid 2] exit_group(0) = ?", "[pid 2] +++ exited with 0 +++"]


def test_a_trace_that_cannot_be_written_is_said_afterwards(cloche) -> None:
    done = cloche("run", "--trace=/dev/full", "for i in 1 2 3 4 5; do true; $(true); done; echo done")
    assert (done.status, done.stdout) == (1, b"done\n")
    assert done.stderr.endswith(b"No space left on device\n")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(("closed", "out", "err"), [
    ("<&-", b"x\n", b"y\n"), (">&-", b"", b"y\n"), ("2>&-", b"x\n", b""), ("<&- >&- 2>&-", b"", b"")])
def test_a_closed_stream_is_nothing(cloche, closed, out, err) -> None:
    done = subprocess.run(["bash", "-c", f'"$@" {closed}', "-", *cloche_command("run", "cat; echo x; echo y >&2; exit 3")],
                          capture_output=True, stdin=subprocess.DEVNULL, env=cloche_environment(), check=False)
    assert (done.returncode, done.stdout, done.stderr) == (3, out, err)


# what is wrong

@pytest.mark.parametrize(("words", "message"), [
    (["run"], "no command: cloche run [OPTIONS] COMMAND...; see cloche run --help"),
    (["run", ""], "the command is empty; see cloche run --help"),
    (["run", "--nosuch", "x"], "there is no option --nosuch; see cloche run --help"),
    (["run", "-v", "/x", "true"], "--mount '/x' is not HOST:GUEST[:ro|rw|overlay]; see cloche run --help"),
    (["run", "-v", "/etc:/x:wr", "true"],
     "--mount '/etc:/x:wr': the mode 'wr' is not one of ro, rw, overlay; see cloche run --help"),
    (["run", "-e", "NOT_SET_HERE", "true"],
     "--env NOT_SET_HERE: there is no such variable here; write NOT_SET_HERE=VALUE; see cloche run --help"),
    (["run", "--policy", "offlne", "true"],
     "--policy 'offlne': did you mean offline? there are offline, deny-all, observe, developer, read-only; a file's name has a / or "
     "a . in it; "
     "see cloche run --help"),
])
def test_a_wrong_command_line_is_one_line_and_status_2(cloche, words, message) -> None:
    done = cloche(*words)
    assert (done.status, done.stdout, done.stderr.decode()) == (2, b"", f"cloche: {message}\n")


@pytest.mark.parametrize("words", [["nosuch"], ["--nosuch"], ["userland", "nosuch"], ["syscalls", "--level", "x"]])
def test_a_wrong_command_is_status_2(cloche, words) -> None:
    done = cloche(*words)
    assert (done.status, done.stdout) == (2, b"")


def test_a_mount_that_is_not_there(cloche) -> None:
    done = cloche("run", "-v", "/nonexistent-dir:/x", "true")
    assert (done.status, done.stderr) == (1, b"cloche: cannot mount /nonexistent-dir: it does not exist\n")


@pytest.mark.parametrize(("words", "status", "why"), [
    (["nosuch-program", "x"], 127, "there is no such program"), (["/nosuch", "x"], 127, "there is no such program"),
    (["/tmp", "x"], 126, "Permission denied")])
def test_a_program_that_cannot_be_run(cloche, words, status, why) -> None:
    done = cloche("run", *words)
    assert (done.status, done.stdout, done.stderr.decode()) == (status, b"", f"cloche: cannot run {words[0]}: {why}\n")


def test_a_missing_userland_is_said(cloche, tmp_path: Path) -> None:
    done = cloche("run", "true", env={"CLOCHE_USERLAND": None, "CLOCHE_CACHE": str(tmp_path)})
    assert (done.status, done.stderr) == (1, b"cloche: there are no guest programs yet: run `cloche userland build`, "
                                             b"or install a wheel that `cloche userland pack` made\n")


def test_a_broken_program_is_said(cloche, tmp_path: Path) -> None:
    (tmp_path / "root" / "bin").mkdir(parents=True)
    for name, data in (("bash", b"\0asm\1\0\0\0junk"), ("text", b"no program\n")):
        (tmp_path / "root" / "bin" / name).write_bytes(data)
        (tmp_path / "root" / "bin" / name).chmod(0o755)
    environment = {"CLOCHE_USERLAND": str(tmp_path / "root")}
    done = cloche("run", "--cwd", "/", "true", env=environment)
    assert (done.status, done.stderr) == (126, b"cloche: cannot run /bin/bash: Exec format error\n")
    done = cloche("run", "--cwd", "/", "/bin/text", "x", env=environment)
    assert (done.status, done.stderr) == (126, b"cloche: cannot run /bin/text: Exec format error\n")


def test_a_damaged_cache_is_made_again(cloche, tmp_path: Path) -> None:
    environment = {"CLOCHE_CACHE": str(tmp_path), "CLOCHE_USERLAND": str(_root())}
    assert cloche("run", "true", "x", env=environment).status == 0
    modules = sorted((tmp_path / "modules").glob("*.cwasm"))
    assert modules != []
    for path in modules:
        path.write_bytes(path.read_bytes()[:1000] + b"junk")
    assert cloche("run", "true", "x", env=environment).status == 0


def test_a_cache_others_can_write_is_refused(cloche, tmp_path: Path) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules").chmod(0o777)
    done = cloche("run", "true", env={"CLOCHE_CACHE": str(tmp_path), "CLOCHE_USERLAND": str(_root())})
    assert done.status == 1
    message = f"cloche: {tmp_path}/modules holds machine code, and others can write there: chmod 700 it"
    assert done.stderr.decode().startswith(message)


def _root() -> Path:
    from cloche.userland.store_host import Store
    return Store().root()


# pipes, terminals, signals

def test_a_reader_that_leaves(cloche) -> None:
    done = subprocess.run(["bash", "-c", '"$@" | head -n 1; echo "${PIPESTATUS[0]}"', "-", *cloche_command(
        "run", "seq 1 1000000")], capture_output=True, env=cloche_environment(), check=True, timeout=300)
    assert (done.stdout, done.stderr) == (b"1\n141\n", b"")


def test_help_into_a_closed_pipe_is_quiet(cloche) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(cloche_command("run", "--help"), stdout=closed, stderr=subprocess.PIPE,
                              env=cloche_environment(), check=False, timeout=300)
    assert (done.returncode, done.stderr) == (141, b"")


def test_ctrl_c_goes_to_the_command(cloche) -> None:
    command = "trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 1; done"
    process = subprocess.Popen(cloche_command("run", command),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=cloche_environment())
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (9, b"caught\n", b"")


def test_ctrl_c_ends_a_command_that_does_not_care(cloche) -> None:
    process = subprocess.Popen(cloche_command("run", "echo ready; sleep 60"), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, env=cloche_environment())
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130


@pytest.mark.parametrize(("environment", "coloured"), [({"NO_COLOR": None, "TERM": "xterm"}, True),
                                                       ({"NO_COLOR": "1", "TERM": "xterm"}, False),
                                                       ({"NO_COLOR": None, "TERM": "dumb"}, False)])
def test_colours_only_on_a_terminal_that_wants_them(cloche, environment, coloured) -> None:
    master, slave = pty.openpty()
    subprocess.run(cloche_command("run", "--summary", "true"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=slave, env=cloche_environment(**environment), check=True, timeout=300)
    os.close(slave)
    assert (b"\x1b[" in os.read(master, 65536)) is coloured
    os.close(master)


# the other commands

def test_help_lists_the_commands(cloche) -> None:
    text = cloche("--help").stdout.decode()
    assert [name for name in ("run", "shell", "syscalls", "userland", "version") if f" {name} " not in text] == []


def test_syscalls_prints_the_table(cloche) -> None:
    from cloche.syscalls.table import ROWS
    lines = cloche("syscalls").stdout.decode().splitlines()
    assert [(int(line.split()[0]), line.split()[1]) for line in lines] == sorted((row.number, row.name) for row in ROWS)


def test_version(cloche) -> None:
    words = cloche("version").stdout.decode().split()
    assert words[0::2][:3] == ["cloche", "wasmtime", "Python"]
