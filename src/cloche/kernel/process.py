"""A process: identity, resources, and the guest that runs its program; Linux's `struct task_struct`."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..abi.errno import ERESTART
from ..abi.structs import TIMESPEC
from ..abi.time import SECOND
from ..lib.wait_queue import WaitQueue
from .scheduler import BLOCKED, RUNNABLE, STOPPED, ZOMBIE

if TYPE_CHECKING:
    from ..mm.address_space import AddressSpace
    from .credentials import Credentials
    from .fd_table import FdTable
    from .guest import Guest
    from .machine import Machine
    from .session import Session


class Process:
    """Its fields by concern: identity, family, files, signals, waiting, accounting, guest."""

    def __init__(self, machine: Machine, pid: int, parent: Process | None) -> None:
        self.machine, self.pid, self.parent = machine, pid, parent
        self.children: list[Process] = []
        self.child_queue = WaitQueue()
        self.state = RUNNABLE
        self.queued = False
        self.status = 0  # wait status, once a zombie
        self.pgid = pid
        self.session: Session = None  # type: ignore[assignment]  # set by who makes it
        self.cred: Credentials = None  # type: ignore[assignment]
        self.subreaper = False
        self.nice = 0  # shown, and without effect
        self.death_signal = 0  # PR_SET_PDEATHSIG
        self.has_execed = False  # setpgid(2): EACCES for a child that has
        # files
        self.umask = 0o022
        self.root: Any = None
        self.cwd: Any = None
        self.fds: FdTable = None  # type: ignore[assignment]
        self.rlimits: dict[int, tuple[int, int]] = {}
        # the program
        self.exe_path, self.comm = b"", b""
        self.exe: Any = None  # its inode
        self.argv: Sequence[bytes] = ()
        self.environ: Sequence[bytes] = ()
        self.start_time = machine.clock.monotonic()
        # signals: bit n-1 stands for signal n
        self.pending = self.blocked = 0
        self.actions: dict[int, tuple[int, int, int]] = {}  # signo -> (handler, flags, mask)
        self.siginfo: dict[int, list[bytes]] = {}  # of pending signals, oldest first
        self.signal_queue = WaitQueue()  # woken by every signal: signalfd(2)
        self.saved_mask: int | None = None  # to go back to after sigsuspend and the like
        self.awaited = 0  # blocked signals that sigtimedwait waits for
        self.itimers: dict[int, Any] = {}
        self.stop_report: int | None = None  # a stop or continuation the parent has not waited for
        self.stop_signal = 0
        # waiting
        self.waiting_on: tuple[WaitQueue, ...] = ()
        self.deadline: int | None = None
        self.timer: list[Any] | None = None
        self.remaining = 0  # address for the rest of an interrupted nanosleep(2)
        self.half_open: Any = None  # a FIFO end whose open waits for the other side
        # accounting
        self.cpu_ns = 0  # in guests it has left; see cpu_time
        self.children_cpu_ns = 0
        self.syscalls = 0
        # the guest
        self.handlers = machine.handlers  # number -> system call
        self.guest: Guest | None = None
        self.mem: AddressSpace = None  # type: ignore[assignment]
        self.pending_flag = 0  # address of __cloche_sigpending
        self.start_block = 0
        self.leaving = False  # must not go back into its guest: it has ended, or execs
        self.exec_request: tuple[Any, ...] | None = None
        self.forking = False
        self.fork_result: int | None = None
        self.fork_frames: tuple[int, int] | None = None  # range of the frames asyncify saved
        self.vfork_parent: Process | None = None  # of a vfork child that still runs in its guest
        self.vfork_result = 0

    # waiting

    def sleep(self, *queues: WaitQueue, deadline: int | None = None) -> int:
        """Registers what the current call waits for. Returns what the call then returns.

        A call may have stopped or ended its own process, by a signal: then there is nothing to wait for.
        """
        if self.timer is not None or self.waiting_on:
            self.cancel_wait()  # the guest was told to wait, and made another call instead
        if self.state is not RUNNABLE and self.state is not BLOCKED:
            return -ERESTART
        if deadline is not None:
            self.timer = self.machine.scheduler.at(deadline, self.wake)
        for queue in queues:
            queue.waiters[self] = None
        self.waiting_on = queues
        self.state = BLOCKED
        return -ERESTART

    def wake(self) -> None:
        if self.state is BLOCKED:
            self.cancel_wait()
            self.state = RUNNABLE
            self.machine.scheduler.add(self)

    def cancel_wait(self) -> None:
        for queue in self.waiting_on:
            queue.waiters.pop(self, None)
        self.waiting_on = ()
        if self.timer is not None:
            self.machine.scheduler.cancel(self.timer)
            self.timer = None

    def interrupt_wait(self) -> None:
        """A handler runs: the interrupted call starts afresh, if at all."""
        if self.remaining and self.deadline is not None:
            left = max(0, self.deadline - self.machine.clock.monotonic())
            self.mem.write(self.remaining, TIMESPEC.pack(left // SECOND, left % SECOND))
        self.forget_wait()

    def forget_wait(self) -> None:
        """The program that waited is gone, or goes on elsewhere."""
        self.remaining = 0
        self.deadline = None
        if self.half_open is not None:
            half_open, self.half_open = self.half_open, None
            half_open.release()

    def until(self, timeout: int) -> int:
        """The deadline of the current call: `timeout` ns from its first try, however often it is restarted."""
        if self.deadline is None:
            self.deadline = self.machine.clock.monotonic() + timeout
        return self.deadline

    # state

    @property
    def cpu_time(self) -> int:
        """CPU time in ns, up to now. That of a vfork child is its parent's while it runs in the parent's guest."""
        return self.cpu_ns + (self.guest.cpu_ns if self.guest is not None and self.vfork_parent is None
                              and self.state is not ZOMBIE else 0)

    @property
    def alive(self) -> bool:
        return self.state is not ZOMBIE

    @property
    def stopped(self) -> bool:
        return self.state is STOPPED

    @property
    def ppid(self) -> int:
        return self.parent.pid if self.parent is not None else 0

    def __repr__(self) -> str:
        return f"<Process {self.pid} {self.comm!r} {self.state}>"
