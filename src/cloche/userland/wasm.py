"""A WebAssembly module as bytes: its sections, imports, names, and who calls whom. No I/O, no wasmtime.

Core specification 2.0, with the legacy exception instructions that clang writes and `ref.test` of the GC proposal.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MAGIC = b"\0asm\1\0\0\0"
CUSTOM, TYPE, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL, EXPORT, START, ELEMENT, CODE, DATA, DATA_COUNT, TAG = range(14)

# How many LEB128 immediates follow an opcode; those that have none; the rest is in `_after_unusual`.
CALL, CALL_INDIRECT, _RETURN_CALL, _RETURN_CALL_INDIRECT, GLOBAL_GET, _TRY, _REF_FUNC = 16, 17, 18, 19, 0x23, 6, 0xD2
_LEBS = {**dict.fromkeys(range(0x28, 0x3F), 2), **dict.fromkeys(range(0x20, 0x27), 1),
         0x02: 1, 0x03: 1, 0x04: 1, _TRY: 1, 0x07: 1, 0x08: 1, 0x09: 1, 0x0C: 1, 0x0D: 1, 0x18: 1,
         CALL: 1, CALL_INDIRECT: 2, _RETURN_CALL: 1, _RETURN_CALL_INDIRECT: 2,
         0x3F: 1, 0x40: 1, 0x41: 1, 0x42: 1, 0xD0: 1, _REF_FUNC: 1}
_PLAIN = frozenset({0x00, 0x01, 0x05, 0x0B, 0x0F, 0x19, 0x1A, 0x1B, 0xD1, *range(0x45, 0xC5)})
_MISC_LEBS = {**dict.fromkeys(range(8), 0), 8: 2, 9: 1, 10: 2, 11: 1, 12: 2, 13: 1, 14: 2, 15: 1, 16: 1, 17: 1}


class MalformedModule(ValueError):
    """Not a module that this reader understands."""


@dataclass(slots=True)
class Calls:
    """What one function's body does that matters for a call graph."""

    direct: set[int] = field(default_factory=set)
    indirect: set[int] = field(default_factory=set)  # type indices
    taken: set[int] = field(default_factory=set)  # functions whose reference it takes
    tries: int = 0


