"""The recorder: a total order, nothing built that nobody watches."""
from __future__ import annotations

from types import SimpleNamespace

from cloche.events.base import Cause, Record
from cloche.events.process import ProcessExited, ProcessForked
from cloche.events.recorder import Recorder
from cloche.lib.clock import VirtualClock

PROC = SimpleNamespace(pid=5, argv=(b"sh", b"-c"))


def test_records_are_numbered_without_gaps_and_carry_their_cause():
    recorder, seen = Recorder(VirtualClock(tick=1)), []
    recorder.watch(seen.append, [ProcessForked])
    recorder.labels.run, recorder.labels.turn = "r", 3
    recorder.emit(PROC, ProcessForked(6))
    recorder.emit(PROC, ProcessExited(0, 0, 1))  # nobody watches: no number
    recorder.emit(PROC, ProcessForked(7))
    cause = Cause("r", None, 3, None, 5, (b"sh", b"-c"))
    assert seen == [Record(0, 1, cause, ProcessForked(6)), Record(1, 2, cause, ProcessForked(7))]


def test_sinks_get_what_they_asked_for_in_the_order_they_came():
    recorder, seen = Recorder(VirtualClock()), []
    recorder.watch(lambda record: seen.append(("first", record.event.kind)), [ProcessForked])
    assert recorder.wanted == {ProcessForked}
    recorder.watch(lambda record: seen.append(("second", record.event.kind)), [ProcessForked, ProcessExited])
    recorder.emit(PROC, ProcessForked(6))
    recorder.emit(PROC, ProcessExited(0, 0, 1))
    assert seen == [("first", "process.forked"), ("second", "process.forked"), ("second", "process.exited")]
