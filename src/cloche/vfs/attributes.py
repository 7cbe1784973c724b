"""Attributes: stat, access, readlink, chmod, chown, utimensat, truncate, chdir."""
from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ..abi.errno import Errno, SysError
from ..abi.stat import S_ISGID, S_ISUID
from ..events.file import FileChanged
from .core import Core
from .inode import Directory, Inode, Symlink
from .namei import path_of, walk
from .open_file import OpenFile
from .permissions import W_OK, X_OK, in_group, owns, permitted, without_privilege_bits

#: A directory and a name in it, as a walk or an open file knows the object. None: it has no name.
Where = tuple[Directory, bytes] | None


def path_at(where: Where, inode: Inode) -> bytes:
    """The absolute path of something found or opened."""
    return path_of(*where, inode) if where is not None else b"anon_inode:[%d]" % inode.number


class Attributes(Core):
    """What looks at an inode, or changes what stat(2) says of it. `where` is for the policy and the log."""

    def stat(self, proc: Any, start: Directory, path: bytes, follow: bool = True) -> Inode:
        """stat(2), lstat(2): the inode, up to date."""
        found = walk(proc, start, path, follow)
        inode = found[2]
        if inode is None:
            raise SysError(Errno.ENOENT)
        self.security.file_stat(proc, lambda: path_of(*found))
        inode.refresh()
        return inode

    def stat_inode(self, proc: Any, inode: Inode, where: Where) -> Inode:
        """fstat(2)."""
        if where is not None:
            self.security.file_stat(proc, lambda: path_at(where, inode))
        inode.refresh()
        return inode

    def access(self, proc: Any, inode: Inode, where: Where, want: int, effective: bool) -> None:
        """access(2): with the real ids unless `effective`."""
        self.security.file_stat(proc, lambda: path_at(where, inode))
        cred = proc.cred
        if not effective:
            cred = SimpleNamespace(fsuid=cred.ruid, fsgid=cred.rgid, groups=cred.groups, privileged=cred.ruid == 0)
        if want & W_OK and inode.filesystem.readonly and (inode.is_regular or inode.is_directory or inode.is_symlink):
            raise SysError(Errno.EROFS)
        if not permitted(cred, inode, want):
            raise SysError(Errno.EACCES)

    def readlink(self, proc: Any, inode: Inode, where: Where) -> bytes:
        """readlink(2)."""
        if not isinstance(inode, Symlink):
            raise SysError(Errno.EINVAL)
        self.security.file_stat(proc, lambda: path_at(where, inode))
        return inode.readlink(proc)

    def find_directory(self, proc: Any, path: bytes) -> Directory:
        """A directory that `proc` may make its current one."""
        return self.chdir(proc, self.find(proc, proc.cwd, path)[2])

    def chdir(self, proc: Any, inode: Inode) -> Directory:
        """chdir(2), chroot(2): the directory, if `proc` may be there."""
        if not isinstance(inode, Directory):
            raise SysError(Errno.ENOTDIR)
        if not permitted(proc.cred, inode, X_OK):
            raise SysError(Errno.EACCES)
        self.security.file_stat(proc, inode.path)
        return inode

    def _changed(self, proc: Any, inode: Inode, where: Where, what: str) -> None:
        if FileChanged in self.recorder.wanted:
            self.recorder.emit(proc, FileChanged(path_at(where, inode), what))

    def _may_change(self, proc: Any, inode: Inode, where: Where) -> None:
        self.security.file_setattr(proc, lambda: path_at(where, inode))

    def chmod(self, proc: Any, inode: Inode, where: Where, mode: int) -> None:
        """chmod(2)."""
        if inode.filesystem.readonly:
            raise SysError(Errno.EROFS)
        if inode.is_symlink:
            raise SysError(Errno.EOPNOTSUPP)
        cred = proc.cred
        if not owns(cred, inode):
            raise SysError(Errno.EPERM)
        mode &= 0o7777
        if mode & S_ISGID and not cred.privileged and not in_group(cred, inode.gid):
            mode &= ~S_ISGID
        self._may_change(proc, inode, where)
        inode.change(self.now(), mode=mode)
        self._changed(proc, inode, where, "chmod")

    def chown(self, proc: Any, inode: Inode, where: Where, uid: int | None, gid: int | None) -> None:
        """chown(2). None leaves an id as it is."""
        if inode.filesystem.readonly:
            raise SysError(Errno.EROFS)
        cred = proc.cred
        if not cred.privileged:
            if uid is not None and not (cred.fsuid == inode.uid == uid):
                raise SysError(Errno.EPERM)
            if gid is not None and not (cred.fsuid == inode.uid and (gid == inode.gid or in_group(cred, gid))):
                raise SysError(Errno.EPERM)
        self._may_change(proc, inode, where)
        mode = None
        if not inode.is_directory and inode.mode & (S_ISUID | S_ISGID):
            mode = without_privilege_bits(inode.mode) & 0o7777
        inode.change(self.now(), mode=mode, uid=uid, gid=gid)
        self._changed(proc, inode, where, "chown")

    def utimens(self, proc: Any, inode: Inode, where: Where, atime: int | None, mtime: int | None,
                to_now: bool) -> None:
        """utimensat(2). None: leaves it. `to_now`: both to the current time, which a writer may do, too."""
        if inode.filesystem.readonly:
            raise SysError(Errno.EROFS)
        if not owns(proc.cred, inode):
            if not to_now:
                raise SysError(Errno.EPERM)
            if not permitted(proc.cred, inode, W_OK):
                raise SysError(Errno.EACCES)
        self._may_change(proc, inode, where)
        inode.change(self.now(), atime=atime, mtime=mtime)
        self._changed(proc, inode, where, "utimensat")

    def truncate(self, proc: Any, inode: Inode, where: Where, size: int, opened: bool = False) -> None:
        """truncate(2), or ftruncate(2) if `opened` for writing."""
        if not opened:
            if inode.is_directory:
                raise SysError(Errno.EISDIR)
            if not inode.is_regular:
                raise SysError(Errno.EINVAL)
            if inode.filesystem.readonly:
                raise SysError(Errno.EROFS)
            if not permitted(proc.cred, inode, W_OK):
                raise SysError(Errno.EACCES)
        elif not inode.is_regular:
            raise SysError(Errno.EINVAL)
        self._may_change(proc, inode, where)
        inode.truncate(size)
        now = self.now()
        inode.change(now, mtime=now)
        if inode.mode & (S_ISUID | S_ISGID):
            inode.change(now, mode=without_privilege_bits(inode.mode) & 0o7777)
        self._changed(proc, inode, where, "truncate")

    def allocate(self, proc: Any, file: OpenFile, position: int, count: int, keep_size: bool, punch: bool) -> None:
        """fallocate(2) of a regular file that is open for writing."""
        inode = file.inode
        self._may_change(proc, inode, file.place)
        if punch:
            inode.punch(position, count)
        else:
            inode.allocate(position, count, keep_size)
        now = self.now()
        inode.change(now, mtime=now)
        self._changed(proc, inode, file.place, "fallocate")
