"""`cloche run --trace`: the system call table, wrapped so that every call is written down as strace(1) writes it.

    [pid 3] openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3

Guest bytes are hostile: what is written is ASCII, one line a call, of bounded length. A call that waits is shown with
`= ? ERESTART (waits)` and again when it is tried again. Tracing reads guest memory and changes nothing.
"""
from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..abi import signal
from ..abi.errno import ERESTART, EVFORKDONE, Errno, SysError
from ..abi.strerror import MESSAGES
from ..abi.structs import DELIVERY, signed
from ..events.base import Event, Record
from ..events.process import ProcessExited, ProcessFaulted
from ..lib.quote import printable
from .dispatch import Table
from .table import NAMES
from .trace_kinds import HEX, hexadecimal, pointer, signal_set
from .trace_signatures import SIGNATURES, Signature
from .wasi import trace as wasi_trace

if TYPE_CHECKING:
    from ..kernel.process import Process

Handler = Callable[..., int]
Write = Callable[[str], None]

#: Events that belong into a trace: hand their records to `event_line`.
EVENTS: tuple[type[Event], ...] = (ProcessExited, ProcessFaulted)

_UNREADABLE = (SysError, struct.error, IndexError, ValueError)
_UNKNOWN: Signature = (HEX,) * 6
#: They do not come back to their caller: written down before they are called.
_LEAVING = frozenset(("exit", "exit_group"))
#: Calls whose result is an address.
_ADDRESSES = frozenset(("brk", "mmap2", "mremap"))
#: libc's private calls around a signal handler.
_STUB = frozenset(("cloche_sigpop", "cloche_sigdone"))


def traced(handlers: Mapping[int, Handler], write: Write) -> Table:
    """The same table; each call is handed to `write` as one line without its newline."""
    wrapped = {number: _wrap(number, handler, write) for number, handler in handlers.items()}
    return _Traced(wrapped | wasi_trace.traced(write, result_text), handlers, write)


def event_line(record: Record) -> str:
    """`[pid 3] +++ exited with 0 +++`, for a record of one of EVENTS."""
    match record.event:
        case ProcessExited(status=status):
            signo = status & 0x7F
            text = f"killed by {signal.name(signo)}" if signo else f"exited with {status >> 8 & 0xFF}"
            return f"[pid {record.cause.pid}] +++ {text} +++"
        case ProcessFaulted(fault=fault, signo=signo):
            why = printable(fault.encode())
            return f"[pid {record.cause.pid}] --- {signal.name(signo)} {{si_code=SI_KERNEL}} ({why}) ---"
    raise AssertionError(record.event)


class _Traced(Table):
    """Numbers without a handler are traced as well, when they are first seen."""

    def __init__(self, wrapped: Mapping[int, Handler], handlers: Mapping[int, Handler], write: Write) -> None:
        super().__init__(wrapped)
        self._handlers, self._write = handlers, write

    def __missing__(self, number: int) -> Handler:
        return _wrap(number, self._handlers[number], self._write)


def _wrap(number: int, handler: Handler, write: Write) -> Handler:
    name = NAMES.get(number) or f"syscall_{number:#x}"
    if name in _STUB:
        return _wrap_stub(name, handler, write)
    signature = SIGNATURES.get(name, _UNKNOWN)
    leaving = name in _LEAVING

    def handle(proc: Process, *args: int) -> int:
        shown = _arguments(proc, signature, args)
        if leaving:
            write(f"[pid {proc.pid}] {name}({_joined(shown)}) = ?")
            return handler(proc, *args)
        pid, result = proc.pid, -Errno.EFAULT
        try:
            result = handler(proc, *args)
            return result
        except SysError as error:
            result = -error.errno
            raise
        except (MemoryError, OverflowError):
            result = -Errno.ENOMEM
            raise
        finally:
            if proc.mem is not None and not proc.leaving:
                _fill(proc, signature, args, shown, result)
            write(f"[pid {pid}] {name}({_joined(shown)}) = {result_text(name, result)}")

    return handle


def _wrap_stub(name: str, handler: Handler, write: Write) -> Handler:
    """A signal that is handed to its handler, and the handler's return."""

    def handle(proc: Process, *args: int) -> int:
        result = handler(proc, *args)
        if name == "cloche_sigdone":
            write(f"[pid {proc.pid}] rt_sigreturn({{mask={signal_set(args[0] | args[1] << 32)}}}) = 0")
        elif result > 0:
            try:
                handler_text = f"{DELIVERY.unpack_from(proc.mem.view, args[0])[0]:#x}"
            except _UNREADABLE:
                handler_text = "?"
            write(f"[pid {proc.pid}] --- {signal.name(result)} {{sa_handler={handler_text}}} ---")
        return result

    return handle


def _arguments(proc: Process, signature: Signature, args: tuple[int, ...]) -> list[str | None]:
    """What goes in, as text; None where the kernel's answer will be."""
    shown: list[str | None] = []
    for index, kind in enumerate(signature):
        try:
            shown.append(None if kind.after else kind.show(proc, args, index, 0))
        except _UNREADABLE:
            shown.append(pointer(args[index]))
    return shown


def _fill(proc: Process, signature: Signature, args: tuple[int, ...], shown: list[str | None], result: int) -> None:
    """What the kernel stored, if it did."""
    for index, kind in enumerate(signature):
        if kind.after and result >= 0:
            try:
                shown[index] = kind.show(proc, args, index, result)
            except _UNREADABLE:
                shown[index] = pointer(args[index])
        elif kind.after:
            shown[index] = pointer(args[index])


def _joined(shown: list[str | None]) -> str:
    return ", ".join("..." if text is None else text for text in shown if text != "")


def result_text(name: str, result: int) -> str:
    """`0`, `-1 ENOENT (No such file or directory)`, `? ERESTART (waits)`."""
    if result >= 0:
        return pointer(result) if name in _ADDRESSES else str(signed(result))
    if result == -ERESTART:
        return "? ERESTART (waits)"
    if result == -EVFORKDONE:
        return "? (goes on as its parent)"
    try:
        errno = Errno(-result)
    except ValueError:
        return hexadecimal(result & 0xFFFFFFFF)
    return f"-1 {errno.name} ({MESSAGES[errno]})"


def argument_text(proc: Any, number: int, args: tuple[int, ...]) -> str:
    """The arguments of a call that was refused, for a summary: those that went in."""
    shown = _arguments(proc, SIGNATURES.get(NAMES.get(number, ""), _UNKNOWN), args)
    return _joined([text for text in shown if text is not None])
