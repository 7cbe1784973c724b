"""The Sandbox: what a user holds."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from ..policy.decision import Outcome
from ..policy.policy import Policy
from ..policy.presets import offline
from ..security.hooks import Security
from ..syscalls.table import DOOMED, HANDLERS
from . import compose_host, granted, shared_host
from .ask_host import OnAsk, asker
from .clock_host import HostClock
from .mounts import Mount
from .reached import reached, refusals
from .result import Reason, Result, Usage, ended, stopped
from .rng_host import HostRng
from .session import Session
from .streams import BytesInput, CapturedOutput
from .streams_host import HostStream, StreamsHost

#: What a command finds in its environment, if the caller says nothing else.
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/root", "USER": "root", "LOGNAME": "root", "SHELL": "/bin/bash",
    "LANG": "C.UTF-8", "TZ": "UTC0", "TERM": "dumb",
}
#: How long processes that a command left running may go on, once it has ended, before the answer is given.
_GRACE_NS = SECOND
#: What a Result keeps: of output unless Limits.output_bytes_max says less (the run ends there), and denials.
_CAPTURED_BYTES_MAX = 256 << 20
_DENIALS_MAX = 1000


@dataclass(frozen=True, slots=True)
class Streams:
    """Host descriptors to use as a command's standard streams, instead of bytes."""

    stdin: int
    stdout: int
    stderr: int


