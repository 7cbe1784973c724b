"""poll, select, epoll: waiting for any of several files."""
from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..abi.errno import Errno, SysError
from ..abi.fcntl import O_CLOEXEC, O_PATH
from ..abi.poll import (
    EPOLL_CTL_ADD,
    EPOLL_CTL_DEL,
    EPOLL_CTL_MOD,
    POLLERR,
    POLLHUP,
    POLLIN,
    POLLNVAL,
    POLLOUT,
    POLLPRI,
    POLLRDBAND,
    POLLRDNORM,
    POLLWRBAND,
    POLLWRNORM,
)
from ..abi.structs import EPOLL_EVENT, POLLFD, TIMESPEC, U64, U32x2, signed
from ..abi.time import MS, SECOND
from ..fs.epoll import EpollFile
from ..kernel import signals
from ..lib.wait_queue import WaitQueue
from ..vfs.open_file import OpenFile
from .file import install_all

if TYPE_CHECKING:
    from ..kernel.process import Process

_WRITING = POLLOUT | POLLWRNORM | POLLWRBAND
_SELECT_IN = POLLIN | POLLRDNORM | POLLRDBAND | POLLHUP | POLLERR
_SELECT_OUT = _WRITING | POLLERR
_EPOLL_EVENTS_MAX = 0x7FFF_FFFF // EPOLL_EVENT.size


def timeout_ns(proc: Process, address: int) -> int | None:
    """A struct timespec's duration; None if there is none: for ever."""
    if not address:
        return None
    seconds, nanoseconds = TIMESPEC.unpack_from(proc.mem.view, address)
    nanoseconds &= 0xFFFFFFFF
    if seconds < 0 or nanoseconds >= SECOND:
        raise SysError(Errno.EINVAL)
    return min(seconds, 1 << 32) * SECOND + nanoseconds


def _mask(proc: Process, address: int, size: int) -> int | None:
    """A signal mask to wait with."""
    if not address:
        return None
    if size != 8:
        raise SysError(Errno.EINVAL)
    return U64.unpack_from(proc.mem.view, address)[0]


def _sleep(proc: Process, queues: Iterable[WaitQueue], timeout: int | None, mask: int | None) -> int | None:
    """Nothing is ready: waits with the mask in force. None once the timeout is over."""
    if mask is not None:
        signals.suspend_with(proc, mask)
        if not proc.alive or proc.stopped:
            return 0
    if signals.next_handled(proc):
        proc.deadline = None
        return -Errno.EINTR
    deadline = None
    if timeout is not None:
        if not timeout:
            return None
        deadline = proc.until(timeout)
        if proc.machine.clock.monotonic() >= deadline:
            return None
    return proc.sleep(*queues, deadline=deadline)


def _done(proc: Process) -> None:
    """The call is over: back to the mask before it. What it let through is blocked again, and stays pending."""
    proc.deadline = None
    if proc.saved_mask is not None:
        mask, proc.saved_mask = proc.saved_mask, None
        signals.set_mask(proc, mask)


def _queues(interest: Iterable[tuple[OpenFile, int]]) -> list[WaitQueue]:
    found: dict[WaitQueue, None] = {}
    for file, events in interest:
        for for_writing in (True, False):
            if not events & _WRITING if for_writing else events and not events & ~_WRITING:
                continue
            queue = file.queue(for_writing)
            if queue is not None:
                found[queue] = None
    return list(found)


def ppoll(proc: Process, fds: int, count: int, timeout: int, mask: int, size: int, *_: int) -> int:
    """ppoll(2)."""
    if count > proc.fds.limit:
        return -Errno.EINVAL
    limit, wait_mask = timeout_ns(proc, timeout), _mask(proc, mask, size)
    window = proc.mem.window(fds, POLLFD.size * count) if count else memoryview(b"")
    entries = proc.fds.entries
    ready, interest, answers = 0, [], []
    for fd, events, _ in POLLFD.iter_unpack(window):
        found = 0
        if fd >= 0:
            file = entries.get(fd)
            if file is None or file.flags & O_PATH:
                found = POLLNVAL
            else:
                found = file.poll() & (events & 0xFFFF | POLLERR | POLLHUP)
                interest.append((file, events & 0xFFFF))
        ready += bool(found)
        answers.append(found)
    if not ready:
        result = _sleep(proc, _queues(interest), limit, wait_mask)
        if result is not None:
            return result
    _done(proc)
    for i, found in enumerate(answers):
        window[8 * i + 6:8 * i + 8] = found.to_bytes(2, "little")
    return ready


