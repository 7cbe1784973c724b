"""Sizes, counts and durations as people write them on a command line."""
from __future__ import annotations

import re

from .errors import UsageError

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
#: Durations beyond this make no sense, and would not fit in 64 bits of nanoseconds.
_SECONDS_MAX = 1e9


def size(text: str) -> int:
    """512M, 2GiB, 1000: bytes. Units are powers of 1024."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"{text!r} is not a size such as 512M or 2G")
    value = int(float(found[1]) * _UNITS[found[2].lower()])
    if not 0 < value < 1 << 62:
        raise UsageError(f"{text!r} is not a size that a sandbox can have")
    return value


def count(text: str) -> int:
    """A number from 1 on."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 1 << 31:
        raise UsageError(f"{text!r} is not a number from 1 on")
    return int(text)


def integer(text: str) -> int:
    """Any integer of 64 bits."""
    try:
        value = int(text)
    except ValueError:
        value = 1 << 63
    if not -1 << 63 <= value < 1 << 63:
        raise UsageError(f"{text!r} is not an integer of 64 bits")
    return value


def seconds(text: str) -> float:
    """1.5, 10s, 2m: seconds."""
    number, unit = (text[:-1], text[-1]) if text[-1:] in "smh" and text else (text, "s")
    try:
        value = float(number) * {"s": 1, "m": 60, "h": 3600}[unit]
    except ValueError:
        value = 0.0
    if not 0 < value < _SECONDS_MAX:
        raise UsageError(f"{text!r} is not a duration in seconds such as 10, 0.5 or 2m")
    return value
