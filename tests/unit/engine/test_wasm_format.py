"""What a module must be, checked before wasmtime sees it; any bytes are an answer, never another exception."""
from __future__ import annotations

from contextlib import suppress

import pytest
import wasmtime
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.engine.wasm_builder import build

from cloche.engine.wasm_format import UnsafeModule, check_module


def test_the_shape_of_an_ordinary_program():
    shape = check_module(build(extra="""
        (global (export "__asyncify_state") (mut i32) (i32.const 0))
        (global (export "v") (mut v128) (v128.const i32x4 1 2 3 4))
        (global (export "wide") i64 (i64.const -1))
        (global (export "sum") f64 (f64.const 1.5))"""))
    assert shape.mutable_globals == (b"__stack_pointer", b"__asyncify_state", b"v")
    assert shape.words == {b"__stack_pointer", b"__heap_base", b"__asyncify_state"}
    assert shape.mutable_words == {b"__stack_pointer", b"__asyncify_state"}


REFUSED = {
    "it has a start function": {"extra": "(func $s) (start $s)"},
    "it has no memory": {"memory": '(global (export "memory") i32 (i32.const 0))'},
    "its memory is not an ordinary one": {"memory": '(memory (export "memory") 1 2 shared)'},
    "its memory is not an ordinary one ": {"memory": '(memory (export "memory") i64 1)'},
    "it has not one memory": {"memory": '(memory (export "memory") 1) (memory 1)'},
    "it imports something else than functions": {"imports": '(import "linux" "m" (memory 1))'},
    "it imports something else than functions ": {"imports": '(import "linux" "g" (global i32))'},
    "it imports something else than functions  ": {"imports": '(import "linux" "t" (table 1 funcref))'},
    "it does not export memory": {"memory": "(memory 1)"},
    "it does not export memory ": {"memory": '(memory 1) (func (export "memory"))'},
    "it does not export _start": {"start": '(global (export "_start") i32 (i32.const 0))'},
    "it does not export __heap_base": {"heap_base": '(func (export "__heap_base"))'},
    "it does not export __stack_pointer": {"stack_pointer": ""},
    "__stack_pointer is no mutable i32, or __heap_base no i32":
        {"stack_pointer": '(global (export "__stack_pointer") i32 (i32.const 0))'},
    "__stack_pointer is no mutable i32, or __heap_base no i32 ":
        {"stack_pointer": '(global (export "__stack_pointer") (mut i64) (i64.const 0))'},
    "__stack_pointer is no mutable i32, or __heap_base no i32  ":
        {"heap_base": '(global (export "__heap_base") f64 (f64.const 0))'},
    "it exports a mutable reference": {"extra": '(global (export "r") (mut externref) (ref.null extern))'},
    "it exports a mutable reference ": {"extra": '(global (export "r") (mut funcref) (ref.null func))'},
}


@pytest.mark.parametrize("reason", REFUSED)
def test_refused(reason):
    with pytest.raises(UnsafeModule) as caught:
        check_module(build(**REFUSED[reason]))
    assert str(caught.value) == reason.strip()


@settings(max_examples=400)
@given(st.binary(max_size=200))
def test_any_bytes(data):
    for prefix in (b"", b"\0asm\x01\0\0\0"):
        with pytest.raises(UnsafeModule):
            check_module(prefix + data)


@settings(max_examples=600)
@given(st.data())
def test_an_ordinary_program_with_bytes_changed(data):
    code = bytearray(build(extra='(global (export "v") (mut v128) (v128.const i32x4 1 2 3 4))'))
    for _ in range(data.draw(st.integers(1, 4))):
        code[data.draw(st.integers(0, len(code) - 1))] = data.draw(st.integers(0, 255))
    code = bytes(code[:data.draw(st.integers(0, len(code)))]) if data.draw(st.booleans()) else bytes(code)
    try:
        check_module(code)
    except UnsafeModule:
        return
    with suppress(wasmtime.WasmtimeError):  # may be no module for other reasons
        wasmtime.Module(wasmtime.Engine(), code)


def test_numbers_that_are_too_long_or_cut_short():
    for tail in (b"\x07\xff\xff\xff\xff\xff\x01", b"\x07\xff\xff", b"\x07", b"\x07\x01\xff", b"\x06\x02\x01\x7f"):
        with pytest.raises(UnsafeModule):
            check_module(b"\0asm\x01\0\0\0" + tail)
