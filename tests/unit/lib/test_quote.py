"""Guest bytes on a terminal."""
from __future__ import annotations

import pytest

from cloche.lib.quote import command_line, printable, quoted


@pytest.mark.parametrize(("data", "text"), [
    (b"hi", '"hi"'),
    (b'a"b\\c', '"a\\"b\\\\c"'),
    (b"\n\t\r\0\x1b[31m\x7f\xff", '"\\n\\t\\r\\x00\\x1b[31m\\x7f\\xff"'),
    (b"x" * 33, '"' + "x" * 32 + '"...'),
    (b"x" * 32, '"' + "x" * 32 + '"'),
])
def test_quoted(data: bytes, text: str) -> None:
    assert quoted(data) == text


def test_every_byte_becomes_printable_ascii() -> None:
    text = printable(bytes(range(256)), 256)
    assert [char for char in text if not " " <= char <= "~"] == []


def test_printable_is_cut() -> None:
    assert printable(b"abcdefgh", 6) == "abc..."


def test_a_command_line_is_one_line() -> None:
    assert command_line((b"sh", b"-c", b"a\nb")) == "sh -c a\\nb"
