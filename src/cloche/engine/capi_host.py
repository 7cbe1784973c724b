"""wasmtime's C API, as much of it as the engine uses, through ctypes.

PyDLL keeps the GIL held across a call: guests run on one host thread at a time, and a guest-to-kernel call costs 0.1 us
instead of 8 us through wasmtime-py's Func. A function that runs a guest may call back into Python, so it must not be a CDLL's.
"""
from __future__ import annotations

import ctypes
from ctypes import c_bool, c_char_p, c_int64, c_size_t, c_uint64, c_void_p

from wasmtime import _ffi as ffi

from ..kernel.guest import Fault

dll = ctypes.PyDLL(str(ffi.filename))


def _declare(name, result, *arguments):
    function = dll[name]
    function.restype, function.argtypes = result, arguments
    return function


store_new = _declare("wasmtime_store_new", c_void_p, c_void_p, c_void_p, c_void_p)
store_context = _declare("wasmtime_store_context", c_void_p, c_void_p)
store_delete = _declare("wasmtime_store_delete", None, c_void_p)
store_limiter = _declare("wasmtime_store_limiter", None, c_void_p, *[c_int64] * 5)
set_fuel = _declare("wasmtime_context_set_fuel", c_void_p, c_void_p, c_uint64)
get_fuel = _declare("wasmtime_context_get_fuel", c_void_p, c_void_p, c_void_p)
fuel_yield = _declare("wasmtime_context_fuel_async_yield_interval", c_void_p, c_void_p, c_uint64)
epoch_yield = _declare("wasmtime_context_epoch_deadline_async_yield_and_update", None, c_void_p, c_uint64)
epoch_deadline = _declare("wasmtime_context_set_epoch_deadline", None, c_void_p, c_uint64)
linker_new = _declare("wasmtime_linker_new", c_void_p, c_void_p)
define_unchecked = _declare("wasmtime_linker_define_func_unchecked", c_void_p, c_void_p, c_char_p, c_size_t, c_char_p,
                            c_size_t, c_void_p, c_void_p, c_void_p, c_void_p)
define_async = _declare("wasmtime_linker_define_async_func", c_void_p, c_void_p, c_char_p, c_size_t, c_char_p,
                        c_size_t, c_void_p, c_void_p, c_void_p, c_void_p)
linker_pre = _declare("wasmtime_linker_instantiate_pre", c_void_p, c_void_p, c_void_p, c_void_p)
pre_instantiate = _declare("wasmtime_instance_pre_instantiate_async", c_void_p, c_void_p, c_void_p, c_void_p,
                           c_void_p, c_void_p)
export_get = _declare("wasmtime_instance_export_get", c_bool, c_void_p, c_void_p, c_char_p, c_size_t, c_void_p)
call_async = _declare("wasmtime_func_call_async", c_void_p, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p,
                      c_size_t, c_void_p, c_void_p)
future_poll = _declare("wasmtime_call_future_poll", c_bool, c_void_p)
future_delete = _declare("wasmtime_call_future_delete", None, c_void_p)
memory_data = _declare("wasmtime_memory_data", c_void_p, c_void_p, c_void_p)
memory_size = _declare("wasmtime_memory_data_size", c_size_t, c_void_p, c_void_p)
memory_grow = _declare("wasmtime_memory_grow", c_void_p, c_void_p, c_void_p, c_uint64, c_void_p)
global_get = _declare("wasmtime_global_get", None, c_void_p, c_void_p, c_void_p)
global_set = _declare("wasmtime_global_set", c_void_p, c_void_p, c_void_p, c_void_p)
error_message = _declare("wasmtime_error_message", None, c_void_p, c_void_p)
error_delete = _declare("wasmtime_error_delete", None, c_void_p)
trap_new = _declare("wasmtime_trap_new", c_void_p, c_char_p, c_size_t)
trap_code = _declare("wasmtime_trap_code", c_bool, c_void_p, c_void_p)
trap_message = _declare("wasm_trap_message", None, c_void_p, c_void_p)
trap_delete = _declare("wasm_trap_delete", None, c_void_p)
byte_vec_delete = _declare("wasm_byte_vec_delete", None, c_void_p)

UNCHECKED = ctypes.CFUNCTYPE(c_void_p, c_void_p, c_void_p, c_void_p, c_size_t)
ASYNC = ctypes.CFUNCTYPE(None, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_void_p, c_void_p)
CONTINUE = ctypes.CFUNCTYPE(c_bool, c_void_p)

#: All of the host's address space: only for the argument slots that wasmtime hands to a callback, never for a pointer
#: that a guest had a hand in.
HOST = memoryview((ctypes.c_char * (1 << 47)).from_address(0)).cast("B")

libc = ctypes.PyDLL(None, use_errno=True)
libc.madvise.argtypes = (c_void_p, c_size_t, ctypes.c_int)
MADV_DONTNEED = 4

Handle = c_uint64 * 3  # wasmtime_func_t, _memory_t, _global_t
Instance = c_uint64 * 2
#: Kinds of exports (wasmtime_extern_kind_t).
FUNCTION, GLOBAL, MEMORY = 0, 1, 3


def take_message(read, item, delete) -> str:
    """The message of an error or trap, which is then deleted."""
    message = ffi.wasm_byte_vec_t()
    read(item, ctypes.byref(message))
    text = ffi.to_str(message).rstrip("\0")
    byte_vec_delete(ctypes.byref(message))
    delete(item)
    return text


def check(error) -> None:
    """Raises Fault for an error that wasmtime returned."""
    if error:
        raise Fault(take_message(error_message, error, error_delete))
