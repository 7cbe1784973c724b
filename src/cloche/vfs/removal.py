"""Names that go or move: unlink, rmdir, rename."""
from __future__ import annotations

from typing import Any

from ..abi.errno import Errno, SysError
from ..abi.fcntl import RENAME_EXCHANGE, RENAME_NOREPLACE
from ..events.file import FileDeleted, FileRenamed
from .inode import Directory, Inode
from .namei import SPECIAL, path_of, walk_parent
from .naming import Naming
from .permissions import W_OK, check, check_create, check_delete, check_readonly

Found = tuple[Directory, bytes, Inode]


class Removal(Naming):
    """What takes a name out of a directory."""

    def unlink(self, proc: Any, start: Directory, path: bytes) -> None:
        """unlink(2)."""
        parent, name, inode = walk_parent(proc, start, path)
        if name in SPECIAL:
            raise SysError(Errno.EISDIR)
        check_readonly(parent)
        if inode is None:
            raise SysError(Errno.ENOENT)
        if path[-1] == 0x2F:
            raise SysError(Errno.EISDIR if inode.is_directory else Errno.ENOTDIR)
        check_delete(proc.cred, parent, inode, False)
        self.security.file_delete(proc, lambda: path_of(parent, name))
        parent.unlink(name, inode, self.now())
        self._deleted(proc, parent, name)

    def rmdir(self, proc: Any, start: Directory, path: bytes) -> None:
        """rmdir(2)."""
        parent, name, inode = walk_parent(proc, start, path)
        if name in SPECIAL:
            raise SysError({b".": Errno.EINVAL, b"..": Errno.ENOTEMPTY, b"/": Errno.EBUSY}[name])
        check_readonly(parent)
        if inode is None:
            raise SysError(Errno.ENOENT)
        check_delete(proc.cred, parent, inode, True)
        assert isinstance(inode, Directory)
        self.security.file_delete(proc, lambda: path_of(parent, name))
        if not inode.empty():
            raise SysError(Errno.ENOTEMPTY)
        parent.rmdir(name, inode, self.now())
        self._deleted(proc, parent, name)

    def _deleted(self, proc: Any, parent: Directory, name: bytes) -> None:
        if FileDeleted in self.recorder.wanted:
            self.recorder.emit(proc, FileDeleted(path_of(parent, name)))

    def rename(self, proc: Any, old_start: Directory, old_path: bytes, new_start: Directory, new_path: bytes,
               flags: int = 0) -> None:
        """rename(2), renameat2(2)."""
        if flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE) or flags == RENAME_NOREPLACE | RENAME_EXCHANGE:
            raise SysError(Errno.EINVAL)
        parent, name, inode = walk_parent(proc, old_start, old_path)
        target, new_name, existing = walk_parent(proc, new_start, new_path)
        if parent.filesystem is not target.filesystem:
            raise SysError(Errno.EXDEV)
        if name in SPECIAL:
            raise SysError(Errno.EBUSY)
        if new_name in SPECIAL:
            raise SysError(Errno.EEXIST if flags & RENAME_NOREPLACE else Errno.EBUSY)
        check_readonly(parent)
        if inode is None:
            raise SysError(Errno.ENOENT)
        if flags & RENAME_NOREPLACE and existing is not None:
            raise SysError(Errno.EEXIST)
        if flags & RENAME_EXCHANGE and existing is None:
            raise SysError(Errno.ENOENT)
        self._check_shapes(inode, existing, target, parent, old_path, new_path, flags)
        if inode is existing:
            return
        self._check_rename(proc, (parent, name, inode), (target, new_name, existing), flags)
        old = path_of(parent, name)
        now = self.now()
        if flags & RENAME_EXCHANGE:
            assert existing is not None
            parent.exchange(name, inode, target, new_name, existing, now)
        else:
            parent.rename(name, inode, target, new_name, existing, now)
        if FileRenamed in self.recorder.wanted:
            self.recorder.emit(proc, FileRenamed(old, path_of(target, new_name)))

    @staticmethod
    def _check_shapes(inode: Inode, existing: Inode | None, target: Directory, parent: Directory, old_path: bytes,
                      new_path: bytes, flags: int) -> None:
        """Slashes behind what is no directory, and moves of a directory into itself."""
        exchange = flags & RENAME_EXCHANGE
        if exchange and existing is not None and not existing.is_directory and new_path[-1] == 0x2F:
            raise SysError(Errno.ENOTDIR)
        if not isinstance(inode, Directory):
            if old_path[-1] == 0x2F or (not exchange and new_path[-1] == 0x2F):
                raise SysError(Errno.ENOTDIR)
        elif target.beneath(inode):
            raise SysError(Errno.EINVAL)
        if isinstance(existing, Directory) and parent.beneath(existing):
            raise SysError(Errno.EINVAL if exchange else Errno.ENOTEMPTY)

    def _check_rename(self, proc: Any, old: Found, new: tuple[Directory, bytes, Inode | None], flags: int) -> None:
        """May it, by mode bits and by policy: Linux's vfs_rename."""
        (parent, name, inode), (target, new_name, existing) = old, new
        cred, exchange = proc.cred, flags & RENAME_EXCHANGE
        check_delete(cred, parent, inode, inode.is_directory)
        if existing is None:
            check_create(cred, target)
        else:
            check_delete(cred, target, existing, existing.is_directory if exchange else inode.is_directory)
        if parent is not target:
            # The directory's own ".." changes.
            if inode.is_directory:
                check(cred, inode, W_OK)
            if exchange and existing is not None and existing.is_directory:
                check(cred, existing, W_OK)
        self.security.file_delete(proc, lambda: path_of(parent, name))
        self.security.file_create(proc, lambda: path_of(target, new_name))
        if not exchange and isinstance(existing, Directory) and not existing.empty():
            raise SysError(Errno.ENOTEMPTY)
        if parent is not target:
            if isinstance(inode, Directory):
                self.check_depth(target, inode.height)
            if exchange and isinstance(existing, Directory):
                self.check_depth(parent, existing.height)
