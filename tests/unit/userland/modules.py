"""Small WebAssembly modules, put together by hand."""

from cloche.userland.wasm import CODE, CUSTOM, ELEMENT, FUNCTION, IMPORT, TABLE, TYPE, encode_leb, join

NOTHING, INT = b"\x60\x00\x00", b"\x60\x01\x7f\x00"  # void (void), void (int)


def text(value: str) -> bytes:
    return encode_leb(len(value)) + value.encode()


def vector(*items: bytes) -> bytes:
    return encode_leb(len(items)) + b"".join(items)


def call(index: int) -> bytes:
    return b"\x10" + encode_leb(index)


def call_indirect(kind: int) -> bytes:
    return b"\x41\x00" + b"\x11" + encode_leb(kind) + b"\x00"


def module(functions: list[tuple[str, int, bytes]], table: list[int]) -> bytes:
    """Function 0 is the import linux.fork, of type 0; then (name, type, instructions); `table` holds indices."""
    bodies = [b"\x00" + code + b"\x0b" for _, _, code in functions]
    names = vector(*(encode_leb(index) + text(name)
                     for index, name in enumerate(["fork", *(name for name, _, _ in functions)])))
    return join([
        (TYPE, vector(NOTHING, INT)),
        (IMPORT, vector(text("linux") + text("fork") + b"\x00\x00")),
        (FUNCTION, vector(*(encode_leb(kind) for _, kind, _ in functions))),
        (TABLE, vector(b"\x70\x00\x10")),
        (ELEMENT, vector(b"\x00\x41\x00\x0b" + vector(*(encode_leb(index) for index in table)))),
        (CODE, vector(*(encode_leb(len(body)) + body for body in bodies))),
        (CUSTOM, text("name") + b"\x01" + encode_leb(len(names)) + names)])
