"""Attributes: stat, access, readlink, chmod, chown, utimensat, statfs, extended attributes."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno, SysError
from ..abi.fcntl import AT_EACCESS, AT_EMPTY_PATH, AT_FDCWD, AT_NO_AUTOMOUNT, AT_SYMLINK_NOFOLLOW, O_PATH
from ..abi.structs import STATFS64, STATX, TIMESPEC
from ..abi.time import SECOND
from ..vfs.inode import Inode
from .paths import base, path_argument

if TYPE_CHECKING:
    from ..kernel.process import Process

_STATX_ALL = 0x7FF  # the basic fields, without stx_btime
_STATX_SYNC = 0x6000
_UTIME_NOW, _UTIME_OMIT = 0x3FFFFFFF, 0x3FFFFFFE
_KEEP = 0xFFFFFFFF
_EINVAL = -Errno.EINVAL

Where = tuple[Any, bytes] | None


def lookup(proc: Process, dirfd: int, address: int, flags: int) -> tuple[Inode, Where]:
    """What (dirfd, path, AT_ flags) names, and where it is."""
    path = proc.mem.string(address)
    if not path and flags & AT_EMPTY_PATH:
        if dirfd == AT_FDCWD:
            return proc.cwd, (proc.cwd, b".")
        file = proc.fds.get(dirfd)
        return file.inode, file.place
    parent, name, inode = proc.machine.vfs.find(proc, base(proc, dirfd, path), path,
                                                not flags & AT_SYMLINK_NOFOLLOW)
    return inode, (parent, name)


def opened(proc: Process, fd: int) -> tuple[Inode, Where]:
    """What a descriptor refers to; EBADF for O_PATH."""
    file = proc.fds.get(fd)
    if file.flags & O_PATH:
        raise SysError(Errno.EBADF)
    return file.inode, file.place


def statx(proc: Process, dirfd: int, address: int, flags: int, mask: int, result: int, *_: int) -> int:
    """statx(2). No birth time, no attributes."""
    if flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT | _STATX_SYNC) or mask & 0x8000_0000:
        return _EINVAL
    vfs, path = proc.machine.vfs, proc.mem.string(address)
    if path:
        start = proc.cwd if dirfd == AT_FDCWD else base(proc, dirfd, path)
        inode = vfs.stat(proc, start, path, not flags & AT_SYMLINK_NOFOLLOW)
    else:
        inode = vfs.stat_inode(proc, *lookup(proc, dirfd, address, flags))
    rdev, device = inode.rdev, inode.filesystem.device
    atime, mtime, ctime = inode.atime, inode.mtime, inode.ctime
    STATX.pack_into(proc.mem.view, result, _STATX_ALL, 4096, 0, inode.links, inode.uid, inode.gid, inode.mode, 0,
                    inode.number, inode.size, inode.blocks, 0, atime // SECOND, atime % SECOND, 0, 0, 0, 0,
                    ctime // SECOND, ctime % SECOND, 0, mtime // SECOND, mtime % SECOND, 0,
                    rdev >> 20, rdev & 0xFFFFF, device >> 20, device & 0xFFFFF)
    return 0


def faccessat2(proc: Process, dirfd: int, address: int, mode: int, flags: int, *_: int) -> int:
    """faccessat2(2)."""
    if mode & ~7 or flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH):
        return _EINVAL
    inode, where = lookup(proc, dirfd, address, flags)
    proc.machine.vfs.access(proc, inode, where, mode, bool(flags & AT_EACCESS))
    return 0


def faccessat(proc: Process, dirfd: int, address: int, mode: int, *_: int) -> int:
    """faccessat(2)."""
    return faccessat2(proc, dirfd, address, mode, 0)


def readlinkat(proc: Process, dirfd: int, address: int, result: int, size: int, *_: int) -> int:
    """readlinkat(2)."""
    if not 0 < size < 1 << 31:
        return _EINVAL
    empty = not proc.mem.string(address)
    if empty and dirfd == AT_FDCWD:
        return -Errno.ENOENT
    inode, where = lookup(proc, dirfd, address, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)
    if empty and not inode.is_symlink:
        return -Errno.ENOENT
    target = proc.machine.vfs.readlink(proc, inode, where)[:size]
    proc.mem.write(result, target)
    return len(target)


def fchmod(proc: Process, fd: int, mode: int, *_: int) -> int:
    """fchmod(2)."""
    proc.machine.vfs.chmod(proc, *opened(proc, fd), mode)
    return 0


def fchmodat(proc: Process, dirfd: int, address: int, mode: int, *_: int) -> int:
    """fchmodat(2)."""
    proc.machine.vfs.chmod(proc, *lookup(proc, dirfd, address, 0), mode)
    return 0


def fchmodat2(proc: Process, dirfd: int, address: int, mode: int, flags: int, *_: int) -> int:
    """fchmodat2(2)."""
    if flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH):
        return _EINVAL
    proc.machine.vfs.chmod(proc, *lookup(proc, dirfd, address, flags), mode)
    return 0


def _ids(uid: int, gid: int) -> tuple[int | None, int | None]:
    return None if uid == _KEEP else uid, None if gid == _KEEP else gid


def fchownat(proc: Process, dirfd: int, address: int, uid: int, gid: int, flags: int, *_: int) -> int:
    """fchownat(2)."""
    if flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH):
        return _EINVAL
    proc.machine.vfs.chown(proc, *lookup(proc, dirfd, address, flags), *_ids(uid, gid))
    return 0


def fchown(proc: Process, fd: int, uid: int, gid: int, *_: int) -> int:
    """fchown(2)."""
    proc.machine.vfs.chown(proc, *opened(proc, fd), *_ids(uid, gid))
    return 0


def utimensat(proc: Process, dirfd: int, address: int, times: int, flags: int, *_: int) -> int:
    """utimensat(2)."""
    if flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH):
        return _EINVAL
    now = proc.machine.clock.realtime()
    stamps: list[int | None] = [now, now]
    to_now = True
    if times:
        wanted = [TIMESPEC.unpack_from(proc.mem.view, times + 16 * i) for i in (0, 1)]
        fields = [(seconds, nanoseconds & 0xFFFFFFFF) for seconds, nanoseconds in wanted]
        to_now = all(field == _UTIME_NOW for _, field in fields)
        stamps = [_stamp(seconds, field, now) for seconds, field in fields]
    inode, where = lookup(proc, dirfd, address, flags) if address else opened(proc, dirfd)
    if stamps == [None, None]:
        return 0
    proc.machine.vfs.utimens(proc, inode, where, *stamps, to_now)
    return 0


def _stamp(seconds: int, nanoseconds: int, now: int) -> int | None:
    if nanoseconds == _UTIME_OMIT:
        return None
    if nanoseconds == _UTIME_NOW:
        return now
    if nanoseconds >= SECOND:
        raise SysError(Errno.EINVAL)
    # Linux clamps to what the filesystem can keep: ours to what 64 bits of nanoseconds can.
    return max(min(seconds, 9_223_372_035), -9_223_372_036) * SECOND + nanoseconds


def statfs64(proc: Process, address: int, size: int, result: int, *_: int) -> int:
    """statfs64(2)."""
    path = path_argument(proc, address)
    return _statfs(proc, proc.machine.vfs.stat(proc, proc.cwd, path), size, result)


def fstatfs64(proc: Process, fd: int, size: int, result: int, *_: int) -> int:
    """fstatfs64(2)."""
    return _statfs(proc, proc.fds.get(fd).inode, size, result)


def _statfs(proc: Process, inode: Inode, size: int, result: int) -> int:
    if size < STATFS64.size:  # the struct, with or without the padding at its end
        return _EINVAL
    filesystem = inode.filesystem
    usage = filesystem.usage()
    flags = 0x20 | (1 if filesystem.readonly else 0)  # ST_VALID, ST_RDONLY
    STATFS64.pack_into(proc.mem.view, result, filesystem.magic, 4096, usage.blocks, usage.blocks_free,
                       usage.blocks_free, usage.files, usage.files_free, filesystem.device & 0xFF, 0, 255, 4096, flags)
    return 0


def xattr(proc: Process, address: int, *_: int) -> int:
    """getxattr(2), setxattr(2), listxattr(2), removexattr(2): there are no extended attributes. # L-FS-009"""
    lookup(proc, AT_FDCWD, address, 0)
    return -Errno.EOPNOTSUPP


def lxattr(proc: Process, address: int, *_: int) -> int:
    """lgetxattr(2) and kin."""
    lookup(proc, AT_FDCWD, address, AT_SYMLINK_NOFOLLOW)
    return -Errno.EOPNOTSUPP


def fxattr(proc: Process, fd: int, *_: int) -> int:
    """fgetxattr(2) and kin."""
    opened(proc, fd)
    return -Errno.EOPNOTSUPP


def name_to_handle_at(proc: Process, *_: int) -> int:
    """name_to_handle_at(2), open_by_handle_at(2): no file handles."""
    return -Errno.EOPNOTSUPP
