"""Path arguments: what every *at call decodes alike."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno, SysError
from ..abi.fcntl import AT_FDCWD
from ..abi.stat import S_IFDIR

if TYPE_CHECKING:
    from ..kernel.process import Process


def path_argument(proc: Process, address: int) -> bytes:
    """A path that must not be empty: ENOENT."""
    path = proc.mem.string(address)
    if not path:
        raise SysError(Errno.ENOENT)
    return path


def base(proc: Process, dirfd: int, path: bytes) -> Any:
    """The directory a relative path starts from (openat(2)); not looked at for an absolute one."""
    if dirfd == AT_FDCWD or path[:1] == b"/":
        return proc.cwd
    inode = proc.fds.get(dirfd).inode
    if inode.kind != S_IFDIR:
        raise SysError(Errno.ENOTDIR)
    return inode
