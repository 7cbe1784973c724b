"""A second, fast version of every function that asyncify has instrumented.

asyncify's code asks the state before every step: normal, unwinding or rewinding. But in the normal state it stays
normal until a call returns that has begun to unwind. So of every such function two versions are made:

- slow: asyncify's code, entered when rewinding; it goes on in it when rewinding ends;
- fast: the same code with every read of the state taken as "normal", but for the ones right after a call. The
  optimiser then removes what rewinding needs, and the code is nearly the one that asyncify was given.

The function itself becomes the choice between the two. Fast code calls fast code.

Functions that are not instrumented are so by proof, or because a recipe claims that no fork is below them
(`forks.may_fork`). Where such a claim could be wrong, the indirect call is guarded: should a fork unwind to there, the
guard rewinds to the fork at once, which then fails with ENOSYS. So a wrong claim never corrupts a process.
"""

from __future__ import annotations

from dataclasses import dataclass

from cloche.userland import wasm
from cloche.userland.wasm import CODE, FUNCTION, GLOBAL, TYPE, Module, encode_leb, leb

_IS_UNWINDING = b"\x41\x01\x46"  # i32.const 1, i32.eq: what asyncify asks after a call
_I32, _EMPTY = b"\x7f", b"\x40"
_ENOSYS = b"\x41\x5a"  # i32.const -38


@dataclass(slots=True)
class _Shape:
    """Indices in the module that asyncify wrote."""

    state: int
    data: int
    fork: int
    stop_unwind: int
    start_rewind: int
    stop_rewind: int


def make_twins(data: bytes) -> bytes:
    """The module with twins; `data` is what `wasm-opt --asyncify -g` wrote."""
    module = Module(data)
    parts = wasm.sections(data)
    bodies = _entries(next(body for number, body in parts if number == CODE))
    shape = _shape(module, bodies)
    return _Rewriter(module, parts, bodies, shape).module_bytes()


def _entries(body: bytes) -> list[bytes]:
    """The entries of a code section, without their sizes."""
    count, at = leb(body, 0)
    found = []
    for _ in range(count):
        size, at = leb(body, at)
        found.append(body[at:at + size])
        at += size
    return found


def _shape(module: Module, bodies: list[bytes]) -> _Shape:
    fork = module.imported("linux", "fork")
    assert fork is not None
    exported = {name: module.exports[f"asyncify_{name}"]
                for name in ("get_state", "stop_unwind", "start_rewind", "stop_rewind")}
    get_state = bodies[exported["get_state"] - len(module.imports)]
    at = wasm.body_start(get_state, 0)
    assert get_state[at] == wasm.GLOBAL_GET, "asyncify_get_state is not what asyncify writes"
    state = leb(get_state, at + 1)[0]
    start_rewind = bodies[exported["start_rewind"] - len(module.imports)]
    written, at = [], wasm.body_start(start_rewind, 0)
    while at < len(start_rewind):
        if start_rewind[at] == 0x24:
            written.append(leb(start_rewind, at + 1)[0])
        at = wasm.after(start_rewind, at)
    others = [index for index in written if index != state]
    assert len(others) == 1, "asyncify_start_rewind is not what asyncify writes"
    return _Shape(state, others[0], fork, exported["stop_unwind"], exported["start_rewind"], exported["stop_rewind"])


def _vector(items: list[bytes]) -> bytes:
    return encode_leb(len(items)) + b"".join(items)


def _parts_of(kind: bytes) -> tuple[bytes, bytes]:
    """The value types of a function type's parameters and results."""
    size, at = leb(kind, 1)
    parameters = kind[at:at + size]
    size, at = leb(kind, at + size)
    return parameters, kind[at:at + size]


