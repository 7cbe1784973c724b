"""Open, read, write, seek: what works on an open file's contents."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..abi.errno import Errno, SysError
from ..abi.fcntl import AT_FDCWD, O_APPEND, O_CLOEXEC, O_DIRECT, O_NONBLOCK, O_RDWR
from ..abi.limits import IOV_MAX, RLIMIT_FSIZE, RW_COUNT_MAX
from ..abi.signal import SIGPIPE, SIGXFSZ
from ..abi.structs import IOVEC, U64, U32x2, signed64
from ..fs.memfd import MFD_ALLOW_SEALING, MFD_CLOEXEC, make_memfd
from ..fs.pipefs import make_pipe
from ..kernel import signals
from ..vfs.open_file import Blocked, OpenFile
from .paths import base, path_argument

if TYPE_CHECKING:
    from ..kernel.process import Process

#: Above this, contents go straight to guest memory where a file can do that.
_DIRECT = 1 << 16
#: The most that one call moves through a file that cannot.
_CHUNK = 1 << 20
_EBADF, _EAGAIN, _EINVAL = -Errno.EBADF, -Errno.EAGAIN, -Errno.EINVAL
_MFD_NAME_MAX = 249


def openat(proc: Process, dirfd: int, address: int, flags: int, mode: int, *_: int) -> int:
    """openat(2)."""
    path = path_argument(proc, address)
    start = proc.cwd if dirfd == AT_FDCWD else base(proc, dirfd, path)
    fds = proc.fds
    fd = fds.lowest()  # before anything is made: EMFILE
    try:
        file = proc.machine.vfs.open(proc, start, path, flags, mode)
    except Blocked as blocked:
        return proc.sleep(blocked.queue)
    return fds.put(fd, file, flags & O_CLOEXEC != 0)


def openat2(proc: Process, *_: int) -> int:
    """openat2(2). # L-FS-005"""
    return -Errno.ENOSYS


def close(proc: Process, fd: int, *_: int) -> int:
    """close(2)."""
    proc.fds.close(fd)
    return 0


def read(proc: Process, fd: int, address: int, count: int, *_: int) -> int:
    """read(2)."""
    file = proc.fds.entries.get(fd)
    if file is None or not file.readable:
        return _EBADF
    if count > _DIRECT:
        if file.direct:
            return file.read_into(_reachable(proc, address, count))
        if count > _CHUNK:
            count = _CHUNK
    view = proc.mem.view
    if address + count > len(view):  # before anything is taken out of the file
        count = len(_reachable(proc, address, count))
    data = file.read(count)
    if data is None:
        return wait(proc, file, False)
    size = len(data)
    if size:
        view[address:address + size] = data
    return size


def _reachable(proc: Process, address: int, count: int) -> memoryview:
    """As much of a buffer as there is memory: read(2) is only EFAULT where data would be stored."""
    window = proc.mem.view[address:address + min(count, RW_COUNT_MAX)]
    if not len(window):
        raise SysError(Errno.EFAULT)
    return window


def write(proc: Process, fd: int, address: int, count: int, *_: int) -> int:
    """write(2)."""
    file = proc.fds.entries.get(fd)
    if file is None or not file.writable:
        return _EBADF
    data = proc.mem.view[address:address + count]
    if len(data) != count:
        return -Errno.EFAULT
    return _write(proc, file, data)


def _write(proc: Process, file: OpenFile, data: memoryview | bytes) -> int:
    if RLIMIT_FSIZE in proc.rlimits:
        data = _within_limit(proc, file, None, data)
    try:
        written = file.write(data)
    except SysError as error:
        if error.errno is Errno.EPIPE:
            signals.send(proc, SIGPIPE)
        raise
    if written is None:
        return wait(proc, file, True)
    return written


def _within_limit(proc: Process, file: OpenFile, position: int | None, data: memoryview | bytes) -> memoryview | bytes:
    """setrlimit(2): as much as RLIMIT_FSIZE lets through; none: SIGXFSZ and EFBIG."""
    soft = proc.rlimits[RLIMIT_FSIZE][0]
    if not file.inode.is_regular or not len(data):
        return data
    if position is None:
        position = file.inode.size if file.flags & O_APPEND else file.position
    if position >= soft:
        signals.send(proc, SIGXFSZ)
        raise SysError(Errno.EFBIG)
    return data[:soft - position]


def wait(proc: Process, file: OpenFile, for_writing: bool) -> int:
    """The file would block."""
    if file.flags & O_NONBLOCK:
        return _EAGAIN
    queue = file.queue(for_writing)
    assert queue is not None
    return proc.sleep(queue)


def vectors(proc: Process, address: int, count: int) -> list[memoryview]:
    """The buffers of an iovec array that are not empty; together at most RW_COUNT_MAX bytes."""
    if count > IOV_MAX:
        raise SysError(Errno.EINVAL)
    view, room, found = proc.mem.view, RW_COUNT_MAX, []
    for i in range(count):
        start, size = IOVEC.unpack_from(view, address + 8 * i)
        if size & 0x8000_0000:
            raise SysError(Errno.EINVAL)
        window = view[start:start + size]
        if len(window) != size:
            raise SysError(Errno.EFAULT)
        if size and room:
            found.append(window[:room])
            room -= min(size, room)
    return found


