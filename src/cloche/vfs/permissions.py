"""Discretionary access control: path_resolution(7), credentials(7). By owner, group and mode; no policy here."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno, SysError
from ..abi.fcntl import R_OK, W_OK, X_OK
from ..abi.stat import S_ISGID, S_ISUID, S_ISVTX

if TYPE_CHECKING:
    from .inode import Directory, Inode

__all__ = ["R_OK", "W_OK", "X_OK", "check", "check_create", "check_delete", "in_group", "owns", "permitted"]


def in_group(cred: Any, gid: int) -> bool:
    return gid == cred.fsgid or gid in cred.groups


def permitted(cred: Any, inode: Inode, want: int) -> bool:
    """Whether all of `want` (R_OK, W_OK, X_OK) is granted."""
    mode = inode.mode
    if cred.privileged:
        # CAP_DAC_OVERRIDE: all, but to execute a file that nobody may execute.
        return not want & X_OK or inode.is_directory or bool(mode & 0o111)
    if cred.fsuid == inode.uid:
        mode >>= 6
    elif in_group(cred, inode.gid):
        mode >>= 3
    return not want & ~mode & 7


def check(cred: Any, inode: Inode, want: int) -> None:
    if not permitted(cred, inode, want):
        raise SysError(Errno.EACCES)


def check_readonly(inode: Inode) -> None:
    if inode.filesystem.readonly:
        raise SysError(Errno.EROFS)


def check_create(cred: Any, directory: Directory) -> None:
    """A new name in `directory` (Linux's may_create). A removed directory takes no new names."""
    if directory.filesystem.readonly:
        raise SysError(Errno.EROFS)
    if not directory.links:
        raise SysError(Errno.ENOENT)
    if not permitted(cred, directory, W_OK | X_OK):
        raise SysError(Errno.EACCES)


def check_delete(cred: Any, directory: Directory, victim: Inode, is_dir: bool) -> None:
    """Taking `victim`'s name out of `directory` (Linux's may_delete); `is_dir`: as a directory."""
    if not permitted(cred, directory, W_OK | X_OK):
        raise SysError(Errno.EACCES)
    if (directory.mode & S_ISVTX and not cred.privileged
            and cred.fsuid not in (victim.uid, directory.uid)):
        raise SysError(Errno.EPERM)
    if is_dir and not victim.is_directory:
        raise SysError(Errno.ENOTDIR)
    if victim is victim.filesystem.root:
        raise SysError(Errno.EBUSY)
    if not is_dir and victim.is_directory:
        raise SysError(Errno.EISDIR)


def check_link(cred: Any, inode: Inode) -> None:
    """proc(5), protected_hardlinks: nobody links to what he neither owns nor could write to, as Debian sets it."""
    if owns(cred, inode):
        return
    mode = inode.mode
    special = mode & S_ISUID or mode & (S_ISGID | 0o010) == S_ISGID | 0o010
    if not inode.is_regular or special or not permitted(cred, inode, R_OK | W_OK):
        raise SysError(Errno.EPERM)


def may_follow(cred: Any, directory: Directory, link: Inode) -> bool:
    """proc(5), protected_symlinks: the last link of a path, in a sticky directory that everybody may write to."""
    return (directory.mode & (S_ISVTX | 0o002) != S_ISVTX | 0o002 or link.uid in (cred.fsuid, directory.uid))


def owns(cred: Any, inode: Inode) -> bool:
    """Owner, or CAP_FOWNER."""
    return cred.privileged or cred.fsuid == inode.uid


def new_file_group(cred: Any, directory: Directory, mode: int, is_dir: bool) -> tuple[int, int]:
    """(gid, mode) of what is made in `directory`: inode(7), the set-group-ID bit."""
    if not directory.mode & S_ISGID:
        return cred.fsgid, mode
    if is_dir:
        return directory.gid, mode | S_ISGID
    if mode & (S_ISGID | 0o010) == S_ISGID | 0o010 and not cred.privileged and not in_group(cred, directory.gid):
        mode &= ~S_ISGID
    return directory.gid, mode


def without_privilege_bits(mode: int) -> int:
    """What a write or chown leaves of a file's mode: set-user-ID goes, set-group-ID if the group may execute."""
    mode &= ~S_ISUID
    return mode & ~S_ISGID if mode & 0o010 else mode
