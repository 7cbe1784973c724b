"""Policies to start from."""
from __future__ import annotations

from ..abi.errno import Errno
from .decision import Action, Outcome
from .policy import Policy, Rule

_FILES = frozenset((Action.FILE_STAT, Action.FILE_READ, Action.FILE_WRITE, Action.FILE_CREATE, Action.FILE_DELETE,
                    Action.FILE_EXEC))
_ADDRESSES = frozenset((Action.NET_CONNECT, Action.NET_LISTEN))
_PROCESSES = frozenset((Action.PROCESS_FORK, Action.PROCESS_SIGNAL))


def deny_all() -> Policy:
    """Nothing is granted."""
    return Policy("deny-all")


def offline() -> Policy:
    """The default: the sandbox's own files and processes, Unix sockets, and no network but loopback among them.

    A denied connection looks like a firewall that drops the network: ENETUNREACH.
    """
    return Policy("offline", (
        Rule("files", _FILES, b"**", Outcome.ALLOW),
        Rule("processes", _PROCESSES, b"**", Outcome.ALLOW),
        Rule("unix-sockets", frozenset((Action.NET_SOCKET,)), b"unix", Outcome.ALLOW),
        Rule("network-sockets", frozenset((Action.NET_SOCKET,)), b"inet*", Outcome.ALLOW),
        Rule("unix-addresses", _ADDRESSES, b"unix:**", Outcome.ALLOW),
        Rule("loopback", _ADDRESSES, b"loopback:**", Outcome.ALLOW),
        Rule("no-network", _ADDRESSES, b"**", Outcome.DENY, Errno.ENETUNREACH),
    ))
