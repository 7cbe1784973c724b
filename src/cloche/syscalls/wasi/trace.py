"""WASI calls in a trace: `[pid 3] wasi.path_open(3, 1, "tmp/x", 5, ...) = 0`, with Linux's errors."""
from __future__ import annotations

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING

from ...abi.errno import Errno, SysError
from ...abi.limits import PATH_MAX
from ...lib.quote import quoted
from .preview1 import PREVIEW1, Row

if TYPE_CHECKING:
    from ...kernel.process import Process

#: Which arguments are addresses of names; the next one is the length.
_NAMES = {"path_create_directory": (1,), "path_filestat_get": (2,), "path_filestat_set_times": (2,), "path_link": (2, 5),
          "path_open": (2,), "path_readlink": (1,), "path_remove_directory": (1,), "path_rename": (1, 4),
          "path_symlink": (0, 3), "path_unlink_file": (1,)}


def traced(write: Callable[[str], None], result_text: Callable[[str, int], str]) -> dict[int, Callable[..., int]]:
    """A handler for every WASI function that hands `write` one line a call; `result_text` says what came of it."""
    return {row.number: _wrap(row, write, result_text) for row in PREVIEW1}


def _wrap(row: Row, write: Callable[[str], None], result_text: Callable[[str, int], str]) -> Callable[..., int]:
    def handle(proc: Process, *arguments: int) -> int:
        line = f"[pid {proc.pid}] wasi.{row.name}({', '.join(_shown(proc, row, arguments))})"
        if not row.answers:
            write(f"{line} = ?")
            return row.handler(proc, *arguments)
        result = -Errno.EFAULT
        try:
            result = row.handler(proc, *arguments)
        except SysError as error:
            result = -error.errno
            raise
        finally:
            write(f"{line} = {result_text(row.name, result)}")
        return result

    return handle


def _shown(proc: Process, row: Row, arguments: tuple[int, ...]) -> list[str]:
    """Small numbers in decimal, others in hexadecimal; names as text."""
    shown = [str(value) if value < 1 << 16 else f"{value:#x}" for value in arguments]
    for at in _NAMES.get(row.name, ()):
        try:
            name = proc.mem.read(arguments[at], min(arguments[at + 1], PATH_MAX))
        except (SysError, struct.error):
            continue
        shown[at] = quoted(name, PATH_MAX)
    return shown
