"""Rules that can never decide, because earlier ones always do: refused, as one of the two is not what was meant."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .rules import Rule


@dataclass(frozen=True, slots=True)
class Dead:
    """`rule` is hidden behind `by`."""

    rule: Rule
    by: Rule
    message: str


def first(rules: Sequence[Rule]) -> Dead | None:
    """The first rule that an earlier one covers as a whole, in the actions it has. None: not found out."""
    for index, rule in enumerate(rules):
        hiding: dict[str, Rule] = {}
        for action in rule.actions:
            for earlier in rules[:index]:
                if earlier.covers(rule, action):
                    hiding[action] = earlier
                    break
        if len(hiding) == len(rule.actions) and rule.actions:
            by = hiding[min(hiding)]
            other = f"{by.name!r}" + (f" (line {by.source.rpartition(':')[2]})" if by.source else "")
            if by.outcome is rule.outcome:
                message = f"rule {rule.name!r} is never reached: {other} decides the same before it; delete one"
            else:
                message = (f"rule {rule.name!r} ({rule.outcome}) contradicts {other} ({by.outcome}), which always decides "
                           "before it: put the narrower rule first")
            return Dead(rule, by, message)
    return None
