"""tmpfs(5): files in memory. /dev, memfds and the writable layer over an image are made of them, too."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..abi.errno import Errno, SysError
from ..abi.stat import S_IFIFO, S_IFMT, S_IFREG, S_IFSOCK
from ..vfs.core import Core
from ..vfs.filesystem import FileSystem, Usage
from ..vfs.inode import Directory, Inode, RegularFile, SocketNode, Symlink
from .contents import PAGE, Contents
from .pipefs import Fifo


class TmpFs(FileSystem):
    """A tree in memory. Bytes and inodes are charged to the machine's budgets: ENOSPC at disk_bytes_max, inodes_max."""

    type = b"tmpfs"
    magic = 0x01021994
    source = b"tmpfs"

    def __init__(self, core: Core, mode: int = 0o755, readonly: bool = False) -> None:
        super().__init__(readonly)
        self.disk_bytes, self.inodes, self.pipe_bytes = core.disk_bytes, core.inodes, core.pipe_bytes
        self.file_bytes_max = core.limits.file_bytes_max
        self.root: Directory = self.make_root(mode, core.now())

    def make_root(self, mode: int, now: int) -> Directory:
        self.inodes.force(1)
        return TmpDirectory(self, mode, 0, 0, now)

    def evict(self, inode: Inode) -> None:
        self.inodes.release(1)
        if isinstance(inode, TmpFile):
            if inode.contents.writable:
                inode.contents.free()
        elif isinstance(inode, Symlink):
            self.disk_bytes.release(len(inode.target))

    def usage(self) -> Usage:
        return Usage(self.disk_bytes.maximum // PAGE, self.disk_bytes.left // PAGE, self.inodes.maximum,
                     self.inodes.left)


class TmpFile(RegularFile):
    """A regular file in memory. `contents` is shared and read-only (an image's) until the first change."""

    __slots__ = ("contents", "unnamed")

    def __init__(self, filesystem: Any, mode: int, uid: int = 0, gid: int = 0, now: int = 0) -> None:
        super().__init__(filesystem, S_IFREG | mode, uid, gid, now)
        self.contents: Any = Contents(filesystem.disk_bytes)
        #: O_TMPFILE: it may still get its first name.
        self.unnamed = False

    @property
    def size(self) -> int:  # type: ignore[override]
        return self.contents.size

    @property
    def blocks(self) -> int:  # type: ignore[override]
        return self.contents.blocks

    def read_at(self, position: int, count: int) -> bytes | bytearray | memoryview:
        return self.contents.read(position, count)

    def read_into(self, position: int, window: memoryview) -> int:
        return self.contents.read_into(position, window)

    def own(self, keep: bool = True) -> Contents:
        """The contents as this file's alone, for a change."""
        self.module = None
        contents = self.contents
        if not contents.writable:
            contents = self.contents = Contents(self.filesystem.disk_bytes,
                                                contents.read(0, contents.size) if keep else b"")
        return contents

    def write_at(self, position: int, data: bytes | bytearray | memoryview) -> int:
        room = self.filesystem.file_bytes_max - position
        if len(data) > room:
            if room <= 0:
                raise SysError(Errno.EFBIG)
            data = data[:room]
        contents = self.contents
        if self.module is not None or not contents.writable:
            contents = self.own()
        return contents.write(position, data)

    def truncate(self, size: int) -> None:
        if size > self.filesystem.file_bytes_max:
            raise SysError(Errno.EFBIG)
        if size != self.contents.size:
            self.own(size > 0).truncate(size)

    def allocate(self, position: int, count: int, keep_size: bool) -> None:
        if position + count > self.filesystem.file_bytes_max:
            raise SysError(Errno.EFBIG)
        self.own().allocate(position, count, keep_size)

    def punch(self, position: int, count: int) -> None:
        self.own().punch(position, count)

    def seek_data(self, position: int) -> int | None:
        return self.contents.seek_data(position) if self.contents.writable else position

    def seek_hole(self, position: int) -> int:
        return self.contents.seek_hole(position) if self.contents.writable else self.contents.size


class TmpSymlink(Symlink):
    __slots__ = ()


