"""The counters behind budgets: what has been granted so far, in all or lately."""
from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..lib.clock import Clock
from ..policy.budgets import Budget, Charge

if TYPE_CHECKING:
    from ..policy.decision import Request

#: Different grants in one window that are remembered; more are refused until the oldest leave it.
_GRANTS_MAX = 100_000


class Counter:
    """One budget's: the sum so far, of what is still in the window."""

    __slots__ = ("_budget", "_grants", "used")

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.used: int | float = 0
        self._grants: deque[tuple[int, int | float]] = deque()

    def room(self, amount: int | float, now: int) -> bool:
        """Whether `amount` fits at the time `now` (monotonic ns)."""
        grants, window = self._grants, self._budget.window_ns
        while grants and grants[0][0] <= now - window:
            self.used -= grants.popleft()[1]
        if window and not grants:
            self.used = 0  # fractions leave no crumbs
        return self.used + amount <= self._budget.maximum and len(grants) < _GRANTS_MAX

    def take(self, amount: int | float, now: int) -> None:
        self.used += amount
        if self._budget.window_ns:
            self._grants.append((now, amount))


class Counters:
    """All budgets of one machine. A counter outlives a reload that keeps its policy's name, its rule's and the budget."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counters: dict[tuple[str, str, Budget], Counter] = {}

    def charge(self, charges: Sequence[Charge], request: Request) -> Charge | None:
        """Takes all of them, or none: then the answer is the first that has no room. Observed ones are always taken."""
        now = self._clock.monotonic()
        costs: list[tuple[Counter, int | float]] = []
        over: Charge | None = None
        for charge in charges:
            cost = charge.budget.cost(request)
            counter = self._counter(charge)
            if cost is None or not counter.room(cost, now):
                if not charge.observed:
                    return charge
                over = over or charge
            costs.append((counter, cost or 0))
        for counter, cost in costs:
            counter.take(cost, now)
        return over

    def _counter(self, charge: Charge) -> Counter:
        key = (charge.policy, charge.rule, charge.budget)
        counter = self._counters.get(key)
        if counter is None:
            counter = self._counters[key] = Counter(charge.budget)
        return counter

    def keep(self, charges: frozenset[tuple[str, str, Budget]]) -> None:
        """Forgets every counter but those: after a reload."""
        self._counters = {key: counter for key, counter in self._counters.items() if key in charges}

    def used(self, charge: Charge) -> int | float:
        """How much of it is gone."""
        counter = self._counters.get((charge.policy, charge.rule, charge.budget))
        return 0 if counter is None else counter.used
