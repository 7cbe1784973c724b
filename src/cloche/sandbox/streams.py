"""A command's standard streams that stay in this process: bytes in, bytes out."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..abi.fcntl import O_RDONLY, O_WRONLY
from ..abi.poll import POLLIN, POLLOUT
from ..vfs.open_file import OpenFile


class BytesInput(OpenFile):
    """Standard input from bytes."""

    def __init__(self, inode: Any, data: bytes) -> None:
        super().__init__(inode, O_RDONLY)
        inode.stream = self
        self._data = memoryview(data)

    def read(self, count: int) -> memoryview:
        piece = self._data[self.position:self.position + count]
        self.position += len(piece)
        return piece

    def poll(self) -> int:
        return POLLIN


class CapturedOutput(OpenFile):
    """Standard output or error, kept. `account(n)` is told of every write: it answers how much of it to keep."""

    def __init__(self, inode: Any, account: Callable[[int], int],
                 on_output: Callable[[bytes], None] | None = None) -> None:
        super().__init__(inode, O_WRONLY)
        inode.stream = self
        self.data = bytearray()
        self._account, self._on_output = account, on_output

    def write(self, data: memoryview | bytes) -> int:
        kept = self._account(len(data))
        piece = bytes(data[:kept])
        self.data += piece
        if self._on_output is not None and piece:
            self._on_output(piece)
        return len(data)

    def poll(self) -> int:
        return POLLOUT
