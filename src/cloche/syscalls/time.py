"""Clocks, sleeping, times."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..abi.errno import Errno
from ..abi.structs import TIMESPEC, TMS, signed
from ..abi.time import (
    CLOCK_BOOTTIME,
    CLOCK_MONOTONIC,
    CLOCK_MONOTONIC_COARSE,
    CLOCK_MONOTONIC_RAW,
    CLOCK_PROCESS_CPUTIME_ID,
    CLOCK_REALTIME,
    CLOCK_REALTIME_COARSE,
    CLOCK_THREAD_CPUTIME_ID,
    SECOND,
    TICK,
    TIMER_ABSTIME,
)
from .process import rusage

if TYPE_CHECKING:
    from ..kernel.process import Process

_REAL = frozenset((CLOCK_REALTIME, CLOCK_REALTIME_COARSE))
_MONOTONIC = frozenset((CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME))
_CPU = frozenset((CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID))
_RUSAGE_SELF, _RUSAGE_CHILDREN, _RUSAGE_THREAD = 0, -1, 1


def cpu_ns(proc: Process) -> int:
    """CPU time of a living process, up to now."""
    return proc.cpu_time


def read_clock(proc: Process, clock: int) -> int | None:
    """The time of a clock in nanoseconds; None: there is no such clock."""
    machine = proc.machine
    if clock in _MONOTONIC:
        return machine.clock.monotonic() - machine.boot_time
    if clock in _REAL:
        return machine.clock.realtime()
    if clock in _CPU:
        return cpu_ns(proc)
    return None


def clock_gettime(proc: Process, clock: int, result: int, *_: int) -> int:
    """clock_gettime(2). Monotonic clocks count from the machine's boot."""
    now = read_clock(proc, clock)
    if now is None:
        return -Errno.EINVAL
    TIMESPEC.pack_into(proc.mem.view, result, now // SECOND, now % SECOND)
    return 0


def clock_getres(proc: Process, clock: int, result: int, *_: int) -> int:
    """clock_getres(2)."""
    if read_clock(proc, clock) is None:
        return -Errno.EINVAL
    if result:
        TIMESPEC.pack_into(proc.mem.view, result, 0, 1)
    return 0


def clock_settime(proc: Process, clock: int, *_: int) -> int:
    """clock_settime(2), adjtimex(2): the clock is not the guest's."""
    return -Errno.EPERM


def clock_nanosleep(proc: Process, clock: int, flags: int, request: int, remaining: int, *_: int) -> int:
    """clock_nanosleep(2)."""
    seconds, nanoseconds = TIMESPEC.unpack_from(proc.mem.view, request)
    nanoseconds &= 0xFFFFFFFF
    if nanoseconds >= SECOND or seconds < 0:
        return -Errno.EINVAL
    now = read_clock(proc, clock)
    if now is None or clock in _CPU:
        return -Errno.EINVAL if now is None else -Errno.EOPNOTSUPP
    delay = min(seconds, 1 << 33) * SECOND + nanoseconds
    if flags & TIMER_ABSTIME:
        delay -= now
    deadline = proc.until(delay)
    if proc.machine.clock.monotonic() >= deadline:
        proc.deadline, proc.remaining = None, 0
        return 0
    if remaining and not flags & TIMER_ABSTIME:
        proc.mem.window(remaining, TIMESPEC.size)  # EFAULT now: it is written when a handler interrupts
        proc.remaining = remaining
    return proc.sleep(deadline=deadline)


def times(proc: Process, result: int, *_: int) -> int:
    """times(2)."""
    if result:
        TMS.pack_into(proc.mem.view, result, cpu_ns(proc) // TICK, 0, proc.children_cpu_ns // TICK, 0)
    return (proc.machine.clock.monotonic() - proc.machine.boot_time) // TICK & 0x7FFFFFFF


def getrusage(proc: Process, who: int, result: int, *_: int) -> int:
    """getrusage(2)."""
    who = signed(who)
    if who not in (_RUSAGE_SELF, _RUSAGE_CHILDREN, _RUSAGE_THREAD):
        return -Errno.EINVAL
    proc.mem.write(result, rusage(proc.children_cpu_ns if who == _RUSAGE_CHILDREN else cpu_ns(proc)))
    return 0
