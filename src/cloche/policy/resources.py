"""What the resource of each action is, and its patterns. `**` is any resource of any action."""
from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import Enum

from ..errors import PolicyError
from . import network, patterns
from .decision import Action

EVERYTHING = b"**"


class Kind(Enum):
    """How resources are matched; the value says what a pattern is, in messages."""

    PATH = "a path pattern"
    NONE = "nothing: every fork is alike"
    SESSION = "own-session or other-session"
    FAMILY = "unix, inet or inet6"
    ADDRESS = "HOST:PORTS, loopback:PORTS or unix:PATH"
    URL_HOST = "HOST:PORTS"
    HOST = "a host name or *.suffix"
    TOOL = "a tool's name or a pattern of it"


KINDS: dict[Action, Kind] = {
    Action.FILE_STAT: Kind.PATH, Action.FILE_READ: Kind.PATH, Action.FILE_WRITE: Kind.PATH,
    Action.FILE_CREATE: Kind.PATH, Action.FILE_DELETE: Kind.PATH, Action.FILE_EXEC: Kind.PATH,
    Action.PROCESS_EXEC: Kind.PATH, Action.PROCESS_FORK: Kind.NONE, Action.PROCESS_SIGNAL: Kind.SESSION,
    Action.NET_SOCKET: Kind.FAMILY, Action.NET_CONNECT: Kind.ADDRESS, Action.NET_LISTEN: Kind.ADDRESS,
    Action.NET_RESOLVE: Kind.HOST, Action.NET_HTTP: Kind.URL_HOST, Action.TOOL_CALL: Kind.TOOL,
}
SESSIONS = (b"own-session", b"other-session")
#: Kinds whose patterns are regular expressions; the others are NetPatterns.
_AS_TEXT = frozenset((Kind.PATH, Kind.NONE, Kind.SESSION, Kind.FAMILY, Kind.TOOL))


def tokens(kind: Kind, pattern: bytes) -> tuple[patterns.Token, ...]:
    """Of a kind that is matched as text. PolicyError if it is not a pattern of that kind."""
    if pattern == EVERYTHING:
        return (patterns.Wild.ANY,)
    match kind:
        case Kind.PATH:
            return patterns.path_tokens(pattern)
        case Kind.TOOL:
            found = patterns.tokens(pattern, patterns.NUL)
            return tuple(patterns.Wild.STAR if token is patterns.Wild.ANY else token for token in found)
        case Kind.SESSION if pattern in SESSIONS:
            return (*pattern, ord(":"), patterns.Wild.STAR)
        case Kind.FAMILY if pattern in network.FAMILIES:
            return tuple(pattern)
    raise PolicyError(f"{pattern.decode('utf-8', 'backslashreplace')!r} is not {kind.value}")


def net_pattern(kind: Kind, pattern: bytes) -> network.NetPattern:
    """Of a kind that is matched as an address."""
    if kind is Kind.HOST:
        return network.name_pattern(pattern)
    found = network.pattern(pattern)
    if kind is Kind.URL_HOST and found.kind in ("unix", "loopback"):
        raise PolicyError("HTTP rules are about hosts outside: HOST:PORTS")
    return found


def check(action: Action, pattern: bytes) -> None:
    """PolicyError unless `pattern` is one for resources of `action`."""
    kind = KINDS[action]
    if kind in _AS_TEXT:
        tokens(kind, pattern)
    else:
        net_pattern(kind, pattern)


def source(action: Action, pattern_list: Sequence[bytes]) -> bytes | None:
    """One regular expression for all of them, or None if the action's resources are not matched so."""
    kind = KINDS[action]
    if kind not in _AS_TEXT:
        return None
    separator = patterns.NUL if kind is Kind.TOOL else patterns.SLASH
    return b"|".join(patterns.source(tokens(kind, pattern), separator) for pattern in pattern_list)


def matcher(action: Action, pattern_list: Sequence[bytes]) -> Callable[[bytes], bool]:
    """Whether a resource of `action` matches one of them."""
    text = source(action, pattern_list)
    if text is not None:
        fullmatch = re.compile(text, re.DOTALL).fullmatch
        return lambda resource: fullmatch(resource) is not None
    kind = KINDS[action]
    nets = [net_pattern(kind, pattern) for pattern in pattern_list]
    port = b":0" if kind is Kind.HOST else b""
    if any(net.kind == "any" for net in nets):
        return lambda resource: True

    def matches(resource: bytes) -> bool:
        found = network.address(resource + port)
        for net in nets:  # noqa: SIM110
            if net.matches(found):
                return True
        return False

    return matches


def covers(action: Action, wide: bytes, narrow: bytes) -> bool:
    """Every resource of `action` that `narrow` matches, `wide` matches. False also if that is not found out."""
    if wide == EVERYTHING:
        return True
    if narrow == EVERYTHING:
        return False
    kind = KINDS[action]
    if kind in _AS_TEXT:
        separator = patterns.NUL if kind is Kind.TOOL else patterns.SLASH
        return patterns.covers(tokens(kind, wide), tokens(kind, narrow), separator)
    return net_pattern(kind, wide).covers(net_pattern(kind, narrow))
