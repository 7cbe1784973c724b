"""brk, mmap and friends."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..abi.errno import Errno
from ..abi.mman import (
    MAP_ANONYMOUS,
    MAP_FIXED,
    MAP_FIXED_NOREPLACE,
    MAP_PRIVATE,
    MAP_SHARED,
    MAP_SHARED_VALIDATE,
    MAP_TYPE,
    MREMAP_FIXED,
    MREMAP_MAYMOVE,
    PAGE_SIZE,
    PROT_WRITE,
)
from ..abi.stat import S_IFREG

if TYPE_CHECKING:
    from ..kernel.process import Process


def brk(proc: Process, address: int, *_: int) -> int:
    """brk(2), the raw call: answers the break."""
    return proc.mem.set_break(address)


def mmap2(proc: Process, address: int, size: int, protection: int, flags: int, fd: int, page_offset: int) -> int:
    """mmap2(2). Memory has no protection and files are copied. # L-MM-001 L-MM-002 L-MM-004"""
    mem, kind = proc.mem, flags & MAP_TYPE
    if size == 0 or kind not in (MAP_SHARED, MAP_PRIVATE, MAP_SHARED_VALIDATE):
        return -Errno.EINVAL
    if flags & MAP_FIXED_NOREPLACE and not flags & MAP_FIXED:
        return -Errno.EEXIST
    if flags & MAP_ANONYMOUS:
        return mem.map_fixed(address, size) if flags & MAP_FIXED else mem.map(size)
    file = proc.fds.get(fd)
    if not file.readable:
        return -Errno.EACCES
    shared = kind != MAP_PRIVATE and bool(protection & PROT_WRITE)
    if shared and not file.writable:
        return -Errno.EACCES
    if file.inode.kind != S_IFREG or not file.seekable:
        return -Errno.ENODEV
    return mem.map_file(file, page_offset * PAGE_SIZE, size, shared, address if flags & MAP_FIXED else None)


def munmap(proc: Process, address: int, size: int, *_: int) -> int:
    """munmap(2)."""
    proc.mem.unmap(address, size)
    return 0


def mremap(proc: Process, address: int, old_size: int, new_size: int, flags: int, *_: int) -> int:
    """mremap(2)."""
    if flags & ~MREMAP_MAYMOVE:
        return -Errno.EINVAL if flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED) else -Errno.ENOMEM
    return proc.mem.remap(address, old_size, new_size, bool(flags & MREMAP_MAYMOVE))


def msync(proc: Process, address: int, size: int, *_: int) -> int:
    """msync(2)."""
    if address & (PAGE_SIZE - 1):
        return -Errno.EINVAL
    proc.mem.sync_shared(address, address + size)
    return 0


def no_effect(proc: Process, *_: int) -> int:
    """mprotect(2), madvise(2), mlock(2) and kin: memory has no protection, and is never paged. # L-MM-004"""
    return 0
