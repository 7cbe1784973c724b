"""/dev: null, zero, full, random, urandom, tty, console, and the links to a process's own descriptors."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..abi.errno import Errno, SysError
from ..abi.stat import S_IFCHR, makedev
from ..vfs.core import Core
from ..vfs.inode import Device, Inode, Place
from ..vfs.open_file import OpenFile
from .devpts import open_controlling
from .tmpfs import TmpFs

Driver = Callable[[Any, Inode, int, Place | None], OpenFile]
#: The most that one read or write hands over at a time where it could be any amount.
_CHUNK = 1 << 16


class NullFile(OpenFile):
    """/dev/null (null(4)): reads are at the end, writes are taken."""

    seekable = True

    def read(self, count: int) -> bytes:
        return b""

    def read_at(self, position: int, count: int) -> bytes:
        return self.read(count)

    def write(self, data: memoryview | bytes) -> int:
        return len(data)

    def write_at(self, position: int, data: memoryview | bytes) -> int:
        return self.write(data)

    def seek(self, offset: int, whence: int) -> int:
        return 0


class ZeroFile(NullFile):
    """/dev/zero: as many zeros as are asked for."""

    direct = True

    def read(self, count: int) -> bytes:
        return bytes(min(count, _CHUNK))

    def read_into(self, window: memoryview) -> int:
        zeros = bytes(_CHUNK)
        for start in range(0, len(window), _CHUNK):
            piece = window[start:start + _CHUNK]
            piece[:] = zeros[:len(piece)]
        return len(window)


class FullFile(ZeroFile):
    """/dev/full (full(4)): zeros, and no space to write."""

    def write(self, data: memoryview | bytes) -> int:
        raise SysError(Errno.ENOSPC)


class RandomFile(NullFile):
    """/dev/random, /dev/urandom (random(4)): the machine's random numbers."""

    direct = True

    def __init__(self, inode: Inode, flags: int, place: Place | None, rng: Any) -> None:
        super().__init__(inode, flags, place)
        self._rng = rng

    def read(self, count: int) -> bytes:
        return self._rng.bytes(min(count, _CHUNK))

    def read_into(self, window: memoryview) -> int:
        for start in range(0, len(window), _CHUNK):
            piece = window[start:start + _CHUNK]
            piece[:] = self._rng.bytes(len(piece))
        return len(window)


def _plain(kind: type[OpenFile]) -> Driver:
    return lambda proc, inode, flags, place: kind(inode, flags, place)


def _open_random(proc: Any, inode: Inode, flags: int, place: Place | None) -> OpenFile:
    return RandomFile(inode, flags, place, proc.machine.rng)


#: name, major, minor, mode, driver
_DEVICES: tuple[tuple[bytes, int, int, int, Driver], ...] = (
    (b"null", 1, 3, 0o666, _plain(NullFile)),
    (b"zero", 1, 5, 0o666, _plain(ZeroFile)),
    (b"full", 1, 7, 0o666, _plain(FullFile)),
    (b"random", 1, 8, 0o666, _open_random),
    (b"urandom", 1, 9, 0o666, _open_random),
    (b"tty", 5, 0, 0o666, open_controlling),
    (b"console", 5, 1, 0o600, open_controlling),
)
_LINKS = ((b"fd", b"/proc/self/fd"), (b"stdin", b"/proc/self/fd/0"), (b"stdout", b"/proc/self/fd/1"),
          (b"stderr", b"/proc/self/fd/2"), (b"ptmx", b"pts/ptmx"))


class DevFs(TmpFs):
    """A tmpfs with the devices in it. `pts` is an empty directory, for a devpts; `shm` everybody's."""

    type = b"devtmpfs"
    source = b"devtmpfs"

    def __init__(self, core: Core) -> None:
        super().__init__(core)
        now = core.now()
        root = self.root
        for name, major, minor, mode, driver in _DEVICES:
            self.inodes.force(1)
            root.put(name, Device(self, S_IFCHR | mode, makedev(major, minor), driver, now=now), now)
        for name, target in _LINKS:
            root.symlink(name, target, 0, 0, now)
        root.mkdir(b"pts", 0o755, 0, 0, now)
        root.mkdir(b"shm", 0o1777, 0, 0, now)
