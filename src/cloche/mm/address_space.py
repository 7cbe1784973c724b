"""A process's address space: checked access to guest memory, the break, and mappings; Linux's `struct mm_struct`.

What is charged to the machine is the size of the wasm memory, which only grows: wasm has no protection, so a program can
use all of it, whatever it has unmapped. What munmap(2) gives back is used again by the same process. # L-MM-005

Layout, from address 0: the dead part of the stack, the stack, static data (all three the module's), the break window,
mappings up to `top`. Every access goes through `view`, an exact-size window: a bad address is an IndexError, ValueError or
struct.error, never a host address.
"""
from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno, SysError
from ..abi.limits import ARG_STRLEN_MAX, PATH_MAX
from ..abi.mman import PAGE_SIZE
from ..abi.structs import U32

if TYPE_CHECKING:
    from ..kernel.guest import Guest

#: Address space set apart for brk(2), above the program's static data. Untouched pages cost nothing.
BREAK_WINDOW_BYTES = 1 << 20
#: wasm's unit of growth.
WASM_PAGE = 65536
#: Linux's vm.max_map_count: holes between mappings. ENOMEM from munmap(2).
_HOLES_MAX = 65530
#: Frames of a guest that forks need more than this below the stack pointer.
_FORK_BUFFER_MIN = 16 << 10
#: Leaf functions may write this far below __stack_pointer without moving it.
_RED_ZONE = 256
#: Room for the frames of a guest that forks deep in recursion, when the dead part of the stack is too small.
_DEEP_FORK_BUFFER = 8 << 20


def page_up(value: int) -> int:
    return (value + PAGE_SIZE - 1) & -PAGE_SIZE


def _changed(new: bytes, old: bytes) -> tuple[int, int]:
    """The range in which two different byte strings of one length differ."""
    first = bisect_left(range(len(new)), True, key=lambda end: new[:end + 1] != old[:end + 1])
    same = bisect_left(range(len(new)), True, key=lambda count: new[-1 - count:] != old[-1 - count:])
    return first, len(new) - same


class MemoryLedger:
    """Bytes of memory of all processes of a machine together, against `Limits.memory_bytes_max`."""

    __slots__ = ("bytes_max", "peak", "refused", "used")

    def __init__(self, bytes_max: int) -> None:
        self.bytes_max, self.used, self.peak = bytes_max, 0, 0
        self.refused = 0  # how often there was no more

    def charge(self, size: int) -> bool:
        """Takes `size` bytes (or gives back, if negative). False, and nothing taken, at the limit."""
        used = self.used + size
        if size > 0 and used > self.bytes_max:
            self.refused += 1
            return False
        self.used = used
        if used > self.peak:
            self.peak = used
        return True


class SharedMapping:
    """A MAP_SHARED mapping of a file: written back at msync, munmap, fork, exec and exit. # L-MM-001

    `clean` is what the file is known to hold there, zeros after its end; it is charged as the mapping itself is.
    """

    __slots__ = ("clean", "file", "offset", "size", "start")

    def __init__(self, start: int, size: int, file: Any, offset: int, clean: bytes) -> None:
        self.start, self.size, self.file, self.offset, self.clean = start, size, file, offset, clean


