"""Patterns of paths and of argument lists, matched in linear time per `**`, and which of two covers the other.

`?` is one character and `*` any number, but not the separator; `**` is anything. `/**`, before a separator or the end, is
also nothing: `/dir/**` is the directory itself too, `/a/**/b` also `/a/b`. A backslash takes the meaning from what follows.
"""
from __future__ import annotations

import re
from enum import Enum

from ..errors import PolicyError

PATTERN_BYTES_MAX = 1024


class Wild(Enum):
    """ONE: `?`. STAR: `*`. ANY: `**`. DEEP: `/**` before a separator or the end."""

    ONE = "?"
    STAR = "*"
    ANY = "**"
    DEEP = "/**"


#: A byte, or what stands for several.
Token = int | Wild
_CROSSING = (Wild.ANY, Wild.DEEP)
_ESCAPABLE = b"*?[]{}\\"
SLASH, NUL = 0x2F, 0


def tokens(pattern: bytes, separator: int = SLASH) -> tuple[Token, ...]:
    """A pattern taken apart. PolicyError if it is empty, or has what other tools give a meaning that it has not here."""
    if not pattern:
        raise PolicyError("an empty pattern matches nothing: write ** to match everything")
    if len(pattern) > PATTERN_BYTES_MAX:
        raise PolicyError(f"a pattern has at most {PATTERN_BYTES_MAX} bytes")
    found: list[Token] = []
    at = 0
    while at < len(pattern):
        byte = pattern[at]
        step = 1
        if byte == 0x5C:
            if pattern[at + 1:at + 2] == b"" or pattern[at + 1] not in _ESCAPABLE:
                raise PolicyError("a backslash stands before one of * ? [ ] { } \\")
            found.append(pattern[at + 1])
            step = 2
        elif pattern.startswith(b"***", at):
            raise PolicyError("*** is neither * nor **")
        elif pattern.startswith(b"**", at):
            step = 2
            ends = at + 2 == len(pattern) or pattern[at + 2] == separator
            if ends and found and found[-1] == separator:
                found[-1] = Wild.DEEP
            else:
                found.append(Wild.ANY)
        elif byte in b"*?":
            found.append(Wild.STAR if byte == 0x2A else Wild.ONE)
        elif byte in b"[]{}":
            raise PolicyError(f"{chr(byte)} has no meaning in a pattern: write \\{chr(byte)} for the character, or a list "
                              "of patterns for alternatives")
        else:
            found.append(byte)
        at += step
    return tuple(found)


def path_tokens(pattern: bytes) -> tuple[Token, ...]:
    """Of a pattern of absolute, normal paths: one that could never match one is refused."""
    found = tokens(pattern)
    if not pattern.startswith((b"/", b"**")):
        raise PolicyError("a path pattern begins with / or **: the guest's paths are absolute")
    names = pattern.split(b"/")
    if b"." in names or b".." in names or b"" in names[1:-1] or (names[-1] == b"" and pattern != b"/"):
        raise PolicyError("a path has no //, no . or .., and no / at its end")
    if 0 in found:
        raise PolicyError("a path has no null bytes")
    return found


def source(parts: tuple[Token, ...], separator: int = SLASH) -> bytes:
    """The regular expression, to be matched in full, without capturing groups.

    What stands between two wildcards may as well match as early as it can (fnmatch.translate() says why), so it is an
    atomic group: no pattern makes the matcher try more than the length times the length of a segment per `**`.
    """
    sep = re.escape(bytes((separator,)))
    pieces: list[tuple[Wild | None, list[Token]]] = [(None, [])]
    for token in parts:
        if token is Wild.ANY or token is Wild.DEEP:
            pieces.append((token, []))
        else:
            pieces[-1][1].append(token)
    found = []
    for index, (joint, piece) in enumerate(pieces):
        last = index == len(pieces) - 1
        before_deep = not last and pieces[index + 1][0] is Wild.DEEP
        body = _piece(piece, sep, last) if not before_deep else _piece(piece, sep, False, b"(?=" + sep + rb"|\Z)")
        if joint is None:
            found.append(body)
        elif last:
            found.append((b".*" if joint is Wild.ANY else b"(?:" + sep + b".*)?") + body)
        else:
            found.append(b"(?>" + (b".*?" if joint is Wild.ANY else b"(?:" + sep + b".*?)??") + body + b")")
    return b"".join(found)


def _piece(piece: list[Token], sep: bytes, last: bool, ahead: bytes = b"") -> bytes:
    """Tokens without ANY and DEEP."""
    inner = b"[^" + sep + b"]"
    runs = [b""]
    for token in piece:
        if token is Wild.STAR:
            runs.append(b"")
        else:
            runs[-1] += inner if isinstance(token, Wild) else re.escape(bytes((token,)))
    runs[-1] += ahead
    found = runs[0]
    for index, run in enumerate(runs[1:], 1):
        found += inner + b"*" + run if last and index == len(runs) - 1 else b"(?>" + inner + b"*?" + run + b")"
    return found


def glob(pattern: bytes) -> re.Pattern[bytes]:
    """A path pattern, to be matched in full."""
    return re.compile(source(tokens(pattern)), re.DOTALL)


def argument_source(words: tuple[bytes, ...]) -> bytes:
    """Patterns of arguments, as a regular expression over joined(): `...` is any number of arguments."""
    parts: list[Token] = []
    for word in words:
        if word == b"...":
            parts.append(Wild.DEEP)
            continue
        parts.append(NUL)
        if word:
            parts += [Wild.STAR if token is Wild.ANY else token for token in tokens(word, NUL)]
    return source(tuple(parts), NUL)


def joined(arguments: tuple[bytes, ...]) -> bytes:
    """Arguments as argument_source() matches them. They hold no null bytes (execve(2))."""
    return b"".join([b"\0" + argument for argument in arguments])


def covers(wide: tuple[Token, ...], narrow: tuple[Token, ...], separator: int = SLASH) -> bool:
    """Everything that `narrow` matches, `wide` matches. False also if that is not found out."""
    shared = 0
    for a, b in zip(wide, narrow):
        if a != b or isinstance(a, Wild):
            break
        shared += 1
    wide, narrow = wide[shared:], narrow[shared:]
    if wide and narrow and isinstance(wide[0], int) and isinstance(narrow[0], int):
        return False
    size = len(narrow)
    after = [j == size for j in range(size + 1)]  # what follows `token` covers narrow[j:]
    for token in reversed(wide):
        reach = [*after]  # it covers narrow[k:] for some k >= j
        for j in range(size - 1, -1, -1):
            reach[j] = after[j] or reach[j + 1]
        now = [False] * (size + 1)
        for j in range(size, -1, -1):
            here = narrow[j] if j < size else None
            match token:
                case Wild.ANY:
                    now[j] = reach[j]
                case Wild.DEEP:
                    now[j] = (after[j] or (here == separator and reach[j + 1])
                              or (here is Wild.DEEP and now[j + 1] and reach[j + 1]))
                case Wild.STAR:
                    now[j] = after[j] or (here is not None and here not in (separator, *_CROSSING) and now[j + 1])
                case Wild.ONE:
                    now[j] = here is not None and here not in (separator, Wild.STAR, *_CROSSING) and after[j + 1]
                case _:
                    now[j] = here == token and after[j + 1]
        after = now
    return after[0]
