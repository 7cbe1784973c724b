"""Budgets: how often, how much, in all or in a window of time. The counters are in security/budgets.py."""
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ..abi.time import SECOND
from ..errors import PolicyError

if TYPE_CHECKING:
    from .decision import Request

#: A window remembers each call in it: so many at most.
WINDOW_CALLS_MAX = 100_000


class Unit(StrEnum):
    """What a budget counts."""

    CALLS = "calls"
    BYTES = "bytes"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `maximum` of `unit`; within any `window_ns`, if that is not 0; SUM adds up `parameter` of tool calls."""

    unit: Unit
    maximum: int | float
    window_ns: int = 0
    parameter: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.maximum, bool) or not math.isfinite(self.maximum) or self.maximum < 0:
            raise PolicyError(f"a budget of {self.maximum} {self.unit} is not a number from 0 on")
        if self.window_ns < 0 or (self.window_ns and self.unit is Unit.CALLS and self.maximum > WINDOW_CALLS_MAX):
            raise PolicyError(f"a budget of calls per time has at most {WINDOW_CALLS_MAX} calls")
        if (self.unit is Unit.SUM) != bool(self.parameter):
            raise PolicyError("a budget that sums needs the parameter to sum, and no other has one")

    def cost(self, request: Request) -> int | float | None:
        """What `request` takes of it. None: it cannot be told (missing, no number, negative), so it is not granted."""
        match self.unit:
            case Unit.CALLS:
                return 1
            case Unit.BYTES:
                return request.size
        return _amount(request.parameters or {}, self.parameter)

    def __str__(self) -> str:
        what = f"sum({self.parameter})" if self.unit is Unit.SUM else str(self.unit)
        return f"{what} <= {self.maximum}" + (f" per {self.window_ns / SECOND:g}s" if self.window_ns else "")


def _amount(parameters: Mapping[str, Any], name: str) -> int | float | None:
    value = parameters.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return None
    return value


@dataclass(frozen=True, slots=True)
class Charge:
    """A budget of a rule of a policy: the key of a counter. `observed`: beyond it is recorded, not refused."""

    policy: str
    rule: str
    budget: Budget
    observed: bool = False
