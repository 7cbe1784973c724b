"""Events of the kernel itself: limits and decisions."""
from __future__ import annotations

from dataclasses import dataclass

from ..policy.decision import Decision, Request
from .base import Event


@dataclass(frozen=True, slots=True)
class PolicyDecided(Event):
    """The policy was asked and denied, or the answer is watched."""

    kind = "policy.decided"
    request: Request
    decision: Decision


@dataclass(frozen=True, slots=True)
class PolicyLoaded(Event):
    """Another policy is in force from here on: its name, and the names of those around it."""

    kind = "policy.loaded"
    policy: str
    within: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LimitReached(Event):
    """A limit was hit: its name in `Limits`, and its value."""

    kind = "kernel.limit_reached"
    limit: str
    value: int


@dataclass(frozen=True, slots=True)
class KernelPanicked(Event):
    """An invariant of ours broke in this machine; `report` is for us."""

    kind = "kernel.panicked"
    report: str
