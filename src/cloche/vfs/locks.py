"""File locks: record locks of fcntl(2), of processes and of open files, and flock(2). All are advisory."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno, SysError
from ..abi.fcntl import F_RDLCK, F_UNLCK, F_WRLCK
from ..lib.budget import Budget
from ..lib.wait_queue import WaitQueue

if TYPE_CHECKING:
    from .inode import Inode

#: The end of a lock that goes on to the end of the file, however far that moves.
TO_THE_END = 1 << 63


@dataclass(slots=True)
class Lock:
    """Bytes [start, end) of a file. `owner`: the descriptor table of a process, or an open file; `pid` for F_GETLK."""

    owner: Any
    kind: int
    start: int
    end: int
    pid: int

    def conflicts(self, other: Lock) -> bool:
        return (self.owner is not other.owner and self.start < other.end and other.start < self.end
                and F_WRLCK in (self.kind, other.kind))


class InodeLocks:
    """The locks on one inode. Record locks and flock(2)'s do not see each other."""

    __slots__ = ("budget", "flocks", "queue", "records")

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.records: list[Lock] = []  # each owner's are disjoint
        self.flocks: dict[Any, int] = {}  # open file -> F_RDLCK, F_WRLCK
        self.queue = WaitQueue()

    def conflict(self, wanted: Lock) -> Lock | None:
        """The first lock in the way, lowest start first."""
        found = [lock for lock in self.records if lock.conflicts(wanted)]
        return min(found, key=lambda lock: lock.start) if found else None

    def set(self, wanted: Lock) -> None:
        """Puts `wanted` (also F_UNLCK) in place of what its owner had there; joins neighbours of its kind."""
        kept: list[Lock] = []
        mine: list[Lock] = []
        for lock in self.records:
            (mine if lock.owner is wanted.owner else kept).append(lock)
        start, end = wanted.start, wanted.end
        for lock in mine:
            if wanted.kind == lock.kind and lock.start <= end and start <= lock.end:
                start, end = min(start, lock.start), max(end, lock.end)
            elif lock.end <= wanted.start or wanted.end <= lock.start:
                kept.append(lock)
            else:
                if lock.start < wanted.start:
                    kept.append(Lock(lock.owner, lock.kind, lock.start, wanted.start, lock.pid))
                if wanted.end < lock.end:
                    kept.append(Lock(lock.owner, lock.kind, wanted.end, lock.end, lock.pid))
        if wanted.kind != F_UNLCK:
            kept.append(Lock(wanted.owner, wanted.kind, start, end, wanted.pid))
        grown = len(kept) - len(self.records)
        if grown > 0:
            self.budget.charge(grown)
        else:
            self.budget.release(-grown)
        self.records = kept
        self.queue.wake()

    def release_owner(self, owner: Any) -> None:
        """Drops all locks of `owner`: a descriptor table (record locks) or an open file (its own, and flock's)."""
        kept = [lock for lock in self.records if lock.owner is not owner]
        dropped = len(self.records) - len(kept)
        self.records = kept
        if self.flocks.pop(owner, None) is not None:
            dropped += 1
        if dropped:
            self.budget.release(dropped)
            self.queue.wake()


@dataclass(slots=True)
class _Waiting:
    locks: InodeLocks
    wanted: Lock
    waiter: Any


class Locks:
    """All file locks of a machine: at most locks_max of them, else ENOLCK."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        #: owner -> what its process waits for; for EDEADLK. Entries whose process gave up are stale: see `_waits`.
        self._waiting: dict[Any, _Waiting] = {}

    def _of(self, inode: Inode) -> InodeLocks:
        if inode.locks is None:
            inode.locks = InodeLocks(self.budget)
        return inode.locks

    def test(self, inode: Inode, wanted: Lock) -> Lock | None:
        """F_GETLK: the lock in the way, or None."""
        return inode.locks.conflict(wanted) if inode.locks is not None else None

    def set(self, inode: Inode, wanted: Lock, waiter: Any = None) -> WaitQueue | None:
        """F_SETLK (EAGAIN if it is taken), or with a `waiter` F_SETLKW: the queue to wait on, or None: it is done.

        EDEADLK if waiting would close a circle (record locks of processes only, as in Linux).
        """
        if inode.locks is None and wanted.kind == F_UNLCK:
            return None
        locks = self._of(inode)
        self._waiting.pop(wanted.owner, None)
        if wanted.kind != F_UNLCK:
            blocker = locks.conflict(wanted)
            if blocker is not None:
                if waiter is None:
                    raise SysError(Errno.EAGAIN)
                if wanted.pid != -1:
                    self._check_deadlock(wanted.owner, blocker)
                    self._waiting[wanted.owner] = _Waiting(locks, wanted, waiter)
                return locks.queue
        locks.set(wanted)
        return None

    def _waits(self, owner: Any) -> Lock | None:
        """What an owner's process waits for now: the lock in its way."""
        waiting = self._waiting.get(owner)
        if waiting is None:
            return None
        if waiting.waiter not in waiting.locks.queue.waiters:
            # A signal ended its wait.
            del self._waiting[owner]
            return None
        return waiting.locks.conflict(waiting.wanted)

    def _check_deadlock(self, owner: Any, blocker: Lock) -> None:
        seen: set[int] = set()
        lock: Lock | None = blocker
        while lock is not None and id(lock.owner) not in seen:
            if lock.owner is owner:
                raise SysError(Errno.EDEADLK)
            seen.add(id(lock.owner))
            lock = self._waits(lock.owner)

    def flock(self, inode: Inode, file: Any, kind: int, wait: bool) -> WaitQueue | None:
        """flock(2): F_RDLCK, F_WRLCK or F_UNLCK for an open file. The queue to wait on, or None: it is done."""
        if inode.locks is None and kind == F_UNLCK:
            return None
        locks = self._of(inode)
        held = locks.flocks.get(file)
        if held == kind:
            return None
        if kind == F_UNLCK:
            if held is not None:
                del locks.flocks[file]
                self.budget.release(1)
                locks.queue.wake()
            return None
        others = [other for owner, other in locks.flocks.items() if owner is not file]
        if F_WRLCK in others or (others and kind == F_WRLCK):
            # flock(2): a conversion is not atomic: the lock that was held is gone first.
            if held is not None:
                del locks.flocks[file]
                self.budget.release(1)
                locks.queue.wake()
            if not wait:
                raise SysError(Errno.EAGAIN)
            return locks.queue
        if held is None:
            self.budget.charge(1)
        locks.flocks[file] = kind
        if held == F_WRLCK and kind == F_RDLCK:
            locks.queue.wake()
        return None

    def all(self) -> int:
        """How many there are."""
        return self.budget.used
