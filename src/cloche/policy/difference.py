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
            lines.append(f"- rule {_text(rule)}: {_NARROWER if _gone(rule, new) else _WIDER}")
    for name, rule in after.items():
        if name not in before:
            lines.append(f"+ rule {_text(rule)}: {_verdict(old, rule)}")
        elif rule != before[name]:
            lines += [f"~ rule {_text(before[name])}", f"  now  {_text(rule)}: {_changed(before[name], rule, new)}"]
    kept = [name for name in before if name in after]
    order = [name for name in after if name in before]
    if kept != order:
        lines.append(f"~ the order of rules: {', '.join(order)}: {_WIDER}")
    one, other = to_dict(old), to_dict(new)
    for key in sorted({*one, *other} - {"rules", "name"}):
        if one.get(key) != other.get(key):
            lines.append(f"~ {key}: {json.dumps(one.get(key))} -> {json.dumps(other.get(key))}{_rest(key, old, new)}")
    return lines


def _rest(key: str, old: Policy, new: Policy) -> str:
    """The verdict on the parts that decide and are no rules."""
    if key == "mode":
        return f": {_WIDER if new.observe else _NARROWER}"
    if key == "within":
        return f": {_NARROWER if all(layer in new.within for layer in old.within) else _WIDER}"
    return ""


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


def _gone(old: Rule, policy: Policy) -> bool:
    """What it matched is not granted more freely without it: it granted all there is, or nobody behind it does."""
    if old.outcome is Outcome.ALLOW and not old.budgets:
        return True
    return old.outcome not in REFUSALS and not any(
        rule.actions & old.actions and rule.outcome not in REFUSALS for rule in policy.rules if rule.name != old.name)


def _changed(old: Rule, new: Rule, policy: Policy) -> str:
    """Of a rule that stays where it is: what it no longer matches goes to the rules behind it."""
    same = all(new.covers(old, action) for action in old.actions)
    if old.outcome in REFUSALS:
        return _NARROWER if new.outcome in REFUSALS and same else _WIDER
    if not (same or _gone(old, policy)):
        return _WIDER
    if new.outcome in REFUSALS:
        return _NARROWER
    within = (new.outcome.rank <= old.outcome.rank and set(old.budgets) <= set(new.budgets)
              and new.deadline_ns <= (old.deadline_ns or new.deadline_ns)
              and all(old.covers(new, action) for action in new.actions))
    return _NARROWER if within else _WIDER
