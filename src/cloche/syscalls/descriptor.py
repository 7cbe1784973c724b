"""Descriptors: dup, fcntl, flock, ioctl."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..abi import fcntl as F
from ..abi.errno import Errno, SysError
from ..abi.structs import FLOCK64
from ..fs.memfd import MemFile
from ..fs.pipefs import Pipe
from ..vfs.locks import TO_THE_END, Lock
from ..vfs.open_file import OpenFile

if TYPE_CHECKING:
    from ..kernel.process import Process

_EINVAL, _EBADF = -Errno.EINVAL, -Errno.EBADF
_SETTABLE = F.O_NONBLOCK | F.O_APPEND | F.O_ASYNC | F.O_NOATIME
_CLOSE_RANGE_UNSHARE, _CLOSE_RANGE_CLOEXEC = 2, 4


def dup(proc: Process, fd: int, *_: int) -> int:
    """dup(2)."""
    return proc.fds.install(proc.fds.get(fd))


def dup3(proc: Process, old: int, new: int, flags: int, *_: int) -> int:
    """dup3(2)."""
    if flags & ~F.O_CLOEXEC or old == new:
        return _EINVAL
    if new >= proc.fds.limit:
        return _EBADF
    proc.fds.replace(new, proc.fds.get(old), bool(flags & F.O_CLOEXEC))
    return new


def close_range(proc: Process, first: int, last: int, flags: int, *_: int) -> int:
    """close_range(2)."""
    if flags & ~(_CLOSE_RANGE_UNSHARE | _CLOSE_RANGE_CLOEXEC) or first > last:
        return _EINVAL
    fds = proc.fds
    for fd in sorted(fd for fd in fds.entries if first <= fd <= last):
        if flags & _CLOSE_RANGE_CLOEXEC:
            fds.cloexec.add(fd)
        else:
            fds.close(fd)
    return 0


def fcntl64(proc: Process, fd: int, command: int, argument: int, *_: int) -> int:
    """fcntl64(2)."""
    fds = proc.fds
    file = fds.get(fd)
    match command:
        case F.F_DUPFD | F.F_DUPFD_CLOEXEC:
            if argument >= fds.limit:
                return _EINVAL
            return fds.install(file, command == F.F_DUPFD_CLOEXEC, argument)
        case F.F_GETFD:
            return F.FD_CLOEXEC if fd in fds.cloexec else 0
        case F.F_SETFD:
            (fds.cloexec.add if argument & F.FD_CLOEXEC else fds.cloexec.discard)(fd)
            return 0
        case F.F_GETFL:
            return file.flags
    if file.flags & F.O_PATH:
        return _EBADF
    match command:
        case F.F_SETFL:
            file.flags = file.flags & ~_SETTABLE | argument & _SETTABLE
            return 0
        case F.F_GETLK | F.F_GETLK64 | F.F_OFD_GETLK:
            return _get_lock(proc, file, command, argument)
        case F.F_SETLK | F.F_SETLK64 | F.F_SETLKW | F.F_SETLKW64 | F.F_OFD_SETLK | F.F_OFD_SETLKW:
            return _set_lock(proc, file, command, argument)
        case F.F_GETPIPE_SZ if isinstance(file.inode, Pipe):
            return file.inode.capacity
        case F.F_SETPIPE_SZ if isinstance(file.inode, Pipe):
            return file.inode.resize(argument, proc.machine.limits.pipe_bytes_max)
        case F.F_GETPIPE_SZ | F.F_SETPIPE_SZ:
            return _EBADF
        case F.F_GET_SEALS if isinstance(file.inode, MemFile):
            return file.inode.seals
        case F.F_ADD_SEALS if isinstance(file.inode, MemFile):
            if not file.writable:
                return -Errno.EPERM
            file.inode.add_seals(argument)
            return 0
        case F.F_SETOWN | F.F_GETOWN | 10 | 11:  # F_SETSIG, F_GETSIG: no SIGIO is ever sent. # L-FS-008
            return 0
        case 1025:  # F_GETLEASE
            return F.F_UNLCK
    return _EINVAL


_OFD = (F.F_OFD_GETLK, F.F_OFD_SETLK, F.F_OFD_SETLKW)
_WAITS = (F.F_SETLKW, F.F_SETLKW64, F.F_OFD_SETLKW)


def _decode_lock(proc: Process, file: OpenFile, command: int, address: int) -> tuple[Lock, int]:
    """struct flock as a Lock, and its l_whence's base."""
    kind, whence, start, length, pid = FLOCK64.unpack_from(proc.mem.view, address)
    if kind not in (F.F_RDLCK, F.F_WRLCK, F.F_UNLCK) or whence not in (0, 1, 2):
        raise SysError(Errno.EINVAL)
    start += (0, file.position, file.inode.size)[whence]
    if length < 0:
        start, length = start + length, -length
    if start < 0:
        raise SysError(Errno.EINVAL)
    if start >= TO_THE_END or (length and start + length > TO_THE_END):
        raise SysError(Errno.EOVERFLOW)
    end = start + length if length else TO_THE_END
    if command in _OFD:
        if pid:
            raise SysError(Errno.EINVAL)
        return Lock(file, kind, start, end, -1), start
    return Lock(proc.fds, kind, start, end, proc.pid), start


