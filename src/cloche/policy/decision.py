"""Requests and decisions: may this subject do this to that; yes or no, and by which rule."""
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ..abi.errno import Errno


class Action(StrEnum):
    """Kinds of access. Each has one hook in security/hooks.py."""

    FILE_STAT = "file.stat"
    FILE_READ = "file.read"
    FILE_WRITE = "file.write"
    FILE_CREATE = "file.create"
    FILE_DELETE = "file.delete"
    FILE_EXEC = "file.exec"
    PROCESS_FORK = "process.fork"
    PROCESS_SIGNAL = "process.signal"
    NET_SOCKET = "net.socket"
    NET_CONNECT = "net.connect"
    NET_LISTEN = "net.listen"


class Outcome(StrEnum):
    ALLOW = "allow"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks: a process by id, effective user, and the program it runs."""

    pid: int
    uid: int
    program: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """`resource`: an absolute path, a "host:port", a socket family or a process id, by `action`."""

    subject: Subject
    action: Action
    resource: bytes


@dataclass(frozen=True, slots=True)
class Decision:
    """`rule` names the rule that decided; `errno` is what a denied guest sees."""

    outcome: Outcome
    rule: str
    errno: Errno = Errno.EACCES
