"""What a module must be before it is compiled: read from its sections, nothing of it is run."""
from __future__ import annotations

_MAGIC = b"\0asm\x01\0\0\0"
_EXPORT, _START = 7, 8
_FUNCTION, _MEMORY, _GLOBAL = 0, 2, 3
_KINDS = {b"memory": _MEMORY, b"_start": _FUNCTION, b"__stack_pointer": _GLOBAL, b"__heap_base": _GLOBAL}


class UnsafeModule(ValueError):
    """Not a program for this kernel."""


def check_module(data: bytes | memoryview) -> None:
    """Raises UnsafeModule unless `data` has the exports of the guest ABI, each of its kind, and no start function.

    A start function would run while the module is instantiated, where nothing could take the processor from it.
    """
    view = memoryview(data)
    if bytes(view[:8]) != _MAGIC:
        raise UnsafeModule("not a wasm module of version 1")
    at, found = 8, {}
    while at < len(view):
        section = view[at]
        size, start = _leb(view, at + 1)
        at = start + size
        if at > len(view):
            raise UnsafeModule("a section ends outside the module")
        if section == _START:
            raise UnsafeModule("it has a start function")
        if section == _EXPORT:
            found = _exports(view[start:at])
    for name, kind in _KINDS.items():
        if found.get(name) != kind:
            raise UnsafeModule(f"it does not export {name.decode()}")


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
