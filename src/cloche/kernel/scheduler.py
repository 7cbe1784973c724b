"""The run queue and the timers: one host thread, first come first served, the same order every run."""
from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from ..abi.errno import Errno, SysError
from ..lib.clock import Clock

if TYPE_CHECKING:
    from .process import Process

#: States of a process, by the letters of /proc/PID/stat. VFORK: its child runs in its guest.
RUNNABLE, BLOCKED, STOPPED, ZOMBIE, VFORK = "R", "S", "T", "Z", "D"
#: How many steps are made between two looks at timers and host ports.
_STEPS_PER_LOOK = 32


class Host(Protocol):
    """What the machine's run loop needs of the outside: its streams and its patience."""

    def poll(self) -> None:
        """Looks at the streams without waiting; wakes who waits for them."""
        ...

    def wait(self, timeout_ns: int | None) -> bool:
        """Waits for the streams, at most `timeout_ns`. False if nothing will ever come from them."""
        ...


class Scheduler:
    """Linux's sched, as little of it as a deterministic machine needs."""

    def __init__(self, clock: Clock, timers_max: int) -> None:
        self.clock = clock
        self.ready: deque[Process] = deque()
        self.switches = 0
        #: Time to look at timers and the host: set when a process has used a whole time slice.
        self.look = False
        self._timers_max = timers_max
        self._timers: list[list[Any]] = []
        self._order = itertools.count()

    def add(self, proc: Process) -> None:
        if not proc.queued:
            proc.queued = True
            self.ready.append(proc)

    def at(self, deadline: int, action: Callable[[], None], exempt: bool = False) -> list[Any]:
        """Calls action() once the monotonic clock reaches `deadline` (ns). The result is for `cancel`.

        EAGAIN at the machine's limit, unless `exempt`: the caller's own timers, and one that takes another's place.
        """
        if len(self._timers) >= self._timers_max and not exempt:
            self._timers = [timer for timer in self._timers if timer[2] is not None]
            heapq.heapify(self._timers)
            if len(self._timers) >= self._timers_max:
                raise SysError(Errno.EAGAIN)
        timer = [deadline, next(self._order), action]
        heapq.heappush(self._timers, timer)
        return timer

    @staticmethod
    def cancel(timer: list[Any]) -> None:
        timer[2] = None

    def run(self, step: Callable[[Process], None], finished: Callable[[], bool], host: Host) -> bool:
        """Runs processes, a step at a time, until finished(). False if nothing can ever run again before that."""
        ready = self.ready
        steps = 0
        while not finished():
            steps += 1
            if self.look or not steps % _STEPS_PER_LOOK:
                self.look = False
                host.poll()
                self._fire()
            if not ready:
                if not self._idle(host):
                    return False
                continue
            proc = ready.popleft()
            proc.queued = False
            if proc.state is RUNNABLE:
                self.switches += 1
                step(proc)
        return True

    def _fire(self) -> None:
        timers = self._timers
        if not timers:
            return
        now = self.clock.monotonic()
        while timers and timers[0][0] <= now:
            action = heapq.heappop(timers)[2]
            if action is not None:
                action()

    def _idle(self, host: Host) -> bool:
        """Nothing can run: waits for a timer or the host. False if neither can ever come."""
        while self._timers and self._timers[0][2] is None:
            heapq.heappop(self._timers)
        if self._timers:
            deadline = self._timers[0][0]
            if not self.clock.skip_to(deadline):
                host.wait(max(0, deadline - self.clock.monotonic()))
            else:
                host.poll()
            self._fire()
            return True
        return host.wait(None)
