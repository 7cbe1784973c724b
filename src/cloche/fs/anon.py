"""Files that are only a mechanism: eventfd(2), timerfd_create(2), signalfd(2). epoll(7) is in epoll.py."""
from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno, SysError
from ..abi.fcntl import O_RDWR
from ..abi.poll import POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM
from ..abi.signal import SIGCHLD
from ..abi.structs import SIGINFO, U64
from ..kernel import signals
from ..lib.budget import Budget
from ..lib.wait_queue import WaitQueue
from ..vfs.core import Core
from ..vfs.filesystem import FileSystem
from ..vfs.inode import Inode
from ..vfs.open_file import OpenFile

if TYPE_CHECKING:
    from ..kernel.machine import Machine

_IN, _OUT = POLLIN | POLLRDNORM, POLLOUT | POLLWRNORM
_COUNTER_MAX = (1 << 64) - 2
#: struct signalfd_siginfo.
_SIGNALFD_SIGINFO = Struct("<IiiIIiIIIIiiQQQQHxxiQI28x")


class AnonFs(FileSystem):
    """Where their inodes live. Not mounted. `watches`: what all epolls of the machine watch together."""

    type = b"anon_inodefs"
    magic = 0x09041934

    def __init__(self, core: Core) -> None:
        super().__init__()
        core.number(self)
        self.watches = Budget("epoll_watches_max", core.limits.epoll_watches_max, Errno.ENOSPC)


class AnonFile(OpenFile):
    """A file without a name or a type: `kind` is what /proc/PID/fd shows."""

    kind = b""

    def __init__(self, filesystem: AnonFs, flags: int) -> None:
        inode = Inode(filesystem, 0o600)
        inode.links = 0
        super().__init__(inode, flags | O_RDWR)

    def seek(self, offset: int, whence: int) -> int:
        return 0  # Linux's noop_llseek

    def describe(self) -> bytes:
        return b"anon_inode:[%s]" % self.kind


class EventFile(AnonFile):
    """eventfd(2): a counter."""

    kind = b"eventfd"

    def __init__(self, filesystem: AnonFs, flags: int, value: int, semaphore: bool) -> None:
        super().__init__(filesystem, flags)
        self._value, self._semaphore = value, semaphore
        self._read_queue, self._write_queue = WaitQueue(), WaitQueue()

    def read(self, count: int) -> bytes | None:
        if count < 8:
            raise SysError(Errno.EINVAL)
        if not self._value:
            return None
        taken = 1 if self._semaphore else self._value
        self._value -= taken
        self._write_queue.wake()
        return U64.pack(taken)

    def write(self, data: memoryview | bytes) -> int | None:
        if len(data) < 8:
            raise SysError(Errno.EINVAL)
        added, = U64.unpack_from(data)
        if added > _COUNTER_MAX:
            raise SysError(Errno.EINVAL)
        if added > _COUNTER_MAX - self._value:
            return None
        self._value += added
        if added:
            self._read_queue.wake()
        return 8

    def poll(self) -> int:
        return (_IN if self._value else 0) | (_OUT if self._value < _COUNTER_MAX else 0)

    def queue(self, for_writing: bool) -> WaitQueue:
        return self._write_queue if for_writing else self._read_queue


class TimerFile(AnonFile):
    """timerfd_create(2): `clock` tells its time; expirations are counted when somebody looks."""

    kind = b"timerfd"

    def __init__(self, filesystem: AnonFs, flags: int, machine: Machine, clock: Callable[[], int]) -> None:
        super().__init__(filesystem, flags)
        self._machine, self._clock = machine, clock
        self._next: int | None = None  # when it expires, by the monotonic clock
        self._interval = 0
        self._timer: list[Any] | None = None
        self._queue = WaitQueue()

    def _expirations(self) -> int:
        if self._next is None:
            return 0
        late = self._machine.clock.monotonic() - self._next
        if late < 0:
            return 0
        return late // self._interval + 1 if self._interval else 1

    def _arm(self) -> None:
        """Wakes readers at the next expiration; once: the next one counts from when this one is read."""
        self._cancel()
        if self._next is not None:
            self._timer = self._machine.scheduler.at(self._next, self._ring)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._machine.scheduler.cancel(self._timer)
            self._timer = None

    def _ring(self) -> None:
        self._timer = None
        self._queue.wake()

    def set(self, value: int, interval: int, absolute: bool) -> tuple[int, int]:
        """timerfd_settime(2), in ns; 0 disarms. Answers what `remaining` would have."""
        before = self.remaining()
        self._interval = interval
        self._next = None
        if value:
            elapsed = self._clock() if absolute else 0
            self._next = self._machine.clock.monotonic() + max(0, value - elapsed)
        self._arm()
        return before

    def remaining(self) -> tuple[int, int]:
        """(ns until it expires next, interval)."""
        if self._next is None:
            return 0, self._interval
        left = self._next - self._machine.clock.monotonic()
        if left <= 0:
            left = self._interval - (-left % self._interval) if self._interval else 0
        return left, self._interval

    def read(self, count: int) -> bytes | None:
        if count < 8:
            raise SysError(Errno.EINVAL)
        expirations = self._expirations()
        if not expirations:
            return None
        assert self._next is not None
        self._next = self._next + expirations * self._interval if self._interval else None
        self._arm()
        return U64.pack(expirations)

    def poll(self) -> int:
        return _IN if self._expirations() else 0

    def queue(self, for_writing: bool) -> WaitQueue:
        return self._queue

    def release(self) -> None:
        self._cancel()
        super().release()


class SignalFile(AnonFile):
    """signalfd(2): the pending signals of whoever reads it, those in `mask`."""

    kind = b"signalfd"

    def __init__(self, filesystem: AnonFs, flags: int, machine: Machine, mask: int) -> None:
        super().__init__(filesystem, flags)
        self._machine = machine
        self.mask = mask & ~signals.UNBLOCKABLE

    def read(self, count: int) -> bytes | None:
        if count < _SIGNALFD_SIGINFO.size:
            raise SysError(Errno.EINVAL)
        proc = self._machine.engine.current
        found = []
        while len(found) < count // _SIGNALFD_SIGINFO.size:
            ready = proc.pending & self.mask
            if not ready:
                break
            found.append(_describe(signals.take(proc, (ready & -ready).bit_length())))
        return b"".join(found) or None

    def poll(self) -> int:
        proc = self._machine.engine.current
        return _IN if proc is not None and proc.pending & self.mask else 0

    def queue(self, for_writing: bool) -> WaitQueue:
        return self._machine.engine.current.signal_queue


def _describe(info: bytes) -> bytes:
    """A siginfo_t as struct signalfd_siginfo."""
    signo, errno, code, pid, uid, value = SIGINFO.unpack(info)
    status, number = (value, 0) if signo == SIGCHLD else (0, value)
    return _SIGNALFD_SIGINFO.pack(signo, errno, code, pid & 0xFFFFFFFF, uid & 0xFFFFFFFF, 0, 0, 0, 0, 0, status, number,
                                  number & 0xFFFFFFFF, 0, 0, 0, 0, 0, 0, 0)


