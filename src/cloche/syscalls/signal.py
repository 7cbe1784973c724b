"""kill, sigaction, masks, timers that signal, and the private calls of libc's signal stub."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..abi.errno import Errno, SysError
from ..abi.signal import (
    NSIG,
    SA_NODEFER,
    SA_RESETHAND,
    SI_QUEUE,
    SI_TKILL,
    SI_USER,
    SIG_BLOCK,
    SIG_DFL,
    SIG_SETMASK,
    SIG_UNBLOCK,
    SIGCONT,
    SIGKILL,
    SIGSTOP,
)
from ..abi.structs import DELIVERY, ITIMERVAL, SIGACTION, SIGINFO, TIMESPEC, U64, signed
from ..abi.time import SECOND
from ..events.process import SignalSent
from ..kernel import signals
from ..kernel.timers import CPU_TIMERS, ITIMER_REAL, IntervalTimer
from ..lib.wait_queue import WaitQueue

if TYPE_CHECKING:
    from ..kernel.process import Process

_NOBODY = WaitQueue()


def _may_signal(proc: Process, target: Process, signo: int) -> bool:
    """kill(2): root; or the same user; or SIGCONT within the session."""
    cred, other = proc.cred, target.cred
    return (cred.privileged or cred.euid in (other.ruid, other.suid) or cred.ruid in (other.ruid, other.suid)
            or (signo == SIGCONT and proc.session is target.session))


def _send_each(proc: Process, targets: list[Process], signo: int, code: int, value: int = 0) -> int:
    """Signals every target that may be; EPERM if none may, ESRCH if there is none."""
    if not targets:
        return -Errno.ESRCH
    allowed = [target for target in targets if _may_signal(proc, target, signo)]
    if not allowed:
        return -Errno.EPERM
    machine = proc.machine
    info = signals.user_info(proc, signo, code, value)
    sent, denied = 0, None
    for target in allowed:
        if target is not proc:
            try:
                machine.security.process_kill(proc, target)
            except SysError as error:  # kill(2) of a group: the others get theirs
                denied = error
                continue
        if SignalSent in machine.recorder.wanted:
            machine.recorder.emit(proc, SignalSent(target.pid, signo))
        signals.send(target, signo, info)
        sent += 1
    return 0 if sent or denied is None else -denied.errno


def kill(proc: Process, pid: int, signo: int, *_: int) -> int:
    """kill(2)."""
    processes, pid = proc.machine.processes, signed(pid)
    if signo > NSIG:
        return -Errno.EINVAL
    if pid > 0:
        targets = [processes[pid]] if pid in processes else []
    elif pid == -1:
        targets = [other for other in processes.values() if other.pid != 1 and other is not proc]
    else:
        group = proc.pgid if pid == 0 else -pid
        targets = [other for other in processes.values() if other.pgid == group]
    return _send_each(proc, targets, signo, SI_USER)


def tkill(proc: Process, tid: int, signo: int, *_: int) -> int:
    """tkill(2)."""
    if signo > NSIG or not 0 < tid < 1 << 31:
        return -Errno.EINVAL
    target = proc.machine.processes.get(tid)
    return _send_each(proc, [target] if target else [], signo, SI_TKILL)


def tgkill(proc: Process, group: int, tid: int, signo: int, *_: int) -> int:
    """tgkill(2): a thread is its process here."""
    if not 0 < group < 1 << 31:
        return -Errno.EINVAL
    return tkill(proc, tid, signo) if group == tid else -Errno.ESRCH


def rt_sigqueueinfo(proc: Process, pid: int, signo: int, info: int, *_: int) -> int:
    """rt_sigqueueinfo(2), for sigqueue(3)."""
    _, _, code, _, _, value = SIGINFO.unpack_from(proc.mem.view, info)
    if signo > NSIG:
        return -Errno.EINVAL
    if (code >= 0 or code == SI_TKILL) and pid != proc.pid:
        return -Errno.EPERM  # only the kernel says such things
    target = proc.machine.processes.get(pid)
    return _send_each(proc, [target] if target else [], signo, SI_QUEUE, value)


def rt_sigaction(proc: Process, signo: int, new: int, old: int, size: int, *_: int) -> int:
    """rt_sigaction(2)."""
    if not 0 < signo <= NSIG or size != 8:
        return -Errno.EINVAL
    view = proc.mem.view
    action = SIGACTION.unpack_from(view, new) if new else None
    if action and signo in (SIGKILL, SIGSTOP):
        return -Errno.EINVAL
    if old:
        handler, flags, mask = proc.actions.get(signo, (SIG_DFL, 0, 0))
        SIGACTION.pack_into(view, old, handler, flags, 0, mask)
    if action:
        handler, flags, _, mask = action
        proc.actions[signo] = (handler, flags, mask & ~signals.UNBLOCKABLE)
        if proc.pending:
            signals.discard_ignored(proc, signo)
            signals.deliver(proc)
    return 0


def rt_sigprocmask(proc: Process, how: int, new: int, old: int, size: int, *_: int) -> int:
    """rt_sigprocmask(2)."""
    if size != 8:
        return -Errno.EINVAL
    view, before = proc.mem.view, proc.blocked
    mask = U64.unpack_from(view, new)[0] if new else None
    if old:
        U64.pack_into(view, old, before)
    if mask is not None:
        if how == SIG_BLOCK:
            mask |= before
        elif how == SIG_UNBLOCK:
            mask = before & ~mask
        elif how != SIG_SETMASK:
            return -Errno.EINVAL
        signals.set_mask(proc, mask)
    return 0


def rt_sigpending(proc: Process, result: int, size: int, *_: int) -> int:
    """rt_sigpending(2)."""
    if size > 8:
        return -Errno.EINVAL
    proc.mem.write(result, U64.pack(proc.pending & proc.blocked)[:size])
    return 0


def rt_sigsuspend(proc: Process, mask: int, size: int, *_: int) -> int:
    """rt_sigsuspend(2)."""
    if size != 8:
        return -Errno.EINVAL
    signals.suspend_with(proc, U64.unpack_from(proc.mem.view, mask)[0])
    return -Errno.EINTR if signals.next_handled(proc) else proc.sleep(_NOBODY)


def rt_sigtimedwait(proc: Process, wanted: int, info: int, timeout: int, size: int, *_: int) -> int:
    """rt_sigtimedwait(2): blocked signals that are waited for wake the caller (signals.send does)."""
    if size != 8:
        return -Errno.EINVAL
    view = proc.mem.view
    mask = U64.unpack_from(view, wanted)[0] & ~signals.UNBLOCKABLE
    ready = proc.pending & mask
    if ready:
        signo = (ready & -ready).bit_length()
        data = signals.take(proc, signo)
        proc.deadline = None
        proc.awaited = 0
        if info:
            proc.mem.write(info, data)
        return signo
    deadline = None
    if timeout:
        seconds, nanoseconds = TIMESPEC.unpack_from(view, timeout)
        nanoseconds &= 0xFFFFFFFF
        if seconds < 0 or nanoseconds >= SECOND:
            return -Errno.EINVAL
        deadline = proc.until(min(seconds, 1 << 32) * SECOND + nanoseconds)
        if proc.machine.clock.monotonic() >= deadline:
            proc.deadline, proc.awaited = None, 0
            return -Errno.EAGAIN
    proc.awaited = mask
    return proc.sleep(_NOBODY, deadline=deadline)


def sigaltstack(proc: Process, new: int, old: int, *_: int) -> int:
    """sigaltstack(2): accepted; handlers run on the ordinary stack. # L-SIG-003"""
    if old:
        proc.mem.write(old, (0).to_bytes(4, "little") + (2).to_bytes(4, "little") + bytes(4))  # SS_DISABLE
    return 0


