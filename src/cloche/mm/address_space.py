"""A process's address space: checked access to guest memory, the break, and mappings; Linux's `struct mm_struct`.

Layout, from address 0: the dead part of the stack, the stack, static data (all three the module's), the break window,
mappings up to `top`. Every access goes through `view`, an exact-size window: a bad address is an IndexError, ValueError or
struct.error, never a host address.
"""
from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno, SysError
from ..abi.limits import ARG_STRLEN_MAX, PATH_MAX
from ..abi.mman import PAGE_SIZE
from ..abi.structs import U32

if TYPE_CHECKING:
    from ..kernel.guest import Guest

#: Address space set apart for brk(2), above the program's static data. Untouched pages cost nothing.
BREAK_WINDOW_BYTES = 1 << 20
#: Leaf functions may write this far below __stack_pointer without moving it.
_RED_ZONE = 256
#: Room for the frames of a guest that forks deep in recursion, when the dead part of the stack is too small.
_DEEP_FORK_BUFFER = 8 << 20


def page_up(value: int) -> int:
    return (value + PAGE_SIZE - 1) & -PAGE_SIZE


class MemoryLedger:
    """Bytes mapped by all processes of a machine together, against `Limits.memory_bytes_max`."""

    __slots__ = ("bytes_max", "peak", "used")

    def __init__(self, bytes_max: int) -> None:
        self.bytes_max, self.used, self.peak = bytes_max, 0, 0

    def charge(self, size: int) -> bool:
        """Takes `size` bytes (or gives back, if negative). False, and nothing taken, at the limit."""
        used = self.used + size
        if size > 0 and used > self.bytes_max:
            return False
        self.used = used
        if used > self.peak:
            self.peak = used
        return True


class SharedMapping:
    """A MAP_SHARED mapping of a file: written back at msync, munmap, fork, exec and exit. # L-MM-001"""

    __slots__ = ("clean", "file", "offset", "size", "start")

    def __init__(self, start: int, size: int, file: Any, offset: int, clean: bytes) -> None:
        self.start, self.size, self.file, self.offset, self.clean = start, size, file, offset, clean


