"""The host's terminal as a guest's: a sandbox used interactively.

Keys go to a pty in the machine, what is printed there comes back; the guest's line discipline does all the rest, so the
host's terminal is raw meanwhile and put back whatever happens.
"""
from __future__ import annotations

import os
import select
import signal
import termios
import threading
import tty
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, Any

from ..abi.errno import SysError
from ..errors import ClocheError
from ..fs.devpts import HostPty
from . import compose_host

if TYPE_CHECKING:
    from ..kernel.process import Process
    from .sandbox import Sandbox

#: Read or written at once. A terminal that poll(2) calls writable may take fewer: what is left is kept.
_CHUNK_BYTES = 4096
#: How long the host's terminal may take for the last output, once the program has ended.
_LAST_OUTPUT_MS = 2000
#: Signals that end the session: the guest's terminal hangs up.
_ENDING = (signal.SIGTERM, signal.SIGHUP)


class TerminalHost:
    """What the machine's loop sees of a terminal: implements kernel/scheduler.py's Host.

    Reads and writes never wait, so a slow terminal stalls no guest but those that print to it.
    """

    def __init__(self, pty: HostPty, fd_in: int, fd_out: int) -> None:
        self._pty = pty
        self._fd_in, self._own_in = _reopened(fd_in, os.O_RDONLY)
        self._fd_out, self._own_out = _reopened(fd_out, os.O_WRONLY)
        self._typed = self._printed = b""  # taken from one side, not yet by the other
        self.interrupted = False  # SIGINT from outside; Ctrl-C is a byte like others
        self.resized = True
        self.ended_by = 0  # a signal, or 0
        self._wake_in, self._wake_out = os.pipe()
        os.set_blocking(self._wake_in, False)
        os.set_blocking(self._wake_out, False)

    @property
    def wake_fd(self) -> int:
        """A byte written to it ends `wait` (signal.set_wakeup_fd)."""
        return self._wake_out

    def poll(self) -> None:
        self._pump(0)

    def wait(self, timeout_ns: int | None) -> bool:
        if self._pty.hung_up:
            return timeout_ns is not None and self._pump(-(-timeout_ns // 1_000_000))
        return self._pump(None if timeout_ns is None else -(-timeout_ns // 1_000_000))

    def flush(self) -> None:
        """The last output, as far as the terminal takes it in a reasonable time."""
        for _ in range(_LAST_OUTPUT_MS // 20):
            self._write()
            if not self._printed and not self._pty.pending_output:
                return
            select.select([], [self._fd_out], [], 0.02)

    def close(self) -> None:
        for fd, own in ((self._fd_in, self._own_in), (self._fd_out, self._own_out), (self._wake_in, True),
                        (self._wake_out, True)):
            if own:
                os.close(fd)

    def _pump(self, timeout_ms: int | None) -> bool:
        """Moves what can be moved, and waits at most so long for more."""
        self._heed_signals()
        self._write()
        self._type()
        poller = select.poll()
        poller.register(self._wake_in, select.POLLIN)
        if not self._typed and not self._pty.hung_up:
            poller.register(self._fd_in, select.POLLIN)
        if self._printed:
            poller.register(self._fd_out, select.POLLOUT)
        ready = poller.poll(timeout_ms)
        self._heed_signals()  # before what was typed after them
        for fd, events in ready:
            if fd == self._wake_in:
                self._drain_wakeups()
            elif fd == self._fd_in:
                self._read(events)
            else:
                self._write()
        return True

    def _drain_wakeups(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._wake_in, 512)

    def _heed_signals(self) -> None:
        if self.resized:
            self.resized = False
            try:
                size = os.get_terminal_size(self._fd_out)
            except OSError:
                size = os.terminal_size((80, 24))
            self._pty.resize(size.lines, size.columns)
        if self.interrupted:
            self.interrupted = False
            self._typed += b"\x03"
        if self.ended_by:
            self._pty.hang_up()

    def _read(self, events: int) -> None:
        try:
            data = os.read(self._fd_in, _CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:  # the terminal is gone
            self._pty.hang_up()
            return
        self._typed += data
        self._type()

    def _type(self) -> None:
        if self._typed:
            self._typed = self._typed[self._pty.feed(self._typed):]

    def _write(self) -> None:
        while True:
            if not self._printed:
                self._printed = self._pty.take(_CHUNK_BYTES)
            if not self._printed:
                return
            if not self._own_out and not select.select([], [self._fd_out], [], 0)[1]:
                return
            try:
                written = os.write(self._fd_out, self._printed)
            except BlockingIOError:
                return
            except OSError:  # nobody sees it any more
                self._printed = b""
                self._pty.hang_up()
                return
            self._printed = self._printed[written:]


def _reopened(fd: int, access: int) -> tuple[int, bool]:
    """The same terminal with an open file description of our own, so that O_NONBLOCK is ours alone; or the same fd."""
    try:
        return os.open(f"/proc/self/fd/{fd}", access | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC), True
    except OSError:
        return fd, False


@contextmanager
def raw_mode(fd: int) -> Iterator[None]:
    """The terminal passes every byte on as it is; afterwards it is as it was."""
    before = termios.tcgetattr(fd)
    try:
        tty.setraw(fd, termios.TCSADRAIN)
        yield
    finally:
        with suppress(termios.error):  # it is gone
            termios.tcsetattr(fd, termios.TCSADRAIN, before)


@contextmanager
def _signals_heeded(host: TerminalHost, fd: int) -> Iterator[None]:
    """SIGWINCH resizes, SIGTERM and SIGHUP end the session, SIGCONT makes the terminal raw again."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def resized(*_: Any) -> None:
        host.resized = True

    def ended(signo: int, _: FrameType | None) -> None:
        host.ended_by = signo

    def continued(*_: Any) -> None:
        with suppress(termios.error):  # SIGCONT comes with SIGHUP too, when the terminal is gone
            tty.setraw(fd, termios.TCSADRAIN)
        host.resized = True

    handlers: dict[int, Any] = {signal.SIGWINCH: resized, signal.SIGCONT: continued, **dict.fromkeys(_ENDING, ended)}
    before = {signo: signal.signal(signo, handler) for signo, handler in handlers.items()}
    wakeup = signal.set_wakeup_fd(host.wake_fd, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup)
        for signo, handler in before.items():
            signal.signal(signo, handler)


def interact(sandbox: Sandbox, argv: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: str = "/root",
             fd_in: int = 0, fd_out: int = 1) -> int:
    """Runs a program with the host's terminal as its own. Its exit status, as a shell gives it."""
    machine = sandbox.machine
    environ = [f"{name}={value}".encode("utf-8", "surrogateescape")
               for name, value in {**sandbox.env, **(env or {})}.items()]
    words = [word.encode("utf-8", "surrogateescape") for word in argv]
    status: list[int] = []

    def ended(proc: Process) -> None:
        status.append(proc.status)

    pty = machine.vfs.devpts.host_pty(machine)
    slave = pty.open_slave()
    host = TerminalHost(pty, fd_in, fd_out)
    try:
        try:
            proc = machine.spawn(words[0], words, environ, {0: slave, 1: slave, 2: slave}, cwd.encode(),
                                 on_exit=ended)
        except SysError as error:
            raise ClocheError(f"cannot run {argv[0]}: {error.errno.name}") from None
        pty.control(proc)
        with raw_mode(fd_in), compose_host.running(sandbox.engine, host), _signals_heeded(host, fd_in):
            machine.run(lambda: bool(status), host)
            host.flush()
    finally:
        pty.hang_up()
        host.close()
    if host.ended_by:
        return 128 + host.ended_by
    if not status:
        return 128 + signal.SIGHUP
    signo = status[0] & 0x7F
    return 128 + signo if signo else status[0] >> 8
