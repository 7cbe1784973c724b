"""Rules made ready to decide: for each action, neighbours without conditions are one regular expression."""
from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from . import resources
from .budgets import Charge
from .decision import Action, Decision, Outcome, Request
from .rules import Rule

Step = Callable[[Request], Decision | None]


class Table:
    """The rules of one policy about one action, in order. `always`: the decision if it does not depend on the request."""

    __slots__ = ("_steps", "always", "default")

    def __init__(self, action: Action, rules: Sequence[Rule], policy: str, observe: bool) -> None:
        self.default = Decision(Outcome.WOULD_DENY if observe else Outcome.DENY, "default")
        mine = [(rule, _decision(rule, policy, observe)) for rule in rules if action in rule.actions]
        self.always: Decision | None = None
        if not mine:
            self.always = self.default
        elif resources.EVERYTHING in mine[0][0].patterns and not mine[0][0].conditional:
            self.always = mine[0][1]
        self._steps = _steps(action, mine)

    def decide(self, request: Request) -> Decision:
        for step in self._steps:
            found = step(request)
            if found is not None:
                return found
        return self.default


def _decision(rule: Rule, policy: str, observe: bool) -> Decision:
    outcome = rule.outcome
    if observe and outcome is not Outcome.ALLOW:
        return Decision(Outcome.WOULD_DENY, rule.name, rule.errno, rule.message)
    charges = tuple(Charge(policy, rule.name, budget, observe) for budget in rule.budgets)
    return Decision(outcome, rule.name, rule.errno, rule.message, charges, rule.deadline_ns)


def _steps(action: Action, mine: Sequence[tuple[Rule, Decision]]) -> tuple[Step, ...]:
    steps: list[Step] = []
    run: list[tuple[bytes, Decision]] = []
    for rule, decision in mine:
        source = None if rule.conditional else resources.source(action, rule.patterns)
        if source is not None:
            run.append((source, decision))
            continue
        if run:
            steps.append(_alternatives(run))
            run = []
        steps.append(_one(action, rule, decision))
    if run:
        steps.append(_alternatives(run))
    return tuple(steps)


def _alternatives(run: Sequence[tuple[bytes, Decision]]) -> Step:
    """The first alternative that matches is the group that the match ends in: sources have no groups of their own."""
    fullmatch = re.compile(b"|".join(b"(" + source + b")" for source, _ in run), re.DOTALL).fullmatch
    decisions = (None, *(decision for _, decision in run))

    def step(request: Request) -> Decision | None:
        found = fullmatch(request.resource)
        if found is None:
            return None
        assert found.lastindex is not None
        return decisions[found.lastindex]

    return step


def _one(action: Action, rule: Rule, decision: Decision) -> Step:
    matches = resources.matcher(action, rule.patterns)
    tests = tuple(test for _, test in rule.conditions())

    def step(request: Request) -> Decision | None:
        if not matches(request.resource):
            return None
        for test in tests:
            if not test(request):
                return None
        return decision

    return step