class AddressSpace:
    """Owns the layout of one guest's memory. Everything from mmap_base to top that is not in `free` is mapped."""

    def __init__(self, guest: Guest, ledger: MemoryLedger) -> None:
        self.guest = guest
        self._ledger = ledger
        heap = guest.heap_base
        self.break_start = self.break_end = (heap + 15) & -16
        self.mmap_base = self.top = page_up(max(guest.size, heap + BREAK_WINDOW_BYTES))
        self._stack_top = guest.stack_pointer
        self.free: list[tuple[int, int]] = []  # sorted, disjoint (start, end)
        self.shared: list[SharedMapping] = []
        self._charged = 0
        self._owned = 0  # of what is charged, the memory a WASI program has

    # access

    @property
    def view(self) -> memoryview:
        """All of guest memory. Valid until it grows."""
        return self.guest.view

    def read(self, address: int, size: int) -> bytes:
        """`size` bytes, copied."""
        data = self.guest.view[address:address + size]
        if len(data) != size:
            raise SysError(Errno.EFAULT)
        return bytes(data)

    def window(self, address: int, size: int) -> memoryview:
        """A view of `size` bytes: valid until the memory grows."""
        data = self.guest.view[address:address + size]
        if len(data) != size:
            raise SysError(Errno.EFAULT)
        return data

    def write(self, address: int, data: bytes | bytearray | memoryview) -> None:
        try:
            self.guest.view[address:address + len(data)] = data
        except ValueError:
            raise SysError(Errno.EFAULT) from None

    def string(self, address: int, limit: int = PATH_MAX) -> bytes:
        """The NUL-terminated bytes at `address`, at most `limit` with the NUL: else ENAMETOOLONG."""
        data = bytes(self.guest.view[address:address + limit])
        end = data.find(0)
        if end < 0:
            raise SysError(Errno.ENAMETOOLONG if len(data) == limit else Errno.EFAULT)
        return data[:end]

    def u32(self, address: int) -> int:
        return U32.unpack_from(self.guest.view, address)[0]

    def put_u32(self, address: int, value: int) -> None:
        U32.pack_into(self.guest.view, address, value & 0xFFFFFFFF)

    def strings(self, address: int, budget: int) -> tuple[list[bytes], int]:
        """A NULL-terminated array of strings (argv), and what is left of `budget` bytes. E2BIG over it."""
        found: list[bytes] = []
        while pointer := self.u32(address):
            try:
                text = self.string(pointer, min(budget, ARG_STRLEN_MAX))
            except SysError as error:
                raise SysError(Errno.E2BIG if error.errno is Errno.ENAMETOOLONG else error.errno) from None
            found.append(text)
            budget -= len(text) + 5
            if budget < 0:
                raise SysError(Errno.E2BIG)
            address += 4
        return found, budget

    # layout

    @property
    def mapped(self) -> int:
        """Bytes of break and mappings."""
        return self._charged

    @property
    def break_max(self) -> int:
        return min(self.break_start + BREAK_WINDOW_BYTES, self.mmap_base)

    def set_break(self, address: int) -> int:
        """brk(2): the break, unchanged if it cannot move there."""
        if self.break_start <= address <= self.break_max:
            if not self._charge(address - self.break_end):
                return self.break_end
            if address > self.break_end:
                if not self.guest.grow(address):
                    self._charge(self.break_end - address)
                    return self.break_end
            else:
                self.guest.zero(address, self.break_end)
            self.break_end = address
        return self.break_end

    def map(self, size: int) -> int:
        """The address of `size` bytes of zeroed memory. ENOMEM if there is none."""
        if size == 0:
            raise SysError(Errno.EINVAL)
        size = page_up(size)
        if size >= 1 << 31 or not self._charge(size):
            raise SysError(Errno.ENOMEM)
        for i, (start, end) in enumerate(self.free):
            if end - start >= size:
                if end - start == size:
                    del self.free[i]
                else:
                    self.free[i] = (start + size, end)
                return start
        start = self.top
        if not self.guest.grow(start + size):
            self._charge(-size)
            raise SysError(Errno.ENOMEM)
        self.top = start + size
        return start

    def map_fixed(self, start: int, size: int) -> int:
        """MAP_FIXED: zeroed memory at `start`, which must lie where mappings are. # L-MM-003"""
        end = start + page_up(size)
        if start & (PAGE_SIZE - 1) or size == 0:
            raise SysError(Errno.EINVAL)
        if not self.mmap_base <= start < end <= self.top:
            raise SysError(Errno.ENOMEM)
        self.unmap(start, size)
        if not self._charge(end - start):
            raise SysError(Errno.ENOMEM)
        if end > self.top:
            self.guest.grow(end)
            if start > self.top:
                insort(self.free, (self.top, start))
            self.top = end
            self.free = [(low, high) for low, high in self.free if high <= start]
            return start
        kept = []
        for low, high in self.free:
            if low < start < high or low < end < high or start <= low < end:
                if low < start:
                    kept.append((low, start))
                if end < high:
                    kept.append((end, high))
            else:
                kept.append((low, high))
        self.free = kept
        return start

    def unmap(self, start: int, size: int) -> None:
        """munmap(2): gives the range back, zeroed for its next user."""
        end = start + page_up(size)
        if start & (PAGE_SIZE - 1) or size == 0:
            raise SysError(Errno.EINVAL)
        start, end = max(start, self.mmap_base), min(end, self.top)
        if start >= end:
            return
        if self.shared:
            self._forget_shared(start, end)
        already_free = sum(max(0, min(high, end) - max(low, start)) for low, high in self.free)
        self._charge(already_free - (end - start))
        self.guest.zero(start, end)
        kept = []
        for low, high in self.free:
            if high < start or low > end:
                kept.append((low, high))
            else:
                start, end = min(start, low), max(end, high)
        insort(kept, (start, end))
        if kept[-1][1] == self.top:
            self.top = kept.pop()[0]
        self.free = kept

    def remap(self, start: int, old_size: int, new_size: int, may_move: bool) -> int:
        """mremap(2) of anonymous memory."""
        old_size, new_size = page_up(old_size), page_up(new_size)
        if start & (PAGE_SIZE - 1) or new_size == 0:
            raise SysError(Errno.EINVAL)
        if not self.mmap_base <= start < start + old_size <= self.top:
            raise SysError(Errno.EFAULT)
        if new_size <= old_size:
            if new_size < old_size:
                self.unmap(start + new_size, old_size - new_size)
            return start
        if start + old_size == self.top:
            if not self._charge(new_size - old_size):
                raise SysError(Errno.ENOMEM)
            if not self.guest.grow(start + new_size):
                self._charge(old_size - new_size)
                raise SysError(Errno.ENOMEM)
            self.top = start + new_size
            return start
        if not may_move:
            raise SysError(Errno.ENOMEM)
        moved = self.map(new_size)
        self.guest.move(moved, start, old_size)
        self.unmap(start, old_size)
        return moved

    def _charge(self, size: int) -> bool:
        if not self._ledger.charge(size):
            return False
        self._charged += size
        return True

    def follow(self) -> bool:
        """Charges the memory of a guest that grows it itself. False if there is no room for it."""
        size = self.guest.size
        if size == self._owned:
            return True
        fits = self._charge(size - self._owned)
        if fits:
            self._owned = size
        return fits

    def close(self) -> None:
        """The process is gone: gives back what it was charged."""
        self._ledger.charge(-self._charged)
        self._charged = 0

    # shared file mappings

    def map_file(self, file: Any, offset: int, size: int, shared: bool, start: int | None = None) -> int:
        """mmap(2) of a file: its bytes, copied; `shared` ones are written back later."""
        start = self.map(size) if start is None else self.map_fixed(start, size)
        data = file.read_at(offset, size)
        self.write(start, data)
        if shared:
            self.shared.append(SharedMapping(start, page_up(size), file.get(), offset, bytes(data)))
        return start

    def sync_shared(self, start: int = 0, end: int = 1 << 32) -> None:
        """msync(2): writes changed bytes of shared mappings back, as far as the file reaches."""
        for mapping in self.shared:
            if mapping.start >= end or mapping.start + mapping.size <= start:
                continue
            size = min(mapping.size, max(0, mapping.file.inode.size - mapping.offset))
            data = self.read(mapping.start, size)
            clean = mapping.clean
            for at in range(0, size, PAGE_SIZE):
                page = data[at:at + PAGE_SIZE]
                if page != clean[at:at + PAGE_SIZE]:
                    mapping.file.write_at(mapping.offset + at, page)
            mapping.clean = data

    def _forget_shared(self, start: int, end: int) -> None:
        self.sync_shared(start, end)
        for mapping in list(self.shared):
            if mapping.start >= start and mapping.start + mapping.size <= end:
                self.shared.remove(mapping)
                mapping.file.put()

    def drop_shared(self) -> None:
        """exec, exit: the mappings go."""
        self._forget_shared(0, 1 << 32)

    # fork

    def fork_buffer(self) -> tuple[int, int]:
        """(start, end) of where asyncify saves the frames of a guest that forks.

        Normally the stack's dead part: the stack comes first in memory and grows down towards 0, and nothing below its
        pointer is in use but the red zone. A guest deep in recursion gets memory above its mappings instead.
        """
        pointer = self.guest.stack_pointer
        if pointer > 4 * (self._stack_top - pointer) and pointer <= self.guest.size:
            return 16, (pointer - _RED_ZONE) & -16
        return self.top, self.top + _DEEP_FORK_BUFFER

    def live(self, frames: tuple[int, int] | None) -> Iterator[tuple[int, int]]:
        """The ranges whose contents matter to a fork: asyncify's frames, stack to break, mappings."""
        if frames is not None:
            yield frames
        yield max(0, (self.guest.stack_pointer - _RED_ZONE) & -PAGE_SIZE), self.break_end
        start = self.mmap_base
        for low, high in [*self.free, (self.top, self.top)]:
            if low > start:
                yield start, low
            start = high

    def copy_from(self, other: AddressSpace, frames: tuple[int, int] | None) -> None:
        """fork(2): takes over layout and contents of another space of the same module. ENOMEM if there is no room."""
        if not self._charge(other._charged):
            raise SysError(Errno.ENOMEM)
        self.break_start, self.break_end = other.break_start, other.break_end
        self.mmap_base, self.top, self.free = other.mmap_base, other.top, list(other.free)
        self._stack_top = other._stack_top
        if not self.guest.grow(other.guest.size):
            self.close()
            raise SysError(Errno.ENOMEM)
        self.guest.copy_from(other.guest, other.live(frames))
        self.shared = [SharedMapping(m.start, m.size, m.file.get(), m.offset, m.clean) for m in other.shared]
