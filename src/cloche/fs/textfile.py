"""Files whose text is made when they are opened: those of /proc."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..abi.errno import Errno, SysError
from ..abi.fcntl import SEEK_CUR, SEEK_END, SEEK_SET
from ..abi.stat import S_IFREG
from ..vfs.filesystem import FileSystem
from ..vfs.inode import Directory, Inode, Place, Symlink
from ..vfs.open_file import OpenFile

Text = Callable[[Any], bytes]
#: The most that a file here takes in one write.
_WRITE_MAX = 4096


class TextOpenFile(OpenFile):
    """An open made-up file: its text is made anew whenever it is read from the start (as Linux's seq_file)."""

    seekable = True
    inode: TextFile

    def __init__(self, inode: TextFile, flags: int, place: Place | None, proc: Any) -> None:
        super().__init__(inode, flags, place)
        self._text = b""
        self._proc, self._accept = proc, inode.accept

    def read(self, count: int) -> bytes:
        data = self.read_at(self.position, count)
        self.position += len(data)
        return data

    def read_at(self, position: int, count: int) -> bytes:
        if not position:
            self._text = self.inode.text(self._proc)
        return self._text[position:position + count]

    def write(self, data: memoryview | bytes) -> int:
        return self.write_at(0, data)

    def write_at(self, position: int, data: memoryview | bytes) -> int:
        if self._accept is None:
            raise SysError(Errno.EIO)
        if len(data) > _WRITE_MAX:
            raise SysError(Errno.EINVAL)
        self._accept(self._proc, bytes(data))
        return len(data)

    def seek(self, offset: int, whence: int) -> int:
        if whence not in (SEEK_SET, SEEK_CUR, SEEK_END):
            raise SysError(Errno.EINVAL)
        position = (0, self.position, len(self._text))[whence] + offset
        if position < 0:
            raise SysError(Errno.EINVAL)
        self.position = position
        return position


class TextFile(Inode):
    """A file that is computed: `text(proc)` for the process that opens it; `accept(proc, data)` takes a write."""

    __slots__ = ("accept", "text")

    def __init__(self, filesystem: FileSystem, text: Text, mode: int = 0o444,
                 accept: Callable[[Any, bytes], None] | None = None) -> None:
        super().__init__(filesystem, S_IFREG | mode)
        self.text, self.accept = text, accept

    def open(self, proc: Any, flags: int, place: Place | None) -> OpenFile:
        return TextOpenFile(self, flags, place, proc)


class MadeLink(Symlink):
    """A link that is computed. `to(proc)`: what it leads to, if that is not what its text says."""

    __slots__ = ("text", "to")

    def __init__(self, filesystem: FileSystem, text: Text,
                 to: Callable[[Any], tuple[Inode, Place | None]] | None = None) -> None:
        super().__init__(filesystem, b"")
        self.text, self.to = text, to

    def readlink(self, proc: Any) -> bytes:
        return self.text(proc)

    def jump(self, proc: Any) -> tuple[Inode, Place | None] | None:
        return None if self.to is None else self.to(proc)


class MadeDirectory(Directory):
    """A directory whose entries are computed: `makers` give the inode of a name. Nobody adds or removes any."""

    __slots__ = ("_made", "makers")
    size = 0
    blocks = 0

    def __init__(self, filesystem: FileSystem, parent: Directory | None, name: bytes,
                 makers: Mapping[bytes, Callable[[Directory], Inode]], mode: int = 0o555) -> None:
        super().__init__(filesystem, mode)
        if parent is not None:
            self.parent, self.name = parent, name
        self.makers = makers
        self._made: dict[bytes, Inode] = {}

    def lookup(self, name: bytes, proc: Any = None) -> Inode | None:
        inode = self._made.get(name)
        if inode is None:
            maker = self.makers.get(name)
            if maker is None:
                return None
            inode = self._made[name] = maker(self)
        return inode

    def names(self, proc: Any = None) -> Iterable[bytes]:
        return self.makers

    def empty(self) -> bool:
        return True  # to rmdir(2): it is EPERM in any case

    # Linux's proc says that there is no such file, rather than that there may be none.

    def mknod(self, name: bytes, mode: int, rdev: int, uid: int, gid: int, now: int) -> Inode:
        raise SysError(Errno.ENOENT)

    def mkdir(self, name: bytes, mode: int, uid: int, gid: int, now: int) -> Directory:
        raise SysError(Errno.ENOENT)

    def symlink(self, name: bytes, target: bytes, uid: int, gid: int, now: int) -> Symlink:
        raise SysError(Errno.ENOENT)
