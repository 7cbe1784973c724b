"""Budgets: how much of something one machine may hold in all."""
from __future__ import annotations

from ..abi.errno import Errno, SysError


class Budget:
    """A counted resource with a bound. Charge before growing, release when freed.

    At the bound `charge` raises the errno that Linux gives there, and counts nothing.
    """

    __slots__ = ("errno", "maximum", "name", "refused", "used")

    def __init__(self, name: str, maximum: int, errno: Errno) -> None:
        #: The limit's name in kernel/limits.py.
        self.name = name
        self.maximum, self.errno = maximum, errno
        self.used = 0
        #: How often something was refused.
        self.refused = 0

    @property
    def left(self) -> int:
        return self.maximum - self.used

    def charge(self, amount: int) -> None:
        used = self.used + amount
        if used > self.maximum:
            self.refused += 1
            raise SysError(self.errno)
        self.used = used

    def force(self, amount: int) -> None:
        """Counts what cannot be refused."""
        self.used += amount

    def release(self, amount: int) -> None:
        self.used -= amount
        assert self.used >= 0
