"""Events of processes."""
from __future__ import annotations

from dataclasses import dataclass

from .base import Event


@dataclass(frozen=True, slots=True)
class ProcessForked(Event):
    """fork(2), vfork(2): `child` is the new process's id."""

    kind = "process.forked"
    child: int


@dataclass(frozen=True, slots=True)
class ProcessExecuted(Event):
    """execve(2) succeeded. `path` as resolved; `argv` as the program gets it."""

    kind = "process.executed"
    path: bytes
    argv: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ProcessExited(Event):
    """A process ended. `status` as wait(2) gives it; `cpu_ns` of itself and `parent` its parent's id, 0 for none."""

    kind = "process.exited"
    status: int
    cpu_ns: int
    parent: int


@dataclass(frozen=True, slots=True)
class ProcessFaulted(Event):
    """A program did what only a signal answers: `fault` is the engine's word for it, `signo` what it got."""

    kind = "process.faulted"
    fault: str
    signo: int


@dataclass(frozen=True, slots=True)
class SignalSent(Event):
    """kill(2) and its kin: `signo` to `target`."""

    kind = "process.signalled"
    target: int
    signo: int
