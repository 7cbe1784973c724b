"""Open regular files: read, write, seek, at an offset; whatever filesystem holds the bytes."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..abi.errno import Errno, SysError
from ..abi.fcntl import O_APPEND, SEEK_CUR, SEEK_DATA, SEEK_END, SEEK_HOLE, SEEK_SET
from ..abi.stat import S_ISGID, S_ISUID
from .open_file import OpenFile
from .permissions import without_privilege_bits

if TYPE_CHECKING:
    from .inode import Place, RegularFile

_OFFSET_MAX = (1 << 63) - 1


class RegularOpenFile(OpenFile):
    """An open regular file. Reads and writes are never short but at the end of the file and at a limit."""

    seekable = True
    direct = True
    inode: RegularFile

    def __init__(self, inode: RegularFile, flags: int, place: Place | None, clock: Callable[[], int]) -> None:
        super().__init__(inode, flags, place)
        self._clock = clock

    def read(self, count: int) -> bytes | bytearray | memoryview:
        data = self.inode.read_at(self.position, count)
        self.position += len(data)
        return data

    def read_into(self, window: memoryview) -> int:
        count = self.inode.read_into(self.position, window)
        self.position += count
        return count

    def read_at(self, position: int, count: int) -> bytes | bytearray | memoryview:
        return self.inode.read_at(position, count)

    def write(self, data: memoryview | bytes) -> int:
        inode = self.inode
        position = inode.size if self.flags & O_APPEND else self.position
        count = self.write_at(position, data)
        self.position = position + count
        return count

    def write_at(self, position: int, data: memoryview | bytes) -> int:
        if not len(data):
            return 0
        inode = self.inode
        if position > _OFFSET_MAX - len(data):
            raise SysError(Errno.EFBIG)
        count = inode.write_at(position, data)
        inode.mtime = inode.ctime = self._clock()
        if inode.mode & (S_ISUID | S_ISGID):
            # inode(7): a write takes the right to run as somebody else away.
            inode.mode = without_privilege_bits(inode.mode)
        return count

    def seek(self, offset: int, whence: int) -> int:
        inode = self.inode
        if whence == SEEK_SET:
            position = offset
        elif whence == SEEK_CUR:
            position = self.position + offset
        elif whence == SEEK_END:
            position = inode.size + offset
        elif whence in (SEEK_DATA, SEEK_HOLE):
            if not 0 <= offset < inode.size:
                raise SysError(Errno.ENXIO)
            found = inode.seek_data(offset) if whence == SEEK_DATA else inode.seek_hole(offset)
            if found is None:
                raise SysError(Errno.ENXIO)
            position = found
        else:
            raise SysError(Errno.EINVAL)
        if position < 0:
            raise SysError(Errno.EINVAL)
        if position > _OFFSET_MAX:
            raise SysError(Errno.EOVERFLOW)
        self.position = position
        return position
