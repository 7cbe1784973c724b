"""New names: mkdir, mknod, symlink, link."""
from __future__ import annotations

from typing import Any

from ..abi.errno import Errno, SysError
from ..abi.limits import PATH_MAX
from ..abi.stat import S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFMT, S_IFREG, S_IFSOCK, S_ISVTX
from ..events.file import FileCreated
from .core import Core
from .inode import Directory, Inode
from .namei import SPECIAL, path_of, walk_parent
from .permissions import check_create, check_link, new_file_group


class Naming(Core):
    """What adds a name to a directory."""

    def _new_name(self, proc: Any, start: Directory, path: bytes, is_dir: bool) -> tuple[Directory, bytes]:
        """Where a name may be made: Linux's filename_create and may_create."""
        parent, name, inode = walk_parent(proc, start, path)
        if inode is not None or name in SPECIAL:
            raise SysError(Errno.EEXIST)
        if path[-1] == 0x2F and not is_dir:
            raise SysError(Errno.ENOENT)
        check_create(proc.cred, parent)
        self.security.file_create(proc, lambda: path_of(parent, name))
        return parent, name

    def check_new_name(self, proc: Any, start: Directory, path: bytes) -> None:
        """Whether a file could be made there; nothing is."""
        self._new_name(proc, start, path, False)

    def _created(self, proc: Any, parent: Directory, name: bytes, inode: Inode) -> None:
        if FileCreated in self.recorder.wanted:
            self.recorder.emit(proc, FileCreated(path_of(parent, name), inode.mode))

    def mkdir(self, proc: Any, start: Directory, path: bytes, mode: int) -> Directory:
        """mkdir(2). ENAMETOOLONG beyond path_depth_max."""
        parent, name = self._new_name(proc, start, path, True)
        self.check_depth(parent, 0)
        gid, mode = new_file_group(proc.cred, parent, mode & (0o777 | S_ISVTX) & ~proc.umask, True)
        directory = parent.mkdir(name, mode, proc.cred.fsuid, gid, self.now())
        self._created(proc, parent, name, directory)
        return directory

    def check_depth(self, parent: Directory, height: int) -> None:
        """Whether a directory of that height may be put into `parent`."""
        if parent.depth() + 1 + height > self.limits.path_depth_max:
            raise SysError(Errno.ENAMETOOLONG)

    def mknod(self, proc: Any, start: Directory, path: bytes, mode: int, rdev: int = 0) -> Inode:
        """mknod(2). Devices: EPERM, whoever asks, as in a container without CAP_MKNOD."""
        kind = mode & S_IFMT or S_IFREG
        if kind == S_IFDIR:
            raise SysError(Errno.EPERM)
        if kind not in (S_IFREG, S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK):
            raise SysError(Errno.EINVAL)
        parent, name = self._new_name(proc, start, path, False)
        if kind in (S_IFCHR, S_IFBLK):
            raise SysError(Errno.EPERM)
        gid, bits = new_file_group(proc.cred, parent, mode & 0o7777 & ~proc.umask, False)
        inode = parent.mknod(name, kind | bits, rdev, proc.cred.fsuid, gid, self.now())
        self._created(proc, parent, name, inode)
        return inode

    def symlink(self, proc: Any, target: bytes, start: Directory, path: bytes) -> Inode:
        """symlink(2)."""
        if not target:
            raise SysError(Errno.ENOENT)
        if len(target) >= PATH_MAX:
            raise SysError(Errno.ENAMETOOLONG)
        parent, name = self._new_name(proc, start, path, False)
        gid, _ = new_file_group(proc.cred, parent, 0, False)
        inode = parent.symlink(name, target, proc.cred.fsuid, gid, self.now())
        self._created(proc, parent, name, inode)
        return inode

    def link(self, proc: Any, inode: Inode, start: Directory, path: bytes) -> None:
        """link(2) of an inode that was found: the new name. EXDEV, EPERM for directories, in Linux's order."""
        parent, name, existing = walk_parent(proc, start, path)
        if existing is not None or name in SPECIAL:
            raise SysError(Errno.EEXIST)
        if path[-1] == 0x2F:
            raise SysError(Errno.ENOENT)
        if inode.filesystem is not parent.filesystem:
            raise SysError(Errno.EXDEV)
        check_link(proc.cred, inode)
        check_create(proc.cred, parent)
        if inode.is_directory:
            raise SysError(Errno.EPERM)
        self.security.file_create(proc, lambda: path_of(parent, name))
        if not inode.links and not self.may_relink(inode):
            raise SysError(Errno.ENOENT)
        parent.link(name, inode, self.now())
        self._created(proc, parent, name, inode)

    @staticmethod
    def may_relink(inode: Inode) -> bool:
        """A file that lost its last name gets no new one; one of O_TMPFILE may get its first."""
        return getattr(inode, "unnamed", False)
