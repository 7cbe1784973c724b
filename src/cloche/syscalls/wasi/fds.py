"""fd_*: what works on a descriptor. Reading and writing are readv(2) and writev(2); an iovec is the same struct."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ...abi import fcntl as F
from ...abi import wasi as W
from ...abi.errno import Errno, SysError
from ...abi.fcntl import SEEK_CUR, SEEK_END
from ...abi.structs import U64, signed64
from ...abi.time import SECOND
from ...vfs.directory_file import DirectoryFile
from ...vfs.inode import Inode
from ...vfs.open_file import OpenFile
from .. import descriptor, file, stat

if TYPE_CHECKING:
    from ...kernel.process import Process

#: The pre-opened directory's descriptor and name: everything is beneath it.
PREOPEN, _PREOPEN_NAME = 3, b"/"
#: The most that one fd_readdir gives; a listing goes on with the next call.
_READDIR_MAX = 1 << 20
_FDFLAGS = ((W.FDFLAGS_APPEND, F.O_APPEND), (W.FDFLAGS_NONBLOCK, F.O_NONBLOCK), (W.FDFLAGS_DSYNC, F.O_DSYNC),
            (W.FDFLAGS_RSYNC | W.FDFLAGS_SYNC, F.O_SYNC))


def halves(value: int) -> tuple[int, int]:
    """A u64 argument as the two u32 that Linux's 32-bit calls take."""
    return value & 0xFFFFFFFF, value >> 32


def open_flags(fdflags: int) -> int:
    """fdflags as open(2)'s."""
    if fdflags & ~0x1F:
        raise SysError(Errno.EINVAL)
    return sum(flag for wasi, flag in _FDFLAGS if fdflags & wasi)


def filetype(mode: int) -> int:
    return W.FILETYPE.get(mode & 0o170000, W.FILETYPE_UNKNOWN)


# contents

def _counted(proc: Process, result: int, count: int) -> int:
    """Stores a count, unless the call failed or has to wait."""
    if count < 0:
        return count
    proc.mem.put_u32(result, count)
    return 0


def fd_read(proc: Process, fd: int, vector: int, count: int, result: int) -> int:
    """readv(2)."""
    proc.mem.window(result, 4)
    return _counted(proc, result, file.readv(proc, fd, vector, count))


def fd_write(proc: Process, fd: int, vector: int, count: int, result: int) -> int:
    """writev(2)."""
    proc.mem.window(result, 4)
    return _counted(proc, result, file.writev(proc, fd, vector, count))


def fd_pread(proc: Process, fd: int, vector: int, count: int, offset: int, result: int) -> int:
    """preadv(2)."""
    proc.mem.window(result, 4)
    return _counted(proc, result, file.preadv(proc, fd, vector, count, *halves(offset)))


def fd_pwrite(proc: Process, fd: int, vector: int, count: int, offset: int, result: int) -> int:
    """pwritev(2)."""
    proc.mem.window(result, 4)
    return _counted(proc, result, file.pwritev(proc, fd, vector, count, *halves(offset)))


def fd_seek(proc: Process, fd: int, offset: int, whence: int, result: int) -> int:
    """lseek(2), without SEEK_DATA and SEEK_HOLE."""
    if whence > SEEK_END:
        return -Errno.EINVAL
    low, high = halves(offset)
    return file.llseek(proc, fd, high, low, result, whence)


def fd_tell(proc: Process, fd: int, result: int) -> int:
    """lseek(2) by nothing."""
    return file.llseek(proc, fd, 0, 0, result, SEEK_CUR)


def fd_advise(proc: Process, fd: int, offset: int, size: int, advice: int) -> int:
    """posix_fadvise(2)."""
    return -Errno.EINVAL if advice > 5 else file.fadvise64(proc, fd)


def fd_allocate(proc: Process, fd: int, offset: int, size: int) -> int:
    """posix_fallocate(3)."""
    return file.fallocate(proc, fd, 0, *halves(offset), *halves(size))


def fd_sync(proc: Process, fd: int) -> int:
    """fsync(2), fdatasync(2)."""
    return file.fsync(proc, fd)


def fd_close(proc: Process, fd: int) -> int:
    """close(2)."""
    return file.close(proc, fd)


def fd_renumber(proc: Process, old: int, new: int) -> int:
    """dup2(2) of `old` onto `new`, which must be open, and close(2) of `old`."""
    proc.fds.get(new)
    kept = proc.fds.get(old)
    if old != new:
        proc.fds.replace(new, kept)
        proc.fds.close(old)
    return 0


# attributes

def fd_fdstat_get(proc: Process, fd: int, result: int) -> int:
    """F_GETFL, and rights as far as the access mode tells. # L-WASI-002"""
    opened = proc.fds.get(fd)
    flags = sum(wasi for wasi, flag in _FDFLAGS if opened.flags & flag == flag)
    rights = W.RIGHTS_ALL
    if not opened.readable:
        rights &= ~(W.RIGHTS_FD_READ | W.RIGHTS_FD_READDIR)
    if not opened.writable:
        rights &= ~(W.RIGHTS_FD_WRITE | W.RIGHTS_FD_DATASYNC | W.RIGHTS_FD_ALLOCATE | W.RIGHTS_FD_FILESTAT_SET_SIZE)
    # wasi-libc's isatty(3): a character device that cannot seek is a terminal. /dev/null is none.
    if not opened.seekable and (opened.tty is not None or not opened.inode.rdev):
        rights &= ~(W.RIGHTS_FD_SEEK | W.RIGHTS_FD_TELL)
    W.FDSTAT.pack_into(proc.mem.view, result, filetype(opened.inode.mode), flags, rights, W.RIGHTS_ALL)
    return 0


