"""The engine's epoch, advanced from a native thread.

The guest thread holds the GIL, so no Python thread can count time for it. timer_create(2) with SIGEV_THREAD has libc
call `wasmtime_engine_increment_epoch(engine)` itself: sigval is a pointer wide, and the engine is that pointer.
"""
from __future__ import annotations

import ctypes
import os
from ctypes import c_int, c_long, c_uint64, c_void_p

from .capi_host import dll

_CLOCK_MONOTONIC = 1
_SIGEV_THREAD = 2

_libc = ctypes.CDLL(None, use_errno=True)
#: From glibc 2.34 in libc itself, before in librt.
_rt = _libc if hasattr(_libc, "timer_create") else ctypes.CDLL("librt.so.1", use_errno=True)


class _Sigevent(ctypes.Structure):
    _fields_ = [("value", c_void_p), ("signo", c_int), ("notify", c_int), ("function", c_void_p),
                ("attributes", c_void_p), ("pad", c_uint64 * 4)]


class _Itimerspec(ctypes.Structure):
    _fields_ = [("interval_s", c_long), ("interval_ns", c_long), ("value_s", c_long), ("value_ns", c_long)]


class Ticker:
    """Advances an engine's epoch every `period_ns` while started."""

    def __init__(self, engine_pointer: int, period_ns: int) -> None:
        self._engine_pointer, self._period_ns = engine_pointer, period_ns
        self._pid = 0

    def start(self) -> None:
        if self._pid != os.getpid():  # timer_create(2): not inherited by fork(2)
            self._create()
        self._set(self._period_ns)

    def stop(self) -> None:
        self._set(0)

    def _create(self) -> None:
        function = ctypes.cast(dll.wasmtime_engine_increment_epoch, c_void_p).value
        event = _Sigevent(self._engine_pointer, 0, _SIGEV_THREAD, function, None)
        self._timer = c_void_p()
        if _rt.timer_create(_CLOCK_MONOTONIC, ctypes.byref(event), ctypes.byref(self._timer)):
            raise OSError(ctypes.get_errno(), "timer_create")
        self._pid = os.getpid()

    def _set(self, period_ns: int) -> None:
        spec = _Itimerspec(0, period_ns, 0, period_ns)
        if _rt.timer_settime(self._timer, 0, ctypes.byref(spec), None):
            raise OSError(ctypes.get_errno(), "timer_settime")
