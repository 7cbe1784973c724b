"""A process's descriptors: numbers to open file descriptions; Linux's `struct files_struct`."""
from __future__ import annotations

from contextlib import suppress

from ..abi.errno import Errno, SysError
from ..vfs.open_file import OpenFile


class FdTable:
    """Descriptor numbers. Close-on-exec belongs to the number, everything else to the OpenFile.

    `limit` is RLIMIT_NOFILE: at it, EMFILE.
    """

    __slots__ = ("cloexec", "entries", "limit")

    def __init__(self, limit: int) -> None:
        self.entries: dict[int, OpenFile] = {}
        self.cloexec: set[int] = set()
        self.limit = limit

    def get(self, fd: int) -> OpenFile:
        """The file of a descriptor, or EBADF."""
        file = self.entries.get(fd)
        if file is None:
            raise SysError(Errno.EBADF)
        return file

    def lowest(self, minimum: int = 0) -> int:
        """dup(2): the lowest free descriptor, from `minimum` on."""
        entries, fd = self.entries, minimum
        while fd in entries:
            fd += 1
        if fd >= self.limit:
            raise SysError(Errno.EMFILE)
        return fd

    def install(self, file: OpenFile, cloexec: bool = False, minimum: int = 0) -> int:
        """Gives `file` the lowest free descriptor. A file with no other reference is released if there is none."""
        file.get()
        try:
            fd = self.lowest(minimum)
        except SysError:
            file.put()
            raise
        self.entries[fd] = file
        if cloexec:
            self.cloexec.add(fd)
        return fd

    def put(self, fd: int, file: OpenFile, cloexec: bool) -> int:
        """Gives `file` a descriptor that `lowest` just found."""
        assert fd not in self.entries
        file.refs += 1
        self.entries[fd] = file
        if cloexec:
            self.cloexec.add(fd)
        return fd

    def replace(self, fd: int, file: OpenFile, cloexec: bool = False) -> None:
        """dup3(2): makes `fd` refer to `file`, closing what it was."""
        file.get()
        if fd in self.entries:
            self.close(fd)
        self.entries[fd] = file
        if cloexec:
            self.cloexec.add(fd)

    def close(self, fd: int) -> None:
        file = self.entries.pop(fd, None)
        if file is None:
            raise SysError(Errno.EBADF)
        self.cloexec.discard(fd)
        try:
            file.flush(self)
        finally:
            file.put()

    def close_all(self) -> None:
        self._close_each(list(self.entries))

    def close_on_exec(self) -> None:
        self._close_each(sorted(self.cloexec))

    def _close_each(self, fds: list[int]) -> None:
        """exec and exit have nobody to tell of an error of close(2)."""
        for fd in fds:
            with suppress(SysError):
                self.close(fd)

    def copy(self) -> FdTable:
        """fork(2)."""
        table = FdTable(self.limit)
        table.entries = dict(self.entries)
        table.cloexec = set(self.cloexec)
        for file in table.entries.values():
            file.refs += 1
        return table
