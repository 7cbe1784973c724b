"""Constraints on a parameter of a tool call: typed and total.

A value of another type than the constraint is about does not satisfy it, nor does one that is missing; booleans are not
integers. Nothing is converted.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..errors import PolicyError

#: The value of a parameter that was not given.
MISSING = object()
TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
_REGEX_MAX, _NESTED_MAX = 1000, 8


@dataclass(frozen=True, slots=True)
class Constraint:
    """`op` of OPERATORS with its operand, as a policy file has it; lists are tuples. `each`, `any`: Constraints."""

    op: str
    operand: Any
    _test: Callable[[Any], bool] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        make = OPERATORS.get(self.op)
        if make is None:
            raise PolicyError(f"there is no constraint {self.op!r}: there are {', '.join(OPERATORS)}")
        object.__setattr__(self, "_test", make(self.operand))

    def holds(self, value: Any) -> bool:
        """Of a JSON value, or MISSING. Raises nothing."""
        return self._test(value)


def all_hold(constraints: Sequence[Constraint], value: Any) -> bool:
    # A generator would take three times as long.
    for constraint in constraints:  # noqa: SIM110
        if not constraint._test(value):
            return False
    return True


def kind_of(value: Any) -> str:
    """The JSON type of a value, "integer" among them; empty for what is none."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list() | tuple():
            return "array"
        case Mapping():
            return "object"
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not (
        isinstance(value, float) and math.isnan(value))


def same(one: Any, other: Any) -> bool:
    """Equality of JSON values: 1 is 1.0 and not true."""
    if _is_number(one) and _is_number(other):
        return bool(one == other)
    kind = kind_of(one)
    if kind != kind_of(other) or kind in ("", "number"):  # NaN is not even itself
        return False
    if kind == "array":
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other))
    if kind == "object":
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    return bool(one == other)


def _alike(one: Any, other: Any) -> bool:
    """Of one type, so that "not equal" says something."""
    return (_is_number(one) and _is_number(other)) or kind_of(one) == kind_of(other) != ""


def _number(operand: Any) -> int | float:
    if not _is_number(operand) or not math.isfinite(operand):
        raise PolicyError(f"{operand!r} is not a number")
    return operand


def _text(operand: Any) -> str:
    if not isinstance(operand, str) or not operand:
        raise PolicyError(f"{operand!r} is not a text, or empty")
    return operand


def _json(operand: Any) -> Any:
    if kind_of(operand) == "" or (isinstance(operand, float) and not math.isfinite(operand)):
        raise PolicyError(f"{operand!r} is not a value that JSON has")
    return operand


def _pair(operand: Any) -> tuple[int | float, int | float]:
    if not isinstance(operand, list | tuple) or len(operand) != 2:
        raise PolicyError("a range is [least, greatest], both included")
    low, high = _number(operand[0]), _number(operand[1])
    if low > high:
        raise PolicyError(f"the range {low} to {high} is empty")
    return low, high


def _members(operand: Any) -> tuple[Any, ...]:
    if not isinstance(operand, list | tuple) or not operand:
        raise PolicyError("a set is a list with something in it")
    return tuple(_json(member) for member in operand)


def _eq(operand: Any) -> Callable[[Any], bool]:
    _json(operand)
    return lambda value: same(value, operand)


def _ne(operand: Any) -> Callable[[Any], bool]:
    _json(operand)
    return lambda value: _alike(value, operand) and not same(value, operand)


def _lt(operand: Any) -> Callable[[Any], bool]:
    bound = _number(operand)
    return lambda value: _is_number(value) and value < bound


def _le(operand: Any) -> Callable[[Any], bool]:
    bound = _number(operand)
    return lambda value: _is_number(value) and value <= bound


def _gt(operand: Any) -> Callable[[Any], bool]:
    bound = _number(operand)
    return lambda value: _is_number(value) and value > bound


def _ge(operand: Any) -> Callable[[Any], bool]:
    bound = _number(operand)
    return lambda value: _is_number(value) and value >= bound


def _range(operand: Any) -> Callable[[Any], bool]:
    low, high = _pair(operand)
    return lambda value: _is_number(value) and low <= value <= high


def _in(operand: Any) -> Callable[[Any], bool]:
    members = _members(operand)
    if all(isinstance(member, str) for member in members):
        texts = frozenset(members)
        return lambda value: isinstance(value, str) and value in texts
    return lambda value: any(same(value, member) for member in members)


def _not_in(operand: Any) -> Callable[[Any], bool]:
    members = _members(operand)
    return lambda value: (any(_alike(value, member) for member in members)
                          and not any(same(value, member) for member in members))


def _prefix(operand: Any) -> Callable[[Any], bool]:
    text = _text(operand)
    return lambda value: isinstance(value, str) and value.startswith(text)


