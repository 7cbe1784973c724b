"""Pipes and FIFOs: pipe(7), fifo(7)."""
from __future__ import annotations

from typing import Any

from ..abi.errno import Errno, SysError
from ..abi.fcntl import O_ACCMODE, O_NONBLOCK, O_WRONLY
from ..abi.limits import PIPE_BUF
from ..abi.poll import POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM
from ..abi.stat import S_IFIFO
from ..lib.wait_queue import WaitQueue
from ..vfs.core import Core
from ..vfs.filesystem import FileSystem
from ..vfs.inode import Inode, Place
from ..vfs.open_file import Blocked, OpenFile

CAPACITY = 65536
#: The most that one blocking write adds at once. L-FS-003: up to this it is taken whole, where Linux would wait.
WRITE_MAX = 1 << 20
_IN, _OUT = POLLIN | POLLRDNORM, POLLOUT | POLLWRNORM
FIONREAD = 0x541B


class PipeFs(FileSystem):
    """Where pipes without a name live. Not mounted."""

    type = b"pipefs"
    magic = 0x50495045

    def __init__(self, core: Core) -> None:
        super().__init__()
        core.number(self)
        self.pipe_bytes = core.pipe_bytes


class Pipe(Inode):
    """A byte buffer between read ends and write ends. What it holds is charged to the machine's pipe_bytes.

    Every pipe may hold PIPE_BUF bytes whatever the others hold: no writer waits for strangers.
    """

    __slots__ = ("buffer", "capacity", "read_queue", "reader_opens", "readers",
                 "write_queue", "writer_opens", "writers")

    def __init__(self, filesystem: Any, mode: int = 0o600, uid: int = 0, gid: int = 0, now: int = 0) -> None:
        super().__init__(filesystem, S_IFIFO | mode, uid, gid, now)
        self.buffer = bytearray()
        self.capacity = CAPACITY
        self.readers = self.writers = 0
        #: Ever: a FIFO's open waits for the other side's next one.
        self.reader_opens = self.writer_opens = 0
        self.read_queue, self.write_queue = WaitQueue(), WaitQueue()

    def open(self, proc: Any, flags: int, place: Place | None) -> OpenFile:
        return PipeEnd(self, flags, place)

    def resize(self, size: int, maximum: int) -> int:
        """F_SETPIPE_SZ: whole pages, a power of two of them. EPERM beyond `maximum`, EBUSY if it holds more."""
        if size >= 1 << 31:
            raise SysError(Errno.EINVAL)
        capacity = max(PIPE_BUF, 1 << max(size - 1, 0).bit_length())
        if capacity > maximum:
            raise SysError(Errno.EPERM)
        if capacity < len(self.buffer):
            raise SysError(Errno.EBUSY)
        self.capacity = capacity
        self.write_queue.wake()
        return capacity


class Fifo(Pipe):
    """A pipe with a name: opening one side waits for the other."""

    __slots__ = ()

    def open(self, proc: Any, flags: int, place: Place | None) -> OpenFile:
        """fifo(7). While it waits, the end stays open in `proc.half_open`: the call is made again."""
        end = proc.half_open
        if end is None or end.inode is not self:
            if end is not None:  # it was told to wait for another FIFO, and did not
                end.release()
            end = PipeEnd(self, flags, place)
            self.read_queue.wake()
            self.write_queue.wake()
        proc.half_open = None
        if not end.connected():
            if not flags & O_NONBLOCK:
                proc.half_open = end
                raise Blocked(self.write_queue if end.writable else self.read_queue)
            if end.writable:
                end.release()
                raise SysError(Errno.ENXIO)
            end.waits_for_writer()
        return end


class StreamNode(Inode):
    """Looks like a pipe; behind it is one open file from outside, `stream`. Opening it again gives that file."""

    __slots__ = ("stream",)

    def __init__(self, filesystem: Any, mode: int = 0o600, uid: int = 0, gid: int = 0, now: int = 0) -> None:
        super().__init__(filesystem, S_IFIFO | mode, uid, gid, now)
        self.stream: OpenFile | None = None

    def open(self, proc: Any, flags: int, place: Place | None) -> OpenFile:
        """By way of /dev/stdout and /proc/PID/fd. EACCES for the direction it does not have."""
        stream = self.stream
        if stream is None or not stream.refs:
            raise SysError(Errno.ENXIO)
        writes, reads = flags & O_ACCMODE != 0, flags & O_ACCMODE != O_WRONLY
        if (writes and not stream.writable) or (reads and not stream.readable):
            raise SysError(Errno.EACCES)
        return stream


