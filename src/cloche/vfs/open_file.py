"""Open file descriptions: what a descriptor refers to. Kinds of files subclass `OpenFile` beside their inodes."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..abi.errno import Errno, SysError
from ..abi.fcntl import O_ACCMODE, O_PATH, O_WRONLY
from ..abi.poll import POLLIN, POLLNVAL, POLLOUT
from ..abi.stat import S_IFIFO, S_IFSOCK
from ..lib.wait_queue import WaitQueue
from .namei import path_of

if TYPE_CHECKING:
    from ..lib.budget import Budget
    from .inode import Directory, Inode


_NAMELESS = {S_IFIFO: b"pipe:[%d]", S_IFSOCK: b"socket:[%d]"}


class Blocked(Exception):
    """An open that has to wait (a FIFO's): `queue` is what for. The call is to be made again."""

    def __init__(self, queue: WaitQueue) -> None:
        super().__init__()
        self.queue = queue


class OpenFile:
    """An open file description (open(2)); Linux's `struct file`.

    Shared by every descriptor that dup(2) or fork(2) made from it: offset and status flags are here, close-on-exec is
    in the descriptor table. `read` and `write` answer None where they would have to wait; `queue` is what to wait on.
    Offsets and counts are bytes. Every method may raise SysError.
    """

    seekable = False
    #: A terminal, for isatty(3): its ioctls answer.
    tty = None
    #: `read_into` works: the contents can go straight to guest memory, whatever the count.
    direct = False

    def __init__(self, inode: Inode, flags: int, place: tuple[Directory, bytes] | None = None) -> None:
        self.inode, self.flags = inode, flags
        inode.opens += 1
        #: Counts it among the machine's open files (Vfs.track).
        self.budget: Budget | None = None
        #: By the access mode, which never changes.
        self.readable = flags & O_ACCMODE != O_WRONLY and not flags & O_PATH
        self.writable = flags & O_ACCMODE != 0 and not flags & O_PATH
        self.position = 0
        self.refs = 0
        #: (parent directory, name) it was opened at: for /proc/PID/fd and rules on paths. None: it never had a name.
        self.place = place

    def read(self, count: int) -> bytes | bytearray | memoryview | None:
        """At most `count` bytes from the current offset; b"" at the end; None: would block."""
        raise SysError(Errno.EINVAL)

    def read_into(self, window: memoryview) -> int:
        """As `read`, into `window`; only where `direct` says so."""
        raise SysError(Errno.EINVAL)

    def write(self, data: memoryview | bytes) -> int | None:
        """How many bytes of `data` were taken; None: would block. `data` is only valid during the call."""
        raise SysError(Errno.EINVAL)

    def read_at(self, position: int, count: int) -> bytes | bytearray | memoryview:
        raise SysError(Errno.ESPIPE)

    def write_at(self, position: int, data: memoryview | bytes) -> int:
        raise SysError(Errno.ESPIPE)

    def seek(self, offset: int, whence: int) -> int:
        """lseek(2): the new offset."""
        raise SysError(Errno.ESPIPE)

    def poll(self) -> int:
        """The POLL* events that hold now."""
        return POLLIN | POLLOUT

    def queue(self, for_writing: bool) -> WaitQueue | None:
        """Woken when `read` (or `write`) may go on. None: it never waits."""
        return None

    def ioctl(self, proc, request: int, argument: int) -> int:
        """ioctl(2), as far as it is this file's own."""
        raise SysError(Errno.ENOTTY)

    def get(self) -> OpenFile:
        self.refs += 1
        return self

    def put(self) -> None:
        """Drops a reference; the last one releases."""
        self.refs -= 1
        assert self.refs >= 0
        if not self.refs:
            self.release()

    def flush(self, owner: object) -> None:
        """A descriptor of the table `owner` is closed: fcntl(2), its record locks on this file go."""
        locks = self.inode.locks
        if locks is not None:
            locks.release_owner(owner)

    def release(self) -> None:
        """The last reference is gone. Whoever overrides this calls it too."""
        inode = self.inode
        if inode.locks is not None:
            inode.locks.release_owner(self)
        if self.budget is not None:
            self.budget.release(1)
        inode.closed()

    def describe(self) -> bytes:
        """What /proc/PID/fd/N is a link to."""
        inode = self.inode
        if self.place is None:
            return _NAMELESS.get(inode.kind, b"anon_inode:[%d]") % inode.number
        path = path_of(*self.place, inode)
        return path if inode.links and (inode.is_directory or self.place[0].links) else path + b" (deleted)"


class PathFile(OpenFile):
    """O_PATH: a place in the tree, with no access to what is there."""

    def refuse(self) -> SysError:
        return SysError(Errno.EBADF)

    def poll(self) -> int:
        return POLLNVAL

    def read(self, count: int) -> bytes:
        raise self.refuse()

    def write(self, data: memoryview | bytes) -> int:
        raise self.refuse()

    def seek(self, offset: int, whence: int) -> int:
        raise self.refuse()

    def ioctl(self, proc, request: int, argument: int) -> int:
        raise self.refuse()
