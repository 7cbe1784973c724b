"""A machine: all kernel state of one sandbox, and the loop that runs it.

It does no I/O and reads no clock of its own: time, randomness, streams and the engine come in through ports, so that the
same seed and the same inputs give the same log.
"""
from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno, SysError
from ..abi.limits import ARG_MAX, RLIMIT_CPU, RLIMIT_NOFILE
from ..abi.signal import SIGKILL, SIGSEGV, SIGXCPU
from ..abi.time import SECOND
from ..events.kernel import LimitReached
from ..events.process import ProcessFaulted
from ..mm.address_space import MemoryLedger
from . import exec as _exec
from . import exit as _exit
from . import fork, session, signals
from .credentials import Credentials
from .fd_table import FdTable
from .guest import Engine, Fault
from .panic import panic
from .process import Process
from .scheduler import RUNNABLE, ZOMBIE, Host, Scheduler
from .session import Session

if TYPE_CHECKING:
    from ..events.recorder import Recorder
    from ..lib.clock import Clock
    from ..lib.rng import Rng
    from ..security.hooks import Security
    from .limits import Limits
    from .warm import Template

Handlers = Mapping[int, Callable[..., int]]


class Machine:
    """One machine. `handlers` is the system call table, `doomed_handlers` that of a vfork child that must end."""

    def __init__(self, engine: Engine, vfs: Any, security: Security, recorder: Recorder, clock: Clock, rng: Rng,
                 limits: Limits, handlers: Handlers, doomed_handlers: Handlers, hostname: bytes = b"cloche") -> None:
        self.engine, self.vfs, self.security, self.recorder = engine, vfs, security, recorder
        self.clock, self.rng, self.limits, self.hostname = clock, rng, limits, hostname
        self.handlers, self.doomed_handlers = handlers, doomed_handlers
        self.scheduler = Scheduler(clock, limits.timers_max)
        self.memory = MemoryLedger(limits.memory_bytes_max)
        self.boot_time = clock.monotonic()
        self.boot_realtime = clock.realtime()
        self.processes: dict[int, Process] = {}
        self.processes_peak = self.forks = 0
        self.cpu_ns = self.syscalls = 0
        #: Names of limits that were hit (fields of Limits).
        self.limits_reached: set[str] = set()
        #: Why the machine was stopped before its work was done: "timeout", "cpu", "output", "panic", ... or None.
        self.stop_reason: str | None = None
        #: What the caller's own code raised where only the kernel stands above it: `run` raises it again.
        self.failure: BaseException | None = None
        self.running = False
        #: Processes that have ended and still hold something, see exit.py.
        self.ending: deque[Process] = deque()
        self.in_end = False
        self._pids = itertools.count(1)
        self._dead: list[Any] = []
        self._ended: dict[int, Callable[[Process], None]] = {}
        #: For a warm start, see warm.py: the process to keep at its snapshot point, and what was kept.
        self.template_of: Process | None = None
        self.template: Template | None = None
        self.init = self._make_init()

    def _make_init(self) -> Process:
        """Process 1: has no program; adopts orphans and reaps them."""
        init = self.new_process(None)
        init.session, init.cred = Session(1), Credentials()
        init.fds = FdTable(0)
        init.root = init.cwd = self.vfs.root
        init.comm, init.argv = b"init", [b"init"]
        init.state = "S"
        return init

    # processes

    def new_process(self, parent: Process | None) -> Process:
        pid = next(self._pids)
        proc = self.processes[pid] = Process(self, pid, parent)
        if parent is not None:
            parent.children.append(proc)
        self.forks += 1
        if len(self.processes) > self.processes_peak:
            self.processes_peak = len(self.processes)
        return proc

    def spawn(self, path: bytes, argv: list[bytes], environ: list[bytes], files: Mapping[int, Any],
              cwd: bytes = b"/", cred: Credentials | None = None,
              on_exit: Callable[[Process], None] | None = None) -> Process:
        """A child of init in a session of its own that runs a program. SysError if it cannot.

        `files` are open file descriptions by descriptor. `on_exit` is called with the process when it has ended.
        """
        proc = self.new_command(cred)
        proc.argv = tuple(argv)
        try:
            if sum(map(len, argv)) + sum(map(len, environ)) + 5 * (len(argv) + len(environ)) > ARG_MAX:
                raise SysError(Errno.E2BIG)
            proc.cwd = self.vfs.find_directory(proc, cwd)
            found = _exec.find_program(proc, proc.cwd, path, argv)
            for fd, file in files.items():
                proc.fds.replace(fd, file)
            _exec.begin(proc, *found, environ)
        except BaseException:
            self.abandon(proc)
            raise
        if on_exit is not None:
            self.on_end(proc, on_exit)
        return proc

    def new_command(self, cred: Credentials | None = None) -> Process:
        """A child of init in a session of its own, with nothing open and no program yet."""
        proc = self.new_process(self.init)
        proc.session, proc.cred = Session(proc.pid), cred or Credentials()
        proc.fds = FdTable(self.limits.files_open_max)
        proc.rlimits[RLIMIT_NOFILE] = (self.limits.files_open_max,) * 2
        proc.root = proc.cwd = self.vfs.root
        return proc

    def abandon(self, proc: Process) -> None:
        """A new command that could not be started: it was never there."""
        proc.fds.close_all()
        proc.state = ZOMBIE
        self.drop_guest(proc)
        _exit.reap(proc)

    def on_end(self, proc: Process, action: Callable[[Process], None]) -> None:
        """Calls action(proc) when it has ended."""
        self._ended[proc.pid] = action

    def process_ended(self, proc: Process) -> None:
        action = self._ended.pop(proc.pid, None)
        if action is not None:
            action(proc)

    def orphaned_group(self, proc: Process) -> bool:
        return session.is_orphaned(self, proc.pgid)

    def drop_guest(self, proc: Process) -> None:
        """The guest of a process that has left it for good, if it was its own."""
        if proc.guest is not None and proc.vfork_parent is None:
            proc.cpu_ns = proc.cpu_time
            proc.mem.close()
            self._dead.append(proc.guest)
        proc.guest = None
        proc.pending_flag = 0

    # running

    def run(self, finished: Callable[[], bool], host: Host) -> bool:
        """Runs until finished() or the machine is stopped. False if all processes wait for what can never come."""
        self.running = True
        try:
            progress = self.scheduler.run(self._step, lambda: self.stop_reason is not None or finished(), host)
        except Exception:  # from a step or a timer, where no system call stands above it: as in dispatch
            panic(self.init)
            progress = True
        finally:
            self.running = False
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        return progress

    def fail(self, error: BaseException) -> None:
        """Code of the caller's (a sink, a signal handler of the host) raised in the middle of a system call."""
        if self.failure is None:
            self.failure = error
        self.stop("failed")

    def stop(self, reason: str) -> None:
        """Ends every process, now: the run is over."""
        if self.stop_reason is None:
            self.stop_reason = reason
            self.kill_all()

    def kill_all(self) -> None:
        for proc in list(self.processes.values()):
            if proc is not self.init:
                signals.send(proc, SIGKILL)

    def close(self) -> None:
        """Frees everything. Not from inside a guest."""
        assert self.engine.current is None, "a machine cannot be closed by what runs in it"
        self.kill_all()
        for proc in list(self.processes.values()):
            self.drop_guest(proc)
        self._bury()

    def _bury(self) -> None:
        while self._dead:
            self._dead.pop().close()

    def _step(self, proc: Process) -> None:
        """Lets a process run until it waits, has used its time slice, or ends its call of _start."""
        engine, guest = self.engine, proc.guest
        assert guest is not None
        before = guest.cpu_ns
        engine.current = proc
        fault = None
        if guest.owns_memory:
            proc.mem.allow_growth()
        try:
            done = guest.resume()
        except Fault as trapped:
            done, fault = True, trapped
        finally:
            proc, engine.current = engine.current, None  # another one, if a vfork child began or ended
        spent = guest.cpu_ns - before
        self.cpu_ns += spent
        if guest.owns_memory:
            proc.mem.follow_growth()
        self.clock.advance(spent)
        if fault is not None and not proc.leaving:
            self._fault(proc, fault)
        if done:
            self._call_ended(proc)
        elif proc.leaving:
            self.drop_guest(proc)
        elif proc.state is RUNNABLE:
            if proc.handlers is self.doomed_handlers:  # killed a time slice ago, and has made no system call since
                self._lose_both(proc, SIGKILL)
            self.scheduler.add(proc)
            self.scheduler.look = True  # a whole time slice went by
        if self._dead:
            self._bury()
        if self.limits.cpu_ns_max is not None and self.cpu_ns >= self.limits.cpu_ns_max:
            self.limit_stop(proc, "cpu_ns_max", self.limits.cpu_ns_max, "cpu")
        if proc.alive and RLIMIT_CPU in proc.rlimits:
            self._check_rlimit_cpu(proc)

    def limit_stop(self, proc: Process, limit: str, value: int, reason: str) -> None:
        """A limit that ends the run."""
        if self.stop_reason is None:
            self.limits_reached.add(limit)
            self.recorder.emit(proc, LimitReached(limit, value))
            self.stop(reason)

    def _check_rlimit_cpu(self, proc: Process) -> None:
        """getrlimit(2): SIGXCPU at the soft limit, SIGKILL at the hard one."""
        seconds = proc.cpu_time // SECOND
        soft, hard = proc.rlimits[RLIMIT_CPU]
        if seconds >= hard:
            signals.send(proc, SIGKILL)
        elif seconds >= soft:
            proc.rlimits[RLIMIT_CPU] = (soft + 1, hard)  # again after another second
            signals.send(proc, SIGXCPU)

    def _call_ended(self, proc: Process) -> None:
        if proc.exec_request is not None and proc.state is not ZOMBIE:
            _exec.finish_exec(proc)
        elif proc.leaving:
            self.drop_guest(proc)
        elif proc.forking and proc.guest is not None and not proc.guest.settled:
            fork.finish_fork(proc)
        elif proc.vfork_parent is not None:
            self._lose_both(proc, SIGSEGV)
        else:
            assert proc.guest is not None
            _exit.exit_process(proc, proc.guest.exit_code << 8)

    def _fault(self, proc: Process, fault: Fault) -> None:
        """A trap is the guest's own doing. It has left its frames: no handler can run. # L-SIG-002"""
        if ProcessFaulted in self.recorder.wanted:
            self.recorder.emit(proc, ProcessFaulted(fault.reason, fault.signo))
        if proc.vfork_parent is not None:
            self._lose_both(proc, fault.signo)
        else:
            _exit.exit_process(proc, fault.signo)

    @staticmethod
    def _lose_both(child: Process, signo: int) -> None:
        """A vfork child will never give its guest back: it took its parent's frames along."""
        assert child.vfork_parent is not None
        _exit.terminate(child.vfork_parent, signo)
        _exit.terminate(child, signo)
