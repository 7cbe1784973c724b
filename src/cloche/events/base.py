"""What an event and a record are."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """A fact, in the past tense. `kind` is its name in a log, such as "file.opened"."""

    kind = "event"


@dataclass(frozen=True, slots=True)
class Cause:
    """Who did it: the ids the caller gave, and the process.

    `run`, `episode`, `turn`, `call`: the caller's ids, or None. `pid`: the process. `command`: its arguments.
    """

    run: str | None
    episode: str | None
    turn: int | None
    call: str | None
    pid: int
    command: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """An event as it stands in the log: `seq` without gaps from 0, `time_ns` of the machine's monotonic clock."""

    seq: int
    time_ns: int
    cause: Cause
    event: Event