def _suffix(operand: Any) -> Callable[[Any], bool]:
    text = _text(operand)
    return lambda value: isinstance(value, str) and value.endswith(text)


def _contains(operand: Any) -> Callable[[Any], bool]:
    text = _text(operand)
    return lambda value: isinstance(value, str) and text in value


@lru_cache(256)
def _compiled(pattern: str) -> Any:
    import re2  # type: ignore[import-untyped]  # linear time: no pattern and no value makes it slow
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(pattern, options)
    except UnicodeEncodeError:
        raise PolicyError("a regular expression is of characters that UTF-8 has") from None
    except re2.error as error:
        why = error.args[0] if error.args else ""
        why = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
        raise PolicyError(f"the regular expression {pattern!r} is not RE2's: {why}") from None


def _regex(operand: Any) -> Callable[[Any], bool]:
    if len(_text(operand)) > _REGEX_MAX:
        raise PolicyError(f"a regular expression has at most {_REGEX_MAX} characters")
    compiled = _compiled(operand)

    def test(value: Any) -> bool:
        if not isinstance(value, str):
            return False
        try:
            return compiled.fullmatch(value) is not None
        except UnicodeEncodeError:  # a lone surrogate, as JSON may have it
            return False

    return test


def _length(operand: Any) -> Callable[[Any], bool]:
    low, high = _pair(operand if isinstance(operand, list | tuple) else (operand, operand))
    if not isinstance(low, int) or not isinstance(high, int) or low < 0:
        raise PolicyError("a length is a whole number from 0 on, or [least, greatest]")
    return lambda value: kind_of(value) in ("string", "array", "object") and low <= len(value) <= high


def _elements(operand: Any) -> tuple[Constraint, ...]:
    if not isinstance(operand, tuple) or not operand or not all(isinstance(part, Constraint) for part in operand):
        raise PolicyError("each and any have constraints on the elements")
    return operand


def _each(operand: Any) -> Callable[[Any], bool]:
    inner = _elements(operand)
    return lambda value: isinstance(value, list | tuple) and all([all_hold(inner, element) for element in value])


def _any(operand: Any) -> Callable[[Any], bool]:
    inner = _elements(operand)
    return lambda value: isinstance(value, list | tuple) and any([all_hold(inner, element) for element in value])


def _present(operand: Any) -> Callable[[Any], bool]:
    if not isinstance(operand, bool):
        raise PolicyError("present is true or false")
    return lambda value: (value is not MISSING) is operand


def _type(operand: Any) -> Callable[[Any], bool]:
    if operand not in TYPES or not isinstance(operand, str):
        raise PolicyError(f"{operand!r} is not a type: there are {', '.join(TYPES)}")
    if operand == "number":
        return _is_number
    return lambda value: kind_of(value) == operand


#: Makes the test of an operand. PolicyError if the operand cannot be one.
OPERATORS: dict[str, Callable[[Any], Callable[[Any], bool]]] = {
    "eq": _eq, "ne": _ne, "lt": _lt, "le": _le, "gt": _gt, "ge": _ge, "range": _range, "in": _in, "not_in": _not_in,
    "prefix": _prefix, "suffix": _suffix, "contains": _contains, "regex": _regex, "length": _length,
    "each": _each, "any": _any, "present": _present, "type": _type,
}


def from_operand(op: str, operand: Any, depth: int = 0) -> Constraint:
    """A constraint from plain data: `{each: {type: string}}` has its inner constraints as a mapping."""
    if op in ("each", "any"):
        return Constraint(op, from_mapping(operand, depth + 1))
    return Constraint(op, _frozen(operand))


def from_mapping(data: Any, depth: int = 0) -> tuple[Constraint, ...]:
    """Of one parameter: a mapping of operators to operands, or a plain value that it must equal."""
    if depth > _NESTED_MAX:
        raise PolicyError(f"constraints nest at most {_NESTED_MAX} deep")
    if not isinstance(data, Mapping):
        if isinstance(data, list | tuple):
            raise PolicyError("a list is no constraint: write {in: [...]} for one of these, {eq: [...]} for this list")
        return (Constraint("eq", _json(data)),)
    if not data:
        raise PolicyError("an empty constraint: write {present: true} for any value")
    return tuple(from_operand(op, operand, depth) for op, operand in data.items())


def to_mapping(constraints: Sequence[Constraint]) -> dict[str, Any]:
    """The plain data that from_mapping() takes."""
    return {part.op: to_mapping(part.operand) if part.op in ("each", "any") else _thawed(part.operand)
            for part in constraints}


def _frozen(value: Any) -> Any:
    return tuple(_frozen(part) for part in value) if isinstance(value, list | tuple) else value


def _thawed(value: Any) -> Any:
    return [_thawed(part) for part in value] if isinstance(value, tuple) else value