def readv(proc: Process, fd: int, vector: int, count: int, *_: int) -> int:
    """readv(2)."""
    file = proc.fds.entries.get(fd)
    if file is None or not file.readable:
        return _EBADF
    total = 0
    for window in vectors(proc, vector, count):
        if file.direct:
            got = file.read_into(window)
        else:
            data = file.read(min(len(window), _CHUNK))
            if data is None:
                return total or wait(proc, file, False)
            got = len(data)
            window[:got] = data
        total += got
        if got < len(window):
            break
    return total


def writev(proc: Process, fd: int, vector: int, count: int, *_: int) -> int:
    """writev(2): in one piece, but for regular files, which nobody else can write to meanwhile."""
    file = proc.fds.entries.get(fd)
    if file is None or not file.writable:
        return _EBADF
    pieces = vectors(proc, vector, count)
    if len(pieces) == 1:
        return _write(proc, file, pieces[0])
    if not pieces:
        return 0
    if not file.inode.is_regular:
        return _write(proc, file, _joined(pieces))
    total = 0
    for piece in pieces:
        try:
            written = _write(proc, file, piece)
        except SysError:
            if total:
                return total
            raise
        total += written
        if written < len(piece):
            break
    return total


def _joined(pieces: list[memoryview]) -> bytes:
    """At most _CHUNK bytes: the buffers may be one and the same, many times."""
    taken, room = [], _CHUNK
    for piece in pieces:
        taken.append(piece[:room])
        room -= len(taken[-1])
        if not room:
            break
    return b"".join(taken)


def _position(low: int, high: int) -> int:
    if high & 0x8000_0000:
        raise SysError(Errno.EINVAL)
    return low | high << 32


def pread64(proc: Process, fd: int, address: int, count: int, low: int, high: int, *_: int) -> int:
    """pread(2)."""
    position = _position(low, high)
    file = proc.fds.get(fd)
    if not file.readable:
        return _EBADF
    window = _reachable(proc, address, count) if count else memoryview(b"")
    return _read_at(file, position, window)


def _read_at(file: OpenFile, position: int, window: memoryview) -> int:
    done = 0
    while done < len(window):
        data = file.read_at(position + done, min(len(window) - done, _CHUNK))
        if not len(data):
            break
        window[done:done + len(data)] = data
        done += len(data)
    if not len(window):
        file.read_at(position, 0)
    return done


def pwrite64(proc: Process, fd: int, address: int, count: int, low: int, high: int, *_: int) -> int:
    """pwrite(2); with O_APPEND at the end, as Linux does."""
    position = _position(low, high)
    file = proc.fds.get(fd)
    if not file.writable:
        return _EBADF
    return _write_at(proc, file, position, proc.mem.window(address, min(count, RW_COUNT_MAX)))


def _write_at(proc: Process, file: OpenFile, position: int, data: memoryview) -> int:
    if file.flags & O_APPEND and file.inode.is_regular:
        position = file.inode.size
    allowed: memoryview | bytes = data
    if RLIMIT_FSIZE in proc.rlimits:
        allowed = _within_limit(proc, file, position, data)
    return file.write_at(position, allowed)


def preadv(proc: Process, fd: int, vector: int, count: int, low: int, high: int, *_: int) -> int:
    """preadv(2)."""
    position = _position(low, high)
    file = proc.fds.get(fd)
    if not file.readable:
        return _EBADF
    total = 0
    for window in vectors(proc, vector, count):
        got = _read_at(file, position + total, window)
        total += got
        if got < len(window):
            break
    return total


def pwritev(proc: Process, fd: int, vector: int, count: int, low: int, high: int, *_: int) -> int:
    """pwritev(2)."""
    position = _position(low, high)
    file = proc.fds.get(fd)
    if not file.writable:
        return _EBADF
    total = 0
    for window in vectors(proc, vector, count):
        written = _write_at(proc, file, position + total, window)
        total += written
        if written < len(window):
            break
    return total


def preadv2(proc: Process, fd: int, vector: int, count: int, low: int, high: int, *_: int) -> int:
    """preadv2(2): position -1 is the file's own. The flags, a seventh argument, are hints and not passed on."""
    if low == high == 0xFFFF_FFFF:
        return readv(proc, fd, vector, count)
    return preadv(proc, fd, vector, count, low, high)


def pwritev2(proc: Process, fd: int, vector: int, count: int, low: int, high: int, *_: int) -> int:
    """pwritev2(2)."""
    if low == high == 0xFFFF_FFFF:
        return writev(proc, fd, vector, count)
    return pwritev(proc, fd, vector, count, low, high)


def llseek(proc: Process, fd: int, high: int, low: int, result: int, whence: int, *_: int) -> int:
    """_llseek(2)."""
    file = proc.fds.get(fd)
    proc.mem.window(result, 8)
    U64.pack_into(proc.mem.view, result, file.seek(signed64(low, high), whence))
    return 0


