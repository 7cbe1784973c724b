"""Arguments, environment, the end, randomness; and sockets, which are not there."""
from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from ...abi.errno import Errno, SysError
from ...abi.signal import SIGSTKFLT, SIGSYS
from ...kernel import exit as _exit
from ...kernel import signals
from .. import process

if TYPE_CHECKING:
    from ...kernel.process import Process

#: random_get: bytes of one call. More is EINVAL: it either fills the buffer or fails.
_RANDOM_MAX = 1 << 20


def _put_strings(proc: Process, pointers: int, buffer: int, strings: list[bytes]) -> int:
    """An array of pointers, without a NULL at its end, to NUL-terminated strings."""
    addresses = []
    address = buffer
    for text in strings:
        addresses.append(address)
        address += len(text) + 1
    proc.mem.window(buffer, address - buffer)
    proc.mem.write(pointers, struct.pack(f"<{len(addresses)}I", *addresses))
    proc.mem.write(buffer, b"".join(text + b"\0" for text in strings))
    return 0


def _put_sizes(proc: Process, count: int, size: int, strings: list[bytes]) -> int:
    proc.mem.window(size, 4)
    proc.mem.put_u32(count, len(strings))
    proc.mem.put_u32(size, sum(len(text) + 1 for text in strings))
    return 0


def args_get(proc: Process, pointers: int, buffer: int) -> int:
    """argv, as execve(2) was given it."""
    return _put_strings(proc, pointers, buffer, proc.argv)


def args_sizes_get(proc: Process, count: int, size: int) -> int:
    """How many arguments, and the bytes they need."""
    return _put_sizes(proc, count, size, proc.argv)


def environ_get(proc: Process, pointers: int, buffer: int) -> int:
    """environ, as execve(2) was given it."""
    return _put_strings(proc, pointers, buffer, proc.environ)


def environ_sizes_get(proc: Process, count: int, size: int) -> int:
    """How many variables, and the bytes they need."""
    return _put_sizes(proc, count, size, proc.environ)


def proc_exit(proc: Process, code: int) -> int:
    """exit_group(2)."""
    return _exit.exit_process(proc, (code & 0xFF) << 8)


def proc_raise(proc: Process, signo: int) -> int:
    """raise(3). WASI's numbers are Linux's without SIGSTKFLT."""
    if signo >= SIGSTKFLT:
        signo += 1
    if signo > SIGSYS:
        return -Errno.EINVAL
    signals.send(proc, signo, signals.user_info(proc, signo))
    return 0


def random_get(proc: Process, buffer: int, size: int) -> int:
    """getrandom(2)."""
    window = proc.mem.window(buffer, size)
    if size > _RANDOM_MAX:
        return -Errno.EINVAL
    window[:] = proc.machine.rng.bytes(size)
    return 0


def sched_yield(proc: Process) -> int:
    """sched_yield(2)."""
    return process.sched_yield(proc)


def sock(proc: Process, fd: int, *_: int) -> int:
    """sock_accept, sock_recv, sock_send, sock_shutdown. # L-WASI-004"""
    if fd not in proc.fds.entries:
        raise SysError(Errno.EBADF)
    return -Errno.EOPNOTSUPP