class PipeEnd(OpenFile):
    """An open pipe: a read end, a write end, or (a FIFO opened O_RDWR) both."""

    inode: Pipe

    def __init__(self, pipe: Pipe, flags: int, place: Place | None = None) -> None:
        super().__init__(pipe, flags, place)
        self._reads, self._writes = self.readable, self.writable
        pipe.readers += self._reads
        pipe.writers += self._writes
        pipe.reader_opens += self._reads
        pipe.writer_opens += self._writes
        self._seen = pipe.reader_opens, pipe.writer_opens
        self._no_hangup_at = -1

    def connected(self) -> bool:
        """Whether the other side is, or has been since, open."""
        pipe = self.inode
        if not self._writes:
            return pipe.writers > 0 or pipe.writer_opens > self._seen[1]
        return self._reads or pipe.readers > 0 or pipe.reader_opens > self._seen[0]

    def waits_for_writer(self) -> None:
        """Opened O_NONBLOCK before there was a writer: no POLLHUP until one has come and gone."""
        self._no_hangup_at = self.inode.writer_opens

    def read(self, count: int) -> bytes | bytearray | None:
        pipe = self.inode
        buffer = pipe.buffer
        if not buffer:
            return None if pipe.writers and count else b""
        if count >= len(buffer):
            data, pipe.buffer = buffer, bytearray()
        else:
            data = buffer[:count]
            del buffer[:count]
        pipe.filesystem.pipe_bytes.used -= len(data)
        if pipe.write_queue.waiters:
            pipe.write_queue.wake()
        return data

    def write(self, data: memoryview | bytes) -> int | None:
        pipe = self.inode
        count = len(data)
        if not count:
            return 0
        if not pipe.readers:
            raise SysError(Errno.EPIPE)
        buffer, budget = pipe.buffer, pipe.filesystem.pipe_bytes
        if not buffer and count <= PIPE_BUF:
            budget.used += count
        else:
            room = pipe.capacity - len(buffer)
            if count > room:
                if room <= 0 or count <= PIPE_BUF:
                    return None
                count = min(count, room if self.flags & O_NONBLOCK else WRITE_MAX)
            if budget.used + count > budget.maximum:
                if buffer:
                    return None
                count = PIPE_BUF
            budget.used += count
        buffer += data if count == len(data) else data[:count]
        if pipe.read_queue.waiters:
            pipe.read_queue.wake()
        return count

    def peek(self) -> bytearray:
        """For tee(2)."""
        return self.inode.buffer

    def poll(self) -> int:
        pipe, events = self.inode, 0
        if self._reads:
            if pipe.buffer:
                events |= _IN
            if not pipe.writers and pipe.writer_opens != self._no_hangup_at:
                events |= POLLHUP
        if self._writes:
            if pipe.capacity - len(pipe.buffer) >= PIPE_BUF:
                events |= _OUT
            if not pipe.readers:
                events |= POLLERR
        return events

    def queue(self, for_writing: bool) -> WaitQueue:
        return self.inode.write_queue if for_writing else self.inode.read_queue

    def ioctl(self, proc: Any, request: int, argument: int) -> int:
        if request == FIONREAD:
            proc.mem.put_u32(argument, len(self.inode.buffer))
            return 0
        return super().ioctl(proc, request, argument)

    def release(self) -> None:
        pipe = self.inode
        pipe.readers -= self._reads
        pipe.writers -= self._writes
        if not pipe.readers and not pipe.writers:
            pipe.filesystem.pipe_bytes.release(len(pipe.buffer))
            pipe.buffer = bytearray()
        pipe.read_queue.wake()
        pipe.write_queue.wake()
        super().release()


def make_pipe(filesystem: PipeFs, flags: int, uid: int, gid: int, now: int) -> tuple[PipeEnd, PipeEnd]:
    """pipe(2): (read end, write end)."""
    pipe = Pipe(filesystem, 0o600, uid, gid, now)
    pipe.links = 1
    return PipeEnd(pipe, flags), PipeEnd(pipe, flags | 1)
