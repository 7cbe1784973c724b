"""Inodes: what a name refers to. Kinds that hold data are in fs/; what all of them share is here."""
from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno, SysError
from ..abi.stat import S_IFDIR, S_IFLNK, S_IFMT
from .directory_file import DirectoryFile
from .regular_file import RegularOpenFile

if TYPE_CHECKING:
    from .filesystem import FileSystem
    from .locks import InodeLocks
    from .open_file import OpenFile

#: Where an open file was found: the directory and its name there.
Place = tuple["Directory", bytes]


class Inode:
    """An inode (inode(7)). `mode` has the type bits; times are nanoseconds since the epoch.

    `links` counts names, `opens` open file descriptions: when both are gone the filesystem frees it.
    """

    __slots__ = ("atime", "ctime", "filesystem", "gid", "links", "locks", "mode", "mtime", "number", "opens", "uid")

    is_directory = False
    is_symlink = False
    is_regular = False
    rdev = 0
    blocks = 0
    size = 0

    def __init__(self, filesystem: FileSystem, mode: int, uid: int = 0, gid: int = 0, now: int = 0) -> None:
        self.filesystem = filesystem
        self.number = filesystem.new_number()
        self.mode, self.uid, self.gid = mode, uid, gid
        self.links = 1
        self.opens = 0
        self.atime = self.mtime = self.ctime = now
        self.locks: InodeLocks | None = None

    @property
    def kind(self) -> int:
        return self.mode & S_IFMT

    def open(self, proc: Any, flags: int, place: Place | None) -> OpenFile:
        """A new open file description; ENXIO if there is nothing behind the name."""
        raise SysError(Errno.ENXIO)

    def change(self, now: int, *, mode: int | None = None, uid: int | None = None, gid: int | None = None,
               atime: int | None = None, mtime: int | None = None) -> None:
        """Sets attributes; `mode` without type bits."""
        if mode is not None:
            self.mode = self.mode & S_IFMT | mode
        if uid is not None:
            self.uid = uid
        if gid is not None:
            self.gid = gid
        if atime is not None:
            self.atime = atime
        if mtime is not None:
            self.mtime = mtime
        self.ctime = now

    def refresh(self) -> None:
        """Before its attributes are shown: brings them up to date where they are kept elsewhere."""

    def closed(self) -> None:
        """An open file description of it is gone."""
        self.opens -= 1
        assert self.opens >= 0
        if not self.opens and not self.links:
            self.filesystem.evict(self)

    def unlinked(self, now: int) -> None:
        """A name of it is gone."""
        self.links -= 1
        self.ctime = now
        if not self.links and not self.opens:
            self.filesystem.evict(self)


class RegularFile(Inode):
    """A regular file: bytes at positions. Counts and positions are bytes, and checked by the caller."""

    __slots__ = ("module",)
    is_regular = True

    def __init__(self, filesystem: FileSystem, mode: int, uid: int = 0, gid: int = 0, now: int = 0) -> None:
        super().__init__(filesystem, mode, uid, gid, now)
        #: The compiled program, if this file has been executed; dropped when it is written to.
        self.module: Any = None

    def read_at(self, position: int, count: int) -> bytes | bytearray | memoryview:
        """Up to the end of the file. What it returns is good until the file changes."""
        raise NotImplementedError

    def read_into(self, position: int, window: memoryview) -> int:
        """As read_at, without a copy in between."""
        done = 0
        while done < len(window):
            data = self.read_at(position + done, min(len(window) - done, 1 << 20))
            if not len(data):
                break
            window[done:done + len(data)] = data
            done += len(data)
        return done

    def write_at(self, position: int, data: bytes | bytearray | memoryview) -> int:
        raise NotImplementedError

    def truncate(self, size: int) -> None:
        raise NotImplementedError

    def allocate(self, position: int, count: int, keep_size: bool) -> None:
        """fallocate(2) without mode: room for [position, position + count)."""
        raise SysError(Errno.EOPNOTSUPP)

    def punch(self, position: int, count: int) -> None:
        """FALLOC_FL_PUNCH_HOLE: [position, position + count) reads as zeros."""
        raise SysError(Errno.EOPNOTSUPP)

    def seek_data(self, position: int) -> int | None:
        """Where data is next, from `position` on; None: nowhere. `position` is inside the file."""
        return position

    def seek_hole(self, position: int) -> int:
        """Where a hole is next; the end of the file is one."""
        return self.size

    def sync(self) -> None:
        """fsync(2)."""

    def open(self, proc: Any, flags: int, place: Place | None) -> OpenFile:
        return RegularOpenFile(self, flags, place, proc.machine.clock.realtime)


class Symlink(Inode):
    """A symbolic link (symlink(7))."""

    __slots__ = ("target",)
    is_symlink = True

    def __init__(self, filesystem: FileSystem, target: bytes, uid: int = 0, gid: int = 0, now: int = 0) -> None:
        super().__init__(filesystem, S_IFLNK | 0o777, uid, gid, now)
        self.target = target

    @property
    def size(self) -> int:
        return len(self.target)

    def readlink(self, proc: Any) -> bytes:
        """The target, as `proc` sees it."""
        return self.target

    def jump(self, proc: Any) -> tuple[Inode, Place | None] | None:
        """A magic link: the inode it leads to, whatever its text says. None: an ordinary link."""
        return None


