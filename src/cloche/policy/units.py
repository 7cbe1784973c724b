"""Durations, sizes and counts as a policy file has them."""
from __future__ import annotations

import re

from ..abi.time import SECOND
from ..errors import PolicyError

_NUMBER = r"(\d{1,15}(?:\.\d{1,9})?)"
_DURATION = re.compile(_NUMBER + r" ?(ms|s|m|h|d)")
_SIZE = re.compile(_NUMBER + r" ?([kmgt])i?b?", re.IGNORECASE)
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_SHIFTS = {"k": 10, "m": 20, "g": 30, "t": 40}


def duration_ns(value: object) -> int:
    """500ms, 30s, 5m, 1h, 1d; a number alone is seconds."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is not None:
        seconds = float(found[1]) * _SECONDS[found[2]]
    elif isinstance(value, int | float) and not isinstance(value, bool):
        seconds = float(value)
    else:
        raise PolicyError(f"{value!r} is not a duration such as 30s, 5m or 1h")
    if not 0 < seconds < 1e9:
        raise PolicyError(f"{value!r} is not a duration that makes sense")
    return round(seconds * SECOND)


def size(value: object) -> int:
    """512M, 2GiB, or bytes. Units are powers of 1024."""
    found = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if found is not None:
        return _positive(int(float(found[1]) * (1 << _SHIFTS[found[2].lower()])), value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise PolicyError(f"{value!r} is not a size such as 512M or 2G")
    return _positive(value, value)


def count(value: object) -> int:
    """A whole number from 1 on."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise PolicyError(f"{value!r} is not a whole number")
    return _positive(value, value)


def _positive(number: int, given: object) -> int:
    if not 0 < number < 1 << 62:
        raise PolicyError(f"{given!r} is not a number from 1 on")
    return number


def limit(name: str, value: object) -> int:
    """Of a name in settings.LIMITS, which says the unit. Plain numbers of `_ns_max` are seconds."""
    if name.endswith("_ns_max"):
        return duration_ns(value)
    return size(value) if name.endswith("_bytes_max") else count(value)
