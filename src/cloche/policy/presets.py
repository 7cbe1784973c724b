"""Policies to start from."""
from __future__ import annotations

import difflib
from functools import cache

from ..abi.errno import Errno
from ..errors import PolicyError
from .decision import Action, Outcome
from .policy import Policy, Rule

_LOOKING = frozenset((Action.FILE_STAT, Action.FILE_READ))
_CHANGING = frozenset((Action.FILE_WRITE, Action.FILE_CREATE, Action.FILE_DELETE))
_FILES = _LOOKING | _CHANGING | {Action.FILE_EXEC}
_ADDRESSES = frozenset((Action.NET_CONNECT, Action.NET_LISTEN))
_PROCESSES = frozenset((Action.PROCESS_EXEC, Action.PROCESS_FORK, Action.PROCESS_SIGNAL))
_SOCKETS = (
    Rule("unix-sockets", frozenset((Action.NET_SOCKET,)), b"unix", Outcome.ALLOW),
    Rule("network-sockets", frozenset((Action.NET_SOCKET,)), (b"inet", b"inet6"), Outcome.ALLOW),
    Rule("unix-addresses", _ADDRESSES, (b"unix:**", b"unix:@**"), Outcome.ALLOW),
    Rule("loopback", _ADDRESSES, b"loopback", Outcome.ALLOW),
    Rule("no-network", _ADDRESSES, b"**", Outcome.DENY, Errno.ENETUNREACH),
)


@cache
def deny_all() -> Policy:
    """Nothing is granted."""
    return Policy("deny-all")


@cache
def offline() -> Policy:
    """The default: the sandbox's own files and processes, Unix sockets, and no network but loopback among them.

    A denied connection looks like a firewall that drops the network: ENETUNREACH.
    """
    return Policy("offline", (
        Rule("files", _FILES, b"**", Outcome.ALLOW),
        Rule("processes", _PROCESSES, b"**", Outcome.ALLOW),
        *_SOCKETS,
    ))


@cache
def observe() -> Policy:
    """Grants everything, and records as a denial what `offline` would deny."""
    return Policy("observe", offline().rules, observe=True)


@cache
def developer() -> Policy:
    """As offline, but the programs and settings of the system cannot be changed: everything else can."""
    return Policy("developer", (
        Rule("system", _CHANGING, (b"/bin/**", b"/sbin/**", b"/lib/**", b"/usr/**", b"/etc/**"), Outcome.DENY, Errno.EROFS),
        *offline().rules,
    ))


@cache
def read_only() -> Policy:
    """Reads and runs, changes nothing but in /tmp and /dev, and has no sockets."""
    return Policy("read-only", (
        Rule("look", _LOOKING | {Action.FILE_EXEC}, b"**", Outcome.ALLOW),
        Rule("scratch", _CHANGING, (b"/tmp/**", b"/dev/**"), Outcome.ALLOW),
        Rule("unchanged", _CHANGING, b"**", Outcome.DENY, Errno.EROFS),
        Rule("processes", _PROCESSES, b"**", Outcome.ALLOW),
    ))


PRESETS = {"offline": offline, "deny-all": deny_all, "observe": observe, "developer": developer, "read-only": read_only}


def preset(name: str) -> Policy:
    """By its name. PolicyError if there is none."""
    make = PRESETS.get(name)
    if make is None:
        near = difflib.get_close_matches(name, PRESETS, 1)
        raise PolicyError(f"there is no preset {name!r}" + (f": did you mean {near[0]}?" if near else
                                                            f": there are {', '.join(PRESETS)}"))
    return make()