def fd_fdstat_set_flags(proc: Process, fd: int, fdflags: int) -> int:
    """F_SETFL: O_APPEND and O_NONBLOCK; the others stay, as on Linux."""
    return descriptor.fcntl64(proc, fd, F.F_SETFL, open_flags(fdflags))


def fd_fdstat_set_rights(proc: Process, fd: int, rights: int, inheriting: int) -> int:
    """Rights cannot be given up. # L-WASI-002"""
    proc.fds.get(fd)
    return -Errno.EOPNOTSUPP


def put_filestat(proc: Process, result: int, inode: Inode) -> int:
    """The struct filestat of an inode."""
    W.FILESTAT.pack_into(proc.mem.view, result, inode.filesystem.device, inode.number, filetype(inode.mode),
                         inode.links, inode.size, max(0, inode.atime), max(0, inode.mtime), max(0, inode.ctime))
    return 0


def fd_filestat_get(proc: Process, fd: int, result: int) -> int:
    """fstat(2)."""
    opened: OpenFile = proc.fds.get(fd)
    return put_filestat(proc, result, proc.machine.vfs.stat_inode(proc, opened.inode, opened.place))


def fd_filestat_set_size(proc: Process, fd: int, size: int) -> int:
    """ftruncate(2)."""
    return file.ftruncate64(proc, fd, *halves(size))


def stamps(proc: Process, atime: int, mtime: int, flags: int) -> tuple[int | None, int | None, bool]:
    """fstflags as utimensat(2)'s times, and whether both are set to now."""
    now = proc.machine.clock.realtime()
    found: list[int | None] = []
    for given, flag, flag_now in ((atime, W.FSTFLAGS_ATIM, W.FSTFLAGS_ATIM_NOW),
                                  (mtime, W.FSTFLAGS_MTIM, W.FSTFLAGS_MTIM_NOW)):
        if flags & flag and flags & flag_now:
            raise SysError(Errno.EINVAL)
        found.append(now if flags & flag_now else min(given, 9_223_372_035 * SECOND) if flags & flag else None)
    both = W.FSTFLAGS_ATIM_NOW | W.FSTFLAGS_MTIM_NOW
    if flags & ~0xF:
        raise SysError(Errno.EINVAL)
    return found[0], found[1], flags == both


def fd_filestat_set_times(proc: Process, fd: int, atime: int, mtime: int, flags: int) -> int:
    """futimens(3)."""
    inode, where = stat.opened(proc, fd)
    times = stamps(proc, atime, mtime, flags)
    if times != (None, None, False):
        proc.machine.vfs.utimens(proc, inode, where, *times)
    return 0


# directories

def fd_readdir(proc: Process, fd: int, buffer: int, size: int, cookie: int, result: int) -> int:
    """getdents(2), from `cookie` on. The last entry may be cut short: the guest then asks again with more room."""
    opened = proc.fds.get(fd)
    if not isinstance(opened, DirectoryFile):
        return -Errno.EBADF if not opened.readable else -Errno.ENOTDIR
    window, used = proc.mem.window(buffer, size)[:_READDIR_MAX], 0
    proc.mem.window(result, 4)
    if cookie != opened.position or not cookie:
        opened.seek(signed64(*halves(cookie)), F.SEEK_SET)
    for name, number, kind in opened.entries(proc):
        entry = W.DIRENT.pack(opened.position + 1, number, len(name), filetype(kind)) + name
        room = len(window) - used
        window[used:used + len(entry)] = entry[:room]
        used += min(room, len(entry))
        if room < len(entry):
            break
        opened.position += 1
    proc.mem.put_u32(result, used)
    return 0


def fd_prestat_get(proc: Process, fd: int, result: int) -> int:
    """Descriptor 3 is "/", opened when it is first asked for; others are not pre-opened. # L-WASI-001"""
    if fd != PREOPEN:
        return -Errno.EBADF
    proc.mem.window(result, W.PRESTAT.size)
    opened, root = proc.fds.entries.get(fd), proc.root
    if opened is None or opened.inode is not root:
        path_flags = F.O_PATH | F.O_DIRECTORY
        proc.fds.replace(PREOPEN, proc.machine.vfs.open(proc, root, _PREOPEN_NAME, path_flags), True)
    W.PRESTAT.pack_into(proc.mem.view, result, W.PREOPENTYPE_DIR, len(_PREOPEN_NAME))
    return 0


def fd_prestat_dir_name(proc: Process, fd: int, buffer: int, size: int) -> int:
    """The pre-opened directory's name."""
    if fd != PREOPEN:
        return -Errno.EBADF
    proc.fds.get(fd)
    if size < len(_PREOPEN_NAME):
        return -Errno.ENAMETOOLONG
    proc.mem.write(buffer, _PREOPEN_NAME)
    return 0


def put_u64(proc: Process, result: int, value: int) -> int:
    U64.pack_into(proc.mem.view, result, value)
    return 0