def _get_lock(proc: Process, file: OpenFile, command: int, address: int) -> int:
    wanted, _ = _decode_lock(proc, file, command, address)
    if wanted.kind == F.F_UNLCK:
        return _EINVAL
    found = proc.machine.vfs.locks.test(file.inode, wanted)
    if found is None:
        _, whence, start, length, pid = FLOCK64.unpack_from(proc.mem.view, address)
        FLOCK64.pack_into(proc.mem.view, address, F.F_UNLCK, whence, start, length, pid)
    else:
        length = 0 if found.end == TO_THE_END else found.end - found.start
        FLOCK64.pack_into(proc.mem.view, address, found.kind, 0, found.start, length, found.pid)
    return 0


def _set_lock(proc: Process, file: OpenFile, command: int, address: int) -> int:
    wanted, _ = _decode_lock(proc, file, command, address)
    if (wanted.kind == F.F_RDLCK and not file.readable) or (wanted.kind == F.F_WRLCK and not file.writable):
        return _EBADF
    queue = proc.machine.vfs.locks.set(file.inode, wanted, proc if command in _WAITS else None)
    return 0 if queue is None else proc.sleep(queue)


_LOCK_MAND = 32
_FLOCK_KINDS = {F.LOCK_SH: F.F_RDLCK, F.LOCK_EX: F.F_WRLCK, F.LOCK_UN: F.F_UNLCK}


def flock(proc: Process, fd: int, operation: int, *_: int) -> int:
    """flock(2)."""
    file = proc.fds.get(fd)
    if operation & _LOCK_MAND:  # since Linux 5.18: warned about, and nothing else
        return 0
    kind = _FLOCK_KINDS.get(operation & ~F.LOCK_NB)
    if kind is None:
        return _EINVAL
    if file.flags & F.O_PATH:
        return _EBADF
    queue = proc.machine.vfs.locks.flock(file.inode, file, kind, not operation & F.LOCK_NB)
    return 0 if queue is None else proc.sleep(queue)


def ioctl(proc: Process, fd: int, request: int, argument: int, *_: int) -> int:
    """ioctl(2): what all files have, and else what the file has."""
    file = proc.fds.get(fd)
    if file.flags & F.O_PATH:
        return _EBADF
    match request:
        case 0x5451:  # FIOCLEX
            proc.fds.cloexec.add(fd)
            return 0
        case 0x5450:  # FIONCLEX
            proc.fds.cloexec.discard(fd)
            return 0
        case 0x5421:  # FIONBIO
            flag = F.O_NONBLOCK if proc.mem.u32(argument) else 0
            file.flags = file.flags & ~F.O_NONBLOCK | flag
            return 0
        case 0x541B if file.inode.is_regular:  # FIONREAD
            proc.mem.put_u32(argument, max(0, file.inode.size - file.position))
            return 0
        case 2 if file.inode.is_regular or file.inode.is_directory:  # FIGETBSZ
            proc.mem.put_u32(argument, 4096)
            return 0
    return file.ioctl(proc, request, argument)


