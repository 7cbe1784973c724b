"""What a module must be before it is compiled: read from its sections, nothing of it is run."""
from __future__ import annotations

from enum import Enum

_MAGIC = b"\0asm\x01\0\0\0"
_IMPORT, _EXPORT, _START = 2, 7, 8
_FUNCTION, _MEMORY, _GLOBAL = 0, 2, 3
_KINDS = {b"memory": _MEMORY, b"_start": _FUNCTION, b"__stack_pointer": _GLOBAL, b"__heap_base": _GLOBAL}
_WASI = b"wasi_snapshot_preview1"
_WASI_ENTRIES = (b"_start", b"run")
#: Import sections are looked at this far: nobody's is larger.
_IMPORT_BYTES_MAX = 1 << 20


class UnsafeModule(ValueError):
    """Not a program for this kernel."""


class Kind(Enum):
    """Which kernel interface a program is made for."""

    LINUX = "linux"
    WASI = "wasi"


def check_module(data: bytes | memoryview) -> Kind:
    """Raises UnsafeModule unless `data` has the exports of its interface, each of its kind, and no start function.

    What imports from WASI preview 1 is a WASI program, anything else one of the guest ABI. A start function would run
    while the module is instantiated, where nothing could take the processor from it.
    """
    view = memoryview(data)
    if bytes(view[:8]) != _MAGIC:
        raise UnsafeModule("not a wasm module of version 1")
    at, found, kind = 8, {}, Kind.LINUX
    while at < len(view):
        section = view[at]
        size, start = _leb(view, at + 1)
        at = start + size
        if at > len(view):
            raise UnsafeModule("a section ends outside the module")
        if section == _START:
            raise UnsafeModule("it has a start function")
        if section == _IMPORT and _WASI in bytes(view[start:min(at, start + _IMPORT_BYTES_MAX)]):
            kind = Kind.WASI
        if section == _EXPORT:
            found = _exports(view[start:at])
    if kind is Kind.WASI:
        if found.get(b"memory") != _MEMORY:
            raise UnsafeModule("it does not export memory")
        if not any(found.get(name) == _FUNCTION for name in _WASI_ENTRIES):
            raise UnsafeModule("it exports neither _start nor run")
        return kind
    for name, expected in _KINDS.items():
        if found.get(name) != expected:
            raise UnsafeModule(f"it does not export {name.decode()}")
    return kind


def _exports(section: memoryview) -> dict[bytes, int]:
    """Export names and kinds."""
    count, at = _leb(section, 0)
    found = {}
    for _ in range(count):
        size, at = _leb(section, at)
        name = bytes(section[at:at + size])
        at += size
        if at >= len(section):
            raise UnsafeModule("the export section is cut short")
        found[name] = section[at]
        _, at = _leb(section, at + 1)
    return found


def _leb(view: memoryview, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number, and where it ends."""
    value = shift = 0
    while True:
        if at >= len(view) or shift > 28:
            raise UnsafeModule("a number is cut short")
        byte = view[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
