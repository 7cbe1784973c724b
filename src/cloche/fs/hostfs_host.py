"""Host directories (and single files) in the guest's tree, read-only or read-write: changes are the host's at once.
# L-FS-013

Everything is opened beneath the mount (beneath_host.py). Owners are shown as the guest's: whoever runs cloche is root,
if he is not root on the host. Ownership, set-user-ID and devices never reach the host.
"""
from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from typing import Any

from ..abi.errno import Errno, SysError
from ..abi.stat import S_IFMT, S_IFREG
from ..lib.budget import Budget
from ..vfs.core import Core
from ..vfs.filesystem import FileSystem, Usage
from ..vfs.inode import Directory, Inode, Place, RegularFile, Symlink
from ..vfs.open_file import OpenFile
from .beneath_host import Beneath, translated

#: Host descriptors that one mount may hold open: ENFILE beyond.
HOST_FDS_MAX = 128
_NOBODY = 65534


def shown_owner(uid: int, gid: int) -> tuple[int, int]:
    """A host file's owner as the guest sees it."""
    me = os.getuid()
    if me == 0:
        return uid, gid
    return 0 if uid == me else _NOBODY, 0 if uid == me else _NOBODY


def reopen(fd: int, flags: int) -> int:
    """The regular file behind an O_PATH descriptor, opened for real: a device or FIFO never is."""
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        raise SysError(Errno.ENXIO)
    return os.open(f"/proc/self/fd/{fd}", flags | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)


class HostFs(FileSystem):
    """A directory or file of the host. Growth is charged to the machine's budgets, as if it were memory."""

    type = b"hostfs"
    source = b"host"
    magic = 0x00C0FFEE

    def __init__(self, core: Core, path: str | os.PathLike[str], readonly: bool = True) -> None:
        super().__init__(readonly)
        self.disk_bytes, self.inodes = core.disk_bytes, core.inodes
        self.file_bytes_max = core.limits.file_bytes_max
        self.fds = Budget("host descriptors", HOST_FDS_MAX, Errno.ENFILE)
        real = os.path.realpath(os.fsencode(path))
        self.single = None if os.path.isdir(real) else os.path.basename(real)
        self.beneath = Beneath(os.path.dirname(real) if self.single is not None else real)
        #: (st_dev, st_ino) -> inode, of what was looked at: a file with two names is one inode.
        self._inodes: dict[tuple[int, int], Inode] = {}
        #: A file just made, and its descriptor: open(2) may ask for more than its mode then allows.
        self.fresh: tuple[Inode, int] | None = None
        fd = self.beneath.open(self.single or b".", os.O_PATH)
        try:
            root = self.inode(os.fstat(fd), fd)
        finally:
            os.close(fd)
        if isinstance(root, HostFile):
            root.name = self.single or b""
        self.root: Any = root

    def inode(self, status: os.stat_result, fd: int) -> Inode:
        """The inode of what an O_PATH descriptor refers to, up to date."""
        key = status.st_dev, status.st_ino
        found = self._inodes.get(key)
        if found is None or found.kind != stat.S_IFMT(status.st_mode):
            kind = stat.S_IFMT(status.st_mode)
            if kind == stat.S_IFDIR:
                found = HostDirectory(self, status)
            elif kind == stat.S_IFREG:
                found = HostFile(self, status)
            elif kind == stat.S_IFLNK:
                found = Symlink(self, os.readlink(b"", dir_fd=fd))
            else:
                found = Inode(self, kind)  # shown; open(2) says ENXIO
            self._inodes[key] = found
        take_attributes(found, status)
        return found

    def forget(self, inode: Inode) -> None:
        for key, held in list(self._inodes.items()) if len(self._inodes) < 64 else ():
            if held is inode:
                del self._inodes[key]
        if len(self._inodes) >= 4096:
            # Those in use are found again by their names, as other inodes.
            self._inodes = {key: held for key, held in self._inodes.items() if held.opens or held.is_directory}

    def evict(self, inode: Inode) -> None:
        if isinstance(inode, HostFile):
            inode.discharge()
        self.forget(inode)

    def drop_fresh(self) -> None:
        if self.fresh is not None:
            os.close(self.fresh[1])
            self.fresh = None

    def usage(self) -> Usage:
        return Usage(self.disk_bytes.maximum // 4096, self.disk_bytes.left // 4096, self.inodes.maximum,
                     self.inodes.left)

    def close(self) -> None:
        self.drop_fresh()
        self.beneath.close()


