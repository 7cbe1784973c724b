"""The end of processes: exit(2), death by signal, orphans, zombies."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..abi.errno import EVFORKDONE
from ..abi.signal import CLD_EXITED, CLD_KILLED, SA_NOCLDWAIT, SIG_DFL, SIG_IGN, SIGCHLD
from ..events.process import ProcessExited
from . import session, signals
from .scheduler import BLOCKED, RUNNABLE, ZOMBIE

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

    A vfork child runs in its parent's guest: it must leave that first, at its next system call.
    """
    if proc.vfork_parent is None:
        _end(proc, signo)
        return
    proc.status = signo
    proc.handlers = proc.machine.doomed_handlers
    if proc.state is BLOCKED:
        proc.wake()


def end_vfork(child: Process) -> None:
    """The child leaves its parent's guest: the parent goes on in it, from where it called vfork."""
    parent, child.vfork_parent = child.vfork_parent, None
    assert parent is not None
    child.guest = child.mem = None  # type: ignore[assignment]
    parent.vfork_result = child.pid
    parent.state = RUNNABLE
    machine = parent.machine
    if machine.engine.current is child:
        machine.engine.current = parent
    if parent.status:  # killed meanwhile
        signals.send(parent, parent.status)
    if signals.next_handled(parent) and parent.pending_flag:
        parent.mem.put_u32(parent.pending_flag, 1)


def _end(proc: Process, status: int) -> None:
    """Becomes a zombie, or vanishes if its parent does not care."""
    if proc.state is ZOMBIE:
        return
    machine = proc.machine
    proc.cancel_wait()
    proc.interrupt_wait()
    proc.state, proc.status, proc.leaving = ZOMBIE, status, True
    for timer in proc.itimers.values():
        timer.disarm()
    if proc.mem is not None:
        proc.mem.drop_shared()
        proc.cpu_ns = proc.guest.cpu_ns if proc.guest is not None else proc.cpu_ns
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
    machine = proc.machine
    machine.processes.pop(proc.pid, None)
    parent = proc.parent
    if parent is not None:
        parent.children_cpu_ns += proc.cpu_ns + proc.children_cpu_ns
        if proc in parent.children:
            parent.children.remove(proc)
