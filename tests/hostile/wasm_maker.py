"""A small encoder of wasm modules, and a generator of hostile ones.

A generated module is what a compiler would never make: exports of the guest ABI with other kinds and types, globals with
wild values, memories of odd shapes, imports that do not exist, code that traps, recurses or calls the kernel with anything.
"""
from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

I32, I64, F32, F64, V128, FUNCREF, EXTERNREF = 0x7F, 0x7E, 0x7D, 0x7C, 0x7B, 0x70, 0x6F
FUNC, TABLE, MEMORY, GLOBAL, TAG = range(5)
SYSCALL = ([I32] * 7, [I32])
VOID: tuple[list[int], list[int]] = ([], [])


def leb(value: int) -> bytes:
    """Unsigned LEB128."""
    out = bytearray()
    while True:
        value, byte = value >> 7, value & 0x7F
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def sleb(value: int) -> bytes:
    """Signed LEB128."""
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        done = (value == 0 and not byte & 0x40) or (value == -1 and byte & 0x40)
        out.append(byte | (0 if done else 0x80))
        if done:
            return bytes(out)


def name(text: str) -> bytes:
    data = text.encode()
    return leb(len(data)) + data


def vector(items: Iterable[bytes]) -> bytes:
    items = list(items)
    return leb(len(items)) + b"".join(items)


def section(number: int, body: bytes) -> bytes:
    return bytes([number]) + leb(len(body)) + body


def i32_const(value: int) -> bytes:
    value &= 0xFFFFFFFF
    return b"\x41" + sleb(value - (1 << 32) if value >> 31 else value)


def zero_of(kind: int, value: int = 0) -> bytes:
    """A constant expression of a type, without its end."""
    match kind:
        case 0x7F:
            return i32_const(value)
        case 0x7E:
            return b"\x42" + sleb(value if value < 1 << 63 else value - (1 << 64))
        case 0x7D:
            return b"\x43" + bytes(4)
        case 0x7C:
            return b"\x44" + bytes(8)
        case 0x7B:
            return b"\xfd\x0c" + (value & (1 << 128) - 1).to_bytes(16, "little")
        case _:
            return b"\xd0" + bytes([kind])


@dataclass
class Module:
    """The parts of a module, in the order that they are numbered in."""

    types: list[tuple[list[int], list[int]]] = field(default_factory=list)
    imports: list[tuple[str, str, bytes]] = field(default_factory=list)
    functions: list[tuple[int, bytes, bytes]] = field(default_factory=list)  # type, locals, body without its end
    tables: list[bytes] = field(default_factory=list)
    memories: list[bytes] = field(default_factory=list)
    globals: list[tuple[int, bool, bytes]] = field(default_factory=list)
    exports: list[tuple[str, int, int]] = field(default_factory=list)
    data: list[tuple[int, bytes]] = field(default_factory=list)
    start: int | None = None
    tail: bytes = b""
    imported_functions: int = 0
    imported_globals: int = 0
    imported_memories: int = 0

    def type(self, parameters: list[int], results: list[int]) -> int:
        if (parameters, results) not in self.types:
            self.types.append((parameters, results))
        return self.types.index((parameters, results))

    def import_function(self, module: str, field_: str, parameters: list[int], results: list[int]) -> int:
        self.imports.append((module, field_, bytes([FUNC]) + leb(self.type(parameters, results))))
        self.imported_functions += 1
        return self.imported_functions - 1

    def function(self, parameters: list[int], results: list[int], body: bytes, locals_: bytes = b"\0") -> int:
        self.functions.append((self.type(parameters, results), locals_, body))
        return self.imported_functions + len(self.functions) - 1

    def add_global(self, kind: int, mutable: bool, value: bytes) -> int:
        self.globals.append((kind, mutable, value))
        return self.imported_globals + len(self.globals) - 1

    def encode(self) -> bytes:
        out = b"\0asm\x01\0\0\0"
        out += section(1, vector(b"\x60" + vector(bytes([t]) for t in p) + vector(bytes([t]) for t in r) for p, r in self.types))
        if self.imports:
            out += section(2, vector(name(m) + name(f) + d for m, f, d in self.imports))
        out += section(3, vector(leb(t) for t, _, _ in self.functions))
        if self.tables:
            out += section(4, vector(self.tables))
        if self.memories:
            out += section(5, vector(self.memories))
        if self.globals:
            out += section(6, vector(bytes([k, m]) + v + b"\x0b" for k, m, v in self.globals))
        out += section(7, vector(name(n) + bytes([k]) + leb(i) for n, k, i in self.exports))
        if self.start is not None:
            out += section(8, leb(self.start))
        bodies = (locals_ + body + b"\x0b" for _, locals_, body in self.functions)
        out += section(10, vector(leb(len(body)) + body for body in bodies))
        if self.data:
            out += section(11, vector(b"\0" + i32_const(at) + b"\x0b" + leb(len(text)) + text for at, text in self.data))
        return out + self.tail


