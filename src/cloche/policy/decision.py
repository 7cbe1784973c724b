"""Requests and decisions: may this subject do this to that; yes or no, and by which rule."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..abi.errno import Errno
from .budgets import Charge


class Action(StrEnum):
    """Kinds of access. Each has one hook in security/hooks.py."""

    FILE_STAT = "file.stat"
    FILE_READ = "file.read"
    FILE_WRITE = "file.write"
    FILE_CREATE = "file.create"
    FILE_DELETE = "file.delete"
    FILE_EXEC = "file.exec"
    PROCESS_EXEC = "process.exec"  # L-POL-006: of the file, not of the name it was called by
    PROCESS_FORK = "process.fork"
    PROCESS_SIGNAL = "process.signal"
    NET_SOCKET = "net.socket"
    NET_CONNECT = "net.connect"
    NET_LISTEN = "net.listen"
    NET_RESOLVE = "net.resolve"  # L-POL-001: nothing asks yet
    NET_HTTP = "net.http"  # L-POL-001
    TOOL_CALL = "tool.call"  # L-POL-001


class Outcome(StrEnum):
    """What is decided; `rank` orders them from nothing to everything.

    DECOY is to be answered by a fake; until there are fakes it is a denial (L-POL-002). WOULD_DENY is granted, and
    recorded as a denial.
    """

    DENY = "deny"
    DECOY = "decoy"
    ASK = "ask"
    WOULD_DENY = "would-deny"
    ALLOW = "allow"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {outcome: rank for rank, outcome in enumerate(Outcome)}
#: What the guest sees as a denial.
REFUSALS = frozenset((Outcome.DENY, Outcome.DECOY))


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks: a process by id, effective user, and the program it runs."""

    pid: int
    uid: int
    program: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """`resource`, by `action`: an absolute path; a socket family; "own-session:PID" or "other-session:PID"; an address
    ("unix:PATH", "loopback:HOST:PORT", "HOST:PORT"); a host name; a tool's name.

    `arguments`: of the program to execute, from argv[0] on. `method`, `path`: of an HTTP request. `parameters`: of a tool
    call, as JSON has them. `size`: bytes that go through.
    """

    subject: Subject
    action: Action
    resource: bytes
    arguments: tuple[bytes, ...] = ()
    method: bytes = b""
    path: bytes = b""
    parameters: Mapping[str, Any] | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """`rule` names the rule that decided; `errno` and `message` are what a denied guest sees.

    `charges`: what the grant costs, of which budgets. `deadline_ns`: how long an answer to ASK is waited for.
    """

    outcome: Outcome
    rule: str
    errno: Errno = Errno.EACCES
    message: str = ""
    charges: tuple[Charge, ...] = ()
    deadline_ns: int = 0


def meet(first: Decision, second: Decision) -> Decision:
    """What both grant: the lower outcome, and if neither refuses, the charges of both."""
    lower = second if second.outcome.rank < first.outcome.rank else first
    if lower.outcome in REFUSALS:
        return lower
    if not first.charges and not second.charges and Outcome.ASK not in (first.outcome, second.outcome):
        return lower
    charges = (*first.charges, *(charge for charge in second.charges if charge not in first.charges))
    asking = [decision.deadline_ns for decision in (first, second) if decision.outcome is Outcome.ASK]
    return Decision(lower.outcome, lower.rule, lower.errno, lower.message, charges, min(asking, default=0))
