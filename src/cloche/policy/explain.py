"""Why something was decided as it was, and which line would decide it otherwise."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..lib.quote import printable
from .decision import REFUSALS, Decision, Outcome, Request
from .dump import text
from .resources import KINDS, Kind
from .rules import Rule

if TYPE_CHECKING:
    from .policy import Policy

#: Rules that nearly match, at most.
_NEAR_MAX = 5
_GRANTING = (Outcome.ALLOW, Outcome.WOULD_DENY)
_KEYS = {Kind.PATH: "path", Kind.SESSION: "target", Kind.FAMILY: "family", Kind.TOOL: "tool", Kind.HOST: "host"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """`rule`: that decided, None for the default, in the policy named `layer`.

    `later`: rules that would have granted it, had they stood before. `near`: rules on this action that do not match, with
    the first of their conditions that fails. `line`: the entry of `rules` that would grant just this, and `before`: the
    rule it has to stand before, if any.
    """

    decision: Decision
    layer: str
    rule: Rule | None
    later: tuple[Rule, ...]
    near: tuple[tuple[Rule, str], ...]
    line: str
    before: str

    def __str__(self) -> str:
        verb = {Outcome.ALLOW: "allowed", Outcome.ASK: "asked for", Outcome.WOULD_DENY: "allowed, and recorded as denied",
                }.get(self.decision.outcome, "denied")
        if self.rule is None:
            lines = [f"{verb}: no rule of {self.layer!r} matches it"]
        else:
            lines = [f"{verb} by rule {_named(self.rule)} of {self.layer!r}"]
        if self.decision.outcome in REFUSALS:
            lines[0] += f" (the guest sees {self.decision.errno.name})"
        for rule in self.later:
            lines.append(f"rule {_named(rule)} would allow it, but comes later")
        for rule, why in self.near:
            lines.append(f"rule {_named(rule)} does not apply: {why} does not match")
        lines += [f"budget: {charge.budget}" for charge in self.decision.charges]
        if self.line:
            where = f", before rule {self.before!r}," if self.before else ""
            lines.append(f"this line{where} would allow it:\n  {self.line}")
        return "\n".join(lines)


def _named(rule: Rule) -> str:
    return f"{rule.name!r}" + (f" ({rule.source})" if rule.source and rule.source != rule.name else "")


def explain(policy: Policy, request: Request) -> Explanation:
    """Of the layer that decided."""
    decision = policy.decide(request)
    layer = policy
    for layer in (policy, *policy.within):
        own = layer._tables[request.action].decide(request)
        if (own.outcome, own.rule) == (decision.outcome, decision.rule):
            break
    rule = next((each for each in layer.rules if each.name == decision.rule and request.action in each.actions), None)
    later: list[Rule] = []
    near: list[tuple[Rule, str]] = []
    line = before = ""
    if decision.outcome not in _GRANTING:
        after = False
        for each in layer.rules:
            if each is rule:
                after = True
            elif request.action in each.actions and each.outcome in _GRANTING:
                why = _missing(each, request)
                if not why and after:
                    later.append(each)
                elif why and len(near) < _NEAR_MAX:
                    near.append((each, why))
        line, before = suggested(request), rule.name if rule is not None else ""
    return Explanation(decision, layer.name, rule, tuple(later), tuple(near), line, before)


def _missing(rule: Rule, request: Request) -> str:
    """What of a rule on this action does not match; empty if it does."""
    if not rule.about(request):
        return "its resource"
    return next((name for name, test in rule.conditions() if not test(request)), "")


def _escaped(resource: bytes) -> str:
    return "".join("\\" + char if char in "*?[]{}\\" else char for char in text(resource))


def suggested(request: Request) -> str:
    """An entry of `rules` that grants the request, and as little else as can be said."""
    import json
    kind = KINDS[request.action]
    resource = request.resource
    parts = {"name": json.dumps(f"allow {printable(resource, 40)}"), "allow": str(request.action)}
    if kind is Kind.SESSION:
        resource = resource.partition(b":")[0]
    if kind in (Kind.ADDRESS, Kind.URL_HOST):
        parts["resource"] = json.dumps("loopback:" + text(resource).rpartition(":")[2] if resource.startswith(b"loopback:")
                                       else _escaped(resource) if resource.startswith(b"unix:") else text(resource))
    elif kind is not Kind.NONE:
        parts[_KEYS[kind]] = json.dumps(_escaped(resource))
    if request.action == "process.exec" and request.arguments:
        parts["args"] = json.dumps([_escaped(word) if word != b"..." else "..." for word in request.arguments[1:]])
    if request.method:
        parts["method"] = text(request.method)
    if request.path:
        parts["url"] = json.dumps(_escaped(request.path))
    if request.parameters:
        parts["where"] = "{" + ", ".join(f"{name}: {{eq: {json.dumps(value)}}}"
                                         for name, value in request.parameters.items()) + "}"
    return "- {" + ", ".join(f"{key}: {value}" for key, value in parts.items()) + "}"
