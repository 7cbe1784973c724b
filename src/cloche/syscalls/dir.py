"""Names and directories: mkdir, unlink, rename, link, getdents, chdir."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno, SysError
from ..abi.fcntl import AT_EMPTY_PATH, AT_FDCWD, AT_REMOVEDIR, AT_SYMLINK_FOLLOW
from ..abi.structs import DIRENT64
from ..vfs.directory_file import DirectoryFile
from .paths import base, path_argument

if TYPE_CHECKING:
    from ..kernel.process import Process

#: The most that one getdents gives; a listing goes on with the next call.
_DENTS_MAX = 1 << 20


def _path(proc: Process, dirfd: int, address: int) -> tuple[Any, bytes]:
    path = path_argument(proc, address)
    return base(proc, dirfd, path), path


def mkdirat(proc: Process, dirfd: int, address: int, mode: int, *_: int) -> int:
    """mkdirat(2)."""
    proc.machine.vfs.mkdir(proc, *_path(proc, dirfd, address), mode)
    return 0


def mknodat(proc: Process, dirfd: int, address: int, mode: int, device: int, *_: int) -> int:
    """mknodat(2)."""
    proc.machine.vfs.mknod(proc, *_path(proc, dirfd, address), mode, device)
    return 0


def unlinkat(proc: Process, dirfd: int, address: int, flags: int, *_: int) -> int:
    """unlinkat(2)."""
    if flags & ~AT_REMOVEDIR:
        return -Errno.EINVAL
    vfs = proc.machine.vfs
    (vfs.rmdir if flags else vfs.unlink)(proc, *_path(proc, dirfd, address))
    return 0


def symlinkat(proc: Process, target: int, dirfd: int, address: int, *_: int) -> int:
    """symlinkat(2)."""
    text = path_argument(proc, target)
    proc.machine.vfs.symlink(proc, text, *_path(proc, dirfd, address))
    return 0


def linkat(proc: Process, old_dirfd: int, old: int, new_dirfd: int, new: int, flags: int, *_: int) -> int:
    """linkat(2)."""
    if flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH):
        return -Errno.EINVAL
    vfs, path = proc.machine.vfs, proc.mem.string(old)
    if not path and flags & AT_EMPTY_PATH:
        inode = proc.cwd if old_dirfd == AT_FDCWD else proc.fds.get(old_dirfd).inode
    else:
        if not path:
            return -Errno.ENOENT
        inode = vfs.find(proc, base(proc, old_dirfd, path), path, bool(flags & AT_SYMLINK_FOLLOW))[2]
    vfs.link(proc, inode, *_path(proc, new_dirfd, new))
    return 0


def renameat2(proc: Process, old_dirfd: int, old: int, new_dirfd: int, new: int, flags: int, *_: int) -> int:
    """renameat2(2)."""
    source = _path(proc, old_dirfd, old)
    proc.machine.vfs.rename(proc, *source, *_path(proc, new_dirfd, new), flags)
    return 0


def renameat(proc: Process, old_dirfd: int, old: int, new_dirfd: int, new: int, *_: int) -> int:
    """renameat(2)."""
    return renameat2(proc, old_dirfd, old, new_dirfd, new, 0)


def getdents64(proc: Process, fd: int, address: int, count: int, *_: int) -> int:
    """getdents64(2)."""
    file = proc.fds.get(fd)
    if not isinstance(file, DirectoryFile):
        return -Errno.EBADF if not file.readable else -Errno.ENOTDIR
    window, used = proc.mem.window(address, min(count, _DENTS_MAX)), 0
    for name, number, kind in file.entries(proc):
        size = (20 + len(name) + 7) & -8
        if used + size > len(window):
            if not used:
                return -Errno.EINVAL
            break
        DIRENT64.pack_into(window, used, number, file.position + 1, size, kind >> 12)
        window[used + 19:used + size] = name.ljust(size - 19, b"\0")
        used += size
        file.position += 1
    return used


def getcwd(proc: Process, address: int, size: int, *_: int) -> int:
    """getcwd(2)."""
    cwd = proc.cwd
    if not cwd.links:
        return -Errno.ENOENT
    path = cwd.path(proc.root) + b"\0"
    if not cwd.beneath(proc.root):
        path = b"(unreachable)" + path
    if len(path) > 4096:
        return -Errno.ENAMETOOLONG
    if len(path) > size:
        return -Errno.ERANGE
    proc.mem.write(address, path)
    return len(path)


def chdir(proc: Process, address: int, *_: int) -> int:
    """chdir(2)."""
    proc.cwd = proc.machine.vfs.find_directory(proc, path_argument(proc, address))
    return 0


def fchdir(proc: Process, fd: int, *_: int) -> int:
    """fchdir(2)."""
    proc.cwd = proc.machine.vfs.chdir(proc, proc.fds.get(fd).inode)
    return 0


def chroot(proc: Process, address: int, *_: int) -> int:
    """chroot(2)."""
    root = proc.machine.vfs.find_directory(proc, path_argument(proc, address))
    if not proc.cred.privileged:
        raise SysError(Errno.EPERM)
    proc.root = root
    return 0


def umask(proc: Process, mask: int, *_: int) -> int:
    """umask(2)."""
    old, proc.umask = proc.umask, mask & 0o777
    return old
