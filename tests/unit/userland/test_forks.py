import pytest

from cloche.userland import forks, wasm

from .modules import call, call_indirect, module


def reached(functions, table, never=()):
    parsed = wasm.Module(module(functions, table))
    return {parsed.name(index) for index in forks.may_fork(parsed, parsed.imported("linux", "fork"), never)}


def test_a_function_that_calls_fork_and_its_callers_may_fork():
    assert reached([("a", 0, call(0)), ("b", 0, call(1)), ("c", 0, b"")], []) == {"a", "b"}


def test_an_indirect_call_reaches_functions_of_its_type_in_the_table():
    functions = [("forks", 0, call(0)), ("same type", 0, call_indirect(0)), ("other type", 0, call_indirect(1))]
    assert reached(functions, [1]) == {"forks", "same type"}


def test_an_indirect_call_does_not_reach_a_function_whose_address_is_not_taken():
    assert reached([("forks", 0, call(0)), ("calls", 0, call_indirect(0))], []) == {"forks"}


def test_a_claim_takes_away_indirect_calls_only():
    functions = [("forks", 0, call(0)), ("claimed", 0, call_indirect(0)), ("claimed too", 0, call(1))]
    assert reached(functions, [1], ("claimed.*",)) == {"forks", "claimed too"}


def test_the_path_to_fork_is_named():
    parsed = wasm.Module(module([("a", 0, call(0)), ("b", 0, call(1))], []))
    assert forks.path_to_fork(parsed, 0) == ["b", "a"]


def test_names_are_unique_in_order_of_index():
    parsed = wasm.Module(module([("same", 0, b""), ("same", 0, b"")], []))
    assert parsed.unique_names() == {0: "fork", 1: "same", 2: "same.2"}


def test_names_are_written_and_stripped():
    data = module([("a", 0, b"")], [])
    assert wasm.Module(wasm.with_names(data, {0: "x", 1: "y"})).names == {0: "x", 1: "y"}
    assert wasm.Module(wasm.strip(data)).names == {}


@pytest.mark.parametrize("value", [0, 127, 128, 16383, 16384, 2**32 - 1])
def test_leb_reads_what_it_writes(value):
    encoded = wasm.encode_leb(value)
    assert wasm.leb(encoded + b"\xff", 0) == (value, len(encoded))


@pytest.mark.parametrize(("instruction", "size"), [
    (b"\x41\xff\x00", 3), (b"\x0e\x02\x00\x01\x02", 5), (b"\xfd\x0c" + bytes(16), 18), (b"\x28\x02\x04", 3),
    (b"\xfc\x0a\x00\x00", 4), (b"\x44" + bytes(8), 9), (b"\xfd\xe4\x01", 3), (b"\x1c\x01\x7f", 3)])
def test_the_next_instruction_is_found(instruction, size):
    assert wasm.after(instruction + b"\x0b", 0) == size


def test_what_is_no_module_is_refused():
    with pytest.raises(wasm.MalformedModule):
        wasm.Module(b"\x7fELF")