EDGES = (0, 1, 2, 3, 4, 8, 16, 255, 4095, 4096, 65535, 65536, 65537, 131072, 0x7FFFFFFF, 0x80000000, 0x80000001,
         0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFF0, 0xFFFF0000, 1 << 20, 1 << 24, 1 << 30)
_EXPORTS = ("memory", "_start", "__stack_pointer", "__heap_base", "__cloche_sigpending", "__asyncify_state",
            "__asyncify_data", "asyncify_start_unwind", "asyncify_stop_unwind", "asyncify_start_rewind",
            "asyncify_stop_rewind", "asyncify_get_state")


class Generator:
    """Hostile modules from a seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._shapeless = False

    def edge(self) -> int:
        return self.rng.choice(EDGES) if self.rng.random() < 0.8 else self.rng.getrandbits(32)

    def odd(self, chance: float) -> bool:
        """Whether a part's very shape is to be wrong; never in the two thirds of modules that get past the door."""
        return self._shapeless and self.rng.random() < chance

    def module(self) -> bytes:
        rng, made = self.rng, Module()
        self._shapeless = rng.random() < 0.35
        calls = self._imports(made)
        self._memory(made)
        if self.odd(0.3):
            made.tables.append(bytes([rng.choice((FUNCREF, EXTERNREF)), 0]) + leb(rng.choice((0, 1, 1000, 1 << 20, 1 << 28))))
        main = self._main(made, calls)
        self._exports(made, main)
        if rng.random() < 0.15 and made.memories:
            made.data.append((self.edge(), bytes(rng.getrandbits(8) for _ in range(rng.choice((0, 1, 100))))))
        if self.odd(0.08):
            made.start = rng.choice((main, 0, 99))
        data = made.encode()
        return self._damage(data) if self.odd(0.3) else data

    def _imports(self, made: Module) -> dict[str, int]:
        rng, found = self.rng, {}
        for field_, (parameters, results) in {"syscall": SYSCALL, "init": ([], [I32]), "fork": ([], [I32]), "block": VOID}.items():
            if rng.random() < (0.95 if field_ == "syscall" else 0.6):
                if self.odd(0.04):
                    parameters = [rng.choice((I32, I64, F64)) for _ in range(rng.randrange(9))]
                    results = [rng.choice((I32, I64))] * rng.randrange(3)
                index = made.import_function("linux", field_, list(parameters), list(results))
                if (parameters, results) in (SYSCALL, VOID, ([], [I32])):
                    found[field_] = index
        if self.odd(0.05):
            made.import_function(rng.choice(("linux", "env", "wasi_snapshot_preview1", "")), "nothing", [], [])
        if self.odd(0.05):
            made.imports.append(("env", "memory", bytes([MEMORY, 0, 1])))
            made.imported_memories += 1
        if self.odd(0.05):
            made.imports.append(("env", "global", bytes([GLOBAL, I32, 0])))
            made.imported_globals += 1
        return found

    def _memory(self, made: Module) -> None:
        rng = self.rng
        minimum = rng.choice((0, 1, 2, 17, 256, 16383, 16384, 16385, 65535, 65536))
        if rng.random() < 0.6:
            minimum = rng.choice((1, 2, 17))
        shape = rng.random() * (1 if self._shapeless else 0.85)
        if shape < 0.5:
            made.memories.append(b"\x00" + leb(minimum))
        elif shape < 0.85:
            made.memories.append(b"\x01" + leb(minimum) + leb(max(minimum, rng.choice((1, 2, 20, 16384, 65536)))))
        elif shape < 0.9:
            made.memories.append(b"\x03" + leb(minimum) + leb(65536))  # shared
        elif shape < 0.95:
            made.memories.append(b"\x04" + leb(minimum))  # of 64 bits
        if shape > 0.8 and rng.random() < 0.3:
            made.memories.append(b"\x00" + leb(1))

    def _global(self, made: Module) -> int:
        rng = self.rng
        kind = rng.choice((I32, I64, F32, F64, V128, FUNCREF, EXTERNREF)) if self.odd(0.25) else I32
        return made.add_global(kind, not self.odd(0.25), zero_of(kind, self.edge()))

    def _exports(self, made: Module, main: int) -> None:
        rng = self.rng
        fork = rng.random() < 0.6
        for export in _EXPORTS:
            if export not in _EXPORTS[:4] and (not fork or rng.random() < 0.15):
                continue
            if self.odd(0.04):
                continue
            kind, index = GLOBAL, None
            if export == "memory":
                kind, index = MEMORY, rng.randrange(len(made.memories)) if made.memories else 0
            elif export == "_start":
                kind, index = FUNC, main
            elif export.startswith("asyncify_"):
                kind, index = FUNC, rng.randrange(made.imported_functions + len(made.functions))
            if self.odd(0.05):
                kind, index = rng.choice((FUNC, TABLE, MEMORY, GLOBAL)), 0
            made.exports.append((export, kind, self._global(made) if index is None else index))

    def _main(self, made: Module, calls: dict[str, int]) -> int:
        rng = self.rng
        body = b"".join(self._statement(made, calls) for _ in range(rng.choice((0, 1, 3, 10, 40))))
        if rng.random() < 0.4:  # for ever, so that the kernel has to end it
            body = b"\x03\x40" + body + b"\x0c\x00\x0b"
        signature = VOID if not self.odd(0.1) else ([rng.choice((I32, I64))], [I32])
        if signature != VOID:
            body += i32_const(0)
        return made.function(list(signature[0]), list(signature[1]), body)

    def _statement(self, made: Module, calls: dict[str, int]) -> bytes:
        rng = self.rng
        roll = rng.random()
        myself = made.imported_functions + len(made.functions)
        if roll < 0.6 and "syscall" in calls:
            often = (56, 57, 63, 64, 66, 214, 215, 216, 220, 221, 222, 226, 260, 1000, 1001, 1002, 1003)
            number = rng.choice((rng.randrange(460), rng.choice(often)))
            if number in (93, 94) and rng.random() < 0.9:
                number = 64
            words = [i32_const(number), *(i32_const(self.edge()) for _ in range(6))]
            return b"".join(words) + b"\x10" + leb(calls["syscall"]) + b"\x1a"
        if roll < 0.7 and "fork" in calls:
            return b"\x10" + leb(calls["fork"]) + b"\x1a"
        if roll < 0.75 and "block" in calls and rng.random() < 0.3:
            return b"\x10" + leb(calls["block"])
        if roll < 0.8 and "init" in calls:
            return b"\x10" + leb(calls["init"]) + b"\x1a"
        if roll < 0.86 and made.memories:
            return i32_const(rng.choice((0, 1, 16, 65535, 65536))) + b"\x40\x00\x1a"  # memory.grow
        if roll < 0.92 and made.memories:
            return i32_const(self.edge()) + i32_const(self.edge()) + b"\x36\x02\x00"  # i32.store
        if roll < 0.93:
            return b"\x10" + leb(myself)  # recursion
        if roll < 0.94:
            return b"\x00"  # unreachable
        if roll < 0.97 and made.memories:
            return i32_const(self.edge()) + i32_const(self.edge()) + i32_const(self.edge()) + b"\xfc\x0b\x00"  # memory.fill
        return b"\x01"

    def _damage(self, data: bytes) -> bytes:
        """A module with some of its bytes changed, lost or doubled."""
        rng, out = self.rng, bytearray(data)
        for _ in range(rng.choice((1, 1, 2, 5))):
            at = rng.randrange(8 if rng.random() < 0.95 else 0, len(out))
            match rng.randrange(4):
                case 0:
                    out[at] = rng.getrandbits(8)
                case 1:
                    out[at] ^= 1 << rng.randrange(8)
                case 2:
                    del out[at:at + rng.randrange(1, 4)]
                case _:
                    out[at:at] = out[at:at + rng.randrange(1, 8)]
        return bytes(out)


def damaged(data: bytes, seed: int) -> bytes:
    """A real program with a few bytes of its code changed: some of these pass validation and run."""
    rng, out = random.Random(seed), bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        out[rng.randrange(len(out) // 10, len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)