def pselect6(proc: Process, count: int, reads: int, writes: int, exceptions: int, timeout: int, sixth: int) -> int:
    """pselect(2)."""
    if count & 0x8000_0000:
        return -Errno.EINVAL
    count = min(count, proc.fds.limit)
    limit = timeout_ns(proc, timeout)
    wait_mask = _mask(proc, *U32x2.unpack_from(proc.mem.view, sixth)) if sixth else None
    mem, entries = proc.mem, proc.fds.entries
    size = (count + 31) // 32 * 4
    sets = []
    for address, events, accepted in ((reads, POLLIN, _SELECT_IN), (writes, POLLOUT, _SELECT_OUT),
                                      (exceptions, POLLPRI, POLLPRI)):
        if address:
            wanted = int.from_bytes(mem.window(address, size), "little") & (1 << count) - 1
            sets.append((address, wanted, events, accepted))
    interest: dict[OpenFile, int] = {}
    answers, ready = [], 0
    for address, wanted, events, accepted in sets:
        found = 0
        while wanted:
            bit = wanted & -wanted
            wanted ^= bit
            file = entries.get(bit.bit_length() - 1)
            if file is None or file.flags & O_PATH:
                _done(proc)
                return -Errno.EBADF
            interest[file] = interest.get(file, 0) | events
            if file.poll() & accepted:
                found |= bit
                ready += 1
        answers.append((address, found))
    if not ready:
        result = _sleep(proc, _queues(interest.items()), limit, wait_mask)
        if result is not None:
            return result
    _done(proc)
    for address, found in answers:
        mem.write(address, found.to_bytes(size, "little"))
    return ready


# epoll

def _epoll(proc: Process, fd: int) -> EpollFile:
    file = proc.fds.get(fd)
    if not isinstance(file, EpollFile):
        raise SysError(Errno.EINVAL)
    return file


def epoll_create1(proc: Process, flags: int, *_: int) -> int:
    """epoll_create1(2)."""
    if flags & ~O_CLOEXEC:
        return -Errno.EINVAL
    return install_all(proc, (EpollFile(proc.machine.vfs.anon, 0),), bool(flags & O_CLOEXEC))[0]


def epoll_ctl(proc: Process, epfd: int, operation: int, fd: int, event: int, *_: int) -> int:
    """epoll_ctl(2)."""
    events, data = (0, 0) if operation == EPOLL_CTL_DEL else EPOLL_EVENT.unpack_from(proc.mem.view, event)
    epoll_file, file = proc.fds.get(epfd), proc.fds.get(fd)
    if file.flags & O_PATH:
        return -Errno.EBADF
    if operation != EPOLL_CTL_DEL and file.queue(False) is None and file.queue(True) is None:
        return -Errno.EPERM
    if epoll_file is file or not isinstance(epoll_file, EpollFile):
        return -Errno.EINVAL
    match operation:
        case 1:  # EPOLL_CTL_ADD
            epoll_file.add(file, fd, events, data)
        case 2:  # EPOLL_CTL_DEL
            epoll_file.remove(file, fd)
        case 3:  # EPOLL_CTL_MOD
            epoll_file.modify(file, fd, events, data)
        case _:
            return -Errno.EINVAL
    return 0


def epoll_pwait(proc: Process, epfd: int, events: int, maximum: int, timeout: int, mask: int, size: int) -> int:
    """epoll_pwait(2): the timeout in ms, negative for ever."""
    milliseconds = signed(timeout)
    return _epoll_wait(proc, epfd, events, maximum, None if milliseconds < 0 else milliseconds * MS, mask, size)


def epoll_pwait2(proc: Process, epfd: int, events: int, maximum: int, timeout: int, mask: int, size: int) -> int:
    """epoll_pwait2(2): the timeout a timespec."""
    return _epoll_wait(proc, epfd, events, maximum, timeout_ns(proc, timeout), mask, size)


def _epoll_wait(proc: Process, epfd: int, events: int, maximum: int, timeout: int | None, mask: int, size: int) -> int:
    epoll = _epoll(proc, epfd)
    if not 0 < maximum <= _EPOLL_EVENTS_MAX:
        return -Errno.EINVAL
    maximum = min(maximum, max(1, len(epoll)))
    window = proc.mem.window(events, EPOLL_EVENT.size * maximum)
    wait_mask = _mask(proc, mask, size)
    found = epoll.collect(maximum)
    if not found:
        result = _sleep(proc, (epoll.waiters,), timeout, wait_mask)
        if result is not None:
            return result
    _done(proc)
    for i, (ready, data) in enumerate(found):
        EPOLL_EVENT.pack_into(window, EPOLL_EVENT.size * i, ready, data)
    return len(found)


assert (EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD) == (1, 2, 3)
