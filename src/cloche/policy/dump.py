"""From a Policy to plain data as a policy file has it: the same for the same policy, and read back as the same."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno
from ..abi.time import SECOND
from .budgets import Budget, Unit
from .constraints import to_mapping
from .decision import Outcome
from .resources import EVERYTHING
from .rules import Rule

if TYPE_CHECKING:
    from .policy import Policy
    from .settings import Settings


def to_dict(policy: Policy) -> dict[str, Any]:
    found: dict[str, Any] = {"cloche": 1, **_layer(policy), **_settings(policy.settings)}
    if policy.within:
        found["within"] = [_layer(layer) for layer in policy.within]
    return found


def _layer(policy: Policy) -> dict[str, Any]:
    return {"name": policy.name, "mode": "observe" if policy.observe else "enforce",
            "rules": [rule_dict(rule) for rule in policy.rules]}


def text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def rule_dict(rule: Rule) -> dict[str, Any]:
    """An entry of `rules`."""
    found: dict[str, Any] = {"name": rule.name, str(rule.outcome): sorted(map(str, rule.actions))}
    if rule.patterns != (EVERYTHING,) or found[str(rule.outcome)] != ["process.fork"]:
        found["resource"] = [text(pattern) for pattern in rule.patterns]
    if rule.by:
        found["by"] = text(rule.by)
    if rule.arguments is not None:
        found["args"] = [text(word) for word in rule.arguments]
    if rule.methods:
        found["method"] = [text(word) for word in rule.methods]
    if rule.paths:
        found["url"] = [text(path) for path in rule.paths]
    if rule.where:
        found["where"] = {name: to_mapping(parts) for name, parts in rule.where}
    if rule.budgets:
        found["budget"] = [_budget(budget) for budget in rule.budgets]
    if rule.errno is not Errno.EACCES:
        found["errno"] = rule.errno.name
    if rule.message:
        found["message"] = rule.message
    if rule.outcome is Outcome.ASK:
        found["deadline"] = _duration(rule.deadline_ns)
    return found


def _duration(ns: int) -> int | float:
    return ns // SECOND if ns % SECOND == 0 else ns / SECOND


def _budget(budget: Budget) -> dict[str, Any]:
    found: dict[str, Any] = {str(budget.unit): {budget.parameter: budget.maximum} if budget.unit is Unit.SUM
                             else budget.maximum}
    if budget.window_ns:
        found["per"] = _duration(budget.window_ns)
    return found


def _settings(settings: Settings) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if settings.environment is not None:
        found["environment"] = dict(settings.environment)
    for name in ("timezone", "hostname", "seed"):
        value = getattr(settings, name)
        if value is not None:
            found[name] = value
    if settings.mounts is not None:
        found["mounts"] = [{"host": mount.host, "guest": mount.guest, "mode": mount.mode} for mount in settings.mounts]
    if settings.limits:
        found["limits"] = {name: _duration(value) if name.endswith("_ns_max") else value for name, value in settings.limits}
    return found
