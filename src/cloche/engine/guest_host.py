"""A guest: one module instance in a store of its own, with its memory and its call of _start on a fiber.

The raw addresses of guest memory are used here and nowhere else, and every range is checked against the memory's size
first: a module's exported globals and what it wrote to its memory are the guest's word, and decide nothing.
"""
from __future__ import annotations

import ctypes
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from wasmtime import _ffi as ffi

from ..kernel.guest import Fault, Guest
from . import capi_host as c
from .fault import signal_of

if TYPE_CHECKING:
    from .wasmtime_host import WasmProgram

_PAGE = 65536
_HOST_PAGE = 4096
_FUEL_TANK = (1 << 63) - 1
_NORMAL, _UNWINDING, _REWINDING = 0, 1, 2
_I32 = 0  # WASMTIME_I32


class WasmGuest:
    """Implements kernel/guest.py's Guest."""

    owns_memory = False
    exit_code = 0

    def __init__(self, program: WasmProgram, memory_bytes_max: int) -> None:
        engine = program.engine
        self.program = program
        self.can_fork = program.can_fork
        self._memory_bytes_max = memory_bytes_max
        self._future: int | None = None
        self._elapsed, self._started = 0, 0
        self._hurried = False
        self._store = c.store_new(engine.pointer, None, None)
        self._limit(memory_bytes_max)
        self._context = c.store_context(self._store)
        self._fuel = engine.deterministic
        if self._fuel:
            c.check(c.set_fuel(self._context, _FUEL_TANK))
            c.check(c.fuel_yield(self._context, engine.fuel_slice))
        else:
            c.epoch_yield(self._context, 1)
            c.epoch_deadline(self._context, 1)
        self._trap, self._error = ctypes.c_void_p(), ctypes.c_void_p()
        self._trap_ref, self._error_ref = ctypes.byref(self._trap), ctypes.byref(self._error)
        self._instance = c.Instance()
        try:
            self._future = c.pre_instantiate(program.pre, self._context, self._instance, self._trap_ref,
                                             self._error_ref)
            while not self._poll():
                pass
            self._memory = self._export(b"memory", c.MEMORY)
            self._refresh()
            self._find_exports()
        except Fault:
            self.close()
            raise
        self._limit(self.size)

    def _find_exports(self) -> None:
        """What of the module is called, and where its memory is free. Fault if it is not there."""
        program = self.program
        self._main = self._export(b"_start", c.FUNCTION)
        # An export costs 5 us to look up: fork wants these several times.
        self._globals = {name: self._export(name, c.GLOBAL) for name in program.mutable_globals}
        self._stack_global = self._globals[b"__stack_pointer"]
        self._state, self._data = self._globals.get(b"__asyncify_state"), self._globals.get(b"__asyncify_data")
        if program.heap_base is None:
            program.heap_base = self._global(self._export(b"__heap_base", c.GLOBAL))
        self.heap_base = min(program.heap_base, self._memory_bytes_max)

    def _limit(self, memory_bytes: int) -> None:
        """The memory is never larger than the kernel made it: a memory.grow of the guest's own fails.

        Two memories: the guest's, and the heap of wasm exceptions.
        """
        c.store_limiter(self._store, memory_bytes, 1 << 20, 1, 4, 2)

    def _export(self, name: bytes, kind: int) -> Any:
        """The handle of an export, which must be of `kind`: a handle used as another kind would break wasmtime."""
        item = ffi.wasmtime_extern_t()
        if not c.export_get(self._context, self._instance, name, len(name), ctypes.byref(item)) or item.kind != kind:
            raise Fault(f"no export {name!r}")
        handle = c.Handle()
        ctypes.memmove(handle, ctypes.addressof(item.of), 24)
        return handle

    # globals

    def _global(self, handle: Any) -> int:
        value = ffi.wasmtime_val_t()
        c.global_get(self._context, handle, ctypes.byref(value))
        return value.of.i32 & 0xFFFFFFFF

    def _set_global(self, handle: Any, number: int) -> None:
        value = ffi.wasmtime_val_t()
        value.kind = _I32  # checked when the module was loaded (wasm_format.py)
        value.of.i32 = number - (1 << 32) if number >= 1 << 31 else number
        c.check(c.global_set(self._context, handle, ctypes.byref(value)))

    @property
    def stack_pointer(self) -> int:
        return self._global(self._stack_global)

    def pending_flag(self) -> int:
        """Its address, if it lies in memory; wasm-ld exports a data symbol as a global that holds the address."""
        if not self.program.has_pending_flag:
            return 0
        address = self._global(self._export(b"__cloche_sigpending", c.GLOBAL))
        return address if address + 4 <= self.size else 0

    # memory

    def _refresh(self) -> None:
        """Looks the memory up: its size may have changed."""
        self._base = c.memory_data(self._context, self._memory)
        self.size = c.memory_size(self._context, self._memory)
        self.view = memoryview((ctypes.c_char * self.size).from_address(self._base)).cast("B")

    def grow(self, size: int) -> bool:
        missing = (size - self.size + _PAGE - 1) // _PAGE
        if missing > 0:
            if size > self._memory_bytes_max:
                return False
            previous = ctypes.c_uint64()
            self._limit(self.size + missing * _PAGE)
            error = c.memory_grow(self._context, self._memory, missing, ctypes.byref(previous))
            if error:
                c.error_delete(error)
                self._limit(self.size)
                return False
            self._refresh()
        return True

    def allow(self, size: int) -> None:
        raise AssertionError("the kernel grows this guest's memory")

    def _check(self, start: int, end: int) -> None:
        if not 0 <= start <= end <= self.size:
            raise Fault(f"range {start:#x}-{end:#x} is outside the guest's memory")

    def zero(self, start: int, end: int) -> None:
        """Whole pages are given back to the host."""
        self._check(start, end)
        first, last = (start + _HOST_PAGE - 1) & -_HOST_PAGE, end & -_HOST_PAGE
        if last - first < 4 * _HOST_PAGE:
            ctypes.memset(self._base + start, 0, end - start)
            return
        ctypes.memset(self._base + start, 0, first - start)
        if c.libc.madvise(self._base + first, last - first, c.MADV_DONTNEED):
            ctypes.memset(self._base + first, 0, last - first)
        ctypes.memset(self._base + last, 0, end - last)

    def move(self, to: int, start: int, size: int) -> None:
        self._check(to, to + size)
        self._check(start, start + size)
        ctypes.memmove(self._base + to, self._base + start, size)

    def copy_from(self, other: Guest, ranges: Iterable[tuple[int, int]]) -> None:
        assert isinstance(other, WasmGuest)
        for start, end in ranges:
            other._check(start, end)
            self._check(start, end)
            ctypes.memmove(self._base + start, other._base + start, end - start)

    # the running call

    def start(self) -> None:
        assert self._future is None
        self._future = c.call_async(self._context, self._main, None, 0, None, 0, self._trap_ref, self._error_ref)

    def resume(self) -> bool:
        if self._fuel:
            if self._hurried:
                self._hurried = False
                self._slice(self.program.engine.fuel_slice)
            return self._poll()
        self._started = time.thread_time_ns()
        try:
            return self._poll()
        finally:
            self._elapsed += time.thread_time_ns() - self._started
            self._started = 0

    def excuse(self, ns: int) -> None:
        """CPU time that is not this guest's doing, such as compiling the program it executes."""
        if self._started:
            self._started += ns

    def yield_soon(self) -> None:
        # wasm looks at fuel and epoch where a function begins and where a loop goes round.
        if self._fuel:
            self._hurried = True
            self._slice(1)
        else:
            c.epoch_deadline(self._context, 0)

    def _slice(self, fuel: int) -> None:
        c.check(c.fuel_yield(self._context, fuel))
        c.check(c.set_fuel(self._context, self._fuel_left()))

    def _fuel_left(self) -> int:
        left = ctypes.c_uint64()
        c.check(c.get_fuel(self._context, ctypes.byref(left)))
        return left.value

    def _poll(self) -> bool:
        if self._future is None:
            raise Fault("it has no call in progress")
        if not c.future_poll(self._future):
            return False
        c.future_delete(self._future)
        self._future = None
        if self._trap.value:
            trap, self._trap.value = self._trap.value, None
            code = ctypes.c_uint8()
            known = c.trap_code(trap, ctypes.byref(code))
            message = c.take_message(c.trap_message, trap, c.trap_delete)
            raise Fault(message.split("\n", 1)[0], signal_of(code.value if known else None, message))
        if self._error.value:
            error, self._error.value = self._error.value, None
            message = c.take_message(c.error_message, error, c.error_delete)
            raise Fault(message.split("\n", 1)[0], signal_of(None, message))
        return True

    @property
    def cpu_ns(self) -> int:
        """CPU time of the host in the guest and in its system calls; with fuel, one ns a unit."""
        if self._fuel:
            return _FUEL_TANK - self._fuel_left()
        return self._elapsed + (time.thread_time_ns() - self._started if self._started else 0)

    # fork

    def sibling(self) -> WasmGuest:
        guest = WasmGuest(self.program, self._memory_bytes_max)
        value = ffi.wasmtime_val_t()
        try:
            for mine, its in zip(self._globals.values(), guest._globals.values(), strict=True):
                c.global_get(self._context, mine, ctypes.byref(value))
                c.check(c.global_set(guest._context, its, ctypes.byref(value)))
        except Fault:
            guest.close()
            raise
        return guest

    def unwind(self, buffer: int) -> None:
        self._set_global(self._data, buffer)
        self._set_global(self._state, _UNWINDING)

    def rewind(self, buffer: int) -> None:
        self._set_global(self._data, buffer)
        self._set_global(self._state, _REWINDING)

    @property
    def settled(self) -> bool:
        return self._state is None or self._global(self._state) == _NORMAL

    def settle(self) -> None:
        self._set_global(self._state, _NORMAL)

    def close(self) -> None:
        self.view = memoryview(b"")
        self.size = 0
        if self._future:
            c.future_delete(self._future)
            self._future = None
        if self._store:
            c.store_delete(self._store)
            self._store = None
