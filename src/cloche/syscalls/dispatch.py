"""From a guest's linux.syscall to a handler and back. The hot path: 0.3 us, most of it ctypes.

Profile (CPython 3.11, null call): ctypes callback 0.10 us, unpacking seven slots 0.06, handler call 0.06, packing 0.03.
"""
from __future__ import annotations

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno, SysError
from ..errors import ClocheError
from ..kernel import fork
from ..kernel.guest import Fault
from ..kernel.panic import panic

if TYPE_CHECKING:
    from ..kernel.process import Process

_EFAULT, _ENOMEM, _ENOSYS = -Errno.EFAULT, -Errno.ENOMEM, -Errno.ENOSYS


class Table(dict):
    """Numbers to handlers; a number that has none answers ENOSYS."""

    def __missing__(self, number: int) -> Callable[..., int]:
        return unimplemented


def unimplemented(proc: Process, *_: int) -> int:
    return _ENOSYS


def call(proc: Process, number: int, a: int, b: int, c: int, d: int, e: int, f: int) -> int:
    """One system call: its result, or -errno. Whatever the guest passes, nothing is raised."""
    return guarded(proc.handlers[number], proc, a, b, c, d, e, f)


def guarded(handler: Callable[..., int], proc: Process, *arguments: int) -> int:
    """What a handler answers, and every exception as what the guest sees of it."""
    try:
        return handler(proc, *arguments)
    except SysError as error:
        proc.deadline = None
        return -error.errno
    except (struct.error, IndexError, Fault):  # an address outside the view
        proc.deadline = None
        return _EFAULT
    except (MemoryError, OverflowError):
        proc.deadline = None
        return _ENOMEM
    except ClocheError as error:  # the caller's: an image that went away
        proc.machine.fail(error)
        return _EFAULT
    except Exception:
        panic(proc)
        return _EFAULT
    except BaseException as error:  # KeyboardInterrupt and the like: not to be lost in a callback
        proc.machine.fail(error)
        return _EFAULT


def make_entry(engine: Any, unpack: Callable[..., tuple[int, ...]], pack: Callable[..., None], memory: memoryview,
               leave: Callable[[], Any]) -> Callable[..., Any]:
    """The callback behind linux.syscall: (env, caller, slots, count) -> trap or None.

    Arguments and result are 16 bytes apart at `memory[slots:]`. `leave()` makes a trap that takes the guest out of its
    program; it is returned when the process that called has ended or execs.
    """
    sys_error, bad_address = SysError, (struct.error, IndexError, Fault)

    def entry(env: Any, caller: Any, slots: int, count: int) -> Any:
        proc = engine.current
        number, a, b, c, d, e, f = unpack(memory, slots)
        proc.syscalls += 1
        try:
            result = proc.handlers[number](proc, a, b, c, d, e, f)
        except sys_error as error:
            result = -error.errno
            proc.deadline = None
        except bad_address:
            result = _EFAULT
            proc.deadline = None
        except (MemoryError, OverflowError):
            result = _ENOMEM
            proc.deadline = None
        except ClocheError as error:
            proc.machine.fail(error)
            result = _EFAULT
        except Exception:
            panic(proc)
            result = _EFAULT
        except BaseException as error:
            proc.machine.fail(error)
            result = _EFAULT
        pack(memory, slots, result & 0xFFFFFFFF)
        if engine.current.leaving:  # whoever goes on in this guest: a vfork child may have left it to its parent
            return leave()
        return None

    return entry


def make_fork_entry(engine: Any, pack: Callable[..., None], memory: memoryview,
                    leave: Callable[[], Any]) -> Callable[..., Any]:
    """The callback behind linux.fork, as `make_entry`'s."""

    def entry(env: Any, caller: Any, slots: int, count: int) -> Any:
        proc = engine.current
        pack(memory, slots, guarded(fork.fork_entry, proc) & 0xFFFFFFFF)
        return leave() if proc.leaving else None

    return entry
