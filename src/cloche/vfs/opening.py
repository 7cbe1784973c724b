"""open(2): what exists, what is to be made, and files without a name."""
from __future__ import annotations

from typing import Any

from ..abi.errno import Errno, SysError
from ..abi.fcntl import (
    O_ACCMODE,
    O_CLOEXEC,
    O_CREAT,
    O_DIRECTORY,
    O_EXCL,
    O_NOATIME,
    O_NOCTTY,
    O_NOFOLLOW,
    O_PATH,
    O_RDONLY,
    O_TMPFILE,
    O_TRUNC,
)
from ..abi.stat import S_IFREG
from ..events.file import FileCreated, FileOpened
from .core import Core
from .directory_file import DirectoryFile
from .inode import Directory, Inode
from .namei import SPECIAL, path_of, walk, walk_parent
from .open_file import OpenFile, PathFile
from .permissions import R_OK, W_OK, X_OK, check_create, new_file_group, owns, permitted

_TMPFILE_BIT = O_TMPFILE & ~O_DIRECTORY
#: Flags of the call, not of the open file: F_GETFL does not show them.
_OF_THE_CALL = O_CREAT | O_EXCL | O_TRUNC | O_NOCTTY | O_CLOEXEC
#: A terminal's open looks at O_NOCTTY too.
_BUT_NOCTTY = _OF_THE_CALL & ~O_NOCTTY
_MODE_WANTS = {0: R_OK, 1: W_OK, 2: R_OK | W_OK, 3: R_OK | W_OK}


class Opening(Core):
    """open(2) and its kin."""

    def open(self, proc: Any, start: Directory, path: bytes, flags: int, mode: int = 0) -> OpenFile:
        """open(2). Raises Blocked if it has to wait for a FIFO's other side. The caller installs the file."""
        if flags & O_PATH:
            flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        elif flags & _TMPFILE_BIT:
            return self._open_tmpfile(proc, start, path, flags, mode)
        if flags & O_CREAT:
            if flags & O_DIRECTORY:
                raise SysError(Errno.EINVAL)
            if path.endswith(b"/"):
                walk_parent(proc, start, path)
                raise SysError(Errno.EISDIR)
        exclusive = flags & O_CREAT and flags & O_EXCL
        parent, name, inode = walk(proc, start, path, not (flags & O_NOFOLLOW or exclusive))
        if inode is None:
            if not flags & O_CREAT:
                raise SysError(Errno.ENOENT)
            return self._create(proc, parent, name, flags, mode)
        if flags & O_CREAT:
            if exclusive:
                raise SysError(Errno.EEXIST)
            if inode.is_directory:
                raise SysError(Errno.EISDIR)
        if flags & O_DIRECTORY and not inode.is_directory:
            raise SysError(Errno.ENOTDIR)
        return self.open_inode(proc, parent, name, inode, flags)

    def open_inode(self, proc: Any, parent: Directory, name: bytes, inode: Inode, flags: int) -> OpenFile:
        """An open file of what a walk found, if the process may have one."""
        if flags & O_PATH:
            self.security.file_open(proc, lambda: path_of(parent, name, inode), flags)
            place = (inode.parent, inode.name) if isinstance(inode, Directory) else (parent, name)
            return self.track(PathFile(inode, flags & ~_OF_THE_CALL, place))
        if inode.is_symlink:
            raise SysError(Errno.ELOOP)
        want = _MODE_WANTS[flags & O_ACCMODE]
        if flags & O_TRUNC:
            want |= W_OK
        if want & W_OK:
            if inode.is_directory:
                raise SysError(Errno.EISDIR)
            if inode.is_regular and inode.filesystem.readonly:
                raise SysError(Errno.EROFS)
        cred = proc.cred
        if not cred.privileged and not permitted(cred, inode, want):
            raise SysError(Errno.EACCES)
        if flags & O_NOATIME and not owns(cred, inode):
            raise SysError(Errno.EPERM)
        place = parent, name
        self.security.file_open(proc, lambda: path_of(*place, inode), flags)
        file = self.track(inode.open(proc, flags & ~_BUT_NOCTTY, (parent, name)))
        file.flags &= ~O_NOCTTY
        if flags & O_TRUNC and inode.is_regular:
            self._truncate_opened(file, inode)
        if isinstance(file, DirectoryFile):
            file.listing_budget = self.listings
        if FileOpened in self.recorder.wanted:
            self.recorder.emit(proc, FileOpened(path_of(parent, name, inode), flags))
        return file

    def _truncate_opened(self, file: OpenFile, inode: Any) -> None:
        try:
            inode.truncate(0)
        except SysError:
            file.release()
            raise
        inode.mtime = inode.ctime = self.now()

    def _create(self, proc: Any, parent: Directory, name: bytes, flags: int, mode: int) -> OpenFile:
        cred = proc.cred
        if name in SPECIAL:
            raise SysError(Errno.EISDIR)
        check_create(cred, parent)
        self.security.file_create(proc, lambda: path_of(parent, name))
        gid, mode = new_file_group(cred, parent, mode & 0o7777 & ~proc.umask, False)
        inode = parent.mknod(name, S_IFREG | mode, 0, cred.fsuid, gid, self.now())
        file = self.track(inode.open(proc, flags & ~_OF_THE_CALL, (parent, name)))
        if FileCreated in self.recorder.wanted:
            self.recorder.emit(proc, FileCreated(path_of(parent, name), inode.mode))
        return file

    def _open_tmpfile(self, proc: Any, start: Directory, path: bytes, flags: int, mode: int) -> OpenFile:
        """O_TMPFILE: open(2)."""
        if flags & O_TMPFILE != O_TMPFILE or flags & O_ACCMODE == O_RDONLY or flags & O_CREAT:
            raise SysError(Errno.EINVAL)
        _, _, directory = self.find(proc, start, path, not flags & O_NOFOLLOW)
        if not isinstance(directory, Directory):
            raise SysError(Errno.ENOTDIR)
        cred = proc.cred
        if directory.filesystem.readonly:
            raise SysError(Errno.EROFS)
        if not permitted(cred, directory, W_OK | X_OK):
            raise SysError(Errno.EACCES)
        self.security.file_create(proc, directory.path)
        gid, mode = new_file_group(cred, directory, mode & 0o7777 & ~proc.umask, False)
        inode = directory.tmpfile(mode, cred.fsuid, gid, self.now())
        return self.track(inode.open(proc, flags & ~_OF_THE_CALL, (directory, b"#%d" % inode.number)))

    def open_executable(self, proc: Any, start: Directory, path: bytes) -> tuple[Inode, bytes]:
        """execve(2)'s look at a program: (inode, absolute path). EACCES unless it is a file that `proc` may execute."""
        parent, name, inode = self.find(proc, start, path)
        if not inode.is_regular or not permitted(proc.cred, inode, X_OK):
            raise SysError(Errno.EACCES)
        self.security.process_exec(proc, lambda: path_of(parent, name, inode))
        return inode, path_of(parent, name, inode)
