"""Wait queues: who waits for an object to change."""
from typing import Protocol


class Waiter(Protocol):
    """Something that can be woken; a process, an epoll instance."""

    def wake(self) -> None: ...


class WaitQueue:
    """Waiters in order of arrival; Linux's wait_queue_head. Waking wakes all: each looks again for itself."""

    __slots__ = ("waiters",)

    def __init__(self) -> None:
        self.waiters: dict[Waiter, None] = {}

    def wake(self) -> None:
        if self.waiters:
            for waiter in list(self.waiters):
                waiter.wake()