class TmpDirectory(Directory):
    """A directory in memory. `entries` may hold None where an overlay hides a lower name."""

    __slots__ = ("entries",)

    def __init__(self, filesystem: Any, mode: int, uid: int = 0, gid: int = 0, now: int = 0) -> None:
        super().__init__(filesystem, mode, uid, gid, now)
        self.entries: dict[bytes, Inode | None] = {}

    def lookup(self, name: bytes, proc: Any = None) -> Inode | None:
        return self.entries.get(name)

    def names(self, proc: Any = None) -> Iterable[bytes]:
        return [name for name, inode in self.entries.items() if inode is not None]

    def empty(self) -> bool:
        return not any(self.entries.values())

    def graft(self, name: bytes, inode: Inode) -> None:
        """Shows a file of another filesystem under a name: a mounted file."""
        self.entries[name] = inode

    # changes

    def put(self, name: bytes, inode: Inode, now: int) -> None:
        """Adds or replaces an entry; no link count changes but that of directories."""
        self.entries[name] = inode
        if isinstance(inode, Directory):
            self.adopt(name, inode)
            self.links += 1
        self.mtime = self.ctime = now

    def take(self, name: bytes, now: int) -> None:
        """Removes an entry."""
        inode = self.entries[name]
        self.hide(name)
        if inode is not None and inode.is_directory:
            self.links -= 1
        self.mtime = self.ctime = now

    def hide(self, name: bytes) -> None:
        del self.entries[name]

    def mknod(self, name: bytes, mode: int, rdev: int, uid: int, gid: int, now: int) -> Inode:
        filesystem, kind = self.filesystem, mode & S_IFMT
        filesystem.inodes.charge(1)
        inode: Inode
        if kind == S_IFREG:
            inode = TmpFile(filesystem, mode & 0o7777, uid, gid, now)
        elif kind == S_IFIFO:
            inode = Fifo(filesystem, mode & 0o7777, uid, gid, now)
        else:
            assert kind == S_IFSOCK
            inode = SocketNode(filesystem, mode, uid, gid, now)
        self.put(name, inode, now)
        return inode

    def tmpfile(self, mode: int, uid: int, gid: int, now: int) -> RegularFile:
        self.filesystem.inodes.charge(1)
        inode = TmpFile(self.filesystem, mode, uid, gid, now)
        inode.links = 0
        inode.unnamed = True
        return inode

    def mkdir(self, name: bytes, mode: int, uid: int, gid: int, now: int) -> Directory:
        self.filesystem.inodes.charge(1)
        directory = TmpDirectory(self.filesystem, mode, uid, gid, now)
        self.put(name, directory, now)
        return directory

    def symlink(self, name: bytes, target: bytes, uid: int, gid: int, now: int) -> Symlink:
        filesystem = self.filesystem
        filesystem.disk_bytes.charge(len(target))
        try:
            filesystem.inodes.charge(1)
        except SysError:
            filesystem.disk_bytes.release(len(target))
            raise
        link = TmpSymlink(filesystem, target, uid, gid, now)
        self.put(name, link, now)
        return link

    def link(self, name: bytes, inode: Inode, now: int) -> None:
        # A name costs an inode's charge: names are memory, too (as Linux's shmem_link). The first one of an
        # O_TMPFILE was charged when it was made.
        if inode.links:
            self.filesystem.inodes.charge(1)
        inode.links += 1
        inode.ctime = now
        self.put(name, inode, now)

    def unlink(self, name: bytes, inode: Inode, now: int) -> None:
        self.take(name, now)
        if inode.links > 1:
            self.filesystem.inodes.release(1)
        inode.unlinked(now)
        if isinstance(inode, TmpFile):
            inode.unnamed = False

    def rmdir(self, name: bytes, inode: Directory, now: int) -> None:
        self.take(name, now)
        inode.links = 1
        inode.unlinked(now)

    def rename(self, name: bytes, inode: Inode, target: Directory, new_name: bytes, existing: Inode | None,
               now: int) -> None:
        assert isinstance(target, TmpDirectory)
        if isinstance(existing, Directory):
            target.rmdir(new_name, existing, now)
        elif existing is not None:
            target.unlink(new_name, existing, now)
        self.take(name, now)
        target.put(new_name, inode, now)
        inode.ctime = now

    def exchange(self, name: bytes, inode: Inode, target: Directory, new_name: bytes, other: Inode, now: int) -> None:
        assert isinstance(target, TmpDirectory)
        self.take(name, now)
        target.take(new_name, now)
        self.put(name, other, now)
        target.put(new_name, inode, now)
        inode.ctime = other.ctime = now