def take_attributes(inode: Inode, status: os.stat_result) -> None:
    """What stat(2) says on the host; without set-user-ID and the like."""
    sticky = stat.S_ISVTX if stat.S_ISDIR(status.st_mode) else 0
    inode.mode = stat.S_IFMT(status.st_mode) | status.st_mode & (0o777 | sticky)
    inode.uid, inode.gid = shown_owner(status.st_uid, status.st_gid)
    inode.links = status.st_nlink
    inode.atime, inode.mtime, inode.ctime = status.st_atime_ns, status.st_mtime_ns, status.st_ctime_ns
    if isinstance(inode, HostFile):
        inode.known_size, inode.known_blocks = status.st_size, status.st_blocks


def change_on_host(fd: int, mode: int | None, atime: int | None, mtime: int | None) -> None:
    """chmod, utimensat by an O_PATH descriptor."""
    name = f"/proc/self/fd/{fd}"
    if mode is not None:
        os.chmod(name, mode & 0o777)
    if atime is not None or mtime is not None:
        status = os.fstat(fd)
        os.utime(name, ns=(status.st_atime_ns if atime is None else atime,
                           status.st_mtime_ns if mtime is None else mtime))


class HostFile(RegularFile):
    """A regular file of the host. One host descriptor serves all its open files."""

    __slots__ = ("charged", "fd", "fd_writes", "known_blocks", "known_size", "made", "name", "parent")

    def __init__(self, filesystem: HostFs, status: os.stat_result) -> None:
        super().__init__(filesystem, S_IFREG)
        #: Where it was last found.
        self.parent: HostDirectory | None = None
        self.name = b""
        self.fd: int | None = None
        self.fd_writes = False
        self.known_size, self.known_blocks = status.st_size, status.st_blocks
        #: Bytes it grew by; whether the guest made it: what the budgets were charged.
        self.charged = 0
        self.made = False

    def host_path(self) -> bytes:
        return self.name if self.parent is None else self.parent.host_path(self.name)

    @property
    def size(self) -> int:  # type: ignore[override]
        return self.known_size if self.fd is None else os.fstat(self.fd).st_size

    @property
    def blocks(self) -> int:  # type: ignore[override]
        return self.known_blocks

    def _host_open(self, writing: bool) -> int:
        try:
            fd = self.filesystem.beneath.open(self.host_path(), os.O_PATH)
            try:
                return reopen(fd, os.O_RDWR if writing else os.O_RDONLY)
            finally:
                os.close(fd)
        except OSError as error:
            raise translated(error) from None

    def open(self, proc: Any, flags: int, place: Place | None) -> OpenFile:
        self.hold(bool(flags & os.O_ACCMODE))
        return super().open(proc, flags, place)

    def hold(self, writing: bool) -> None:
        """Makes sure there is a host descriptor, for writing too if that is asked for."""
        filesystem = self.filesystem
        if filesystem.fresh is not None:
            inode, fd = filesystem.fresh
            if inode is self and self.fd is None:
                filesystem.fds.charge(1)
                filesystem.fresh, self.fd, self.fd_writes = None, fd, True
                return
            filesystem.drop_fresh()
        if self.fd is None:
            filesystem.fds.charge(1)
            try:
                self.fd = self._host_open(writing)
            except SysError:
                filesystem.fds.release(1)
                raise
            self.fd_writes = writing
        elif writing and not self.fd_writes:
            fd = self._host_open(True)
            os.close(self.fd)
            self.fd, self.fd_writes = fd, True

    def closed(self) -> None:
        if self.opens == 1:
            self.let_go()
        super().closed()

    def let_go(self) -> None:
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None
            self.filesystem.fds.release(1)

    def _with_fd(self, writing: bool, action: Any) -> Any:
        """action(host descriptor), with one for the time being if there is none."""
        fd = self.fd if self.fd is not None and (self.fd_writes or not writing) else None
        temporary = None
        try:
            if fd is None:
                fd = temporary = self._host_open(writing)
            return action(fd)
        except OSError as error:
            raise translated(error) from None
        finally:
            if temporary is not None:
                os.close(temporary)

    def read_at(self, position: int, count: int) -> bytes:
        return self._with_fd(False, lambda fd: os.pread(fd, count, position))

    def read_into(self, position: int, window: memoryview) -> int:
        def read(fd: int) -> int:
            done = 0
            while done < len(window):
                got = os.preadv(fd, [window[done:]], position + done)
                if not got:
                    break
                done += got
            return done
        return self._with_fd(False, read)

    def _grow(self, size: int) -> None:
        """Charges what the file grows by; gives back what it shrinks by."""
        if size > self.filesystem.file_bytes_max:
            raise SysError(Errno.EFBIG)
        growth = max(size - self.size, -self.charged)
        if growth > 0:
            self.filesystem.disk_bytes.charge(growth)
        else:
            self.filesystem.disk_bytes.release(-growth)
        self.charged += growth

    def discharge(self) -> None:
        """The file is gone."""
        self.filesystem.disk_bytes.release(self.charged)
        self.charged = 0
        if self.made:
            self.filesystem.inodes.release(1)
            self.made = False

    def write_at(self, position: int, data: bytes | bytearray | memoryview) -> int:
        room = self.filesystem.file_bytes_max - position
        if room <= 0:
            raise SysError(Errno.EFBIG)
        data = memoryview(data)[:room]
        self.module = None

        def write(fd: int) -> int:
            done = 0
            while done < len(data):
                done += os.pwrite(fd, data[done:], position + done)
            return done
        if position + len(data) > self.size:
            self._grow(position + len(data))
        return self._with_fd(True, write)

    def truncate(self, size: int) -> None:
        self.module = None
        self._grow(size)
        self._with_fd(True, lambda fd: os.ftruncate(fd, size))
        self.known_size = size

    def allocate(self, position: int, count: int, keep_size: bool) -> None:
        if keep_size:
            raise SysError(Errno.EOPNOTSUPP)
        if position + count > self.size:
            self._grow(position + count)
        self._with_fd(True, lambda fd: os.posix_fallocate(fd, position, count))

    def seek_data(self, position: int) -> int | None:
        try:
            return self._with_fd(False, lambda fd: os.lseek(fd, position, os.SEEK_DATA))
        except SysError:
            return None

    def seek_hole(self, position: int) -> int:
        return self._with_fd(False, lambda fd: os.lseek(fd, position, os.SEEK_HOLE))

    def sync(self) -> None:
        if self.fd is not None:
            os.fsync(self.fd)

    def refresh(self) -> None:
        if self.fd is not None:
            take_attributes(self, os.fstat(self.fd))

    def change(self, now: int, *, mode: int | None = None, uid: int | None = None, gid: int | None = None,
               atime: int | None = None, mtime: int | None = None) -> None:
        self._with_fd(False, lambda fd: change_on_host(fd, mode, atime, mtime))
        super().change(now, mode=None if mode is None else mode & 0o777, atime=atime, mtime=mtime)