class AddressSpace:
    """Owns the layout of one guest's memory. Everything from mmap_base to top that is not in `free` is mapped."""

    def __init__(self, guest: Guest, ledger: MemoryLedger) -> None:
        """ENOMEM if the machine has no room for the guest's memory as it is."""
        self.guest = guest
        self._ledger = ledger
        self._charged = 0
        self._charge(guest.size)
        heap = guest.heap_base
        self.break_start = self.break_end = (heap + 15) & -16
        self.mmap_base = self.top = page_up(max(guest.size, heap + BREAK_WINDOW_BYTES))
        self._stack_top = guest.stack_pointer
        self.free: list[tuple[int, int]] = []  # sorted, disjoint (start, end)
        self.shared: list[SharedMapping] = []
        #: Bytes of break and mappings, and RLIMIT_AS for them.
        self.mapped = 0
        self.bytes_max = 1 << 32

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
        # Most are short: a look at 256 bytes spares copying up to `limit` for each.
        data = bytes(self.guest.view[address:address + min(limit, 256)])
        end = data.find(0)
        if end < 0 and limit > 256:
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
    def break_max(self) -> int:
        return min(self.break_start + BREAK_WINDOW_BYTES, self.mmap_base)

    def set_break(self, address: int) -> int:
        """brk(2): the break, unchanged if it cannot move there."""
        if not self.break_start <= address <= self.break_max:
            return self.break_end
        more = address - self.break_end
        if more > 0:
            if self.mapped + more > self.bytes_max or not self._grow(address):
                return self.break_end
        elif more < 0:
            self.guest.zero(address, self.break_end)
        self.mapped += more
        self.break_end = address
        return address

    def map(self, size: int) -> int:
        """The address of `size` bytes of zeroed memory. ENOMEM if there is none."""
        if size == 0:
            raise SysError(Errno.EINVAL)
        size = page_up(size)
        if self.mapped + size > self.bytes_max:
            raise SysError(Errno.ENOMEM)
        for i, (start, end) in enumerate(self.free):
            if end - start >= size:
                if end - start == size:
                    del self.free[i]
                else:
                    self.free[i] = (start + size, end)
                break
        else:
            start = self.top
            if not self._grow(start + size):
                raise SysError(Errno.ENOMEM)
            self.top = start + size
        self.mapped += size
        return start

    def map_fixed(self, start: int, size: int) -> int:
        """MAP_FIXED: zeroed memory at `start`, which must lie where mappings are, or were. # L-MM-003"""
        end = start + page_up(size)
        if start & (PAGE_SIZE - 1) or size == 0:
            raise SysError(Errno.EINVAL)
        if not self.mmap_base <= start < end <= self.top:
            raise SysError(Errno.ENOMEM)
        new = self._unmapped(start, end)
        if self.mapped + new > self.bytes_max or len(self.free) >= _HOLES_MAX:
            raise SysError(Errno.ENOMEM)
        if self.shared:
            self._forget_shared(start, end)
        self.guest.zero(start, end)
        kept = []
        for low, high in self.free:
            if high <= start or low >= end:
                kept.append((low, high))
                continue
            if low < start:
                kept.append((low, start))
            if end < high:
                kept.append((end, high))
        self.free = kept
        self.mapped += new
        return start

    def _unmapped(self, start: int, end: int) -> int:
        """How many bytes of a range are free."""
        return sum(max(0, min(high, end) - max(low, start)) for low, high in self.free)

    def unmap(self, start: int, size: int) -> None:
        """munmap(2): gives the range back, zeroed for its next user."""
        end = start + page_up(size)
        if start & (PAGE_SIZE - 1) or size == 0:
            raise SysError(Errno.EINVAL)
        start, end = max(start, self.mmap_base), min(end, self.top)
        if start >= end:
            return
        if len(self.free) >= _HOLES_MAX:
            raise SysError(Errno.ENOMEM)
        if self.shared:
            self._forget_shared(start, end)
        self.mapped -= end - start - self._unmapped(start, end)
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
        """mremap(2)."""
        old_size, new_size = page_up(old_size), page_up(new_size)
        if start & (PAGE_SIZE - 1) or new_size == 0:
            raise SysError(Errno.EINVAL)
        end = start + old_size
        if not self.mmap_base <= start < end <= self.top or self._unmapped(start, end):
            raise SysError(Errno.EFAULT)
        if new_size <= old_size:
            if new_size < old_size:
                self.unmap(start + new_size, old_size - new_size)
            return start
        more = new_size - old_size
        if end == self.top:
            if self.mapped + more > self.bytes_max or not self._grow(end + more):
                raise SysError(Errno.ENOMEM)
            self.top = end + more
            self.mapped += more
            return start
        if not may_move:
            raise SysError(Errno.ENOMEM)
        moved = self.map(new_size)
        self.guest.move(moved, start, old_size)
        for mapping in self._cut_shared(start, end):
            mapping.start += moved - start
            self.shared.append(mapping)
        self.unmap(start, old_size)
        return moved

    def _charge(self, size: int) -> None:
        if not self._ledger.charge(size):
            raise SysError(Errno.ENOMEM)
        self._charged += size

    def _grow(self, size: int) -> bool:
        """Makes the guest's memory at least `size` bytes, and charges what it grows by."""
        missing = (size + WASM_PAGE - 1 & -WASM_PAGE) - self.guest.size
        if missing > 0:
            if not self._ledger.charge(missing):
                return False
            if not self.guest.grow(size):
                self._ledger.charge(-missing)
                return False
            self._charged += missing
        return True

    def allow_growth(self) -> None:
        """Before a program that grows its memory itself (WASI) runs: as far as the machine and RLIMIT_AS have room."""
        ledger = self._ledger
        self.guest.allow(min(self.bytes_max, self.guest.size + ledger.bytes_max - ledger.used))

    def follow_growth(self) -> None:
        """After it has run: charges what it took. No other process ran meanwhile, so there is still room."""
        grown = self.guest.size - self._charged
        if grown:
            self._charge(grown)

    def close(self) -> None:
        """The process is gone: gives back what it was charged."""
        self._ledger.charge(-self._charged)
        self._charged = 0

    # shared file mappings

    def map_file(self, file: Any, offset: int, size: int, shared: bool, start: int | None = None) -> int:
        """mmap(2) of a file: its bytes, copied; `shared` ones are written back later."""
        whole = page_up(size)
        if shared:
            self._charge(whole)
        try:
            start = self.map(size) if start is None else self.map_fixed(start, size)
        except SysError:
            if shared:
                self._charge(-whole)
            raise
        # Linux maps whole pages: what follows `size` in the last one is the file's too.
        data = file.read_at(offset, whole)
        self.write(start, data)
        if shared:
            self.shared.append(SharedMapping(start, whole, file.get(), offset, bytes(data)))
        return start

    def sync_shared(self, start: int = 0, end: int = 1 << 32) -> None:
        """msync(2): writes changed bytes of shared mappings back, as far as the file reaches."""
        for mapping in self.shared:
            if mapping.start < end and start < mapping.start + mapping.size:
                self._write_back(mapping)

    def _write_back(self, mapping: SharedMapping) -> None:
        size = min(mapping.size, max(0, mapping.file.inode.size - mapping.offset))
        data = self.read(mapping.start, size)
        clean = mapping.clean
        if data == clean:
            return
        for at in range(0, size, PAGE_SIZE):
            page = data[at:at + PAGE_SIZE]
            old = clean[at:at + PAGE_SIZE].ljust(len(page), b"\0")
            if page != old:
                # Only what the program changed: the file may have got other bytes around it since.
                first, last = _changed(page, old)
                mapping.file.write_at(mapping.offset + at + first, page[first:last])
        mapping.clean = data

    def _cut_shared(self, start: int, end: int) -> list[SharedMapping]:
        """Takes the shared mappings in a page range out of the list: what of them lies outside stays."""
        inside, kept = [], []
        for mapping in self.shared:
            for low, high, into in ((mapping.start, start, kept), (start, end, inside), (end, 1 << 32, kept)):
                low, high = max(low, mapping.start), min(high, mapping.start + mapping.size)
                if low < high:
                    skip = low - mapping.start
                    into.append(SharedMapping(low, high - low, mapping.file.get(), mapping.offset + skip,
                                              mapping.clean[skip:skip + high - low]))
            mapping.file.put()
        self.shared = kept
        return inside

    def _forget_shared(self, start: int, end: int) -> None:
        for mapping in self._cut_shared(start, end):
            with suppress(SysError):  # munmap and exit have nobody to tell of a full disk
                self._write_back(mapping)
            self._charge(-mapping.size)
            mapping.file.put()

    def drop_shared(self) -> None:
        """exec, exit: the mappings go."""
        if self.shared:
            self._forget_shared(0, 1 << 32)

    # fork

    def fork_buffer(self) -> tuple[int, int]:
        """(start, end) of where asyncify saves the frames of a guest that forks; inside its memory.

        Normally the stack's dead part: the stack comes first in memory and grows down towards 0, and nothing below its
        pointer is in use but the red zone. A guest deep in recursion, or on a stack of its own making, gets memory above
        its mappings instead; ENOMEM if there is none.
        """
        pointer = self.guest.stack_pointer
        if _FORK_BUFFER_MIN < pointer <= min(self._stack_top, self.guest.size) \
                and pointer > 4 * (self._stack_top - pointer):
            return 16, (pointer - _RED_ZONE) & -16
        if not self._grow(self.top + _DEEP_FORK_BUFFER):
            raise SysError(Errno.ENOMEM)
        return self.top, self.top + _DEEP_FORK_BUFFER

    def end_fork(self, frames: tuple[int, int]) -> None:
        """The frames have been restored: memory above the mappings is zero again, for the next mapping."""
        if frames[0] >= self.top:
            self.guest.zero(*frames)

    def live(self, frames: tuple[int, int] | None) -> Iterator[tuple[int, int]]:
        """The ranges whose contents matter to a fork: asyncify's frames, stack to break, mappings."""
        if frames is not None:
            yield frames
        # The stack pointer is the guest's word; so was the address of its heap.
        end = min(self.break_end, self.guest.size)
        yield max(0, min((self.guest.stack_pointer - _RED_ZONE) & -PAGE_SIZE, end)), end
        start = self.mmap_base
        for low, high in [*self.free, (self.top, self.top)]:
            if low > start:
                yield start, low
            start = high

    def twin(self, guest: Guest, ledger: MemoryLedger) -> AddressSpace:
        """This space's layout, without contents, for a sibling of its guest. ENOMEM if there is no room."""
        space = AddressSpace(guest, ledger)
        if not space._grow(self.guest.size):
            space.close()
            raise SysError(Errno.ENOMEM)
        space.break_start, space.break_end = self.break_start, self.break_end
        space.mmap_base, space.top, space.free = self.mmap_base, self.top, list(self.free)
        space._stack_top, space.mapped, space.bytes_max = self._stack_top, self.mapped, self.bytes_max
        return space

    def copy(self, guest: Guest, frames: tuple[int, int] | None) -> AddressSpace:
        """fork(2): this space's layout and contents in a sibling of its guest. ENOMEM if there is no room."""
        with suppress(SysError):
            self.sync_shared()
        space = self.twin(guest, self._ledger)
        try:
            for mapping in self.shared:
                space._charge(mapping.size)
        except SysError:
            space.close()
            raise
        guest.copy_from(self.guest, self.live(frames))
        space.shared = [SharedMapping(m.start, m.size, m.file.get(), m.offset, m.clean) for m in self.shared]
        return space
