"""Open directories: getdents(2)."""
from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno, SysError
from ..abi.fcntl import SEEK_CUR, SEEK_SET
from ..lib.budget import Budget
from .open_file import OpenFile

if TYPE_CHECKING:
    from .inode import Directory, Place

#: Listings up to this many names are not worth counting.
_SMALL = 256


class DirectoryFile(OpenFile):
    """An open directory. Its listing is what was there when reading began (at offset 0), less what has gone since.

    Offsets count entries. A long listing is charged to `listing_budget`: ENOMEM beyond it.
    """

    seekable = True
    inode: Directory

    def __init__(self, inode: Directory, flags: int, place: Place | None) -> None:
        super().__init__(inode, flags, place)
        self._names: list[bytes] | None = None
        self._charged = 0
        self.listing_budget: Budget | None = None

    def read(self, count: int) -> bytes:
        raise SysError(Errno.EISDIR)

    def read_at(self, position: int, count: int) -> bytes:
        raise SysError(Errno.EISDIR)

    def seek(self, offset: int, whence: int) -> int:
        if whence == SEEK_CUR:
            offset += self.position
        elif whence != SEEK_SET:
            raise SysError(Errno.EINVAL)
        if offset < 0:
            raise SysError(Errno.EINVAL)
        if not offset:
            self._forget()
        self.position = offset
        return offset

    def entries(self, proc: Any) -> Iterator[tuple[bytes, int, int]]:
        """(name, inode number, kind) of the entries from the offset on. The caller advances `position`: one each."""
        directory = self.inode
        if not directory.links:
            raise SysError(Errno.ENOENT)
        if self._names is None:
            self._list(proc)
        names = self._names
        assert names is not None
        while self.position < len(names) + 2:
            position = self.position
            if position == 0:
                yield b".", directory.number, directory.kind
            elif position == 1:
                above = directory if directory is proc.root else directory.parent
                yield b"..", above.number, above.kind
            else:
                name = names[position - 2]
                inode = directory.lookup(name, proc)
                if inode is None:
                    self.position += 1
                else:
                    yield name, inode.number, inode.kind

    def _list(self, proc: Any) -> None:
        names = list(self.inode.names(proc))
        if len(names) > _SMALL and self.listing_budget is not None:
            self.listing_budget.charge(8 * len(names))
            self._charged = 8 * len(names)
        self._names = names

    def _forget(self) -> None:
        if self._charged and self.listing_budget is not None:
            self.listing_budget.release(self._charged)
        self._names, self._charged = None, 0

    def release(self) -> None:
        self._forget()
        super().release()
