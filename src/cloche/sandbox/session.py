"""Sessions: a bash that stays, and reads one command after the other.

The bash runs a loop of ours. Commands come in on descriptor 198, each ended by a null byte; after each, its status is
written to 199. Both are closed by exec. What the guest does to them is its own loss: a status it invents is the status it
could have exited with.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno, SysError
from ..abi.fcntl import O_RDONLY, O_WRONLY, SEEK_CUR
from ..abi.poll import POLLIN, POLLOUT
from ..abi.time import SECOND
from ..errors import ClocheError
from ..kernel import warm
from ..kernel.process import Process
from ..lib.wait_queue import WaitQueue
from ..vfs.open_file import OpenFile
from . import compose_host, warm_host
from .clock_host import HostClock
from .reached import reached, refusals
from .result import Reason, Result, Usage, ended, stopped
from .streams_host import StreamsHost

if TYPE_CHECKING:
    from .sandbox import Sandbox

COMMANDS_FD, STATUS_FD = 198, 199
#: RANDOM and SECONDS are as old as the template otherwise. `__cloche_rc` gives a command the status of the one before.
LOOP = (f"IFS= read -r RANDOM <&{COMMANDS_FD}; SECONDS=0; __cloche_rc() {{ return $1; }}; __cloche_status=0; "
        f"while IFS= read -r -d '' -u {COMMANDS_FD} __cloche_command; do "
        'eval "__cloche_rc $__cloche_status\n$__cloche_command"; __cloche_status=$?; '
        f"printf '%d ' $__cloche_status >&{STATUS_FD}; done")
#: Output of one command that is kept in memory, if the limits say nothing.
_CAPTURED_BYTES_MAX = 64 << 20


class _Commands(OpenFile):
    """Descriptor 198. It can be seeked, so bash reads it in blocks and steps back, instead of a byte a call."""

    seekable = True

    def __init__(self, inode: Any, first: bytes) -> None:
        super().__init__(inode, O_RDONLY)
        inode.stream = self
        self._data = first
        self.waiters = WaitQueue()

    def feed(self, command: bytes) -> None:
        self._data = self._data[self.position:] + command + b"\0"
        self.position = 0
        self.waiters.wake()

    def read(self, count: int) -> bytes | None:
        piece = self._data[self.position:self.position + count]
        if not piece:
            return None
        self.position += len(piece)
        return piece

    def seek(self, offset: int, whence: int) -> int:
        if whence != SEEK_CUR or not 0 <= self.position + offset <= len(self._data):
            raise SysError(Errno.EINVAL)
        self.position += offset
        return self.position

    def poll(self) -> int:
        return POLLIN if self.position < len(self._data) else 0

    def queue(self, for_writing: bool) -> WaitQueue:
        return self.waiters


class _Statuses(OpenFile):
    """Descriptor 199: calls `done(status)` for every number written to it."""

    def __init__(self, inode: Any, done: Callable[[int], None]) -> None:
        super().__init__(inode, O_WRONLY)
        inode.stream = self
        self._done = done

    def write(self, data: memoryview | bytes) -> int:
        text = bytes(data[:16]).strip()
        if text.isdigit():
            self._done(int(text) & 0xFF)
        return len(data)

    def poll(self) -> int:
        return POLLOUT


class _Input(OpenFile):
    """Standard input: each command's own bytes, then its end."""

    def __init__(self, inode: Any) -> None:
        super().__init__(inode, O_RDONLY)
        inode.stream = self
        self.data = memoryview(b"")

    def read(self, count: int) -> memoryview:
        piece, self.data = self.data[:count], self.data[count:]
        return piece

    def poll(self) -> int:
        return POLLIN


class _Output(OpenFile):
    """Standard output or error, gathered for the command that runs. `account(n)` answers how much to keep."""

    def __init__(self, inode: Any, account: Callable[[int], int]) -> None:
        super().__init__(inode, O_WRONLY)
        inode.stream = self
        self._account = account
        self.data = bytearray()

    def write(self, data: memoryview | bytes) -> int:
        kept = self._account(len(data))
        self.data += data[:kept]
        return len(data)

    def take(self) -> bytes:
        data, self.data = bytes(self.data), bytearray()
        return data

    def poll(self) -> int:
        return POLLOUT


