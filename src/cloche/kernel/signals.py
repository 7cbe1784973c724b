"""Signals: sending, and what they do to a process that has no handler; signal(7)."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..abi.errno import Errno, SysError
from ..abi.limits import RLIMIT_SIGPENDING
from ..abi.signal import (
    CLD_CONTINUED,
    CLD_STOPPED,
    DEFAULT_IGNORE,
    DEFAULT_STOP,
    SA_NOCLDSTOP,
    SI_KERNEL,
    SI_USER,
    SIG_DFL,
    SIG_IGN,
    SIGCHLD,
    SIGCONT,
    SIGKILL,
    SIGRTMIN,
    SIGSTOP,
)
from ..abi.structs import SIGINFO
from ..abi.wait import STATUS_CONTINUED, stopped
from . import exit as _exit
from .scheduler import BLOCKED, RUNNABLE, STOPPED, VFORK, ZOMBIE

if TYPE_CHECKING:
    from .machine import Machine
    from .process import Process

UNBLOCKABLE = 1 << SIGKILL - 1 | 1 << SIGSTOP - 1
_KILL = 1 << SIGKILL - 1
_STOPS = sum(1 << signo - 1 for signo in DEFAULT_STOP)
_DEFAULT = (SIG_DFL, 0, 0)
#: sigqueue(3): instances of real-time signals waiting in one process, unless RLIMIT_SIGPENDING says less.
_QUEUED_MAX = 1024


def user_info(sender: Process, signo: int, code: int = SI_USER, value: int = 0) -> bytes:
    """The siginfo_t of a signal that a process sent (sigaction(2)): si_pid, si_uid, si_value."""
    return SIGINFO.pack(signo, 0, code, sender.pid, sender.cred.ruid, value)


def child_info(child: Process, code: int, status: int) -> bytes:
    """The siginfo_t of SIGCHLD: si_pid, si_uid, si_status."""
    return SIGINFO.pack(SIGCHLD, 0, code, child.pid, child.cred.ruid, status)


def send(proc: Process, signo: int, info: bytes | None = None) -> None:
    """Posts a signal. `info` is a siginfo_t of 128 bytes; None: from the kernel."""
    if not proc.alive or not signo or proc.pid == 1:
        return
    bit = 1 << signo - 1
    if signo in (SIGCONT, SIGKILL):
        if proc.pending & _STOPS:
            for stop_signal in DEFAULT_STOP:
                _discard(proc, stop_signal)
        resume(proc, signo)
    elif signo in DEFAULT_STOP:
        _discard(proc, SIGCONT)
    if not (proc.blocked | proc.awaited) & bit and _ignored(proc, signo):
        return
    if signo >= SIGRTMIN or not proc.pending & bit:
        queue = proc.siginfo.setdefault(signo, [])
        info = info or SIGINFO.pack(signo, 0, SI_KERNEL, 0, 0, 0)
        if queue and len(queue) >= min(_QUEUED_MAX, proc.rlimits.get(RLIMIT_SIGPENDING, (_QUEUED_MAX,))[0]):
            # sigqueue(3) is told; kill(2)'s and the kernel's own signals are one with what is pending already.
            if SIGINFO.unpack(info)[2] not in (SI_USER, SI_KERNEL):
                raise SysError(Errno.EAGAIN)
        else:
            queue.append(info)
    proc.pending |= bit
    if proc.awaited & bit:
        proc.wake()
    if proc.signal_queue.waiters:
        proc.signal_queue.wake()
    deliver(proc)


def send_group(machine: Machine, pgid: int, signo: int, info: bytes | None = None) -> bool:
    """Posts a signal to every member of a process group; says whether there was one."""
    members = [proc for proc in machine.processes.values() if proc.pgid == pgid and proc.pid != 1]
    for proc in members:
        send(proc, signo, info)
    return bool(members)


def take(proc: Process, signo: int) -> bytes:
    """Takes one pending instance of a signal: its siginfo_t."""
    queue = proc.siginfo[signo]
    info = queue.pop(0)
    if not queue:
        del proc.siginfo[signo]
        proc.pending &= ~(1 << signo - 1)
    return info


def discard_ignored(proc: Process, signo: int) -> None:
    """sigaction(2): ignoring a signal, explicitly or by default, discards it if it is pending, blocked or not."""
    if proc.pending & 1 << signo - 1 and _ignored(proc, signo):
        _discard(proc, signo)


def _discard(proc: Process, signo: int) -> None:
    proc.siginfo.pop(signo, None)
    proc.pending &= ~(1 << signo - 1)


def _ignored(proc: Process, signo: int) -> bool:
    handler = proc.actions.get(signo, _DEFAULT)[0]
    return handler == SIG_IGN or (handler == SIG_DFL and signo in DEFAULT_IGNORE)


def deliver(proc: Process) -> None:
    """Acts on pending signals that are not blocked: default actions now, handlers by telling the guest.

    A handler runs at the guest's next system call. # L-SIG-001
    What comes for a stopped process waits for SIGCONT, but SIGKILL; a parent that waits in vfork(2) cannot be stopped
    before its child has left its guest.
    """
    ready = proc.pending & ~proc.blocked
    if proc.state is ZOMBIE:
        return
    if proc.state is STOPPED:
        ready &= _KILL
    elif proc.state is VFORK:
        ready &= ~_STOPS
    handled = False
    while ready:
        bit = ready & -ready
        ready ^= bit
        signo = bit.bit_length()
        handler = proc.actions.get(signo, _DEFAULT)[0]
        if handler > SIG_IGN:
            handled = True
            continue
        ignored = _ignored(proc, signo)
        _discard(proc, signo)
        if ignored:
            continue
        if signo in DEFAULT_STOP:
            # POSIX: SIGTSTP, SIGTTIN, SIGTTOU do nothing in an orphaned process group.
            if signo == SIGSTOP or not proc.machine.orphaned_group(proc):
                stop(proc, signo)
                break
        else:
            _exit.terminate(proc, signo)
            return
    if handled and proc.state is not VFORK:
        if proc.pending_flag:
            proc.mem.put_u32(proc.pending_flag, 1)
        proc.wake()


def next_handled(proc: Process) -> int:
    """The lowest pending signal that has a handler and is not blocked, or 0."""
    ready = proc.pending & ~proc.blocked
    while ready:
        bit = ready & -ready
        ready ^= bit
        if proc.actions.get(bit.bit_length(), _DEFAULT)[0] > SIG_IGN:
            return bit.bit_length()
    return 0


def set_mask(proc: Process, mask: int) -> None:
    """Changes what is blocked; what no longer is, is delivered."""
    proc.blocked = mask & ~UNBLOCKABLE
    if proc.pending & ~proc.blocked:
        deliver(proc)


def suspend_with(proc: Process, mask: int) -> None:
    """Puts a mask in force for the duration of one waiting call (sigsuspend, ppoll)."""
    if proc.saved_mask is None:
        proc.saved_mask = proc.blocked
        set_mask(proc, mask)


def end_suspension(proc: Process) -> None:
    """Goes back to the mask before `suspend_with`, unless a handler is to run first: that will."""
    if proc.saved_mask is not None and not next_handled(proc):
        mask, proc.saved_mask = proc.saved_mask, None
        set_mask(proc, mask)


def stop(proc: Process, signo: int) -> None:
    assert proc.state is RUNNABLE or proc.state is BLOCKED
    proc.cancel_wait()
    if proc.machine.engine.current is proc and proc.guest is not None:
        proc.guest.yield_soon()
    proc.state = STOPPED
    proc.stop_signal = signo
    proc.stop_report = stopped(signo)
    _tell_parent(proc, CLD_STOPPED, signo)


def resume(proc: Process, signo: int) -> None:
    """SIGCONT (and SIGKILL) let a stopped process go on, whatever it does about the signal."""
    if proc.state is STOPPED:
        proc.state = RUNNABLE
        proc.machine.scheduler.add(proc)
        if signo == SIGCONT:
            proc.stop_report = STATUS_CONTINUED
            _tell_parent(proc, CLD_CONTINUED, SIGCONT)
            deliver(proc)


def _tell_parent(proc: Process, code: int, status: int) -> None:
    parent = proc.parent
    if parent is not None:
        parent.child_queue.wake()
        if not parent.actions.get(SIGCHLD, _DEFAULT)[1] & SA_NOCLDSTOP:
            send(parent, SIGCHLD, child_info(proc, code, status))
