"""Descriptors in flight: files sent over Unix sockets (SCM_RIGHTS) and not yet received; Linux's unix_gc.

A socket that only lies in its own queue, or in those of others like it, can never be received: it is garbage.
"""
from __future__ import annotations

import itertools
from collections import Counter, deque
from typing import TYPE_CHECKING, Any, NamedTuple

from ..lib.budget import Budget

if TYPE_CHECKING:
    from .socket import Socket

#: With up to this many sockets in flight, every close of a socket looks for garbage.
_CLOSES_PER_LOOK = 16


class Passed(NamedTuple):
    """A file in flight (an OpenFile, one reference of which is the flight's), and its socket, if it is one."""

    file: Any
    socket: Socket | None


class InFlight:
    """All of one machine. `budget` bounds them: ETOOMANYREFS."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._sockets: Counter[Passed] = Counter()
        self._landing: deque[Passed] = deque()
        self._in_land = False
        self._closes = 0

    def send(self, rights: list[Passed]) -> None:
        """They leave a process: takes a reference to each."""
        self._budget.charge(len(rights))
        for passed in rights:
            passed.file.get()
            if passed.socket is not None:
                self._sockets[passed] += 1

    def land(self, rights: list[Passed]) -> None:
        """They have arrived, or never will: gives up the references.

        A file that is freed by it may be a socket that holds others, and so on: they queue, and the first call goes on
        with the rest, so that no chain of sockets is too deep.
        """
        self._budget.release(len(rights))
        for passed in rights:
            if passed.socket is not None:
                self._sockets[passed] -= 1
                if not self._sockets[passed]:
                    del self._sockets[passed]
        self._landing.extend(rights)
        if self._in_land:
            return
        self._in_land = True
        try:
            while self._landing:
                self._landing.popleft().file.put()
        finally:
            self._in_land = False

    def collect(self, closing: Any = None) -> None:
        """Frees sockets that nothing but flights refer to. `closing` is a file that is about to lose a reference.

        It looks at all sockets in flight, so among many only every so many closes: their cost stays in proportion.
        """
        self._closes += 1
        if self._closes * _CLOSES_PER_LOOK < len(self._sockets) or not self._sockets:
            return
        self._closes = 0
        candidates = {passed: count for passed, count in self._sockets.items()
                      if passed.file.refs - (passed.file is closing) == count}
        held = {passed: [other for other in passed.socket.rights_held() if other in candidates]
                for passed in candidates if passed.socket is not None}
        inside = Counter(itertools.chain.from_iterable(held.values()))
        # Some flight of it is in a socket that can be received from: so can it, and what it holds.
        reached = [passed for passed, count in candidates.items() if inside[passed] < count]
        while reached:
            passed = reached.pop()
            if candidates.pop(passed, None) is not None:
                reached.extend(held[passed])
        for passed in candidates:
            assert passed.socket is not None
            passed.socket.purge()
