"""epoll(7): a set of watched files, and which of them are ready."""
from __future__ import annotations

from ..abi.errno import Errno, SysError
from ..abi.poll import (
    EPOLLET,
    EPOLLEXCLUSIVE,
    EPOLLONESHOT,
    EPOLLWAKEUP,
    POLLERR,
    POLLHUP,
    POLLIN,
    POLLOUT,
    POLLRDNORM,
    POLLWRBAND,
    POLLWRNORM,
)
from ..lib.wait_queue import WaitQueue
from ..vfs.open_file import OpenFile
from .anon import AnonFile, AnonFs

_MODES = EPOLLET | EPOLLONESHOT | EPOLLWAKEUP | EPOLLEXCLUSIVE
_ALWAYS = POLLERR | POLLHUP
_WRITING = POLLOUT | POLLWRNORM | POLLWRBAND
#: epoll_ctl(2): epolls that watch epolls, this many above each other: ELOOP.
_DEPTH_MAX = 5


class Watch:
    """One file in an epoll, under one descriptor; a waiter in the file's queues for as long as it is watched."""

    __slots__ = ("_queues", "data", "epoll", "events", "fd", "file")

    def __init__(self, epoll: EpollFile, file: OpenFile, fd: int, events: int, data: int) -> None:
        self.epoll, self.file, self.fd, self.events, self.data = epoll, file, fd, events, data
        self._queues: list[WaitQueue] = []

    def join(self) -> None:
        """Enters the queues that the events ask for."""
        self.leave()
        wanted = [self.file.queue(False)]
        if self.events & _WRITING:
            wanted.append(self.file.queue(True))
        self._queues = [queue for queue in dict.fromkeys(wanted) if queue is not None]
        for queue in self._queues:
            queue.waiters[self] = None

    def leave(self) -> None:
        for queue in self._queues:
            queue.waiters.pop(self, None)
        self._queues = []

    def wake(self) -> None:
        self.epoll.may_be_ready(self)

    def found(self) -> int:
        """The events that hold; none once EPOLLONESHOT has been used up."""
        if not self.events & ~_MODES:
            return 0
        return self.file.poll() & (self.events | _ALWAYS) & ~_MODES


class EpollFile(AnonFile):
    """An epoll instance.

    A closed file leaves when it is next looked at: an epoll holds no reference (epoll(7), question 6).
    """

    kind = b"eventpoll"

    def __init__(self, filesystem: AnonFs, flags: int) -> None:
        super().__init__(filesystem, flags)
        self._budget = filesystem.watches
        self._watches: dict[tuple[int, OpenFile], Watch] = {}
        self._ready: dict[Watch, None] = {}  # those that may be ready, longest first
        self.waiters = WaitQueue()
        self.watched_by: dict[EpollFile, int] = {}

    def __len__(self) -> int:
        return len(self._watches)

    # epoll_ctl

    def add(self, file: OpenFile, fd: int, events: int, data: int) -> None:
        """EPOLL_CTL_ADD."""
        _check_pollable(file)
        nested = isinstance(file, EpollFile)
        if events & EPOLLEXCLUSIVE and (nested or events & EPOLLONESHOT):
            raise SysError(Errno.EINVAL)
        if (fd, file) in self._watches:
            raise SysError(Errno.EEXIST)
        if isinstance(file, EpollFile):
            if file.reaches(self) or self._above() + file.below() > _DEPTH_MAX:
                raise SysError(Errno.ELOOP)
            file.watched_by[self] = file.watched_by.get(self, 0) + 1
        if not self._budget.left:
            self._forget_closed()
        self._budget.charge(1)
        watch = self._watches[fd, file] = Watch(self, file, fd, events, data)
        self._changed(watch)

    def modify(self, file: OpenFile, fd: int, events: int, data: int) -> None:
        """EPOLL_CTL_MOD."""
        watch = self._find(file, fd)
        if (events | watch.events) & EPOLLEXCLUSIVE:
            raise SysError(Errno.EINVAL)
        watch.events, watch.data = events, data
        self._changed(watch)

    def remove(self, file: OpenFile, fd: int) -> None:
        """EPOLL_CTL_DEL."""
        self._drop(self._find(file, fd))

    def _find(self, file: OpenFile, fd: int) -> Watch:
        watch = self._watches.get((fd, file))
        if watch is None:
            raise SysError(Errno.ENOENT)
        return watch

    def _changed(self, watch: Watch) -> None:
        watch.join()
        if watch.found():
            self.may_be_ready(watch)

    def _drop(self, watch: Watch) -> None:
        watch.leave()
        del self._watches[watch.fd, watch.file]
        self._ready.pop(watch, None)
        self._budget.release(1)
        if isinstance(watch.file, EpollFile):
            left = watch.file.watched_by[self] - 1
            watch.file.watched_by[self] = left
            if not left:
                del watch.file.watched_by[self]

    def _forget_closed(self) -> None:
        for watch in [watch for watch in self._watches.values() if not watch.file.refs]:
            self._drop(watch)

    # nesting

    def _nested(self) -> list[EpollFile]:
        return [watch.file for watch in self._watches.values() if isinstance(watch.file, EpollFile)]

    def reaches(self, other: EpollFile) -> bool:
        """Whether this is `other`, or watches it, however indirectly. Nesting is bounded, so this ends."""
        return self is other or any(epoll.reaches(other) for epoll in self._nested())

    def below(self) -> int:
        return 1 + max((epoll.below() for epoll in self._nested()), default=0)

    def _above(self) -> int:
        return 1 + max((epoll._above() for epoll in self.watched_by), default=0)

    # waiting

    def may_be_ready(self, watch: Watch) -> None:
        self._ready[watch] = None
        if self.waiters.waiters:
            self.waiters.wake()

    def collect(self, maximum: int) -> list[tuple[int, int]]:
        """epoll_wait(2): (events, data) of files that are ready, at most `maximum`."""
        found: list[tuple[int, int]] = []
        again: list[Watch] = []
        for watch in list(self._ready):
            if len(found) == maximum:
                break
            del self._ready[watch]
            if not watch.file.refs:
                self._drop(watch)
                continue
            events = watch.found()
            if not events:
                continue
            found.append((events, watch.data))
            if watch.events & EPOLLONESHOT:
                watch.events &= _MODES
            elif not watch.events & EPOLLET:
                again.append(watch)  # level-triggered: is looked at again, after all others
        for watch in again:
            self._ready[watch] = None
        return found

    def poll(self) -> int:
        for watch in list(self._ready):
            if not watch.file.refs:
                self._drop(watch)
            elif watch.found():
                return POLLIN | POLLRDNORM
            else:
                del self._ready[watch]
        return 0

    def queue(self, for_writing: bool) -> WaitQueue:
        return self.waiters

    def release(self) -> None:
        for watch in list(self._watches.values()):
            self._drop(watch)
        super().release()


def _check_pollable(file: OpenFile) -> None:
    """epoll_ctl(2): EPERM for files that are always ready: regular files, directories."""
    if file.queue(False) is None and file.queue(True) is None:
        raise SysError(Errno.EPERM)
