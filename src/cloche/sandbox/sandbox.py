"""The Sandbox: what a user holds."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from ..abi.errno import Errno, SysError
from ..abi.signal import SIGINT
from ..abi.strerror import MESSAGES
from ..abi.time import SECOND
from ..errors import CannotRun, ClocheError
from ..events.base import Event, Record
from ..events.kernel import PolicyDecided
from ..events.recorder import Recorder, Sink
from ..kernel import signals
from ..kernel.limits import Limits
from ..kernel.machine import Machine
from ..kernel.process import Process
from ..lib.clock import Clock, VirtualClock
from ..lib.quote import printable
from ..lib.rng import Rng, SeededRng
from ..policy.policy import Policy
from ..policy.presets import offline
from ..security.hooks import Security
from ..syscalls.table import DOOMED, HANDLERS
from . import compose_host, shared_host
from .clock_host import HostClock
from .mounts import Mount
from .result import KILLED_CODE, STOPPED_CODES, Reason, Result, Usage
from .rng_host import HostRng
from .streams import BytesInput, CapturedOutput
from .streams_host import HostStream, StreamsHost

#: What a command finds in its environment, if the caller says nothing else.
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/root", "USER": "root", "LOGNAME": "root", "SHELL": "/bin/bash",
    "LANG": "C.UTF-8", "TZ": "UTC0", "TERM": "dumb",
}
#: How long processes that a command left running may go on, once it has ended, before the answer is given.
_GRACE_NS = SECOND


@dataclass(frozen=True, slots=True)
class Streams:
    """Host descriptors to use as a command's standard streams, instead of bytes."""

    stdin: int
    stdout: int
    stderr: int


