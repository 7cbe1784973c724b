"""Small modules of the guest ABI, from the text format."""
from __future__ import annotations

import wasmtime

IMPORTS = """
    (import "linux" "syscall" (func $syscall (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
    (import "linux" "block" (func $block))
    (import "linux" "fork" (func $fork (result i32)))
    (import "linux" "init" (func $init (result i32)))"""


def build(body: str = "", *, start: str | None = None, memory: str = '(memory (export "memory") 4)',
          stack_pointer: str = '(global $sp (export "__stack_pointer") (mut i32) (i32.const 131072))',
          heap_base: str = '(global (export "__heap_base") i32 (i32.const 196608))', imports: str = IMPORTS,
          extra: str = "") -> bytes:
    """A module whose _start has `body`."""
    start = f'(func (export "_start") {body})' if start is None else start
    return bytes(wasmtime.wat2wasm(f"(module {imports} {memory} {stack_pointer} {heap_base} {extra} {start})"))


def call(number: int, *arguments: int | str) -> str:
    """linux.syscall, its result on the stack."""
    words = [number, *arguments, 0, 0, 0, 0, 0, 0][:7]
    return "(call $syscall " + " ".join(word if isinstance(word, str) else f"(i32.const {word})" for word in words) + ")"


def exits(code: int | str) -> str:
    return f"(drop {call(94, code)})"
