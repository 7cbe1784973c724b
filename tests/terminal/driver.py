"""A person at a terminal: starts a program in a pty, types, and looks at the screen (pyte)."""
from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path

import pyte

SOURCE = Path(__file__).resolve().parents[2] / "src"
_START = "from cloche.cli.main import main; main()"
#: How long the screen may take to show what is waited for: long enough for a busy machine, never waited out in vain.
_PATIENCE_S = 60.0


class Terminal:
    """A pty with a program in it, and what it shows."""

    def __init__(self, *words: str, rows: int = 24, columns: int = 80, env: Mapping[str, str] | None = None) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.master, slave = pty.openpty()
        self.resize(rows, columns)
        self.modes = termios.tcgetattr(slave)
        environ = {**os.environ, "PYTHONPATH": str(SOURCE), "TERM": "xterm", **(env or {})}
        self.pid = os.fork()
        if not self.pid:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for fd in range(3):
                os.dup2(slave, fd)
            os.execve(sys.executable, [sys.executable, "-c", _START, *words], environ)
        self.slave = slave  # kept open, to see how the program leaves the terminal

    def resize(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def lines(self) -> list[str]:
        """The screen down to its last line that is not empty, without trailing blanks."""
        shown = [line.rstrip() for line in self.screen.display]
        while shown and not shown[-1]:
            shown.pop()
        return shown

    def wait_for(self, *lines: str) -> None:
        """Until the screen ends in exactly these lines."""
        until = time.monotonic() + _PATIENCE_S
        while self.lines()[-len(lines):] != list(lines):
            left = until - time.monotonic()
            if left <= 0 or not self._read(left):
                raise AssertionError(f"not shown: {lines}; shown: {self.lines()}")

    def _read(self, seconds: float) -> bool:
        """Takes what is printed. False: nothing was."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            self._stream.feed(os.read(self.master, 65536))
        except OSError:
            return False
        return True

    def end(self) -> int:
        """The program's exit status, once it has ended."""
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            self._read(0.01)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
        raise AssertionError(f"still running; shown: {self.lines()}")

    def close(self) -> None:
        if self.pid:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        os.close(self.master)
        os.close(self.slave)
