"""From one file to another inside the kernel: sendfile, splice, tee, vmsplice, copy_file_range."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..abi.errno import Errno, SysError
from ..abi.fcntl import O_APPEND, O_NONBLOCK
from ..abi.limits import RW_COUNT_MAX
from ..abi.signal import SIGPIPE
from ..abi.structs import U64
from ..fs.pipefs import PipeEnd
from ..kernel import signals
from ..vfs.open_file import OpenFile
from .file import check_size, wait, writev

if TYPE_CHECKING:
    from ..kernel.process import Process

_EINVAL, _EBADF = -Errno.EINVAL, -Errno.EBADF
#: Moved at once.
_CHUNK = 1 << 16
_SPLICE_F_NONBLOCK, _SPLICE_FLAGS = 2, 15
_SIZE_MAX = (1 << 63) - 1


class _Source:
    """A file to read from, at its own offset or at one in the guest's memory."""

    def __init__(self, proc: Process, file: OpenFile, address: int) -> None:
        self._proc, self.file, self._address = proc, file, address
        if address:
            self.position = U64.unpack_from(proc.mem.view, address)[0]
            if self.position > _SIZE_MAX:
                raise SysError(Errno.EINVAL)
        else:
            self.position = file.position

    def advance(self, count: int) -> None:
        self.position += count
        if self._address:
            U64.pack_into(self._proc.mem.view, self._address, self.position)
        else:
            self.file.position = self.position


def _readable_writable(proc: Process, in_fd: int, out_fd: int) -> tuple[OpenFile, OpenFile]:
    source, target = proc.fds.get(in_fd), proc.fds.get(out_fd)
    if not source.readable or not target.writable:
        raise SysError(Errno.EBADF)
    return source, target


def _put(proc: Process, target: OpenFile, data: bytes | bytearray | memoryview) -> int | None:
    try:
        return target.write(data)
    except SysError as error:
        if error.errno is Errno.EPIPE:
            signals.send(proc, SIGPIPE)
        raise


def _pump(proc: Process, source: _Source, target: OpenFile, count: int) -> int:
    """Moves up to `count` bytes of a seekable file; waits only if nothing was moved."""
    total = 0
    while total < count:
        # Copied: writing to a file of the same inode may move its bytes.
        data = bytes(source.file.read_at(source.position, min(count - total, _CHUNK)))
        if not data:
            break
        try:
            written = _put(proc, target, data)
        except SysError:
            if total:
                break
            raise
        if written is None:
            if total:
                break
            return wait(proc, target, True)
        source.advance(written)
        total += written
        if written < len(data):
            break
    return total


def sendfile64(proc: Process, out_fd: int, in_fd: int, offset: int, count: int, *_: int) -> int:
    """sendfile64(2): from a file that could be mapped."""
    file, target = _readable_writable(proc, in_fd, out_fd)
    if not file.inode.is_regular or target.flags & O_APPEND:
        return _EINVAL
    return _pump(proc, _Source(proc, file, offset), target, min(count, RW_COUNT_MAX))


def splice(proc: Process, in_fd: int, in_offset: int, out_fd: int, out_offset: int, count: int, flags: int) -> int:
    """splice(2): one end is a pipe."""
    if flags & ~_SPLICE_FLAGS:
        return _EINVAL
    source, target = _readable_writable(proc, in_fd, out_fd)
    from_pipe, to_pipe = isinstance(source, PipeEnd), isinstance(target, PipeEnd)
    if (from_pipe and in_offset) or (to_pipe and out_offset):
        return -Errno.ESPIPE
    if not (from_pipe or to_pipe) or source.inode is target.inode:
        return _EINVAL
    if not count:
        return 0
    if from_pipe:
        return _from_pipe(proc, source, target, out_offset, min(count, _CHUNK), flags)
    if not source.inode.is_regular:
        return _EINVAL
    return _pump(proc, _Source(proc, source, in_offset), target, min(count, _CHUNK))


def _from_pipe(proc: Process, source: OpenFile, target: OpenFile, offset: int, count: int, flags: int) -> int:
    if target.flags & O_APPEND or not (isinstance(target, PipeEnd) or target.inode.is_regular):
        return _EINVAL
    if isinstance(target, PipeEnd):
        if not target.inode.readers:
            signals.send(proc, SIGPIPE)
            return -Errno.EPIPE
        count = min(count, target.inode.capacity - len(target.inode.buffer))
        if count <= 0:
            return -Errno.EAGAIN if flags & _SPLICE_F_NONBLOCK else wait(proc, target, True)
    data = source.read(count)
    if data is None:
        return -Errno.EAGAIN if flags & _SPLICE_F_NONBLOCK else wait(proc, source, False)
    if not len(data):
        return 0
    if isinstance(target, PipeEnd) or not offset:
        written = _put(proc, target, data)
    else:
        place = _Source(proc, target, offset)
        check_size(proc, place.position + len(data))
        written = target.write_at(place.position, data)
        place.advance(written)
    return written or 0


def tee(proc: Process, in_fd: int, out_fd: int, count: int, flags: int, *_: int) -> int:
    """tee(2)."""
    if flags & ~_SPLICE_FLAGS:
        return _EINVAL
    source, target = _readable_writable(proc, in_fd, out_fd)
    if not isinstance(source, PipeEnd) or not isinstance(target, PipeEnd) or source.inode is target.inode:
        return _EINVAL
    blocks = not flags & _SPLICE_F_NONBLOCK and not source.flags & O_NONBLOCK
    held = source.inode.buffer
    if not held:
        if not source.inode.writers or not count:
            return 0
        return proc.sleep(source.inode.read_queue) if blocks else -Errno.EAGAIN
    room = target.inode.capacity - len(target.inode.buffer)
    if room <= 0:
        return proc.sleep(target.inode.write_queue) if blocks else -Errno.EAGAIN
    return _put(proc, target, bytes(held[:min(count, room)])) or 0


def vmsplice(proc: Process, fd: int, vector: int, count: int, flags: int, *_: int) -> int:
    """vmsplice(2): to a pipe; copies."""
    file = proc.fds.get(fd)
    if flags & ~_SPLICE_FLAGS or not isinstance(file, PipeEnd) or not file.writable:
        return _EINVAL if file.writable else _EBADF
    return writev(proc, fd, vector, count)


def copy_file_range(proc: Process, in_fd: int, in_offset: int, out_fd: int, out_offset: int, count: int,
                    flags: int) -> int:
    """copy_file_range(2): between regular files of one filesystem."""
    if flags:
        return _EINVAL
    file, target = _readable_writable(proc, in_fd, out_fd)
    if target.flags & O_APPEND:
        return _EBADF
    if file.inode.is_directory or target.inode.is_directory:
        return -Errno.EISDIR
    if not file.inode.is_regular or not target.inode.is_regular:
        return _EINVAL
    if file.inode.filesystem is not target.inode.filesystem:
        return -Errno.EXDEV
    source, place = _Source(proc, file, in_offset), _Source(proc, target, out_offset)
    count = max(0, min(count, RW_COUNT_MAX, file.inode.size - source.position))
    if file.inode is target.inode and abs(source.position - place.position) < count:
        return _EINVAL
    check_size(proc, place.position + count)
    total = 0
    while total < count:
        data = bytes(file.read_at(source.position, min(count - total, _CHUNK)))
        if not data:
            break
        written = target.write_at(place.position, data)
        source.advance(written)
        place.advance(written)
        total += written
        if written < len(data):
            break
    return total
