"""The host's file descriptors as a command's standard streams, and waiting for them.

No guest ever stalls another one by them: a read or write that would wait makes its process wait, as on a pipe.
"""
from __future__ import annotations

import os
import select
import stat
from collections.abc import Callable
from typing import Any

from ..abi.errno import Errno, SysError
from ..abi.fcntl import O_RDONLY, O_WRONLY
from ..abi.poll import POLLHUP, POLLIN, POLLOUT
from ..lib.wait_queue import WaitQueue
from ..vfs.open_file import OpenFile

#: Read or written at once. A pipe that poll(2) calls writable has room for PIPE_BUF bytes.
_CHUNK_BYTES = 1 << 16
_PIPE_BUF = 4096


class HostStream(OpenFile):
    """A host descriptor, read or written without waiting. Closing it leaves the descriptor open."""

    def __init__(self, inode: Any, fd: int, writing: bool, account: Callable[[int], object]) -> None:
        super().__init__(inode, O_WRONLY if writing else O_RDONLY)
        inode.stream = self
        self._account = account
        self.waiters = WaitQueue()
        self._regular = stat.S_ISREG(os.fstat(fd).st_mode)
        self._own = _reopen(fd, writing) if not self._regular else None
        self.fd = fd if self._own is None else self._own
        self._wanted = select.POLLOUT if writing else select.POLLIN

    def _ready(self) -> int:
        if self._regular:
            return self._wanted
        poller = select.poll()
        poller.register(self.fd, self._wanted)
        events = poller.poll(0)
        return events[0][1] if events else 0

    def read(self, count: int) -> bytes | None:
        if not self._ready():
            return None
        try:
            data = os.read(self.fd, min(count, _CHUNK_BYTES))
        except BlockingIOError:
            return None
        except OSError:
            raise SysError(Errno.EIO) from None
        self._account(len(data))
        return data

    def write(self, data: memoryview | bytes) -> int | None:
        if not len(data):
            return 0
        if not self._ready():
            return None
        size = _CHUNK_BYTES if self._regular or self._own is not None else _PIPE_BUF
        try:
            written = os.write(self.fd, data[:size])
        except BlockingIOError:
            return None
        except BrokenPipeError:
            raise SysError(Errno.EPIPE) from None
        except OSError as error:
            raise SysError(Errno.ENOSPC if error.errno == Errno.ENOSPC else Errno.EIO) from None
        self._account(written)
        return written

    def poll(self) -> int:
        ready = self._ready()
        found = POLLIN if ready & select.POLLIN else 0
        found |= POLLOUT if ready & select.POLLOUT else 0
        return found | (POLLHUP if ready & select.POLLHUP else 0)

    def queue(self, for_writing: bool) -> WaitQueue:
        return self.waiters

    def release(self) -> None:
        if self._own is not None:
            os.close(self._own)
            self._own = None


def _reopen(fd: int, writing: bool) -> int | None:
    """The same pipe or terminal with an open file description of our own, so that O_NONBLOCK is ours alone."""
    flags = (os.O_WRONLY if writing else os.O_RDONLY) | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    try:
        return os.open(f"/proc/self/fd/{fd}", flags)
    except OSError:
        return None


class StreamsHost:
    """The machine's view of the outside: implements kernel/scheduler.py's Host."""

    def __init__(self) -> None:
        self.streams: list[HostStream] = []
        #: Set by a signal handler; called by the machine's loop, between two steps of guests.
        self.on_interrupt: Callable[[], None] | None = None
        self.interrupted = False

    def poll(self) -> None:
        if self.interrupted:
            self._interrupt()
        for stream in self.streams:
            if stream.waiters.waiters and stream.refs and stream._ready():
                stream.waiters.wake()

    def wait(self, timeout_ns: int | None) -> bool:
        waited = [stream for stream in self.streams if stream.waiters.waiters and stream.refs]
        if not waited and timeout_ns is None:
            return False
        poller = select.poll()
        for stream in waited:
            poller.register(stream.fd, stream._wanted)
        # Never for ever: Ctrl-C has to be seen.
        limit = 200 if timeout_ns is None else min(200, -(-timeout_ns // 1_000_000))
        poller.poll(limit)
        self.poll()
        return True

    def _interrupt(self) -> None:
        self.interrupted = False
        if self.on_interrupt is not None:
            self.on_interrupt()
