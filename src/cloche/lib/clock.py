"""Clocks as the kernel sees them. The host's is in sandbox/clock_host.py."""
from typing import Protocol


class Clock(Protocol):
    """Time in nanoseconds. `monotonic` never goes back; `realtime` counts from the Unix epoch."""

    def monotonic(self) -> int: ...

    def realtime(self) -> int: ...

    def skip_to(self, deadline: int) -> bool:
        """Nothing can happen before `deadline` (monotonic): a virtual clock jumps there and says True."""
        ...

    def advance(self, duration: int) -> None:
        """A guest has computed for so long. The host's clock knows."""
        ...


class VirtualClock:
    """Time that passes only when a guest waits, computes or asks: the same run, the same times.

    Every reading takes `tick` ns, so that a loop that waits for the clock to move ends.
    """

    def __init__(self, epoch: int = 1_767_225_600_000_000_000, tick: int = 1_000) -> None:
        self._epoch, self._tick = epoch, tick
        self._now = 0

    def monotonic(self) -> int:
        self._now += self._tick
        return self._now

    def realtime(self) -> int:
        return self._epoch + self.monotonic()

    def advance(self, duration: int) -> None:
        self._now += duration

    def skip_to(self, deadline: int) -> bool:
        self._now = max(self._now, deadline)
        return True
