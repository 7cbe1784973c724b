"""The machine as a whole: uname, sysinfo, randomness, and calls that need a machine of one's own."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..abi.errno import Errno
from ..abi.structs import SYSINFO
from ..abi.time import SECOND
from ..abi.uname import MACHINE, RELEASE, SYSNAME, VERSION

if TYPE_CHECKING:
    from ..kernel.process import Process

_FIELD = 65
#: getrandom(2): the most one call gives.
_RANDOM_MAX = 32 << 20
_PAGE = 4096


def uname(proc: Process, result: int, *_: int) -> int:
    """uname(2)."""
    fields = (SYSNAME, proc.machine.hostname, RELEASE, VERSION, MACHINE, b"(none)")
    proc.mem.write(result, b"".join(field.ljust(_FIELD, b"\0") for field in fields))
    return 0


def sethostname(proc: Process, name: int, size: int, *_: int) -> int:
    """sethostname(2)."""
    if not proc.cred.privileged:
        return -Errno.EPERM
    if size > 64:
        return -Errno.EINVAL
    proc.machine.hostname = proc.mem.read(name, size)
    return 0


def sysinfo(proc: Process, result: int, *_: int) -> int:
    """sysinfo(2): the machine's own limits, not the host's."""
    machine = proc.machine
    total = machine.limits.memory_bytes_max // _PAGE
    free = total - machine.memory.used // _PAGE
    uptime = (machine.clock.monotonic() - machine.boot_time) // SECOND
    running = sum(1 for other in machine.processes.values() if other.state == "R")
    load = min(running << 16, 0xFFFFFFFF)
    SYSINFO.pack_into(proc.mem.view, result, uptime & 0x7FFFFFFF, load, load, load, total, free, 0, 0, 0, 0,
                      len(machine.processes), 0, 0, 0, _PAGE)
    return 0


def getrandom(proc: Process, buffer: int, size: int, flags: int, *_: int) -> int:
    """getrandom(2)."""
    if flags & ~7:
        return -Errno.EINVAL
    size = min(size, _RANDOM_MAX)
    window = proc.mem.window(buffer, size)
    window[:] = proc.machine.rng.bytes(size)
    return size


def not_permitted(proc: Process, *_: int) -> int:
    """mount(2), reboot(2), module and kernel calls: EPERM, as without CAP_SYS_ADMIN."""
    return -Errno.EPERM


def set_tid_address(proc: Process, *_: int) -> int:
    """set_tid_address(2): one thread, its id the process's."""
    return proc.pid


def set_robust_list(proc: Process, *_: int) -> int:
    """set_robust_list(2): there are no other threads to tell."""
    return 0


def futex(proc: Process, address: int, operation: int, value: int, *_: int) -> int:
    """futex(2) in a single-threaded process: nobody else can wake or wait. # L-PROC-004"""
    command = operation & 0x7F
    if command == 0:  # FUTEX_WAIT
        return -Errno.EAGAIN if proc.mem.u32(address) != value else -Errno.EDEADLK
    return 0 if command == 1 else -Errno.ENOSYS


def membarrier(proc: Process, *_: int) -> int:
    """membarrier(2): no other processor to order with."""
    return 0


def syslog(proc: Process, *_: int) -> int:
    """syslog(2): the kernel's log is not the guest's."""
    return -Errno.EPERM


def getcpu(proc: Process, cpu: int, node: int, *_: int) -> int:
    """getcpu(2): processor 0."""
    for address in (cpu, node):
        if address:
            proc.mem.put_u32(address, 0)
    return 0
