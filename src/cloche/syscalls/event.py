"""eventfd, timerfd, signalfd."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..abi.errno import Errno, SysError
from ..abi.fcntl import O_CLOEXEC, O_NONBLOCK
from ..abi.structs import ITIMERSPEC, U64, signed
from ..abi.time import CLOCK_BOOTTIME, CLOCK_MONOTONIC, CLOCK_REALTIME, SECOND
from ..fs.anon import EventFile, SignalFile, TimerFile
from ..kernel import signals
from .file import install_all

if TYPE_CHECKING:
    from ..kernel.process import Process

EFD_SEMAPHORE = 1
TFD_TIMER_ABSTIME, TFD_TIMER_CANCEL_ON_SET = 1, 2
_COMMON = O_CLOEXEC | O_NONBLOCK
_SECONDS_MAX = 1 << 32


def eventfd2(proc: Process, value: int, flags: int, *_: int) -> int:
    """eventfd2(2)."""
    if flags & ~(_COMMON | EFD_SEMAPHORE):
        return -Errno.EINVAL
    file = EventFile(proc.machine.vfs.anon, flags & O_NONBLOCK, value, bool(flags & EFD_SEMAPHORE))
    return install_all(proc, (file,), bool(flags & O_CLOEXEC))[0]


def timerfd_create(proc: Process, clock: int, flags: int, *_: int) -> int:
    """timerfd_create(2). No alarm clocks: EINVAL."""
    if flags & ~_COMMON or clock not in (CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME):
        return -Errno.EINVAL
    machine = proc.machine
    tells = machine.clock.realtime if clock == CLOCK_REALTIME else machine.clock.monotonic
    file = TimerFile(machine.vfs.anon, flags & O_NONBLOCK, machine, tells)
    return install_all(proc, (file,), bool(flags & O_CLOEXEC))[0]


def _timer(proc: Process, fd: int) -> TimerFile:
    file = proc.fds.get(fd)
    if not isinstance(file, TimerFile):
        raise SysError(Errno.EINVAL)
    return file


def timerfd_settime(proc: Process, fd: int, flags: int, new: int, old: int, *_: int) -> int:
    """timerfd_settime(2). Nobody sets the clock: TFD_TIMER_CANCEL_ON_SET never cancels."""
    interval_s, interval_ns, value_s, value_ns = ITIMERSPEC.unpack_from(proc.mem.view, new)
    interval_ns, value_ns = interval_ns & 0xFFFFFFFF, value_ns & 0xFFFFFFFF
    if (flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET) or interval_ns >= SECOND or value_ns >= SECOND
            or interval_s < 0 or value_s < 0):
        return -Errno.EINVAL
    timer = _timer(proc, fd)
    value = min(value_s, _SECONDS_MAX) * SECOND + value_ns
    interval = min(interval_s, _SECONDS_MAX) * SECOND + interval_ns
    before = timer.set(value, interval, bool(flags & TFD_TIMER_ABSTIME))
    if old:
        _store(proc, old, *before)
    return 0


def timerfd_gettime(proc: Process, fd: int, result: int, *_: int) -> int:
    """timerfd_gettime(2)."""
    _store(proc, result, *_timer(proc, fd).remaining())
    return 0


def _store(proc: Process, address: int, left: int, interval: int) -> None:
    proc.mem.write(address, ITIMERSPEC.pack(interval // SECOND, interval % SECOND, left // SECOND, left % SECOND))


def signalfd4(proc: Process, fd: int, mask: int, size: int, flags: int, *_: int) -> int:
    """signalfd4(2)."""
    if flags & ~_COMMON or size != 8:
        return -Errno.EINVAL
    wanted, = U64.unpack_from(proc.mem.view, mask)
    if signed(fd) == -1:
        file = SignalFile(proc.machine.vfs.anon, flags & O_NONBLOCK, proc.machine, wanted)
        return install_all(proc, (file,), bool(flags & O_CLOEXEC))[0]
    existing = proc.fds.get(fd)
    if not isinstance(existing, SignalFile):
        return -Errno.EINVAL
    existing.mask = wanted & ~signals.UNBLOCKABLE
    return fd
