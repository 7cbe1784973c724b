"""The engine: compiled programs, and guests whose calls run on wasmtime's fibers.

Two ways to take the processor from a guest, chosen when the engine is made: by fuel, deterministic, for replay; by
epochs that a timer advances, 1.2 times faster. See docs/decisions/D-0004.
"""
from __future__ import annotations

import ctypes
import hashlib
import logging
import resource
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import wasmtime
from wasmtime import _ffi as ffi

from ..abi.errno import Errno, SysError
from ..abi.structs import U32
from ..errors import ClocheError
from ..fs.image import NodeDirectory, NodeFile, programs
from ..kernel.guest import Fault
from ..kernel.scheduler import RUNNABLE
from ..syscalls.dispatch import make_entry, make_fork_entry
from . import capi_host as c
from .guest_host import WasmGuest
from .module_cache_host import ModuleCache
from .ticker_host import Ticker
from .wasi_host import WasiGuest, WasiLinker, leave
from .wasm_format import Kind, Shape, UnsafeModule, check_module

log = logging.getLogger("cloche.engine")

#: A time slice: fuel (about one unit an instruction), or nanoseconds.
FUEL_SLICE = 20_000_000
EPOCH_NS = 10_000_000
#: Bytes of wasm that a guest may ask to have compiled, where that is allowed at all.
FOREIGN_BYTES_MAX = 16 << 20

_SLOTS = struct.Struct("<" + "I12x" * 7)

#: The pooling allocator keeps the memory of processes that ended for the next: its pages stay resident, so that a fork
#: need not fault them in again (page faults cost 1.5 us each on a virtual machine). A process whose program throws has a
#: second memory, for wasmtime's GC.
_POOL = {
    "total_core_instances": 4096, "total_memories": 4096, "total_gc_heaps": 4096, "total_tables": 4096,
    "total_stacks": 4096, "table_elements": 65536, "max_memory_size": 4 << 30, "max_unused_warm_slots": 64,
    "max_core_instance_size": 4 << 20,  # 32 bytes for every function whose address is taken: python3-sci has 47,000
    "linear_memory_keep_resident": 8 << 20, "async_stack_keep_resident": 64 << 10, "table_keep_resident": 64 << 10,
}
#: Below this much address space (ulimit -v) the pool's reservations do not fit.
_POOL_ADDRESS_SPACE = 64 << 40


