"""The layout of a process's memory, against a model of pages: no overlap, zeroed, charged to the byte."""
from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from unit.fakes import HEAP_BASE, MEMORY_BYTES, FakeEngine, FakeGuest, FakeProgram

from cloche.abi.errno import Errno, SysError
from cloche.abi.mman import PAGE_SIZE
from cloche.mm.address_space import BREAK_WINDOW_BYTES, WASM_PAGE, AddressSpace, MemoryLedger

_MAX = 8 << 20


def _space(bytes_max=_MAX, process_max=_MAX, **options):
    ledger = MemoryLedger(bytes_max)
    guest = FakeGuest(FakeProgram(FakeEngine(), None, **options), process_max)
    return AddressSpace(guest, ledger), ledger


def _errno(call, *arguments):
    with pytest.raises(SysError) as caught:
        call(*arguments)
    return caught.value.errno


class Layout(RuleBasedStateMachine):
    """`pages` of mappings hold a number each, written to their first and last byte; `heap` likewise."""

    @initialize()
    def begin(self):
        self.space, self.ledger = _space(bytes_max=64 << 20)
        self.forks = []
        self.pages: dict[int, int] = {}
        self.next = 1
        self.heap = self.space.break_start

    def _fill(self, start, size):
        for page in range(start, start + size, PAGE_SIZE):
            assert page not in self.pages
            assert self.space.read(page, PAGE_SIZE) == bytes(PAGE_SIZE)
            self._write(page)

    def _write(self, page):
        self.pages[page] = self.next = self.next % 255 + 1
        self.space.write(page, bytes([self.next]))
        self.space.write(page + PAGE_SIZE - 1, bytes([self.next]))

    @rule(size=st.integers(1, 40 * PAGE_SIZE))
    def map(self, size):
        whole = -(-size // PAGE_SIZE) * PAGE_SIZE
        try:
            start = self.space.map(size)
        except SysError as error:
            assert error.errno is Errno.ENOMEM
            assert self.space.top + whole > _MAX
            return
        self._fill(start, whole)

    @precondition(lambda self: self.pages)
    @rule(data=st.data(), count=st.integers(1, 30))
    def unmap(self, data, count):
        start = data.draw(st.sampled_from(sorted(self.pages)))
        self.space.unmap(start, count * PAGE_SIZE - data.draw(st.integers(0, PAGE_SIZE - 1)))
        for page in range(start, start + count * PAGE_SIZE, PAGE_SIZE):
            self.pages.pop(page, None)

    @precondition(lambda self: self.space.top > self.space.mmap_base)
    @rule(data=st.data(), count=st.integers(1, 20))
    def map_fixed(self, data, count):
        space = self.space
        start = data.draw(st.integers(space.mmap_base // PAGE_SIZE, space.top // PAGE_SIZE - 1)) * PAGE_SIZE
        if start + count * PAGE_SIZE > space.top:
            assert _errno(space.map_fixed, start, count * PAGE_SIZE) is Errno.ENOMEM
            return
        assert space.map_fixed(start, count * PAGE_SIZE) == start
        for page in range(start, start + count * PAGE_SIZE, PAGE_SIZE):
            self.pages.pop(page, None)
        self._fill(start, count * PAGE_SIZE)

    @precondition(lambda self: self.pages)
    @rule(data=st.data(), old=st.integers(1, 12), new=st.integers(1, 24), may_move=st.booleans())
    def remap(self, data, old, new, may_move):
        start = data.draw(st.sampled_from(sorted(self.pages)))
        olds = range(start, start + old * PAGE_SIZE, PAGE_SIZE)
        if any(page not in self.pages for page in olds):
            assert _errno(self.space.remap, start, old * PAGE_SIZE, new * PAGE_SIZE, may_move) is Errno.EFAULT
            return
        try:
            moved = self.space.remap(start, old * PAGE_SIZE, new * PAGE_SIZE, may_move)
        except SysError as error:
            assert error.errno is Errno.ENOMEM and new > old
            return
        assert moved == start or may_move
        numbers = [self.pages.pop(page) for page in olds][:new]
        for i, number in enumerate(numbers):
            assert moved + i * PAGE_SIZE not in self.pages
            self.pages[moved + i * PAGE_SIZE] = number
        if new > old:
            self._fill(moved + old * PAGE_SIZE, (new - old) * PAGE_SIZE)

    @rule(offset=st.integers(-PAGE_SIZE, BREAK_WINDOW_BYTES + PAGE_SIZE))
    def brk(self, offset):
        space, before = self.space, self.heap
        address = space.break_start + offset
        after = space.set_break(address)
        assert after == (address if 0 <= offset <= BREAK_WINDOW_BYTES else before)
        if after > before:
            assert space.read(before, after - before) == bytes(after - before)
            space.write(before, b"\xff" * (after - before))
        self.heap = after

    @rule()
    def fork(self):
        guest = self.space.guest.sibling()
        try:
            child = self.space.copy(guest, None)
        except SysError as error:
            assert error.errno is Errno.ENOMEM
            return
        self.forks.append(self.space)
        self.space = child  # the child goes on: what it sees must be the parent's

    @precondition(lambda self: self.forks)
    @rule()
    def leave(self):
        self.forks.pop(0).close()

    @invariant()
    def contents(self):
        for page, number in self.pages.items():
            assert self.space.view[page] == self.space.view[page + PAGE_SIZE - 1] == number

    @invariant()
    def layout(self):
        space = self.space
        ends = [space.mmap_base]
        for start, end in space.free:
            assert ends[-1] < start < end or ends == [space.mmap_base] == [start]
            ends.append(end)
        assert not space.free or space.free[-1][1] < space.top
        free = sum(end - start for start, end in space.free)
        assert space.top - space.mmap_base - free == len(self.pages) * PAGE_SIZE
        assert space.mapped == len(self.pages) * PAGE_SIZE + self.heap - space.break_start

    @invariant()
    def ledger_is_exact(self):
        assert self.ledger.used == sum(space.guest.size for space in [self.space, *self.forks])


Layout.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestLayout = Layout.TestCase


def test_a_process_is_charged_for_its_memory_and_gives_all_of_it_back():
    space, ledger = _space()
    assert ledger.used == MEMORY_BYTES
    start = space.map(10 * WASM_PAGE)
    assert ledger.used == space.guest.size == start + 10 * WASM_PAGE
    space.unmap(start, 10 * WASM_PAGE)
    assert ledger.used == space.guest.size  # the program can still use it
    assert space.mapped == 0
    space.close()
    space.close()
    assert ledger.used == 0


def test_the_machines_limit_is_enomem_and_takes_nothing():
    space, ledger = _space(bytes_max=MEMORY_BYTES + BREAK_WINDOW_BYTES + 4 * WASM_PAGE)
    assert _errno(space.map, 32 * WASM_PAGE) is Errno.ENOMEM
    assert (ledger.used, ledger.refused, space.mapped) == (MEMORY_BYTES, 1, 0)
    assert space.map(WASM_PAGE) == space.mmap_base
    with pytest.raises(SysError):
        AddressSpace(space.guest, MemoryLedger(MEMORY_BYTES - 1))


def test_rlimit_as_bounds_break_and_mappings_together():
    space, _ = _space()
    space.bytes_max = 3 * PAGE_SIZE
    assert space.set_break(space.break_start + PAGE_SIZE) == space.break_start + PAGE_SIZE
    first = space.map(2 * PAGE_SIZE)
    assert _errno(space.map, 1) is Errno.ENOMEM
    assert space.set_break(space.break_start + PAGE_SIZE + 1) == space.break_start + PAGE_SIZE
    space.unmap(first, PAGE_SIZE)
    assert space.map(1) == first


@pytest.mark.parametrize(("call", "arguments", "errno"), [
    ("map", (0,), Errno.EINVAL),
    ("map", (0xFFFFFFFF,), Errno.ENOMEM),
    ("map", (1 << 31,), Errno.ENOMEM),
    ("map_fixed", (0x1001, PAGE_SIZE), Errno.EINVAL),
    ("map_fixed", (0x1000, PAGE_SIZE), Errno.ENOMEM),
    ("map_fixed", (0xFFFFF000, 0xFFFFFFFF), Errno.ENOMEM),
    ("unmap", (1, PAGE_SIZE), Errno.EINVAL),
    ("unmap", (0, 0), Errno.EINVAL),
    ("remap", (0, PAGE_SIZE, PAGE_SIZE, True), Errno.EFAULT),
    ("remap", (0xFFFFF000, 0xFFFFFFFF, 0xFFFFFFFF, True), Errno.EFAULT),
    ("remap", (4096, PAGE_SIZE, 0, True), Errno.EINVAL),
])
def test_ranges_outside_the_mappings(call, arguments, errno):
    space, ledger = _space()
    assert _errno(getattr(space, call), *arguments) is errno
    assert (ledger.used, space.mapped, space.free) == (MEMORY_BYTES, 0, [])


def test_unmapping_what_the_module_owns_changes_nothing():
    space, _ = _space()
    space.write(0, b"data")
    space.unmap(0, 0xFFFFFFFF)
    assert space.read(0, 4) == b"data"


@pytest.mark.parametrize("address", [MEMORY_BYTES - 3, MEMORY_BYTES, 0x7FFFFFFF, 0xFFFFFFFF])
def test_addresses_outside_the_memory_are_efault(address):
    space, _ = _space()
    assert _errno(space.read, address, 4) is Errno.EFAULT
    assert _errno(space.window, address, 4) is Errno.EFAULT
    assert _errno(space.write, address, b"1234") is Errno.EFAULT


def test_a_string_ends_at_its_null_byte_or_the_limit():
    space, _ = _space()
    space.write(100, b"a" * 4095 + b"\0")
    assert space.string(100) == b"a" * 4095
    assert _errno(space.string, 100, 4095) is Errno.ENAMETOOLONG
    space.write(MEMORY_BYTES - 3, b"abc")
    assert _errno(space.string, MEMORY_BYTES - 3) is Errno.EFAULT


def test_an_array_of_strings_is_charged_to_the_byte():
    space, _ = _space()
    space.write(100, b"one\0two\0")
    for i, pointer in enumerate((100, 104, 0)):
        space.put_u32(200 + 4 * i, pointer)
    assert space.strings(200, 16) == ([b"one", b"two"], 0)
    assert _errno(space.strings, 200, 15) is Errno.E2BIG


@pytest.mark.parametrize("options", [
    {"stack_pointer": 0}, {"stack_pointer": 100}, {"stack_pointer": 0xFFFFFFFF}, {"heap_base": 0},
    {"heap_base": 0x3FFFFFFF}, {"heap_base": 0xFFFFFFFF}, {"stack_pointer": 0xFFFFFFFF, "heap_base": 0xFFFFFFFF},
])
def test_globals_that_lie_harm_only_the_liar(options):
    space, ledger = _space(bytes_max=64 << 20, process_max=32 << 20, **options)
    space.set_break(space.break_start)
    space.set_break(space.break_start + 1)
    frames = None
    try:
        frames = space.fork_buffer()
    except SysError as error:
        assert error.errno is Errno.ENOMEM
    else:
        assert 0 < frames[0] < frames[1] <= space.guest.size
    child = space.copy(space.guest.sibling(), frames)
    assert child.guest.size == space.guest.size
    child.close()
    space.close()
    assert ledger.used == 0


def test_frames_go_to_the_dead_stack_or_above_the_mappings():
    space, _ = _space(bytes_max=64 << 20, process_max=32 << 20)
    guest, sp = space.guest, space.guest.stack_pointer
    guest.stack_pointer = sp - 4096
    assert space.fork_buffer() == (16, sp - 4096 - 256)
    guest.stack_pointer = sp // 4  # deep in recursion
    assert space.fork_buffer() == (space.top, space.top + (8 << 20))
    guest.stack_pointer = HEAP_BASE  # a stack of its own making, over live data
    start, _ = space.fork_buffer()
    assert start == space.top
    space.write(start, b"frames")
    space.end_fork((start, start + 100))
    assert space.read(start, 6) == bytes(6)


def test_holes_are_limited_as_linux_limits_maps(monkeypatch):
    monkeypatch.setattr("cloche.mm.address_space._HOLES_MAX", 3)
    space, _ = _space()
    start = space.map(20 * PAGE_SIZE)
    for i in range(1, 7, 2):
        space.unmap(start + i * PAGE_SIZE, PAGE_SIZE)
    assert _errno(space.unmap, start + 9 * PAGE_SIZE, PAGE_SIZE) is Errno.ENOMEM


class _File:
    """An OpenFile over a bytearray."""

    def __init__(self, data, room=1 << 30):
        self.data, self.room, self.refs = bytearray(data), room, 0
        self.inode = self

    @property
    def size(self):
        return len(self.data)

    def get(self):
        self.refs += 1
        return self

    def put(self):
        self.refs -= 1

    def read_at(self, position, count):
        return bytes(self.data[position:position + count])

    def write_at(self, position, data):
        if position + len(data) > self.room:
            raise SysError(Errno.ENOSPC)
        self.data[position:position + len(data)] = data
        return len(data)


def test_a_shared_mapping_cut_in_the_middle_writes_back_what_it_held():
    space, ledger = _space()
    file = _File(b"a" * 4 * PAGE_SIZE)
    before = ledger.used
    start = space.map_file(file, 0, 4 * PAGE_SIZE, True)
    for i in range(4):
        space.write(start + i * PAGE_SIZE, b"%d" % i)
    space.unmap(start + PAGE_SIZE, PAGE_SIZE)
    assert file.data[PAGE_SIZE:PAGE_SIZE + 2] == b"1a"
    assert file.data[:1] + file.data[2 * PAGE_SIZE:2 * PAGE_SIZE + 1] == b"aa"
    space.drop_shared()
    assert [chr(file.data[i * PAGE_SIZE]) for i in range(4)] == ["0", "1", "2", "3"]
    assert file.refs == 0
    assert ledger.used == before + space.guest.size - MEMORY_BYTES


def test_a_shared_mapping_moves_with_mremap():
    space, _ = _space()
    file = _File(b"a" * PAGE_SIZE)
    start = space.map_file(file, 0, PAGE_SIZE, True)
    space.map(PAGE_SIZE)  # in the way
    moved = space.remap(start, PAGE_SIZE, 2 * PAGE_SIZE, True)
    assert moved != start
    space.write(moved, b"moved")
    space.sync_shared()
    assert file.data[:6] == b"moveda"


def test_a_file_that_grew_meanwhile_is_not_overwritten_with_zeros():
    space, _ = _space()
    file = _File(b"a" * 10)
    start = space.map_file(file, 0, PAGE_SIZE, True)
    file.data += b"b" * 10
    space.write(start + 1, b"AA")
    space.sync_shared()
    assert file.data == b"aAAaaaaaaa" + b"b" * 10


def test_a_full_disk_is_told_to_msync_and_not_to_exit():
    space, _ = _space()
    file = _File(b"a" * PAGE_SIZE, room=0)
    start = space.map_file(file, 0, PAGE_SIZE, True)
    space.write(start, b"b")
    assert _errno(space.sync_shared) is Errno.ENOSPC
    space.drop_shared()
    assert file.refs == 0


def test_a_fork_shares_the_file_and_pays_for_its_own_copy():
    space, ledger = _space(bytes_max=64 << 20)
    file = _File(b"a" * PAGE_SIZE)
    start = space.map_file(file, 0, PAGE_SIZE, True)
    child = space.copy(space.guest.sibling(), None)
    assert (file.refs, ledger.used) == (2, 2 * (space.guest.size + PAGE_SIZE))
    child.write(start, b"c")
    child.drop_shared()
    assert (file.refs, file.data[:2]) == (1, b"ca")
