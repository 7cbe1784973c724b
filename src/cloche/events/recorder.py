"""The recorder: turns events into records, in order, and hands them to sinks."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..lib.clock import Clock
from .base import Cause, Event, Record

if TYPE_CHECKING:
    from typing import Any

Sink = Callable[[Record], None]


@dataclass(slots=True)
class Labels:
    """The caller's ids for what happens from now on."""

    run: str | None = None
    episode: str | None = None
    turn: int | None = None
    call: str | None = None


class Recorder:
    """Emits synchronously: the log is a total order.

    An event nobody watches is not built: `if FileOpened in recorder.wanted: recorder.emit(proc, FileOpened(...))`.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._sinks: dict[type[Event], list[Sink]] = {}
        self._seq = 0
        self.wanted: frozenset[type[Event]] = frozenset()
        self.labels = Labels()

    def watch(self, sink: Sink, kinds: Iterable[type[Event]]) -> None:
        """Hands every record of one of `kinds` to `sink`, from now on."""
        for kind in kinds:
            self._sinks.setdefault(kind, []).append(sink)
        self.wanted = frozenset(self._sinks)

    def emit(self, proc: Any, event: Event) -> None:
        """Records what `proc` (a Process) did."""
        sinks = self._sinks.get(type(event))
        if sinks is None:
            return
        labels = self.labels
        cause = Cause(labels.run, labels.episode, labels.turn, labels.call, proc.pid, tuple(proc.argv))
        record = Record(self._seq, self.clock.monotonic(), cause, event)
        self._seq += 1
        for sink in sinks:
            sink(record)