def ftruncate64(proc: Process, fd: int, low: int, high: int, *_: int) -> int:
    """ftruncate(2)."""
    size = _position(low, high)
    file = proc.fds.get(fd)
    if not file.writable:
        return _EINVAL if file.readable else _EBADF
    check_size(proc, size)
    proc.machine.vfs.truncate(proc, file.inode, file.place, size, opened=True)
    return 0


def truncate64(proc: Process, address: int, low: int, high: int, *_: int) -> int:
    """truncate(2)."""
    size = _position(low, high)
    vfs, path = proc.machine.vfs, path_argument(proc, address)
    parent, name, inode = vfs.find(proc, proc.cwd, path)
    check_size(proc, size)
    vfs.truncate(proc, inode, (parent, name), size)
    return 0


def check_size(proc: Process, size: int) -> None:
    """RLIMIT_FSIZE, for a size that is asked for."""
    if RLIMIT_FSIZE in proc.rlimits and size > proc.rlimits[RLIMIT_FSIZE][0]:
        signals.send(proc, SIGXFSZ)
        raise SysError(Errno.EFBIG)


FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, FALLOC_FL_ZERO_RANGE = 1, 2, 0x10


def fallocate(proc: Process, fd: int, mode: int, low: int, high: int, size_low: int, size_high: int) -> int:
    """fallocate(2): allocating, KEEP_SIZE, PUNCH_HOLE. # L-FS-006"""
    position, size = signed64(low, high), signed64(size_low, size_high)
    file = proc.fds.get(fd)
    if not file.writable:
        return _EBADF
    if position < 0 or size <= 0:
        return _EINVAL
    if mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE):
        return -Errno.EOPNOTSUPP
    inode = file.inode
    if inode.is_directory:
        return -Errno.EISDIR
    if not inode.is_regular:
        return -Errno.ESPIPE if not file.seekable else -Errno.ENODEV
    if mode == FALLOC_FL_PUNCH_HOLE:
        return -Errno.EOPNOTSUPP  # fallocate(2): PUNCH_HOLE must be ORed with KEEP_SIZE
    if not mode & FALLOC_FL_KEEP_SIZE:
        check_size(proc, position + size)
    proc.machine.vfs.allocate(proc, file, position, size, bool(mode & FALLOC_FL_KEEP_SIZE),
                              bool(mode & FALLOC_FL_PUNCH_HOLE))
    return 0


def fsync(proc: Process, fd: int, *_: int) -> int:
    """fsync(2), fdatasync(2)."""
    inode = proc.fds.get(fd).inode
    if not (inode.is_regular or inode.is_directory):
        return _EINVAL
    if inode.is_regular:
        inode.sync()
    return 0


def sync(proc: Process, *_: int) -> int:
    """sync(2)."""
    for mount in proc.machine.vfs.mounts:
        mount.filesystem.sync()
    return 0


def syncfs(proc: Process, fd: int, *_: int) -> int:
    """syncfs(2)."""
    proc.fds.get(fd).inode.filesystem.sync()
    return 0


def fadvise64(proc: Process, fd: int, *_: int) -> int:
    """posix_fadvise(2), readahead(2), sync_file_range(2): advice, not taken."""
    file = proc.fds.get(fd)
    return 0 if file.inode.is_regular or file.seekable else -Errno.ESPIPE


def pipe2(proc: Process, result: int, flags: int, *_: int) -> int:
    """pipe2(2). No O_DIRECT. # L-FS-007"""
    if flags & ~(O_NONBLOCK | O_CLOEXEC | O_DIRECT) or flags & O_DIRECT:
        return _EINVAL
    vfs, fds = proc.machine.vfs, proc.fds
    proc.mem.window(result, 8)
    ends = make_pipe(vfs.pipes, flags & O_NONBLOCK, proc.cred.fsuid, proc.cred.fsgid, vfs.now())
    numbers = install_all(proc, ends, bool(flags & O_CLOEXEC))
    U32x2.pack_into(proc.mem.view, result, *numbers)
    assert all(fds.entries[fd] is end for fd, end in zip(numbers, ends, strict=True))
    return 0


def install_all(proc: Process, files: tuple[OpenFile, ...], cloexec: bool) -> list[int]:
    """Descriptors for all of `files`, or for none: EMFILE, ENFILE, and they are closed."""
    numbers: list[int] = []
    for i, file in enumerate(files):
        try:
            proc.machine.vfs.track(file)
            numbers.append(proc.fds.install(file, cloexec))
        except SysError:
            for number in numbers:
                proc.fds.close(number)
            for other in files[i + 1:]:
                other.release()
            raise
    return numbers


def memfd_create(proc: Process, address: int, flags: int, *_: int) -> int:
    """memfd_create(2). No huge pages."""
    if flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING | 8 | 0x10):
        return _EINVAL
    name = proc.mem.string(address)
    if len(name) > _MFD_NAME_MAX:
        return _EINVAL
    vfs = proc.machine.vfs
    file = make_memfd(vfs.anonymous, vfs.clock.realtime, name, O_RDWR, bool(flags & MFD_ALLOW_SEALING), proc.cred)
    return install_all(proc, (file,), bool(flags & MFD_CLOEXEC))[0]
