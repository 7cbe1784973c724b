"""YAML text as values that know their line and column. A subset: no anchors, aliases, tags or second documents.

Scalars are YAML 1.2's: `no` and `on` are text. Everything is bounded before anything is built.
"""
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import PolicyError

BYTES_MAX, NODES_MAX, DEPTH_MAX = 256 << 10, 50_000, 32
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9_]{0,24})")
_FLOAT = re.compile(r"[-+]?[0-9][0-9_]*(\.[0-9]*)?([eE][-+]?[0-9]{1,3})?")
_PLAIN: dict[str, Any] = {"": None, "~": None, "null": None, "Null": None, "NULL": None, "true": True, "True": True,
                          "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass(slots=True)
class Node:
    """`value`: a scalar, a list of nodes, or a dict of nodes. `keys`: where each key stands. Lines count from 1; 0: none."""

    value: Any
    line: int = 0
    column: int = 0
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)

    def plain(self) -> Any:
        """As JSON has it."""
        if isinstance(self.value, dict):
            return {name: node.plain() for name, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def refuse(source: str, line: int, column: int, message: str) -> PolicyError:
    """The error, with its place if there is one."""
    return PolicyError(f"{source}:{line}:{column}: {message}" if line else f"{source}: {message}")


def from_plain(data: Any, source: str, depth: int = 0) -> Node:
    """Plain data as nodes without places."""
    if depth > DEPTH_MAX:
        raise PolicyError(f"{source}: nested deeper than {DEPTH_MAX}")
    if isinstance(data, Mapping):
        for name in data:
            if not isinstance(name, str):
                raise PolicyError(f"{source}: the key {name!r} is not text")
        return Node({name: from_plain(value, source, depth + 1) for name, value in data.items()})
    if isinstance(data, list | tuple):
        return Node([from_plain(value, source, depth + 1) for value in data])
    if data is None or isinstance(data, bool | int | float | str):
        return Node(data)
    raise PolicyError(f"{source}: {type(data).__name__} is nothing that a policy has")


def parse(data: str | bytes, source: str) -> Node:
    """The one document in `data`. PolicyError with its place for whatever else it is."""
    text = _decoded(data, source)
    import yaml  # type: ignore[import-untyped]
    try:
        return _Builder(yaml, source).document(iter(yaml.parse(text, Loader=yaml.SafeLoader)))
    except yaml.YAMLError as error:
        raise _syntax(error, source, text) from None


def _decoded(data: str | bytes, source: str) -> str:
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    if len(data) > BYTES_MAX:
        raise PolicyError(f"{source}: longer than {BYTES_MAX >> 10} KiB")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[:error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise refuse(source, line, column, f"byte 0x{data[error.start]:02x} is not UTF-8") from None


def _syntax(error: Any, source: str, text: str) -> PolicyError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        return refuse(source, mark.line + 1, mark.column + 1, f"not YAML: {error.problem or error.context}")
    position = getattr(error, "position", None)
    if isinstance(position, int):  # a character that YAML does not allow
        before = text[:position]
        return refuse(source, before.count("\n") + 1, position - before.rfind("\n"),
                      f"the character U+{error.character:04X} cannot stand in YAML")
    return PolicyError(f"{source}: not YAML")


class _Builder:
    """From the events of PyYAML's parser, which does not recurse, to nodes."""

    def __init__(self, yaml: Any, source: str) -> None:
        self._yaml, self._source, self._count = yaml, source, 0

    def _refuse(self, event: Any, message: str) -> PolicyError:
        return refuse(self._source, event.start_mark.line + 1, event.start_mark.column + 1, message)

    def document(self, events: Iterator[Any]) -> Node:
        yaml = self._yaml
        root = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise self._refuse(event, "a second document: a policy is one")
                root = self._node(next(events), events, 0)
        if root is None:
            raise PolicyError(f"{self._source}: it is empty: nothing would be granted; say so with the preset deny-all")
        return root

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        yaml = self._yaml
        self._count += 1
        if self._count > NODES_MAX or depth > DEPTH_MAX:
            raise self._refuse(event, f"more than {NODES_MAX} values, or nested deeper than {DEPTH_MAX}")
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise self._refuse(event, "anchors and aliases are not used in policies: write it out")
        if event.tag is not None:
            raise self._refuse(event, "tags are not used in policies")
        node = Node(None, event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.ScalarEvent):
            node.value = self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            node.value = []
            while not isinstance(item := next(events), yaml.SequenceEndEvent):
                node.value.append(self._node(item, events, depth + 1))
        else:
            node.value = {}
            while not isinstance(key := next(events), yaml.MappingEndEvent):
                self._entry(node, key, events, depth)
        return node

    def _entry(self, node: Node, key: Any, events: Iterator[Any], depth: int) -> None:
        if not isinstance(key, self._yaml.ScalarEvent) or key.anchor is not None or key.tag is not None:
            raise self._refuse(key, "a key is plain text")
        name = key.value
        if name in node.value:
            raise self._refuse(key, f"the key {name!r} stands there twice; first in line {node.keys[name][0]}")
        node.keys[name] = (key.start_mark.line + 1, key.start_mark.column + 1)
        node.value[name] = self._node(next(events), events, depth + 1)

    def _scalar(self, event: Any) -> Any:
        text = event.value
        if event.style is not None:
            return text
        if text in _PLAIN:
            return _PLAIN[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            if text.lstrip("+-").isdigit() or "_" in text:  # 010, or longer than any number here
                raise self._refuse(event, f"{text!r} is neither a decimal number nor, without quotes, a text")
            return float(text)
        return text