class Device(Inode):
    """A character device: `driver(proc, inode, flags, place)` opens it."""

    __slots__ = ("driver", "rdev")

    def __init__(self, filesystem: FileSystem, mode: int, rdev: int, driver: Any, uid: int = 0, gid: int = 0,
                 now: int = 0) -> None:
        super().__init__(filesystem, mode, uid, gid, now)
        self.rdev, self.driver = rdev, driver

    def open(self, proc: Any, flags: int, place: Place | None) -> OpenFile:
        return self.driver(proc, self, flags, place)


class SocketNode(Inode):
    """The name of a Unix socket: open(2) says ENXIO, connect(2) finds `socket`."""

    __slots__ = ("socket",)

    def __init__(self, filesystem: FileSystem, mode: int, uid: int = 0, gid: int = 0, now: int = 0) -> None:
        super().__init__(filesystem, mode, uid, gid, now)
        self.socket: Any = None


class Directory(Inode):
    """Named entries. A directory has one name, so it knows its parent: there are no dentries (D-0003).

    The root of a mounted filesystem has the mount point's parent and name; the mount point's `mounted` leads to it.
    A directory whose `links` is 0 has been removed. The operations are Linux's inode_operations: the caller (vfs/) has
    checked permissions and the policy, and that names are free or taken; they may raise SysError.
    """

    __slots__ = ("height", "mounted", "name", "parent")
    is_directory = True
    size = 4096
    blocks = 8

    def __init__(self, filesystem: FileSystem, mode: int, uid: int = 0, gid: int = 0, now: int = 0) -> None:
        super().__init__(filesystem, S_IFDIR | mode, uid, gid, now)
        self.links = 2
        self.parent: Directory = self
        self.name = b""
        self.mounted: Directory | None = None
        #: How deep the tree below may be: never less than it is.
        self.height = 0

    def lookup(self, name: bytes, proc: Any = None) -> Inode | None:
        """The inode of an entry, or None."""
        raise NotImplementedError

    def names(self, proc: Any = None) -> Iterable[bytes]:
        """The entries, without . and .."""
        raise NotImplementedError

    def empty(self) -> bool:
        return next(iter(self.names()), None) is None

    def open(self, proc: Any, flags: int, place: Place | None) -> OpenFile:
        return DirectoryFile(self, flags, (self.parent, self.name))

    def graft(self, name: bytes, inode: Inode) -> None:
        """Shows a file of another filesystem under a name: a mounted file."""
        raise SysError(Errno.EPERM)

    def mknod(self, name: bytes, mode: int, rdev: int, uid: int, gid: int, now: int) -> Inode:
        """A new regular file, FIFO, socket or device, by the type bits of `mode`."""
        raise SysError(Errno.EPERM)

    def mkdir(self, name: bytes, mode: int, uid: int, gid: int, now: int) -> Directory:
        raise SysError(Errno.EPERM)

    def symlink(self, name: bytes, target: bytes, uid: int, gid: int, now: int) -> Symlink:
        raise SysError(Errno.EPERM)

    def link(self, name: bytes, inode: Inode, now: int) -> None:
        raise SysError(Errno.EPERM)

    def unlink(self, name: bytes, inode: Inode, now: int) -> None:
        raise SysError(Errno.EPERM)

    def rmdir(self, name: bytes, inode: Directory, now: int) -> None:
        raise SysError(Errno.EPERM)

    def rename(self, name: bytes, inode: Inode, target: Directory, new_name: bytes, existing: Inode | None,
               now: int) -> None:
        """`existing` is replaced; if it is a directory, it is empty."""
        raise SysError(Errno.EPERM)

    def exchange(self, name: bytes, inode: Inode, target: Directory, new_name: bytes, other: Inode, now: int) -> None:
        """RENAME_EXCHANGE."""
        raise SysError(Errno.EINVAL)

    def tmpfile(self, mode: int, uid: int, gid: int, now: int) -> RegularFile:
        """O_TMPFILE: a file without a name."""
        raise SysError(Errno.EOPNOTSUPP)

    def path(self, root: Directory | None = None) -> bytes:
        """The absolute path, as from `root` (default: the machine's)."""
        parts: list[bytes] = []
        directory: Directory = self
        while directory is not root:
            parent = directory.parent
            if parent is directory:
                break
            parts.append(directory.name)
            directory = parent
        parts.reverse()
        return b"/" + b"/".join(parts)

    def beneath(self, root: Directory) -> bool:
        """Whether `root` is this directory or one above it."""
        directory: Directory = self
        while directory is not root:
            if directory.parent is directory:
                return False
            directory = directory.parent
        return True

    def depth(self) -> int:
        depth, directory = 0, self
        while directory.parent is not directory:
            directory = directory.parent
            depth += 1
        return depth

    def adopt(self, name: bytes, inode: Directory) -> None:
        """Makes this the parent of a directory."""
        inode.parent, inode.name = self, name
        height, directory = inode.height + 1, self
        while directory.height < height:
            directory.height = height
            if directory.parent is directory:
                break
            height += 1
            directory = directory.parent
