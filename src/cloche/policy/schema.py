"""The JSON Schema of policy files, from the same tables that read them. What it cannot say, `document` refuses."""
from __future__ import annotations

from typing import Any

from ..abi.errno import Errno
from .constraints import OPERATORS, TYPES
from .decision import Action, Outcome
from .document import KEYS, VERSION
from .rule_document import ABOUT
from .rule_document import KEYS as RULE_KEYS
from .settings import LIMITS, MODES

_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}
_DURATION = {"anyOf": [{"type": "number", "exclusiveMinimum": 0},
                       {"type": "string", "pattern": r"^\d{1,15}(\.\d{1,9})? ?(ms|s|m|h|d)$"}]}
_SIZE = {"anyOf": [{"type": "integer", "minimum": 1},
                   {"type": "string", "pattern": r"^\d{1,15}(\.\d{1,9})? ?[kmgtKMGT][iI]?[bB]?$"}]}
_COUNT = {"type": "integer", "minimum": 1}
_PAIR = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_OPERANDS: dict[str, Any] = {
    **{name: {"type": "number"} for name in ("lt", "le", "gt", "ge")}, "eq": {}, "ne": {}, "range": _PAIR,
    **{name: {"type": "array", "minItems": 1} for name in ("in", "not_in")},
    **{name: _TEXT for name in ("prefix", "suffix", "contains", "regex")},
    "length": {"anyOf": [{"type": "integer", "minimum": 0}, _PAIR]},
    **{name: {"$ref": "#/$defs/constraint"} for name in ("each", "any")},
    "present": {"type": "boolean"}, "type": {"enum": list(TYPES)},
}


def _closed(properties: dict[str, Any], required: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    found = {"type": "object", "properties": properties, "additionalProperties": False, **more}
    return {**found, "required": list(required)} if required else found


def _one_or_more(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "array", "items": schema, "minItems": 1}]}


def schema() -> dict[str, Any]:
    """Draft 2020-12."""
    assert set(_OPERANDS) == set(OPERATORS)
    actions = _one_or_more({"enum": [*map(str, Action), "file.*"]})
    mode = {"enum": ["enforce", "observe"]}
    rules = {"type": "array", "items": {"$ref": "#/$defs/rule"}}
    rule: dict[str, Any] = {
        "name": _TEXT, **{str(outcome): actions for outcome in Outcome}, **{key: _TEXTS for key in ABOUT},
        "port": _one_or_more({"anyOf": [{"type": "integer", "minimum": 0, "maximum": 65535}, _TEXT]}), "by": _TEXT,
        "args": {"type": "array", "items": {"type": "string"}}, "method": _TEXTS, "url": _TEXTS,
        "where": {"type": "object", "additionalProperties": {"$ref": "#/$defs/constraint"}, "minProperties": 1},
        "budget": _one_or_more({"$ref": "#/$defs/budget"}), "errno": {"enum": list(Errno.__members__)},
        "message": {**_TEXT, "maxLength": 500}, "deadline": _DURATION}
    assert set(rule) == set(RULE_KEYS)
    policy: dict[str, Any] = {
        "cloche": {"const": VERSION}, "name": _TEXT, "mode": mode,
        "tools": {"type": "object", "additionalProperties": {"anyOf": [
            {"type": "null"}, {"type": "object", "additionalProperties": {"enum": list(TYPES)}}]}},
        "rules": rules, "environment": {"type": "object", "additionalProperties": {"type": "string"},
                                        "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}},
        "timezone": _TEXT, "hostname": _TEXT, "seed": {"type": "integer"},
        "mounts": {"type": "array", "items": _closed({"host": _TEXT, "guest": {"type": "string", "pattern": "^/."},
                                                      "mode": {"enum": list(MODES)}}, ("host", "guest"))},
        "limits": _closed({name: _DURATION if name.endswith("_ns_max") else _SIZE if name.endswith("_bytes_max")
                           else _COUNT for name in LIMITS}),
        "within": {"type": "array", "minItems": 1, "items": _closed({"name": _TEXT, "mode": mode, "rules": rules})}}
    assert set(policy) == set(KEYS)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "cloche policy",
        **_closed(policy, ("cloche",)),
        "$defs": {
            "rule": _closed(rule, oneOf=[{"required": [str(outcome)]} for outcome in Outcome]),
            "constraint": {"anyOf": [_closed(_OPERANDS, minProperties=1),
                                     {"type": ["null", "boolean", "number", "string"]}]},
            "budget": _closed({"calls": _COUNT, "bytes": _SIZE, "per": _DURATION,
                               "sum": {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}}},
                              anyOf=[{"required": [unit]} for unit in ("calls", "bytes", "sum")])}}