class Engine:
    """Compiler settings, the imports every guest links to, and the programs compiled so far."""

    def __init__(self, cache: Path, deterministic: bool = False, foreign_programs: bool = False) -> None:
        self.deterministic, self.fuel_slice = deterministic, FUEL_SLICE
        self.current: Any = None
        self._lock, self._owner = threading.Lock(), 0
        self._foreign = foreign_programs
        config = wasmtime.Config()
        config.strategy = "cranelift"
        config.cranelift_opt_level = "speed"
        config.wasm_exceptions = True
        config.consume_fuel = deterministic
        config.epoch_interruption = not deterministic
        ffi.wasmtime_config_memory_init_cow_set(config.ptr(), True)
        ffi.wasmtime_config_memory_may_move_set(config.ptr(), False)
        ffi.wasmtime_config_async_stack_size_set(config.ptr(), 9 << 20)
        ffi.wasmtime_config_max_wasm_stack_set(config.ptr(), 8 << 20)
        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        pool = limit == resource.RLIM_INFINITY or limit > _POOL_ADDRESS_SPACE
        if pool:
            _set_pool(config)
        else:
            ffi.wasmtime_config_memory_reservation_set(config.ptr(), 64 << 20)
            ffi.wasmtime_config_memory_may_move_set(config.ptr(), True)
        self._engine = wasmtime.Engine(config)
        self.pointer = ctypes.cast(self._engine.ptr(), ctypes.c_void_p).value
        self._cache = ModuleCache(cache / "modules")
        # Which wasmtime: asking for its version would import a fifth of the standard library.
        library = Path(ffi.filename).stat()
        version = f"{library.st_size} {library.st_mtime_ns}"
        self._key = f"wasmtime {version} speed fuel={deterministic} pool={pool} v2".encode()
        self._programs: dict[bytes, WasmProgram] = {}
        self._of_image: dict[NodeFile, WasmProgram] = {}
        self._images: dict[NodeDirectory, dict[int, list[NodeFile]]] = {}
        self._linker = c.linker_new(self.pointer)
        self._alive: list[Any] = []
        self._define(b"syscall", 7, 1, make_entry(self, _SLOTS.unpack_from, U32.pack_into, c.HOST, leave))
        self._define(b"init", 0, 1, self._init)
        self._define(b"fork", 0, 1, make_fork_entry(self, U32.pack_into, c.HOST, leave))
        self._define_block()
        self._wasi = WasiLinker(self)
        self.ticker = None if deterministic else Ticker(self.pointer, EPOCH_NS)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Around everything that runs guests: they run on one thread at a time, others wait for their turn.

        ClocheError for a thread that is in already: a callback cannot run a guest inside another one's call.
        """
        me = threading.get_ident()
        if self._owner == me:
            raise ClocheError("a sandbox runs in this thread already: start the next run after it, not from a callback")
        with self._lock:
            self._owner = me
            try:
                yield
            finally:
                self._owner = 0

    # imports

    def _define(self, name: bytes, parameters: int, results: int, callback: Callable[..., Any]) -> None:
        """Defines the import linux.NAME: all i32; callback is (env, caller, slots address, count) -> trap or None."""
        i32 = wasmtime.ValType.i32
        kind = wasmtime.FuncType([i32()] * parameters, [i32()] * results)
        function = c.UNCHECKED(callback)
        self._alive += [kind, function]
        c.check(c.define_unchecked(self._linker, b"linux", 5, name, len(name), ctypes.cast(kind.ptr(), ctypes.c_void_p),
                                   ctypes.cast(function, ctypes.c_void_p), None, None))

    def _define_block(self) -> None:
        """linux.block: suspends the caller's fiber; the machine resumes it when its process can run again."""
        ready = c.CONTINUE(lambda env: self.current.state is RUNNABLE)
        record = (ctypes.c_uint64 * 3)(ctypes.cast(ready, ctypes.c_void_p).value or 0, 0, 0)
        address, move = ctypes.addressof(record), ctypes.memmove

        def block(env, caller, arguments, count, results, nresults, trap, continuation):
            move(continuation, address, 24)

        function = c.ASYNC(block)
        kind = wasmtime.FuncType([], [])
        self._alive += [ready, record, function, kind]
        c.check(c.define_async(self._linker, b"linux", 5, b"block", 5, ctypes.cast(kind.ptr(), ctypes.c_void_p),
                               ctypes.cast(function, ctypes.c_void_p), None, None))

    def _init(self, env: Any, caller: Any, slots: int, count: int) -> None:
        U32.pack_into(c.HOST, slots, self.current.start_block)

    # programs

    def load(self, inode: Any, image: NodeDirectory) -> WasmProgram:
        """The program in a regular file (vfs): from memory, from the disk cache, or compiled.

        Only programs of the machine's image may run, under whatever name, and copies of them, unless `foreign_programs`:
        compiling is work that a guest could ask for without bound. EACCES then; ENOEXEC for what is no program.
        """
        program = inode.module
        if program is not None and program.engine is self:
            return program
        node = getattr(inode, "contents", None)
        if not isinstance(node, NodeFile):
            node = None if self._foreign else self._original(inode, image)
        program = self._of_image.get(node) if node is not None else None
        if program is None:
            if bytes(inode.read_at(0, 4)) != b"\0asm" or (node is None and inode.size > FOREIGN_BYTES_MAX):
                raise SysError(Errno.ENOEXEC)
            data = inode.read_at(0, inode.size)
            digest = hashlib.sha256(data).digest()
            program = self._programs.get(digest)
            if program is None:
                started = time.thread_time_ns()
                program = self._programs[digest] = self._compile(digest, data)
                if self.current is not None and self.current.guest is not None:
                    self.current.guest.excuse(time.thread_time_ns() - started)
            if node is not None:
                self._of_image[node] = program
        inode.module = program
        return program

    def _original(self, inode: Any, image: NodeDirectory) -> NodeFile:
        """The program of the image that a file is a copy of; EACCES if there is none, whatever ran before."""
        sizes = self._images.get(image)
        if sizes is None:
            sizes = self._images[image] = programs(image)
        if bytes(inode.read_at(0, 4)) != b"\0asm":
            raise SysError(Errno.ENOEXEC)
        for node in sizes.get(inode.size, ()):
            if inode.read_at(0, inode.size) == node.data:
                return node
        raise SysError(Errno.EACCES)

    def _compile(self, digest: bytes, data: bytes | memoryview) -> WasmProgram:
        try:
            shape = check_module(data)
            name = hashlib.sha256(self._key + digest).hexdigest()
            module = self._cache.get(self._engine, name, lambda: bytes(data))
            pre = ctypes.c_void_p()
            linker = self._wasi.pointer if shape.kind is Kind.WASI else self._linker
            c.check(c.linker_pre(linker, ctypes.cast(module.ptr(), ctypes.c_void_p), ctypes.byref(pre)))
        except (wasmtime.WasmtimeError, UnsafeModule, Fault) as error:
            log.info("not a program: %s", error)
            raise SysError(Errno.ENOEXEC) from None
        return WasmProgram(self, module, pre.value, shape)


class WasmProgram:
    """A compiled module linked to the kernel's imports."""

    def __init__(self, engine: Engine, module: wasmtime.Module, pre: int | None, shape: Shape) -> None:
        self.engine, self.pre = engine, pre
        self._module = module  # keeps its code alive
        self.mutable_globals = shape.mutable_globals
        self.can_fork = {b"__asyncify_state", b"__asyncify_data"} <= shape.mutable_words
        self.has_pending_flag = b"__cloche_sigpending" in shape.words
        self.entries = shape.entries
        self._guest = WasiGuest if shape.kind is Kind.WASI else WasmGuest
        #: Read from the first instance, before any code of it could run: all begin with the same.
        self.heap_base: int | None = None

    def instantiate(self, memory_bytes_max: int) -> WasmGuest:
        return self._guest(self, memory_bytes_max)


def _set_pool(config: wasmtime.Config) -> None:
    pool = ffi.wasmtime_pooling_allocation_config_new()
    for option, value in _POOL.items():
        getattr(ffi, f"wasmtime_pooling_allocation_config_{option}_set")(pool, value)
    ffi.wasmtime_pooling_allocation_strategy_set(config.ptr(), pool)
    ffi.wasmtime_pooling_allocation_config_delete(pool)