def sigpop(proc: Process, result: int, info: int, *_: int) -> int:
    """Private (docs/guest-abi.md): the next signal to handle; blocks what its handler must not be interrupted by."""
    signo = signals.next_handled(proc)
    if not signo:
        return 0
    handler, flags, mask = proc.actions[signo]
    before = proc.blocked if proc.saved_mask is None else proc.saved_mask
    DELIVERY.pack_into(proc.mem.view, result, handler, signo, flags, before)
    data = signals.take(proc, signo)
    if info:
        proc.mem.write(info, data)
    proc.saved_mask, proc.awaited = None, 0
    proc.interrupt_wait()
    bit = 1 << signo - 1
    proc.blocked |= (mask if flags & SA_NODEFER else mask | bit) & ~signals.UNBLOCKABLE
    if flags & SA_RESETHAND:
        proc.actions[signo] = (SIG_DFL, 0, 0)
    return signo


def sigdone(proc: Process, low: int, high: int, *_: int) -> int:
    """Private: a handler has returned; back to the mask before it."""
    signals.set_mask(proc, low | high << 32)
    return 0


def setitimer(proc: Process, which: int, new: int, old: int, *_: int) -> int:
    """setitimer(2), alarm(2)."""
    if which != ITIMER_REAL and which not in CPU_TIMERS:
        return -Errno.EINVAL
    interval_s, interval_us, value_s, value_us = ITIMERVAL.unpack_from(proc.mem.view, new) if new else (0, 0, 0, 0)
    if not (0 <= interval_us < 1_000_000 and 0 <= value_us < 1_000_000 and interval_s >= 0 and value_s >= 0):
        return -Errno.EINVAL
    timer = proc.itimers.get(which)
    if timer is None:
        timer = proc.itimers[which] = IntervalTimer(proc, which)
    before = timer.read()
    timer.arm(value_s * SECOND + value_us * 1000, interval_s * SECOND + interval_us * 1000)
    if old:
        proc.mem.write(old, before)
    return 0


def getitimer(proc: Process, which: int, result: int, *_: int) -> int:
    """getitimer(2)."""
    if which != ITIMER_REAL and which not in CPU_TIMERS:
        return -Errno.EINVAL
    timer = proc.itimers.get(which)
    proc.mem.write(result, timer.read() if timer is not None else bytes(16))
    return 0