class Sandbox:
    """A machine of its own, with real GNU programs, in which commands run under a policy.

    `policy`: what is granted; default: presets.offline(). `mounts`: host directories (sandbox/mounts.py). `env`: added
    to ENVIRONMENT. `seed`: makes it deterministic: virtual clock, seeded randomness, preemption by fuel. `root`: a staged
    root tree; default: the one `cloche userland build` made. Raises ClocheError (its message says what to change).

    One command runs at a time; files and processes that it leaves are there for the next.
    """

    def __init__(self, policy: Policy | None = None, *, limits: Limits | None = None, mounts: Sequence[Mount] = (),
                 env: Mapping[str, str] | None = None, seed: int | None = None, root: Path | None = None,
                 hostname: str = "cloche", handlers: Mapping[int, Callable[..., int]] = HANDLERS) -> None:
        self.limits = limits or Limits()
        self.env = {**ENVIRONMENT, **(env or {})}
        clock: Clock = HostClock() if seed is None else VirtualClock()
        rng: Rng = HostRng() if seed is None else SeededRng(seed)
        self.engine = shared_host.engine(seed is not None, False)
        self.recorder = Recorder(clock)
        security = Security(policy or offline(), self.recorder)
        vfs = compose_host.make_vfs(security, self.recorder, clock, self.limits,
                                    shared_host.image(root or shared_host.default_root()))
        self.machine = Machine(self.engine, vfs, security, self.recorder, clock, rng, self.limits, handlers, DOOMED,
                               hostname.encode())
        compose_host.mount_all(self.machine, mounts)
        self._denials: list[Record] = []
        self.recorder.watch(self._denials.append, [PolicyDecided])
        self._closed = False

    def watch(self, sink: Sink, kinds: Sequence[type[Event]]) -> None:
        """Hands every record of one of `kinds` to `sink`, from now on."""
        self.recorder.watch(sink, kinds)

    def run(self, command: str | Sequence[str], *, stdin: bytes | str = b"", timeout: float | None = None,
            cwd: str = "/root", env: Mapping[str, str] | None = None, streams: Streams | None = None,
            on_output: Callable[[bytes], None] | None = None) -> Result:
        """Runs a command to its end: a string by bash -c, a sequence as a program and its arguments.

        `timeout` in seconds: everything that runs is killed then. With `streams`, input and output are the host's
        descriptors; otherwise `stdin` is given and output is kept in the Result. Ctrl-C (SIGINT) while it runs goes to
        the command, the second time the run ends.
        """
        if self._closed:
            raise ClocheError("this sandbox is closed")
        argv = ["/bin/bash", "-c", command] if isinstance(command, str) else list(command)
        if not argv:
            raise ClocheError("an empty command: give a string for bash, or a program and its arguments")
        run = _Run(self, streams, stdin.encode() if isinstance(stdin, str) else stdin, on_output)
        environ = [f"{name}={value}".encode("utf-8", "surrogateescape")
                   for name, value in {**self.env, **(env or {})}.items()]
        return run.run([word.encode("utf-8", "surrogateescape") for word in argv], environ, cwd.encode(), timeout,
                       self._denials)

    def close(self) -> None:
        """Ends everything in it and frees it."""
        if not self._closed:
            self._closed = True
            self.machine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Run:
    """One command: its streams, its limits, its end."""

    def __init__(self, sandbox: Sandbox, streams: Streams | None, stdin: bytes,
                 on_output: Callable[[bytes], None] | None) -> None:
        self._machine = sandbox.machine
        self._limits = sandbox.limits
        self._engine = sandbox.engine
        self._host = StreamsHost()
        self._bytes_in, self._bytes_out = len(stdin) if streams is None else 0, 0
        self._reason: Reason | None = None
        self._first: Process | None = None
        self._status: int | None = None
        self._interrupts = 0
        anonymous = compose_host.anonymous_inode(self._machine)
        self._out = self._err = None
        if streams is None:
            self._out = CapturedOutput(anonymous(), self._wrote, on_output)
            self._err = CapturedOutput(anonymous(), self._wrote, on_output)
            self._files: dict[int, Any] = {0: BytesInput(anonymous(), stdin), 1: self._out, 2: self._err}
        else:
            self._files = {0: HostStream(anonymous(), streams.stdin, False, self._read),
                           1: HostStream(anonymous(), streams.stdout, True, self._wrote),
                           2: HostStream(anonymous(), streams.stderr, True, self._wrote)}
            self._host.streams = list(self._files.values())
        self._host.on_interrupt = self._on_interrupt

    def _read(self, count: int) -> None:
        self._bytes_in += count

    def _wrote(self, count: int) -> None:
        self._bytes_out += count
        limit = self._limits.output_bytes_max
        if limit is not None and self._bytes_out > limit:
            self._stop(Reason.OUTPUT)

    def _stop(self, reason: Reason) -> None:
        """Ends every process of the machine; the machine itself stays usable."""
        if self._reason is None:
            self._reason = reason
            self._machine.kill_all()

    def _on_interrupt(self) -> None:
        self._interrupts += 1
        if self._interrupts > 1 or self._first is None:
            self._stop(Reason.INTERRUPTED)
        else:
            signals.send_group(self._machine, self._first.pgid, SIGINT)

    def _ended(self, proc: Process) -> None:
        self._status = proc.status

    def run(self, argv: list[bytes], environ: list[bytes], cwd: bytes, timeout: float | None,
            denials: list[Record]) -> Result:
        machine = self._machine
        started, cpu, syscalls, forks = HostClock.monotonic(), machine.cpu_ns, machine.syscalls, machine.forks
        machine.memory.peak = machine.memory.used
        denied_before = len(denials)
        bounds = [bound for bound in (self._limits.wall_ns_max, None if timeout is None else int(timeout * SECOND))
                  if bound is not None]
        timer = machine.scheduler.at(machine.clock.monotonic() + min(bounds), lambda: self._stop(Reason.TIMEOUT)) \
            if bounds else None
        for file in self._files.values():
            file.get()  # ours, so that they outlive the command
        try:
            program = self._find_program(argv[0], environ)
            self._first = machine.spawn(program, argv, environ, self._files, cwd, on_exit=self._ended)
        except SysError as error:
            for file in self._files.values():
                file.put()
            missing = error.errno is Errno.ENOENT
            why = "there is no such program" if missing else MESSAGES[error.errno]
            raise CannotRun(f"cannot run {printable(argv[0])}: {why}", 127 if missing else 126) from None
        with compose_host.running(self._engine, self._host):
            if not machine.run(lambda: self._status is not None, self._host):
                self._stop(Reason.DEADLOCK)
                machine.run(lambda: self._status is not None, self._host)
            left = self._drain()
        if timer is not None:
            machine.scheduler.cancel(timer)
        for file in self._files.values():
            file.put()
        usage = Usage(machine.cpu_ns - cpu, HostClock.monotonic() - started, machine.memory.peak, machine.forks - forks,
                      machine.syscalls - syscalls, self._bytes_in, self._bytes_out)
        code, reason = self._outcome()
        return Result(bytes(self._out.data) if self._out else b"", bytes(self._err.data) if self._err else b"",
                      code, reason, usage, tuple(denials[denied_before:]), tuple(sorted(machine.limits_reached)), left)

    def _find_program(self, name: bytes, environ: list[bytes]) -> bytes:
        """execvp(3): a name without a slash is looked for in PATH. ENOENT; EACCES if there was one, but denied."""
        if b"/" in name:
            return name
        machine, failure = self._machine, Errno.ENOENT
        search = next((entry[5:] for entry in environ if entry.startswith(b"PATH=")), b"")
        for directory in search.split(b":"):
            path = directory + b"/" + name
            try:
                machine.vfs.find(machine.init, machine.vfs.root, path)
            except SysError as error:
                failure = Errno.EACCES if error.errno is Errno.EACCES else failure
            else:
                return path
        raise SysError(failure)

    def _drain(self) -> int:
        """Lets what the command left running go on until it waits, a second at most. How many processes are left."""
        machine = self._machine
        until = machine.clock.monotonic() + _GRACE_NS
        machine.run(lambda: not machine.scheduler.ready or machine.clock.monotonic() > until, self._host)
        return sum(1 for proc in machine.processes.values() if proc.pid != 1 and proc.alive)

    def _outcome(self) -> tuple[int, Reason]:
        """(exit code, reason)."""
        if self._machine.stop_reason is not None:
            self._reason = Reason(self._machine.stop_reason)
        if self._reason is not None:
            return STOPPED_CODES.get(self._reason, KILLED_CODE), self._reason
        assert self._status is not None
        signo = self._status & 0x7F
        return (128 + signo, Reason.SIGNALED) if signo else (self._status >> 8, Reason.EXITED)