class _Rewriter:
    """Builds the new module; functions are appended, so no index changes."""

    def __init__(self, module: Module, parts: list[tuple[int, bytes]], bodies: list[bytes], shape: _Shape) -> None:
        self.module, self.parts, self.bodies, self.shape = module, parts, bodies, shape
        self.first = len(module.imports)
        self.read_state = bytes([wasm.GLOBAL_GET]) + encode_leb(shape.state)
        self.types = list(module.types)
        self.added: list[tuple[int, bytes]] = []  # (type, body) of new functions
        self.instrumented = [index for index in module.calls
                             if self._reads_state(index) and not self._is_asyncifys_own(index)]
        table = module.table.union(*(calls.taken for calls in module.calls.values()))
        forking = set(self.instrumented)
        self.guarded_types = {module.types[module.function_types[index]] for index in table & forking}
        self.guards: dict[int, int] = {}
        globals_body = next(body for number, body in parts if number == GLOBAL)
        self.refused = leb(globals_body, 0)[0]  # no global is imported

    def _is_asyncifys_own(self, index: int) -> bool:
        return any(index == number and name.startswith("asyncify_") for name, number in self.module.exports.items())

    def _reads_state(self, index: int) -> bool:
        code = self.bodies[index - self.first]
        if self.read_state not in code:
            return False
        at = wasm.body_start(code, 0)
        while at < len(code):
            if code[at] == wasm.GLOBAL_GET and leb(code, at + 1)[0] == self.shape.state:
                return True
            at = wasm.after(code, at)
        return False

    def _add(self, kind: int, body: bytes) -> int:
        self.added.append((kind, body))
        return self.first + len(self.bodies) + len(self.added) - 1

    def module_bytes(self) -> bytes:
        gate = self._add(self.module.function_types[self.shape.fork], self._gate())
        slow = {index: self._add(self.module.function_types[index], b"") for index in self.instrumented}
        fast = {index: self._add(self.module.function_types[index], b"") for index in self.instrumented}
        for index in self.instrumented:
            code = self.bodies[index - self.first]
            self._fill(slow[index], self._rewrite(code, {self.shape.fork: gate}, fast=False))
            self._fill(fast[index], self._rewrite(code, {**fast, self.shape.fork: gate}, fast=True))
            self.bodies[index - self.first] = self._choice(index, slow[index], fast[index])
        chosen = set(self.instrumented)
        for index, calls in self.module.calls.items():
            if index not in chosen and any(self.module.types[kind] in self.guarded_types for kind in calls.indirect):
                self.bodies[index - self.first] = self._guard_calls(self.bodies[index - self.first])
        names = self.module.unique_names()
        for index in self.instrumented:
            names[slow[index]], names[fast[index]] = f"{names[index]}/slow", f"{names[index]}/fast"
        names[gate] = "fork/gate"
        names.update({guard: f"guard/{kind}" for kind, guard in self.guards.items()})
        return wasm.with_names(wasm.join([self._section(*part) for part in self.parts]), names)

    def _fill(self, index: int, body: bytes) -> None:
        place = index - self.first - len(self.bodies)
        self.added[place] = self.added[place][0], body

    def _section(self, number: int, body: bytes) -> tuple[int, bytes]:
        if number == TYPE:
            body = _vector(self.types)
        elif number == FUNCTION:
            kinds = self.module.function_types[self.first:] + [kind for kind, _ in self.added]
            body = _vector([encode_leb(kind) for kind in kinds])
        elif number == GLOBAL:
            count, at = leb(body, 0)
            body = encode_leb(count + 1) + body[at:] + _I32 + b"\x01\x41\x00\x0b"
        elif number == CODE:
            every = self.bodies + [code for _, code in self.added]
            body = _vector([encode_leb(len(code)) + code for code in every])
        return number, body

    def _rewrite(self, code: bytes, callees: dict[int, int], *, fast: bool) -> bytes:
        """The body with calls redirected; if `fast`, with every reading of the state but those after calls as 0."""
        out, at = bytearray(), wasm.body_start(code, 0)
        out += code[:at]
        while at < len(code):
            end = wasm.after(code, at)
            opcode = code[at]
            if opcode == wasm.CALL and (callee := leb(code, at + 1)[0]) in callees:
                out += bytes([wasm.CALL]) + encode_leb(callees[callee])
            elif (fast and opcode == wasm.GLOBAL_GET and leb(code, at + 1)[0] == self.shape.state
                  and code[end:end + 3] != _IS_UNWINDING):
                out += b"\x41\x00"
            else:
                out += code[at:end]
            at = end
        return bytes(out)

    def _arguments(self, index: int) -> bytes:
        parameters, _ = _parts_of(self.module.types[self.module.function_types[index]])
        return b"".join(b"\x20" + encode_leb(number) for number in range(len(parameters)))

    def _choice(self, index: int, slow: int, fast: int) -> bytes:
        """if (state == 2) slow else fast."""
        _, results = _parts_of(self.module.types[self.module.function_types[index]])
        assert len(results) <= 1, "a C function has one result"
        arguments = self._arguments(index)
        return (b"\x00" + self.read_state + b"\x41\x02\x46\x04" + (results or _EMPTY) + arguments + b"\x10"
                + encode_leb(slow) + b"\x05" + arguments + b"\x10" + encode_leb(fast) + b"\x0b\x0b")

    def _gate(self) -> bytes:
        """linux.fork, unless a guard has refused it."""
        refused = encode_leb(self.refused)
        return (b"\x00\x23" + refused + b"\x04" + _I32 + b"\x41\x00\x24" + refused + b"\x10"
                + encode_leb(self.shape.stop_rewind) + _ENOSYS
                + b"\x05\x10" + encode_leb(self.shape.fork) + b"\x0b\x0b")

    def _guard_calls(self, code: bytes) -> bytes:
        out, at = bytearray(), wasm.body_start(code, 0)
        out += code[:at]
        while at < len(code):
            end = wasm.after(code, at)
            if code[at] == wasm.CALL_INDIRECT and self.module.types[kind := leb(code, at + 1)[0]] in self.guarded_types:
                out += bytes([wasm.CALL]) + encode_leb(self._guard(kind))
            else:
                out += code[at:end]
            at = end
        return bytes(out)

    def _guard(self, kind: int) -> int:
        """A function that makes the indirect call, and if that unwinds sends it back to the fork, to fail there."""
        if kind in self.guards:
            return self.guards[kind]
        parameters, results = _parts_of(self.module.types[kind])
        assert len(results) <= 1, "a C function has one result"
        own = len(self.types)
        self.types.append(b"\x60" + encode_leb(len(parameters) + 1) + parameters + _I32
                          + encode_leb(len(results)) + results)
        arguments = b"".join(b"\x20" + encode_leb(number) for number in range(len(parameters) + 1))
        result = encode_leb(len(parameters) + 1)
        declared = b"\x01\x01" + results if results else b"\x00"
        body = (declared + b"\x03" + _EMPTY + arguments + b"\x11" + encode_leb(kind) + b"\x00"
                + (b"\x21" + result if results else b"")
                + self.read_state + _IS_UNWINDING + b"\x04" + _EMPTY
                + b"\x10" + encode_leb(self.shape.stop_unwind)
                + b"\x23" + encode_leb(self.shape.data) + b"\x10" + encode_leb(self.shape.start_rewind)
                + b"\x41\x01\x24" + encode_leb(self.refused) + b"\x0c\x01\x0b\x0b"
                + (b"\x20" + result if results else b"") + b"\x0b")
        self.guards[kind] = self._add(own, body)
        return self.guards[kind]
