"""New processes: fork(2), vfork(2), and the copy CPython forks by."""
from __future__ import annotations

from ..abi.errno import Errno, SysError
from ..abi.limits import RLIMIT_NPROC
from ..abi.structs import U32, U32x2
from ..events.kernel import LimitReached
from ..events.process import ProcessForked
from . import warm
from .guest import Fault
from .process import Process
from .scheduler import RUNNABLE, VFORK


def fork_entry(proc: Process) -> int:
    """The import linux.fork. First: has the guest unwind out of _start. Reached again by rewinding: fork's result.

    In a signal handler the program's own guard refuses it. # L-PROC-020
    """
    guest = proc.guest
    assert guest is not None
    if proc.fork_result is not None:
        guest.settle()
        if proc.fork_frames is not None:
            proc.mem.end_fork(proc.fork_frames)
        result, proc.fork_result = proc.fork_result, None
        return result
    if not guest.can_fork:
        return -Errno.ENOSYS
    may_fork(proc)
    if proc.forking and proc.fork_frames is not None:  # the last one was refused by the program's own guard (D-0021)
        proc.mem.end_fork(proc.fork_frames)
    start, end = proc.fork_frames = proc.mem.fork_buffer()
    U32x2.pack_into(guest.view, start, start + 8, end)
    guest.unwind(start)
    proc.forking = True
    return 0


def may_fork(proc: Process) -> None:
    """EAGAIN at a limit, or inside a vfork child, which has no guest of its own to copy."""
    machine = proc.machine
    machine.security.process_fork(proc)
    if proc.vfork_parent is not None:
        raise SysError(Errno.EAGAIN)
    limit = machine.limits.processes_max
    if len(machine.processes) >= limit:
        machine.recorder.emit(proc, LimitReached("processes_max", limit))
        machine.limits_reached.add("processes_max")
        raise SysError(Errno.EAGAIN)
    soft = proc.rlimits.get(RLIMIT_NPROC)
    if soft is not None and not proc.cred.privileged:
        owned = sum(1 for other in machine.processes.values() if other.cred.ruid == proc.cred.ruid)
        if owned >= soft[0]:
            raise SysError(Errno.EAGAIN)


def finish_fork(parent: Process) -> None:
    """The parent has unwound: makes the child, a copy of it, and lets both rewind."""
    parent.forking = False
    assert parent.guest is not None and parent.fork_frames is not None
    parent.guest.settle()
    start, end = parent.fork_frames
    # The cursor is guest memory: believed only as far as the buffer goes.
    used = min(max(U32.unpack_from(parent.guest.view, start)[0], start + 8), end)
    parent.fork_frames = start, used
    if parent.machine.template_of is parent:
        parent.machine.template = warm.Template(parent)
        return
    try:
        child = _copy(parent, parent.fork_frames)
    except SysError as error:
        rewind(parent, -error.errno)
        return
    rewind(parent, child.pid)
    rewind(child, 0)
    _record(parent, child)


def rewind(proc: Process, result: int) -> None:
    """Calls _start again, to get back to where fork was called and return `result` there."""
    proc.fork_result = result
    assert proc.guest is not None and proc.fork_frames is not None
    proc.guest.rewind(proc.fork_frames[0])
    proc.guest.start()
    if proc.state is RUNNABLE:
        proc.machine.scheduler.add(proc)


def _copy(parent: Process, frames: tuple[int, int] | None) -> Process:
    """A child of `parent` with a copy of its memory."""
    assert parent.guest is not None
    try:
        guest = parent.guest.sibling()
    except Fault:  # the engine has no room for another instance
        raise SysError(Errno.ENOMEM) from None
    try:
        mem = parent.mem.copy(guest, frames)
    except BaseException:
        guest.close()
        raise
    child = _identity(parent)
    child.guest, child.mem, child.fork_frames = guest, mem, frames
    if child.pending_flag:
        mem.put_u32(child.pending_flag, 0)  # the parent's signals are not the child's
    return child


def _identity(parent: Process) -> Process:
    """A child that shares, or has copies of, everything of `parent` but memory and guest."""
    machine = parent.machine
    child = machine.new_process(parent)
    child.pgid, child.session, child.cred = parent.pgid, parent.session, parent.cred
    child.root, child.cwd, child.umask = parent.root, parent.cwd, parent.umask
    child.fds, child.rlimits = parent.fds.copy(), dict(parent.rlimits)
    child.exe_path, child.exe, child.comm = parent.exe_path, parent.exe, parent.comm
    child.argv, child.environ = parent.argv, parent.environ
    child.blocked, child.actions = parent.blocked, dict(parent.actions)
    child.pending_flag, child.start_block = parent.pending_flag, parent.start_block
    child.handlers, child.nice = parent.handlers, parent.nice
    return child


def _record(parent: Process, child: Process) -> None:
    """Once both stand: who reads the record may end them."""
    if ProcessForked in parent.machine.recorder.wanted:
        parent.machine.recorder.emit(parent, ProcessForked(child.pid))


def fork_copy(parent: Process) -> int:
    """fork for programs that can go on from memory alone: the child begins at _start, where linux.init returns 0."""
    may_fork(parent)
    child = _copy(parent, None)
    child.start_block = 0
    assert child.guest is not None
    child.guest.start()
    parent.machine.scheduler.add(child)
    _record(parent, child)
    return child.pid


def vfork(parent: Process) -> int:
    """vfork(2): a child that runs in its parent's guest until it execs or exits; the parent waits. # L-PROC-005 L-PROC-021"""
    may_fork(parent)
    child = _identity(parent)
    child.guest, child.mem, child.vfork_parent = parent.guest, parent.mem, parent
    parent.state = VFORK
    parent.machine.engine.current = child
    _record(parent, child)
    return 0
