"""What changes from one policy to another: rules and settings, and whether more is granted."""
from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .decision import REFUSALS, Outcome
from .dump import rule_dict, to_dict
from .rules import Rule

if TYPE_CHECKING:
    from .policy import Policy

_WIDER, _NARROWER = "may grant more", "grants no more"


def difference(old: Policy, new: Policy) -> list[str]:
    """Lines for people: `+`, `-`, `~` and what. Empty: they decide alike. Soundly "grants no more": it is never wrong."""
    lines = []
    before, after = {rule.name: rule for rule in old.rules}, {rule.name: rule for rule in new.rules}
    for name, rule in before.items():
        if name not in after:
            # What asked or counted may have stood before what does not.
            plain = rule.outcome is Outcome.ALLOW and not rule.budgets
            lines.append(f"- rule {_text(rule)}: {_NARROWER if plain else _WIDER}")
    for name, rule in after.items():
        if name not in before:
            lines.append(f"+ rule {_text(rule)}: {_verdict(old, rule)}")
        elif rule != before[name]:
            lines += [f"~ rule {_text(before[name])}", f"  now  {_text(rule)}: {_changed(before[name], rule)}"]
    kept = [name for name in before if name in after]
    order = [name for name in after if name in before]
    if kept != order:
        lines.append(f"~ the order of rules: {', '.join(order)}: {_WIDER}")
    one, other = to_dict(old), to_dict(new)
    for key in sorted({*one, *other} - {"rules", "name"}):
        if one.get(key) != other.get(key):
            lines.append(f"~ {key}: {json.dumps(one.get(key))} -> {json.dumps(other.get(key))}")
    return lines


def _text(rule: Rule) -> str:
    return json.dumps(rule_dict(rule))


def _verdict(old: Policy, rule: Rule) -> str:
    """Of a new rule."""
    return _NARROWER if rule.outcome in REFUSALS or _granted(old.rules, rule) else _WIDER


def _granted(rules: Sequence[Rule], wanted: Rule) -> bool:
    """The first rules on these actions that could say anything grant all of it, for nothing less than `wanted` pays."""
    for action in wanted.actions:
        first = next((rule for rule in rules if action in rule.actions), None)
        if first is None or first.outcome.rank < wanted.outcome.rank or first.budgets or not first.covers(wanted, action):
            return False
    return True


def _changed(old: Rule, new: Rule) -> str:
    """Of a rule that stays where it is: what it no longer matches goes to the rules behind it."""
    same = all(new.covers(old, action) for action in old.actions)
    if old.outcome in REFUSALS:
        return _NARROWER if new.outcome in REFUSALS and same else _WIDER
    plain = old.outcome is Outcome.ALLOW and not old.budgets
    if not (plain or same):
        return _WIDER
    if new.outcome in REFUSALS:
        return _NARROWER
    within = (new.outcome.rank <= old.outcome.rank and set(old.budgets) <= set(new.budgets)
              and new.deadline_ns <= (old.deadline_ns or new.deadline_ns)
              and all(old.covers(new, action) for action in new.actions))
    return _NARROWER if within else _WIDER
