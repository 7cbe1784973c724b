"""memfd_create(2): regular files without a name, and their seals (F_ADD_SEALS)."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..abi.errno import Errno, SysError
from ..vfs.open_file import OpenFile
from ..vfs.regular_file import RegularOpenFile
from .tmpfs import TmpFile, TmpFs

MFD_CLOEXEC, MFD_ALLOW_SEALING = 1, 2
F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE, F_SEAL_FUTURE_WRITE = 1, 2, 4, 8, 16
_ALL = 31


class MemFile(TmpFile):
    """The inode behind a memfd."""

    __slots__ = ("name", "seals")

    def __init__(self, filesystem: TmpFs, name: bytes, sealable: bool, uid: int, gid: int, now: int) -> None:
        super().__init__(filesystem, 0o777, uid, gid, now)
        self.links = 0
        self.name = name
        self.seals = 0 if sealable else F_SEAL_SEAL

    def add_seals(self, seals: int) -> None:
        if self.seals & F_SEAL_SEAL:
            raise SysError(Errno.EPERM)
        if seals & ~_ALL:
            raise SysError(Errno.EINVAL)
        self.seals |= seals

    def write_at(self, position: int, data: bytes | bytearray | memoryview) -> int:
        self._check_write()
        if self.seals & F_SEAL_GROW and position + len(data) > self.size:
            raise SysError(Errno.EPERM)
        return super().write_at(position, data)

    def truncate(self, size: int) -> None:
        if (self.seals & F_SEAL_GROW and size > self.size) or (self.seals & F_SEAL_SHRINK and size < self.size):
            raise SysError(Errno.EPERM)
        super().truncate(size)

    def allocate(self, position: int, count: int, keep_size: bool) -> None:
        if self.seals & F_SEAL_GROW and position + count > self.size:
            raise SysError(Errno.EPERM)
        super().allocate(position, count, keep_size)

    def punch(self, position: int, count: int) -> None:
        self._check_write()
        super().punch(position, count)

    def _check_write(self) -> None:
        if self.seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE):
            raise SysError(Errno.EPERM)


class MemOpenFile(RegularOpenFile):
    """An open memfd."""

    inode: MemFile

    def describe(self) -> bytes:
        return b"/memfd:" + self.inode.name + b" (deleted)"


def make_memfd(filesystem: TmpFs, clock: Callable[[], int], name: bytes, flags: int, sealable: bool,
               cred: Any) -> OpenFile:
    """memfd_create(2): a new open file, of a new file."""
    filesystem.inodes.charge(1)
    return MemOpenFile(MemFile(filesystem, name, sealable, cred.fsuid, cred.fsgid, clock()), flags, None, clock)
