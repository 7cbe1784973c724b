"""Interval timers: setitimer(2), alarm(2)."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..abi.signal import SIGALRM, SIGPROF, SIGVTALRM
from ..abi.structs import ITIMERVAL
from . import signals

if TYPE_CHECKING:
    from .process import Process

ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF = 0, 1, 2
#: The shortest interval: timers that ring all the time must not keep the machine from its work. # L-TIME-002
_INTERVAL_NS_MIN = 1_000_000
#: Counted as real time: the machine has one processor and does not split user from system. # L-TIME-001
CPU_TIMERS = frozenset((ITIMER_VIRTUAL, ITIMER_PROF))
_SIGNALS = {ITIMER_REAL: SIGALRM, ITIMER_VIRTUAL: SIGVTALRM, ITIMER_PROF: SIGPROF}


class IntervalTimer:
    """One of a process's three timers. Not inherited by fork; kept by exec."""

    def __init__(self, proc: Process, which: int) -> None:
        self._proc, self._signo = proc, _SIGNALS[which]
        self._timer: list[Any] | None = None
        self._interval = 0

    def arm(self, delay: int, interval: int) -> None:
        """Rings after `delay` ns, then every `interval` ns; a delay of 0 disarms."""
        self.disarm()
        if delay > 0:
            self._set(delay)
            self._interval = interval

    def _set(self, delay: int, again: bool = False) -> None:
        machine = self._proc.machine
        self._timer = machine.scheduler.at(machine.clock.monotonic() + delay, self._ring, again)

    def disarm(self) -> None:
        if self._timer is not None:
            self._proc.machine.scheduler.cancel(self._timer)
            self._timer = None
        self._interval = 0

    def _ring(self) -> None:
        self._timer = None
        if self._interval:
            self._set(max(self._interval, _INTERVAL_NS_MIN), True)
        signals.send(self._proc, self._signo)

    def read(self) -> bytes:
        """struct itimerval: interval, and time left."""
        left = 0
        if self._timer is not None:
            # getitimer(2): an armed timer never reads 0.
            left = max(1000, self._timer[0] - self._proc.machine.clock.monotonic()) // 1000
        interval = self._interval // 1000
        return ITIMERVAL.pack(interval // 1_000_000, interval % 1_000_000, left // 1_000_000, left % 1_000_000)
