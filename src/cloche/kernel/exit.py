"""The end of processes: exit(2), death by signal, orphans, zombies."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..abi.errno import EVFORKDONE
from ..abi.signal import CLD_EXITED, CLD_KILLED, SA_NOCLDWAIT, SIG_DFL, SIG_IGN, SIGCHLD
from ..events.process import ProcessExited
from . import session, signals
from .scheduler import BLOCKED, RUNNABLE, VFORK, ZOMBIE

if TYPE_CHECKING:
    from .process import Process


def exit_process(proc: Process, status: int) -> int:
    """exit_group(2), with a wait status. What the call answers: a vfork child's tells libc that the parent is back."""
    if proc.vfork_parent is not None:
        end_vfork(proc)
        _end(proc, status)
        return -EVFORKDONE
    _end(proc, status)
    return 0


def terminate(proc: Process, signo: int) -> None:
    """Ends a process by a signal.

    A vfork child runs in its parent's guest: it must leave that first, at its next system call. If it is the parent that
    ends, the child keeps the guest, as Linux's keeps the address space.
    """
    if proc.state is VFORK:
        _hand_over(proc)
    elif proc.vfork_parent is not None:
        proc.status = signo
        proc.handlers = proc.machine.doomed_handlers
        if proc.state is BLOCKED:
            proc.wake()
        return
    _end(proc, signo)


def _hand_over(parent: Process) -> None:
    """The parent of a vfork child ends first: the child owns the guest from now on, and is a process like others."""
    child = next(child for child in parent.children if child.vfork_parent is parent)
    assert parent.guest is not None
    child.vfork_parent = None
    used = parent.guest.cpu_ns
    parent.cpu_ns += used
    child.cpu_ns -= used
    parent.guest = parent.mem = None  # type: ignore[assignment]
    parent.pending_flag = 0
    parent.state = RUNNABLE
    if child.handlers is child.machine.doomed_handlers:
        _end(child, child.status)


def end_vfork(child: Process) -> None:
    """The child leaves its parent's guest: the parent goes on in it, from where it called vfork."""
    parent, child.vfork_parent = child.vfork_parent, None
    assert parent is not None and parent.state is VFORK
    child.guest = child.mem = None  # type: ignore[assignment]
    child.pending_flag = 0
    parent.vfork_result = child.pid
    parent.state = RUNNABLE
    engine = parent.machine.engine
    assert engine.current is child
    engine.current = parent
    if parent.pending & ~parent.blocked:
        signals.deliver(parent)


def _end(proc: Process, status: int) -> None:
    """Becomes a zombie, or vanishes if its parent does not care.

    The end of one process may be the end of others (hang-up, PR_SET_PDEATHSIG), and so on: they queue, and whoever ends
    the first goes on with the rest.
    """
    if proc.state is ZOMBIE:
        return
    machine = proc.machine
    proc.cancel_wait()
    proc.cpu_ns = proc.cpu_time
    proc.state, proc.status, proc.leaving = ZOMBIE, status, True
    machine.ending.append(proc)
    if machine.in_end:
        return
    machine.in_end = True
    try:
        while machine.ending:
            _give_up(machine.ending.popleft())
    finally:
        machine.in_end = False


def _give_up(proc: Process) -> None:
    """Everything a zombie has no use for."""
    machine, status = proc.machine, proc.status
    proc.forget_wait()
    for timer in proc.itimers.values():
        timer.disarm()
    if proc.mem is not None:
        proc.mem.drop_shared()
    proc.pending, proc.siginfo = 0, {}
    proc.exec_request = None
    machine.syscalls += proc.syscalls
    proc.fds.close_all()
    session.process_exited(proc)
    _orphan_children(proc)
    if ProcessExited in machine.recorder.wanted:
        machine.recorder.emit(proc, ProcessExited(status, proc.cpu_ns, proc.ppid))
    parent = proc.parent
    if parent is not None:
        handler, flags, _ = parent.actions.get(SIGCHLD, (SIG_DFL, 0, 0))
        if parent is machine.init or handler == SIG_IGN or flags & SA_NOCLDWAIT:
            reap(proc)
        killed = status & 0x7F
        parent.child_queue.wake()
        signals.send(parent, SIGCHLD, signals.child_info(proc, CLD_KILLED if killed else CLD_EXITED,
                                                         killed or status >> 8))
    if machine.engine.current is not proc:
        machine.drop_guest(proc)
    machine.process_ended(proc)


def _orphan_children(proc: Process) -> None:
    """wait(2): the nearest living subreaper adopts them, or init."""
    if not proc.children:
        return
    heir = proc.parent
    while heir is not None and not (heir.subreaper and heir.alive):
        heir = heir.parent
    heir = heir or proc.machine.init
    children, proc.children = proc.children, []
    for child in children:
        child.parent = heir
        heir.children.append(child)
        if child.death_signal:
            signals.send(child, child.death_signal)
        if child.state is ZOMBIE:
            if heir is proc.machine.init:
                reap(child)
            else:
                heir.child_queue.wake()


def reap(proc: Process) -> None:
    """Drops a zombie from the process table; its times become its parent's children's."""
    if proc.machine.processes.pop(proc.pid, None) is None:
        return
    parent = proc.parent
    if parent is not None:
        parent.children_cpu_ns += proc.cpu_ns + proc.children_cpu_ns
        if proc in parent.children:
            parent.children.remove(proc)
