"""Policies to start from."""
from __future__ import annotations

from ..abi.errno import Errno
from .decision import Action, Outcome
from .policy import Policy, Rule

_FILES = frozenset((Action.FILE_STAT, Action.FILE_READ, Action.FILE_WRITE, Action.FILE_CREATE, Action.FILE_DELETE,
                    Action.FILE_EXEC))
_PROCESSES = frozenset((Action.PROCESS_FORK, Action.PROCESS_SIGNAL))


def deny_all() -> Policy:
    """Nothing is granted."""
    return Policy("deny-all")


def offline() -> Policy:
    """The default: the sandbox's own files and processes, Unix sockets, and no network.

    A denied connection looks like a firewall that drops the network: ENETUNREACH.
    """
    return Policy("offline", (
        Rule("files", _FILES, b"**", Outcome.ALLOW),
        Rule("processes", _PROCESSES, b"**", Outcome.ALLOW),
        Rule("unix-sockets", frozenset((Action.NET_SOCKET,)), b"unix", Outcome.ALLOW),
        Rule("network-sockets", frozenset((Action.NET_SOCKET,)), b"inet*", Outcome.ALLOW),
        Rule("no-network", frozenset((Action.NET_CONNECT, Action.NET_LISTEN)), b"**", Outcome.DENY, Errno.ENETUNREACH),
    ))