class HostDirectory(Directory):
    """A directory of the host."""

    __slots__ = ("made",)

    def __init__(self, filesystem: HostFs, status: os.stat_result) -> None:
        super().__init__(filesystem, 0)
        self.made = False

    def host_path(self, name: bytes = b"") -> bytes:
        """The path beneath the mount."""
        parts, directory, root = [name] if name else [], self, self.filesystem.root
        while directory is not root:
            parts.append(directory.name)
            directory = directory.parent
        return b"/".join(reversed(parts)) or b"."

    def _in_directory(self, action: Any) -> Any:
        """action(host descriptor of this directory)."""
        try:
            fd = self.filesystem.beneath.directory(self.host_path())
            try:
                return action(fd)
            finally:
                os.close(fd)
        except OSError as error:
            raise translated(error) from None

    def lookup(self, name: bytes, proc: Any = None) -> Inode | None:
        try:
            fd = self.filesystem.beneath.open(self.host_path(name), os.O_PATH)
        except OSError as error:
            failure = translated(error)
            if failure.errno in (Errno.ENOENT, Errno.ENOTDIR):
                return None
            raise failure from None
        try:
            inode = self.filesystem.inode(os.fstat(fd), fd)
        finally:
            os.close(fd)
        if isinstance(inode, HostDirectory):
            if inode.parent is not self or inode.name != name:
                self.adopt(name, inode)
        elif isinstance(inode, HostFile):
            inode.parent, inode.name = self, name
        return inode

    def names(self, proc: Any = None) -> Iterable[bytes]:
        try:
            fd = self.filesystem.beneath.open(self.host_path(), os.O_RDONLY | os.O_DIRECTORY)
            try:
                return sorted(os.fsencode(name) for name in os.listdir(fd))
            finally:
                os.close(fd)
        except OSError as error:
            raise translated(error) from None

    def change(self, now: int, *, mode: int | None = None, uid: int | None = None, gid: int | None = None,
               atime: int | None = None, mtime: int | None = None) -> None:
        self._in_directory(lambda fd: change_on_host(fd, mode, atime, mtime))
        super().change(now, mode=None if mode is None else mode & 0o777, atime=atime, mtime=mtime)

    def _made(self, name: bytes) -> Inode:
        inode = self.lookup(name)
        if inode is None:
            raise SysError(Errno.ENOENT)  # somebody on the host was quicker
        return inode

    def mknod(self, name: bytes, mode: int, rdev: int, uid: int, gid: int, now: int) -> Inode:
        if mode & S_IFMT != S_IFREG:
            raise SysError(Errno.EPERM)
        filesystem = self.filesystem
        filesystem.inodes.charge(1)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            fd = self._in_directory(lambda directory: os.open(name, flags, 0o600, dir_fd=directory))
        except SysError:
            filesystem.inodes.release(1)
            raise
        os.fchmod(fd, mode & 0o777)
        filesystem.drop_fresh()
        inode = self._made(name)
        assert isinstance(inode, HostFile)
        inode.made = True
        filesystem.fresh = inode, fd
        return inode

    def mkdir(self, name: bytes, mode: int, uid: int, gid: int, now: int) -> Directory:
        def make(fd: int) -> None:
            os.mkdir(name, mode & 0o777, dir_fd=fd)
            inner = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=fd)
            change_on_host(inner, mode, None, None)
            os.close(inner)

        self.filesystem.inodes.charge(1)
        try:
            self._in_directory(make)
        except SysError:
            self.filesystem.inodes.release(1)
            raise
        inode = self._made(name)
        assert isinstance(inode, HostDirectory)
        inode.made = True
        return inode

    def symlink(self, name: bytes, target: bytes, uid: int, gid: int, now: int) -> Symlink:
        self.filesystem.inodes.charge(1)
        try:
            self._in_directory(lambda fd: os.symlink(target, name, dir_fd=fd))
        except SysError:
            self.filesystem.inodes.release(1)
            raise
        inode = self._made(name)
        assert isinstance(inode, Symlink)
        return inode

    def link(self, name: bytes, inode: Inode, now: int) -> None:
        if not isinstance(inode, HostFile) or inode.parent is None:
            raise SysError(Errno.EPERM)
        old = inode.name
        inode.parent._in_directory(lambda source: self._in_directory(
            lambda fd: os.link(old, name, src_dir_fd=source, dst_dir_fd=fd, follow_symlinks=False)))
        inode.links += 1

    def unlink(self, name: bytes, inode: Inode, now: int) -> None:
        self._in_directory(lambda fd: os.unlink(name, dir_fd=fd))
        inode.unlinked(now)

    def rmdir(self, name: bytes, inode: Directory, now: int) -> None:
        self._in_directory(lambda fd: os.rmdir(name, dir_fd=fd))
        if isinstance(inode, HostDirectory) and inode.made:
            self.filesystem.inodes.release(1)
        inode.links = 1
        inode.unlinked(now)

    def rename(self, name: bytes, inode: Inode, target: Directory, new_name: bytes, existing: Inode | None,
               now: int) -> None:
        assert isinstance(target, HostDirectory)
        self._in_directory(lambda source: target._in_directory(
            lambda fd: os.rename(name, new_name, src_dir_fd=source, dst_dir_fd=fd)))
        if existing is not None:
            if existing.is_directory:
                existing.links = 1
            existing.unlinked(now)
        if isinstance(inode, HostDirectory):
            target.adopt(new_name, inode)
        elif isinstance(inode, HostFile):
            inode.parent, inode.name = target, new_name
