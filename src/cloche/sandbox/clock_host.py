"""The host's clocks."""
import time


class HostClock:
    """Implements lib/clock.py's Clock."""

    monotonic = staticmethod(time.monotonic_ns)
    realtime = staticmethod(time.time_ns)

    @staticmethod
    def skip_to(deadline: int) -> bool:
        return False

    @staticmethod
    def advance(duration: int) -> None:
        pass
