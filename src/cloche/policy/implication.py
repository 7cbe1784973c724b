"""Whether one constraint follows from others. Sound: True is always right, False may be not found out."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .constraints import Constraint, _is_number, all_hold, kind_of

_TEXT_OPS = ("prefix", "suffix", "contains", "regex")
_NUMBER_OPS = ("lt", "le", "gt", "ge", "range")


def implies(given: Sequence[Constraint], wanted: Sequence[Constraint]) -> bool:
    """Every value that satisfies all of `given` satisfies all of `wanted`."""
    return all(_follows(given, part) for part in wanted)


def _follows(given: Sequence[Constraint], wanted: Constraint) -> bool:
    if wanted in given and wanted.op != "eq":
        return True
    return any(_one(part, wanted) for part in given) or _between(given, wanted)


def _one(given: Constraint, wanted: Constraint) -> bool:
    operand = given.operand
    match given.op:
        case "eq":
            return _each_holds((operand,), wanted)
        case "in":
            return _each_holds(operand, wanted)
    if given.op == "present" and operand is False:
        return wanted.op == "present" and wanted.operand is False
    match wanted.op:
        case "present":
            return wanted.operand is True  # only a value that is there satisfies any other constraint
        case "type":
            return _type_of(given) == wanted.operand or (wanted.operand == "number" and _type_of(given) == "integer")
        case "prefix":
            return given.op == "prefix" and operand.startswith(wanted.operand)
        case "suffix":
            return given.op == "suffix" and operand.endswith(wanted.operand)
        case "contains":
            return given.op in ("prefix", "suffix", "contains") and wanted.operand in operand
        case "length":
            return given.op == "length" and _inside(_lengths(operand), _lengths(wanted.operand))
        case "each" | "any":
            return given.op == wanted.op and implies(operand, wanted.operand)
    return False


def _each_holds(values: Sequence[Any], wanted: Constraint) -> bool:
    """For each value, in each form in which it could have been given: 1 also as 1.0. Only scalars are looked at."""
    for value in values:
        if kind_of(value) in ("array", "object", ""):
            return False
        forms = [value]
        if _is_number(value):
            whole = isinstance(value, int) or value.is_integer()
            try:
                forms = [int(value), float(value)] if whole else [value]
            except OverflowError:
                return False
            if whole and int(float(value)) != int(value):
                return False
        if not all(all_hold((wanted,), form) for form in forms):
            return False
    return True


def _type_of(part: Constraint) -> str:
    if part.op in _TEXT_OPS:
        return "string"
    if part.op in _NUMBER_OPS:
        return "number"
    if part.op in ("each", "any"):
        return "array"
    return str(part.operand) if part.op == "type" else ""


def _lengths(operand: Any) -> tuple[int, int]:
    return (operand[0], operand[1]) if isinstance(operand, tuple) else (operand, operand)


def _inside(inner: tuple[Any, Any], outer: tuple[Any, Any]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _between(given: Sequence[Constraint], wanted: Constraint) -> bool:
    """Numbers: the interval that `given` leaves lies in the wanted one."""
    if wanted.op not in _NUMBER_OPS or not any(part.op in _NUMBER_OPS for part in given):
        return False
    low, low_open, high, high_open = -math.inf, False, math.inf, False
    for part in given:
        if part.op not in _NUMBER_OPS:
            continue
        a, a_open, b, b_open = _interval(part)
        if (a, a_open) > (low, low_open):
            low, low_open = a, a_open
        if (b, not b_open) < (high, not high_open):
            high, high_open = b, b_open
    a, a_open, b, b_open = _interval(wanted)
    return (low, low_open) >= (a, a_open) and (high, not high_open) <= (b, not b_open)


def _interval(part: Constraint) -> tuple[Any, bool, Any, bool]:
    """(least, excluded, greatest, excluded)."""
    match part.op:
        case "lt":
            return -math.inf, False, part.operand, True
        case "le":
            return -math.inf, False, part.operand, False
        case "gt":
            return part.operand, True, math.inf, False
        case "ge":
            return part.operand, False, math.inf, False
    return part.operand[0], False, part.operand[1], False