class Sandbox:
    """A machine of its own, with real GNU programs, in which commands run under a policy.

    `policy`: what is granted; default: presets.offline(). What it says of the machine (seed, limits, mounts, ...) holds, and
    `limits` only narrows it. `on_ask`: answers rules that ask (ask_host.py); without it they deny. `mounts`: host directories
    (sandbox/mounts.py). `env`: added to ENVIRONMENT. `seed`: makes it deterministic: virtual clock, seeded randomness,
    preemption by fuel. `root`: a staged root tree; default: the one `cloche userland build` made. Raises ClocheError (its
    message says what to change).

    One command runs at a time; files and processes that it leaves are there for the next.
    """

    def __init__(self, policy: Policy | None = None, *, limits: Limits | None = None, mounts: Sequence[Mount] = (),
                 env: Mapping[str, str] | None = None, seed: int | None = None, root: Path | None = None,
                 hostname: str | None = None, handlers: Mapping[int, Callable[..., int]] = HANDLERS,
                 on_ask: OnAsk | None = None) -> None:
        policy = policy or offline()
        said = policy.settings
        self.limits = granted.limits(limits, said)
        self.env = granted.environment(ENVIRONMENT, env, said)
        seed = said.seed if seed is None else seed
        clock: Clock = HostClock() if seed is None else VirtualClock()
        rng: Rng = HostRng() if seed is None else SeededRng(seed)
        self.engine = shared_host.engine(seed is not None, False)
        self.recorder = Recorder(clock)
        security = Security(policy, self.recorder)
        self.image = shared_host.image(root or shared_host.default_root())
        vfs = compose_host.make_vfs(security, self.recorder, clock, self.limits, self.image)
        self.machine = Machine(self.engine, vfs, security, self.recorder, clock, rng, self.limits, handlers, DOOMED,
                               (hostname or said.hostname or "cloche").encode())
        if on_ask is not None:
            security.asker = asker(on_ask, self.machine.fail)
        compose_host.mount_all(self.machine, granted.mounts(mounts, said))
        self._denials: list[Record] = []
        self._denied = 0
        self.recorder.watch(self._note_denial, [PolicyDecided])
        self._closed = False

    def _note_denial(self, record: Record) -> None:
        if record.event.decision.outcome is Outcome.ALLOW:  # type: ignore[attr-defined]
            return  # asked for, and granted
        self._denied += 1
        if len(self._denials) < _DENIALS_MAX:
            self._denials.append(record)

    def watch(self, sink: Sink, kinds: Sequence[type[Event]]) -> None:
        """Hands every record of one of `kinds` to `sink`, from now on. What it raises ends the run, and `run` raises it."""
        def guarded(record: Record) -> None:
            try:
                sink(record)
            except BaseException as error:
                self.machine.fail(error)

        self.recorder.watch(guarded, kinds)

    def reload_policy(self, policy: Policy) -> None:
        """Puts the rules of another policy in force, at once and for whatever runs, also while `run` does (from a sink).

        What is open stays open. Settings of a machine cannot change: ClocheError if the policy says others.
        """
        if policy.settings and policy.settings != self.machine.security.policy.settings:
            raise ClocheError("a running sandbox keeps its mounts, limits and environment: reload rules alone")
        settings = self.machine.security.policy.settings
        self.machine.security.load(replace(policy, settings=settings), self.machine.init)

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
        if self.machine.stop_reason is not None:
            raise ClocheError(f"this sandbox has stopped ({self.machine.stop_reason}): make a new one")
        argv = ["/bin/bash", "-c", command] if isinstance(command, str) else list(command)
        if not argv:
            raise ClocheError("an empty command: give a string for bash, or a program and its arguments")
        environ = [f"{name}={value}".encode("utf-8", "surrogateescape")
                   for name, value in {**self.env, **(env or {})}.items()]
        words = [word.encode("utf-8", "surrogateescape") for word in argv]
        if any(b"\0" in text for text in (*words, *environ)):
            raise ClocheError("arguments and environment cannot hold null bytes (execve(2))")
        run = _Run(self, streams, stdin.encode() if isinstance(stdin, str) else stdin, on_output)
        with compose_host.running(self.engine, run.host):
            self._denials.clear()
            self._denied = 0
            result = run.run(words, environ, cwd.encode(), timeout)
        return replace(result, denials=tuple(self._denials), denials_dropped=self._denied - len(self._denials))

    def session(self, *, cwd: str = "/root", env: Mapping[str, str] | None = None) -> Session:
        """A bash that stays: what commands do to it is there for the next. Starts in 0.3 ms if it is the sandbox's first."""
        environ = tuple(f"{name}={value}".encode("utf-8", "surrogateescape")
                        for name, value in {**self.env, **(env or {})}.items())
        return Session(self, environ, cwd.encode())

    def close(self) -> None:
        """Ends everything in it and frees it."""
        if self.machine.running:
            raise ClocheError("this sandbox runs a command: close it after that")
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
        self.host = StreamsHost()
        self._on_output, self._failure = on_output, None
        self._bytes_in, self._bytes_out = len(stdin) if streams is None else 0, 0
        self._reason: Reason | None = None
        self._first: Process | None = None
        self._status: int | None = None
        self._interrupts = 0
        anonymous = compose_host.anonymous_inode(self._machine)
        self._out = self._err = None
        if streams is None:
            show = None if on_output is None else self._show
            self._out = CapturedOutput(anonymous(), self._wrote, show)
            self._err = CapturedOutput(anonymous(), self._wrote, show)
            self._files: dict[int, Any] = {0: BytesInput(anonymous(), stdin), 1: self._out, 2: self._err}
        else:
            self._files = {0: HostStream(anonymous(), streams.stdin, False, self._read),
                           1: HostStream(anonymous(), streams.stdout, True, self._wrote),
                           2: HostStream(anonymous(), streams.stderr, True, self._wrote)}
            self.host.streams = list(self._files.values())
        self.host.on_interrupt = self._on_interrupt

    def _read(self, count: int) -> None:
        self._bytes_in += count

    def _wrote(self, count: int) -> int:
        limit = self._limits.output_bytes_max
        if limit is None and self._out is not None:
            limit = _CAPTURED_BYTES_MAX
        if limit is not None and self._bytes_out + count > limit:
            count = limit - self._bytes_out if self._out is not None else count
            self._stop(Reason.OUTPUT)
        self._bytes_out += count
        return count

    def _show(self, data: bytes) -> None:
        assert self._on_output is not None
        if self._failure is None:
            try:
                self._on_output(data)
            except BaseException as error:  # the caller's own: handed back once the guests are out of the way
                self._failure = error
                self._stop(Reason.INTERRUPTED)

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

    def run(self, argv: list[bytes], environ: list[bytes], cwd: bytes, timeout: float | None) -> Result:
        machine = self._machine
        self._check_directory(cwd)
        started, cpu, syscalls, forks = HostClock.monotonic(), machine.cpu_ns, machine.syscalls, machine.forks
        machine.memory.peak = machine.memory.used
        bounds = [bound for bound in (self._limits.wall_ns_max, None if timeout is None else int(timeout * SECOND))
                  if bound is not None]
        timer = machine.scheduler.at(machine.clock.monotonic() + min(bounds), lambda: self._stop(Reason.TIMEOUT),
                                     exempt=True) if bounds else None
        machine.limits_reached.clear()
        refused_before = refusals(machine)
        for file in self._files.values():
            file.get()  # ours, so that they outlive the command
        try:
            self._start(argv, environ, cwd)
            if not machine.run(lambda: self._status is not None, self.host):
                self._stop(Reason.DEADLOCK)
                machine.run(lambda: self._status is not None, self.host)
            left = self._drain()
        finally:
            if timer is not None:
                machine.scheduler.cancel(timer)
            for file in self._files.values():
                file.put()
        if self._failure is not None:
            raise self._failure
        usage = Usage(machine.cpu_ns - cpu, HostClock.monotonic() - started, machine.memory.peak, machine.forks - forks,
                      machine.syscalls - syscalls, self._bytes_in, self._bytes_out)
        code, reason = self._outcome()
        return Result(bytes(self._out.data) if self._out else b"", bytes(self._err.data) if self._err else b"",
                      code, reason, usage, (), reached(machine, refused_before), left)

    def _start(self, argv: list[bytes], environ: list[bytes], cwd: bytes) -> None:
        try:
            program = self._find_program(argv[0], environ)
            self._first = self._machine.spawn(program, argv, environ, self._files, cwd, on_exit=self._ended)
        except SysError as error:
            missing = error.errno is Errno.ENOENT
            why = "there is no such program" if missing else MESSAGES[error.errno]
            raise CannotRun(f"cannot run {printable(argv[0])}: {why}", 127 if missing else 126) from None

    def _check_directory(self, cwd: bytes) -> None:
        try:
            if not self._machine.vfs.find(self._machine.init, self._machine.vfs.root, cwd)[2].is_directory:
                raise SysError(Errno.ENOTDIR)
        except SysError as error:
            raise CannotRun(f"cannot start in {printable(cwd)}: {MESSAGES[error.errno]}", 126) from None

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
        machine.run(lambda: not machine.scheduler.ready or machine.clock.monotonic() > until, self.host)
        return sum(1 for proc in machine.processes.values() if proc.pid != 1 and proc.alive)

    def _outcome(self) -> tuple[int, Reason]:
        """(exit code, reason)."""
        if self._machine.stop_reason is not None:
            self._reason = Reason(self._machine.stop_reason)
        if self._reason is not None:
            return stopped(self._reason)
        assert self._status is not None
        return ended(self._status)


