"""Guest bytes as text for people: always ASCII, one line, nothing a terminal would act on."""
from __future__ import annotations

_ESCAPES = {0x07: "\\a", 0x08: "\\b", 0x09: "\\t", 0x0A: "\\n", 0x0B: "\\v", 0x0C: "\\f", 0x0D: "\\r", 0x5C: "\\\\"}
_PLAIN = [_ESCAPES.get(byte) or (chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}") for byte in range(256)]
_QUOTED = [*_PLAIN]
_QUOTED[0x22] = '\\"'


def quoted(data: bytes, limit: int = 32) -> str:
    """As strace(1) shows a string: in quotes, C escapes, `...` behind it if it is longer than `limit`."""
    text = "".join([_QUOTED[byte] for byte in data[:limit]])
    return f'"{text}"...' if len(data) > limit else f'"{text}"'


def printable(data: bytes, limit: int = 120) -> str:
    """The same without quotes, for names and commands; longer than `limit` bytes, its end is `...`."""
    if len(data) > limit:
        data = data[:limit - 3] + b"..."
    return "".join([_PLAIN[byte] for byte in data])


def command_line(argv: tuple[bytes, ...], limit: int = 60) -> str:
    """The arguments of a process on one line."""
    return printable(b" ".join(argv), limit)
