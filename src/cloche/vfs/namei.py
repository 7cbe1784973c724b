"""The path walk: bytes to (parent, name, inode). path_resolution(7); Linux's fs/namei.c."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno, SysError
from ..abi.limits import NAME_MAX, SYMLINKS_MAX
from ..abi.stat import S_ISVTX
from .permissions import X_OK, may_follow, permitted

if TYPE_CHECKING:
    from .inode import Directory, Inode

#: Last names that are no entry of their parent.
SPECIAL = frozenset((b".", b"..", b"/"))
_SLASH = 0x2F


def walk(proc: Any, start: Directory, path: bytes, follow: bool = True) -> tuple[Directory, bytes, Inode | None]:
    """Where `path` leads, from `start` if it is relative.

    The inode is None if only the last name is missing. `follow`: the last name too, if it is a symbolic link; a
    trailing slash follows it in any case, and what it leads to must be a directory. The name is one of SPECIAL if
    the path ends in it.
    """
    if not path:
        raise SysError(Errno.ENOENT)
    root = proc.root
    checked = proc.cred.euid != 0
    parent = inode = root if path[0] == _SLASH else start
    name = b"/"
    links = 0
    pending = iter(path.split(b"/"))
    while True:
        for part in pending:
            if not part:
                if inode is not None and not inode.is_directory:
                    raise SysError(Errno.ENOTDIR)
                continue
            if inode is None:
                raise SysError(Errno.ENOENT)
            if not inode.is_directory:
                raise SysError(Errno.ENOTDIR)
            if checked and not permitted(proc.cred, inode, X_OK):
                raise SysError(Errno.EACCES)
            parent, name = inode, part
            if part == b".":
                continue
            if part == b"..":
                if inode is not root:
                    inode = inode.parent
                continue
            if len(part) > NAME_MAX:
                raise SysError(Errno.ENAMETOOLONG)
            inode = inode.lookup(part, proc)
            if inode is None:
                continue
            if inode.is_directory:
                if inode.mounted is not None:
                    inode = inode.mounted
            elif inode.is_symlink:
                break
        else:
            return parent, name, inode
        rest = list(pending)
        if not rest:
            if not follow:
                return parent, name, inode
            if parent.mode & S_ISVTX and not may_follow(proc.cred, parent, inode):
                raise SysError(Errno.EACCES)
        links += 1
        if links > SYMLINKS_MAX:
            raise SysError(Errno.ELOOP)
        jump = inode.jump(proc)
        if jump is not None:
            inode, place = jump
            if place is not None:
                parent, name = place
            pending = iter(rest)
            continue
        target = inode.readlink(proc)
        if not target:
            raise SysError(Errno.ENOENT)
        pending = iter(target.split(b"/") + rest)
        parent = inode = root if target[0] == _SLASH else parent
        name = b"/"


def walk_parent(proc: Any, start: Directory, path: bytes) -> tuple[Directory, bytes, Inode | None]:
    """As walk, for a name that is to be made or removed: the last name is not followed, slashes behind it or not."""
    if path and path[-1] == _SLASH:
        path = path.rstrip(b"/") or b"/"
    return walk(proc, start, path, False)


def path_of(parent: Directory, name: bytes, inode: Inode | None = None) -> bytes:
    """The absolute path of what walk found."""
    if inode is not None and inode.is_directory:
        return inode.path()
    if name in SPECIAL:
        return parent.path()
    above = parent.path()
    return above + name if above == b"/" else above + b"/" + name
