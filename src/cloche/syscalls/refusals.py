"""What Linux would have allowed or the guest had hoped for, and did not get: for the summary of a run.

A policy's denials are events of their own (security/hooks.py); this finds the rest: read-only trees, privileges,
limits. It wraps the system call table only for runs that are summarised: nobody else pays.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ..abi.errno import Errno, SysError
from ..abi.mman import MAP_FIXED
from .dispatch import Table
from .table import NAMES
from .trace import argument_text

if TYPE_CHECKING:
    from ..kernel.process import Process

Handler = Callable[..., int]
#: (process, call, its arguments, why)
Note = Callable[["Process", str, str, str], None]

#: Errors that mean a refusal, whatever the call.
REASONS: dict[int, str] = {
    Errno.EROFS: "read-only file system", Errno.EPERM: "not permitted", Errno.ENOSPC: "disk limit",
    Errno.EFBIG: "file size limit", Errno.EMFILE: "open files limit", Errno.ENFILE: "open files limit",
    Errno.ENOLCK: "lock limit",
}


def noting(handlers: Mapping[int, Handler], note: Note) -> Table:
    """The same table; each refusal is told to `note`."""
    return Table((number, _wrap(number, handler, note)) for number, handler in handlers.items())


def _wrap(number: int, handler: Handler, note: Note) -> Handler:
    name = NAMES.get(number, "")

    def handle(proc: Process, *args: int) -> int:
        result = 0
        try:
            result = handler(proc, *args)
        except SysError as error:
            result = -error.errno
            raise
        finally:
            if result < 0:
                why = REASONS.get(-result) or _memory(name, args, result)
                if why is not None and proc.mem is not None:
                    note(proc, name, argument_text(proc, number, args), why)
        return result

    return handle


def _memory(name: str, args: tuple[int, ...], result: int) -> str | None:
    """ENOMEM of mmap. Not at a fixed address: musl asks for a guard page there, and does without.

    brk(2) has no error: malloc tries mmap next.
    """
    if result == -Errno.ENOMEM and (name == "mremap" or (name == "mmap2" and not args[3] & MAP_FIXED)):
        return "memory limit"
    return None