class Session:
    """One persistent bash: working directory, variables, functions and background jobs stay from command to command.

    Made by Sandbox.session(). A command that ends the shell (exit, exec, set -e), or a timeout, ends the session: `alive`.
    """

    def __init__(self, sandbox: Sandbox, environ: tuple[bytes, ...], cwd: bytes) -> None:
        self._sandbox, self._machine = sandbox, sandbox.machine
        self._host = StreamsHost()
        anonymous = compose_host.anonymous_inode(self._machine)
        seed = int.from_bytes(self._machine.rng.bytes(2), "little") & 0x7FFF
        self._commands = _Commands(anonymous(), b"%d\n" % seed)
        self._input = _Input(anonymous())
        self._out, self._err = _Output(anonymous(), self._wrote), _Output(anonymous(), self._wrote)
        self._status: int | None = None  # of the command, once it is done
        self._ended: int | None = None  # wait status of the shell
        self._reason: Reason | None = None
        self._bytes_out = 0
        files = {0: self._input, 1: self._out, 2: self._err, COMMANDS_FD: self._commands,
                 STATUS_FD: _Statuses(anonymous(), self._done)}
        for file in files.values():
            file.get()  # ours: they outlive the shell
        try:
            with compose_host.running(sandbox.engine, self._host):
                self._first = self._begin(files, environ, cwd)
                self._machine.run(lambda: not self._machine.scheduler.ready, self._host)  # to its first read
        except SysError as error:
            raise ClocheError(f"cannot start a session: {error.errno.name}") from None

    def _begin(self, files: dict[int, OpenFile], environ: tuple[bytes, ...], cwd: bytes) -> Process:
        template = warm_host.template(self._sandbox, LOOP, environ, cwd)
        if template is not None:
            proc = warm.start(self._machine, template, files, cwd, self._shell_ended)
            if proc is not None:
                return proc
        argv = [b"bash", b"-c", LOOP.encode()]
        return self._machine.spawn(b"/bin/bash", argv, list(environ), files, cwd, on_exit=self._shell_ended)

    @property
    def alive(self) -> bool:
        return self._ended is None

    def _done(self, status: int) -> None:
        self._status = status

    def _shell_ended(self, proc: Process) -> None:
        self._ended = proc.status

    def _wrote(self, count: int) -> int:
        limit = self._sandbox.limits.output_bytes_max
        limit = _CAPTURED_BYTES_MAX if limit is None else limit
        if self._bytes_out + count > limit:
            count = limit - self._bytes_out
            self._stop(Reason.OUTPUT)
        self._bytes_out += count
        return count

    def _stop(self, reason: Reason) -> None:
        if self._reason is None:
            self._reason = reason
            self._machine.kill_all()

    def run(self, command: str, *, stdin: bytes | str = b"", timeout: float | None = None) -> Result:
        """Runs a command in the session's shell. `timeout` in seconds: everything is killed then, the session too."""
        if not self.alive:
            raise ClocheError("this session has ended: begin another with Sandbox.session()")
        text = command.encode("utf-8", "surrogateescape")
        if b"\0" in text:
            raise ClocheError("a command cannot hold null bytes")
        data = stdin.encode() if isinstance(stdin, str) else stdin
        machine = self._machine
        started, cpu, syscalls, forks = HostClock.monotonic(), machine.cpu_ns, machine.syscalls, machine.forks
        machine.memory.peak = machine.memory.used
        machine.limits_reached.clear()
        refused_before = refusals(machine)
        self._input.data = memoryview(data)
        self._status, self._reason, self._bytes_out = None, None, 0
        bounds = [bound for bound in (self._sandbox.limits.wall_ns_max, None if timeout is None else int(timeout * SECOND))
                  if bound is not None]
        timer = machine.scheduler.at(machine.clock.monotonic() + min(bounds), lambda: self._stop(Reason.TIMEOUT),
                                     exempt=True) if bounds else None
        self._commands.feed(text)
        try:
            with compose_host.running(self._sandbox.engine, self._host):
                finished = lambda: self._status is not None or self._ended is not None  # noqa: E731
                if not machine.run(finished, self._host):
                    self._stop(Reason.DEADLOCK)
                    machine.run(finished, self._host)
        finally:
            if timer is not None:
                machine.scheduler.cancel(timer)
        usage = Usage(machine.cpu_ns - cpu, HostClock.monotonic() - started, machine.memory.peak, machine.forks - forks,
                      machine.syscalls - syscalls, len(data), self._bytes_out)
        code, reason = self._outcome()
        return Result(self._out.take(), self._err.take(), code, reason, usage,
                      limits_reached=reached(machine, refused_before))

    def _outcome(self) -> tuple[int, Reason]:
        if self._machine.stop_reason is not None:
            self._reason = Reason(self._machine.stop_reason)
        if self._reason is not None:
            return stopped(self._reason)
        if self._status is not None:
            return self._status, Reason.EXITED
        assert self._ended is not None
        return ended(self._ended)
