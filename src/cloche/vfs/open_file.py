"""Open file descriptions: what a descriptor refers to. Kinds of files subclass `OpenFile` beside their inodes."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..abi.errno import Errno, SysError
from ..abi.fcntl import O_ACCMODE, O_PATH, O_WRONLY
from ..abi.poll import POLLIN, POLLOUT
from ..lib.wait_queue import WaitQueue

if TYPE_CHECKING:
    from .inode import Directory, Inode


class OpenFile:
    """An open file description (open(2)); Linux's `struct file`.

    Shared by every descriptor that dup(2) or fork(2) made from it: offset and status flags are here, close-on-exec is in
    the descriptor table. `read` and `write` answer None where they would have to wait; `queue` is what to wait on.
    Offsets and counts are bytes. Every method may raise SysError.
    """

    seekable = False
    #: A terminal, for isatty(3): its ioctls answer.
    tty = None

    def __init__(self, inode: Inode, flags: int, place: tuple[Directory, bytes] | None = None) -> None:
        self.inode, self.flags = inode, flags
        self.position = 0
        self.refs = 0
        #: (parent directory, name) it was opened at: for /proc/PID/fd and for rules on paths. None: it never had a name.
        self.place = place

    @property
    def readable(self) -> bool:
        return self.flags & O_ACCMODE != O_WRONLY and not self.flags & O_PATH

    @property
    def writable(self) -> bool:
        return self.flags & O_ACCMODE != 0 and not self.flags & O_PATH

    def read(self, count: int) -> bytes | bytearray | memoryview | None:
        """At most `count` bytes from the current offset; b"" at the end; None: would block."""
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

    def release(self) -> None:
        """The last reference is gone."""
