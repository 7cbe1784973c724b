"""From a guest's WASI call to a handler and back, with WASI's errno."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...abi.errno import ERESTART
from ...abi.wasi import ERRNO, ERRNO_OTHER
from ..dispatch import guarded

if TYPE_CHECKING:
    from ...kernel.process import Process
    from .preview1 import Row


def call(proc: Process, row: Row, arguments: Sequence[int]) -> int | None:
    """One call: its WASI errno; None if it has to wait, and is to be made again when the process can run.

    Handlers answer 0 or -errno as Linux's do, or raise SysError. Whatever the guest passes, nothing is raised.
    """
    result = guarded(proc.handlers.get(row.number, row.handler), proc, *arguments)
    if result >= 0:
        return 0
    if result == -ERESTART and row.waits:
        return None
    proc.deadline = None
    return ERRNO.get(-result, ERRNO_OTHER)