def leb(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number and the position after it."""
    result = shift = 0
    while True:
        byte = data[at]
        at += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, at
        shift += 7


def encode_leb(value: int) -> bytes:
    """An unsigned number as LEB128."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def sections(data: bytes) -> list[tuple[int, bytes]]:
    """(number, contents) of every section, in order."""
    if data[:8] != MAGIC:
        raise MalformedModule("not a WebAssembly module of version 1")
    at, found = 8, []
    while at < len(data):
        number = data[at]
        size, at = leb(data, at + 1)
        if at + size > len(data):
            raise MalformedModule("a section is cut off")
        found.append((number, data[at:at + size]))
        at += size
    return found


def join(parts: list[tuple[int, bytes]]) -> bytes:
    """The module made of these sections."""
    return MAGIC + b"".join(bytes([number]) + encode_leb(len(body)) + body for number, body in parts)


def strip(data: bytes) -> bytes:
    """The module without its custom sections (names, producers, target features)."""
    return join([part for part in sections(data) if part[0] != CUSTOM])


def with_names(data: bytes, names: dict[int, str]) -> bytes:
    """The module with these function names, which are unique, as its only custom section."""
    assert len(set(names.values())) == len(names)
    entries = b"".join(encode_leb(index) + _encode_name(name) for index, name in sorted(names.items()))
    entries = encode_leb(len(names)) + entries
    body = _encode_name("name") + b"\x01" + encode_leb(len(entries)) + entries
    return join([part for part in sections(data) if part[0] != CUSTOM] + [(CUSTOM, body)])


def _encode_name(name: str) -> bytes:
    data = name.encode()
    return encode_leb(len(data)) + data


def has_exceptions(data: bytes) -> bool:
    """Whether the module declares an exception tag, so may throw or catch."""
    return any(number == TAG for number, _ in sections(data))


def _name(data: bytes, at: int) -> tuple[str, int]:
    size, at = leb(data, at)
    return data[at:at + size].decode(errors="replace"), at + size


def _skip_limits(data: bytes, at: int) -> int:
    flags = data[at]
    _, at = leb(data, at + 1)
    return leb(data, at)[1] if flags & 1 else at


class Module:
    """The function index space of a module and the calls between its functions."""

    def __init__(self, data: bytes) -> None:
        self.types: list[bytes] = []
        self.function_types: list[int] = []
        self.imports: list[tuple[str, str]] = []  # of functions
        self.exports: dict[str, int] = {}  # of functions
        self.names: dict[int, str] = {}
        self.table: set[int] = set()
        self.calls: dict[int, Calls] = {}
        for number, body in sections(data):
            match number:
                case 1:
                    self._read_types(body)
                case 2:
                    self._read_imports(body)
                case 3:
                    self._read_functions(body)
                case 7:
                    self._read_exports(body)
                case 9:
                    self._read_elements(body)
                case 10:
                    self._read_code(body)
                case 0:
                    self._read_names(body)
                case _:
                    pass

    def name(self, index: int) -> str:
        return self.names.get(index, str(index))

    def unique_names(self) -> dict[int, str]:
        """A name for every function; static functions of one name are told apart by their index."""
        seen: dict[str, int] = {}
        for index in range(len(self.function_types)):
            seen.setdefault(self.name(index), index)
        return {index: self.name(index) if seen[self.name(index)] == index else f"{self.name(index)}.{index}"
                for index in range(len(self.function_types))}

    def imported(self, module: str, name: str) -> int | None:
        """The index of an imported function."""
        return self.imports.index((module, name)) if (module, name) in self.imports else None

    def _read_types(self, body: bytes) -> None:
        count, at = leb(body, 0)
        for _ in range(count):
            start = at
            if body[at] != 0x60:
                raise MalformedModule("a type that is not a function's")
            for _ in range(2):
                size, at = leb(body, at + (at == start))
                at += size
            self.types.append(body[start:at])

    def _read_imports(self, body: bytes) -> None:
        count, at = leb(body, 0)
        for _ in range(count):
            module, at = _name(body, at)
            name, at = _name(body, at)
            kind = body[at]
            at += 1
            match kind:
                case 0:
                    index, at = leb(body, at)
                    self.imports.append((module, name))
                    self.function_types.append(index)
                case 1:
                    at = _skip_limits(body, at + 1)
                case 2:
                    at = _skip_limits(body, at)
                case 3:
                    at += 2
                case 4:
                    at = leb(body, at + 1)[1]
                case _:
                    raise MalformedModule("an import of an unknown kind")

    def _read_functions(self, body: bytes) -> None:
        count, at = leb(body, 0)
        for _ in range(count):
            index, at = leb(body, at)
            self.function_types.append(index)

    def _read_exports(self, body: bytes) -> None:
        count, at = leb(body, 0)
        for _ in range(count):
            name, at = _name(body, at)
            kind = body[at]
            index, at = leb(body, at + 1)
            if kind == 0:
                self.exports[name] = index

    def _read_elements(self, body: bytes) -> None:
        count, at = leb(body, 0)
        for _ in range(count):
            flags, at = leb(body, at)
            if flags not in (0, 1, 2, 3):
                raise MalformedModule("an element segment of expressions")
            if flags == 2:
                _, at = leb(body, at)
            if flags in (0, 2):
                at = body.index(b"\x0b", at) + 1  # i32.const N end
            if flags:
                at += 1
            size, at = leb(body, at)
            for _ in range(size):
                index, at = leb(body, at)
                self.table.add(index)

    def _read_names(self, body: bytes) -> None:
        name, at = _name(body, 0)
        if name != "name":
            return
        while at < len(body):
            kind = body[at]
            size, at = leb(body, at + 1)
            end = at + size
            if kind == 1:
                count, at = leb(body, at)
                for _ in range(count):
                    index, at = leb(body, at)
                    self.names[index], at = _name(body, at)
            at = end

    def _read_code(self, body: bytes) -> None:
        count, at = leb(body, 0)
        for index in range(len(self.imports), len(self.imports) + count):
            size, at = leb(body, at)
            self.calls[index] = _calls(body, at, at + size)
            at += size


def _calls(code: bytes, at: int, end: int) -> Calls:
    """Decodes one function body."""
    found = Calls()
    at = body_start(code, at)
    while at < end:
        opcode = code[at]
        if opcode in (CALL, _RETURN_CALL):
            found.direct.add(leb(code, at + 1)[0])
        elif opcode in (CALL_INDIRECT, _RETURN_CALL_INDIRECT):
            found.indirect.add(leb(code, at + 1)[0])
        elif opcode == _REF_FUNC:
            found.taken.add(leb(code, at + 1)[0])
        elif opcode == _TRY:
            found.tries += 1
        at = after(code, at)
    return found


def body_start(code: bytes, at: int) -> int:
    """The position of the first instruction of a function body: after its declarations of locals."""
    groups, at = leb(code, at)
    for _ in range(groups):
        at = leb(code, at)[1] + 1
    return at


def after(code: bytes, at: int) -> int:
    """The position after the instruction at `at`."""
    opcode = code[at]
    at += 1
    count = _LEBS.get(opcode)
    if count is None:
        return at if opcode in _PLAIN else _after_unusual(code, opcode, at)
    for _ in range(count):
        while code[at] >= 0x80:
            at += 1
        at += 1
    return at


def _after_unusual(code: bytes, opcode: int, at: int) -> int:
    match opcode:
        case 0x0E:  # br_table
            size, at = leb(code, at)
            for _ in range(size + 1):
                at = leb(code, at)[1]
        case 0x43:  # f32.const
            at += 4
        case 0x44:  # f64.const
            at += 8
        case 0x1C:  # select with types
            size, at = leb(code, at)
            at += size
        case 0xFC:
            sub, at = leb(code, at)
            for _ in range(_MISC_LEBS[sub]):
                at = leb(code, at)[1]
        case 0xFD:
            at = _skip_simd(code, at)
        case 0xFB:
            sub, at = leb(code, at)
            if sub not in (0x14, 0x15):  # ref.test
                raise MalformedModule(f"an instruction of the GC proposal: {sub}")
            at = leb(code, at)[1]
        case _:
            raise MalformedModule(f"an instruction that clang does not write: {opcode:#x}")
    return at


def _skip_simd(code: bytes, at: int) -> int:
    sub, at = leb(code, at)
    if sub <= 11 or sub in (92, 93):
        return leb(code, leb(code, at)[1])[1]
    if sub in (12, 13):
        return at + 16
    if 21 <= sub <= 34:
        return at + 1
    if 84 <= sub <= 91:
        return leb(code, leb(code, at)[1])[1] + 1
    return at
