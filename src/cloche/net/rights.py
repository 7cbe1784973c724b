"""Descriptors in flight: files sent over Unix sockets (SCM_RIGHTS) and not yet received; Linux's unix_gc.

A socket that only lies in its own queue, or in those of others like it, can never be received: it is garbage.
"""
from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from ..lib.budget import Budget

if TYPE_CHECKING:
    from .socket import Socket


class Passed(NamedTuple):
    """A file in flight (an OpenFile, one reference of which is the flight's), and its socket, if it is one."""

    file: Any
    socket: Socket | None


class InFlight:
    """All of one machine. `budget` bounds them: ETOOMANYREFS."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._sockets: Counter[Passed] = Counter()

    def send(self, rights: list[Passed]) -> None:
        """They leave a process: takes a reference to each."""
        self._budget.charge(len(rights))
        for passed in rights:
            passed.file.get()
            if passed.socket is not None:
                self._sockets[passed] += 1

    def land(self, rights: list[Passed]) -> None:
        """They have arrived, or never will: gives up the references."""
        self._budget.release(len(rights))
        for passed in rights:
            if passed.socket is not None:
                self._sockets[passed] -= 1
                if not self._sockets[passed]:
                    del self._sockets[passed]
            passed.file.put()

    def collect(self, closing: Any = None) -> None:
        """Frees sockets that nothing but flights refer to. `closing` is a file that is about to lose a reference."""
        if not self._sockets:
            return
        candidates = {passed: count for passed, count in self._sockets.items()
                      if passed.file.refs - (passed.file is closing) == count}
        while candidates:
            inside: Counter[Passed] = Counter()
            for passed in candidates:
                assert passed.socket is not None
                inside.update(held for held in passed.socket.rights_held() if held in candidates)
            reachable = [passed for passed, count in candidates.items() if inside[passed] < count]
            if not reachable:
                break
            for passed in reachable:
                del candidates[passed]
        for passed in candidates:
            assert passed.socket is not None
            passed.socket.purge()
