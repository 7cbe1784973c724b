"""Bytes of files, holes and what they are charged."""
from hypothesis import given, settings
from hypothesis import strategies as st

from cloche.abi.errno import Errno, SysError
from cloche.fs.contents import Contents
from cloche.lib.budget import Budget

_SIZE = 40000
_steps = st.lists(st.one_of(
    st.tuples(st.just("write"), st.integers(0, _SIZE), st.integers(1, 9000)),
    st.tuples(st.just("truncate"), st.integers(0, _SIZE), st.just(0)),
    st.tuples(st.just("punch"), st.integers(0, _SIZE), st.integers(1, 20000)),
    st.tuples(st.just("allocate"), st.integers(0, _SIZE), st.integers(1, 20000))), max_size=12)


def _bytes(contents, position, count):
    return bytes(contents.read(position, count))


@settings(deadline=None, max_examples=300)
@given(_steps)
def test_contents_are_a_bytearray_with_holes(steps):
    budget = Budget("disk_bytes_max", 1 << 20, Errno.ENOSPC)
    contents, model, pages = Contents(budget), bytearray(), set()
    for number, (what, position, count) in enumerate(steps):
        end = position + count
        if what == "write":
            data = bytes([number + 1]) * count
            contents.write(position, data)
            model.extend(bytes(max(0, end - len(model))))
            model[position:end] = data
            pages |= set(range(position // 4096, -(-end // 4096)))
        elif what == "truncate":
            contents.truncate(position)
            model.extend(bytes(max(0, position - len(model))))
            del model[position:]
            pages = {page for page in pages if page * 4096 < position}
        elif what == "punch":
            contents.punch(position, count)
            stop = min(end, len(model))
            if position < stop:
                model[position:stop] = bytes(stop - position)
            reach = min(end, -(-len(model) // 4096) * 4096)
            pages -= set(range(-(-position // 4096), reach // 4096))
        else:
            contents.allocate(position, count, False)
            model.extend(bytes(max(0, end - len(model))))
            pages |= set(range(position // 4096, -(-end // 4096)))
        assert contents.size == len(model)
        assert _bytes(contents, 0, 1 << 20) == bytes(model)
        assert _bytes(contents, 5000, 5000) == bytes(model[5000:10000])
        assert budget.used == contents.charged == 4096 * len(pages)
        window = memoryview(bytearray(_SIZE))
        assert contents.read_into(3, window) == max(0, min(_SIZE, len(model) - 3))
    contents.free()
    assert budget.used == 0


def test_a_sparse_gigabyte_costs_a_page():
    budget = Budget("disk_bytes_max", 1 << 20, Errno.ENOSPC)
    contents = Contents(budget)
    contents.write((1 << 30) - 1, b"x")
    assert (contents.size, contents.blocks, budget.used) == (1 << 30, 8, 4096)
    assert contents.seek_data(0) == (1 << 30) - 4096
    assert contents.seek_hole(0) == 0
    assert contents.seek_hole((1 << 30) - 4096) == 1 << 30


def test_nothing_changes_when_there_is_no_space():
    budget = Budget("disk_bytes_max", 8192, Errno.ENOSPC)
    contents = Contents(budget, b"a" * 4096)
    for change in (lambda: contents.write(4096, bytes(4097)), lambda: contents.allocate(0, 12288, False)):
        try:
            change()
        except SysError as error:
            assert error.errno is Errno.ENOSPC
        else:
            raise AssertionError("it fitted")
        assert (contents.size, budget.used) == (4096, 4096)
        assert _bytes(contents, 0, 10000) == b"a" * 4096
