"""path_*: what works on a name. A path starts at its descriptor's directory; `..` and links lead where they do on Linux.

WASI would confine a path to the descriptor's directory. Here the kernel's own checks confine it. # L-WASI-003
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...abi import fcntl as F
from ...abi import wasi as W
from ...abi.errno import Errno, SysError
from ...abi.limits import PATH_MAX
from ...vfs.open_file import Blocked
from .fds import open_flags, put_filestat, stamps

if TYPE_CHECKING:
    from ...kernel.process import Process

_READS = W.RIGHTS_FD_READ | W.RIGHTS_FD_READDIR
_WRITES = W.RIGHTS_FD_WRITE | W.RIGHTS_FD_DATASYNC | W.RIGHTS_FD_ALLOCATE | W.RIGHTS_FD_FILESTAT_SET_SIZE
_OFLAGS = ((W.OFLAGS_CREAT, F.O_CREAT), (W.OFLAGS_DIRECTORY, F.O_DIRECTORY), (W.OFLAGS_EXCL, F.O_EXCL),
           (W.OFLAGS_TRUNC, F.O_TRUNC))


def _text(proc: Process, address: int, size: int) -> bytes:
    """A path, or a link's target: not empty, and without NUL."""
    if size >= PATH_MAX:
        raise SysError(Errno.ENAMETOOLONG)
    text = proc.mem.read(address, size)
    if not text:
        raise SysError(Errno.ENOENT)
    if 0 in text:
        raise SysError(Errno.EILSEQ)
    return text


def _path(proc: Process, fd: int, address: int, size: int) -> tuple[Any, bytes]:
    """The directory a path starts from, and the path. An absolute one is EPERM: there is nothing above descriptors."""
    path = _text(proc, address, size)
    directory = proc.fds.get(fd).inode
    if not directory.is_directory:
        raise SysError(Errno.ENOTDIR)
    if path[:1] == b"/":
        raise SysError(Errno.EPERM)
    return directory, path


def _follow(flags: int) -> bool:
    if flags & ~W.LOOKUP_SYMLINK_FOLLOW:
        raise SysError(Errno.EINVAL)
    return bool(flags)


def path_open(proc: Process, fd: int, lookup: int, address: int, size: int, oflags: int, rights: int, inheriting: int,
              fdflags: int, result: int) -> int:
    """openat(2). The rights asked for say how to open it: those to read, to write, or both."""
    start, path = _path(proc, fd, address, size)
    proc.mem.window(result, 4)
    if oflags & ~0xF:
        return -Errno.EINVAL
    flags = open_flags(fdflags) | sum(flag for wasi, flag in _OFLAGS if oflags & wasi)
    if not _follow(lookup):
        flags |= F.O_NOFOLLOW
    if rights & _WRITES and not oflags & W.OFLAGS_DIRECTORY:
        flags |= F.O_RDWR if rights & _READS else F.O_WRONLY
    proc.fds.lowest()
    try:
        file = proc.machine.vfs.open(proc, start, path, flags, 0o666)
    except Blocked as blocked:
        return proc.sleep(blocked.queue)
    proc.mem.put_u32(result, proc.fds.install(file))
    return 0


def path_create_directory(proc: Process, fd: int, address: int, size: int) -> int:
    """mkdirat(2)."""
    proc.machine.vfs.mkdir(proc, *_path(proc, fd, address, size), 0o777)
    return 0


def path_remove_directory(proc: Process, fd: int, address: int, size: int) -> int:
    """unlinkat(2) with AT_REMOVEDIR."""
    proc.machine.vfs.rmdir(proc, *_path(proc, fd, address, size))
    return 0


def path_unlink_file(proc: Process, fd: int, address: int, size: int) -> int:
    """unlinkat(2)."""
    proc.machine.vfs.unlink(proc, *_path(proc, fd, address, size))
    return 0


def path_filestat_get(proc: Process, fd: int, lookup: int, address: int, size: int, result: int) -> int:
    """fstatat(2)."""
    found = proc.machine.vfs.stat(proc, *_path(proc, fd, address, size), _follow(lookup))
    return put_filestat(proc, result, found)


def path_filestat_set_times(proc: Process, fd: int, lookup: int, address: int, size: int, atime: int, mtime: int,
                            flags: int) -> int:
    """utimensat(2)."""
    times = stamps(proc, atime, mtime, flags)
    parent, name, inode = proc.machine.vfs.find(proc, *_path(proc, fd, address, size), _follow(lookup))
    if times != (None, None, False):
        proc.machine.vfs.utimens(proc, inode, (parent, name), *times)
    return 0


def path_link(proc: Process, old_fd: int, lookup: int, old: int, old_size: int, new_fd: int, new: int,
              new_size: int) -> int:
    """linkat(2)."""
    vfs = proc.machine.vfs
    inode = vfs.find(proc, *_path(proc, old_fd, old, old_size), _follow(lookup))[2]
    vfs.link(proc, inode, *_path(proc, new_fd, new, new_size))
    return 0


def path_symlink(proc: Process, target: int, target_size: int, fd: int, address: int, size: int) -> int:
    """symlinkat(2)."""
    text = _text(proc, target, target_size)
    proc.machine.vfs.symlink(proc, text, *_path(proc, fd, address, size))
    return 0


def path_readlink(proc: Process, fd: int, address: int, size: int, buffer: int, room: int, result: int) -> int:
    """readlinkat(2): as much as there is room for."""
    vfs = proc.machine.vfs
    parent, name, inode = vfs.find(proc, *_path(proc, fd, address, size), False)
    proc.mem.window(result, 4)
    target = vfs.readlink(proc, inode, (parent, name))[:room]
    proc.mem.write(buffer, target)
    proc.mem.put_u32(result, len(target))
    return 0


def path_rename(proc: Process, old_fd: int, old: int, old_size: int, new_fd: int, new: int, new_size: int) -> int:
    """renameat(2)."""
    source = _path(proc, old_fd, old, old_size)
    proc.machine.vfs.rename(proc, *source, *_path(proc, new_fd, new, new_size))
    return 0
