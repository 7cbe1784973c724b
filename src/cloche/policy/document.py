"""From a policy file to a Policy. Whatever is not understood is refused, with its place and what was probably meant."""
from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..errors import PolicyError
from . import contradictions, nodes, units
from .nodes import Node
from .policy import Policy, Tools
from .rule_document import RuleReader
from .settings import LIMITS, MODES, MountGrant, Settings

VERSION = 1
KEYS = ("cloche", "name", "mode", "tools", "rules", "environment", "timezone", "hostname", "seed", "mounts", "limits",
        "within")
_LAYER_KEYS = ("name", "mode", "rules")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TIMEZONE = re.compile(r"[A-Za-z0-9_+:,./<>-]{1,64}")
_HOSTNAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,62})")


class Reader:
    """Reads nodes of one file; `fail` makes its errors."""

    def __init__(self, source: str) -> None:
        self.source = source

    def fail(self, node: Node, message: str) -> PolicyError:
        return nodes.refuse(self.source, node.line, node.column, message)

    def mapping(self, node: Node, what: str, allowed: Iterable[str] | None = None) -> dict[str, Node]:
        if not isinstance(node.value, dict):
            raise self.fail(node, f"{what} is a mapping of names to values")
        for name in node.value:
            if allowed is not None and name not in allowed:
                raise self.unknown(node, name, f"{what} has no {name!r}", allowed)
        return node.value

    def unknown(self, node: Node, name: str, message: str, allowed: Iterable[str]) -> PolicyError:
        line, column = node.keys.get(name, (node.line, node.column))
        return nodes.refuse(self.source, line, column, message + suggestion(name, allowed))

    def sequence(self, node: Node, what: str) -> list[Node]:
        """A list; or one thing, as a list of it."""
        if isinstance(node.value, list):
            if not node.value:
                raise self.fail(node, f"{what} is an empty list: leave it out, or say what is meant")
            return node.value
        return [node]

    def text(self, node: Node, what: str) -> str:
        if not isinstance(node.value, str) or not node.value:
            raise self.fail(node, f"{what} is a text" + (", in quotes" if node.value is not None else ", not nothing"))
        if "\0" in node.value:
            raise self.fail(node, f"{what} cannot hold null characters")
        return node.value

    def at(self, node: Node, make: Callable[..., Any], *arguments: Any) -> Any:
        """What `make` answers; its PolicyError gets the node's place."""
        try:
            return make(*arguments)
        except PolicyError as error:
            raise self.fail(node, str(error)) from None


def suggestion(name: str, allowed: Iterable[str]) -> str:
    choices = list(allowed)
    near = difflib.get_close_matches(name, choices, 1)
    return f": did you mean {near[0]}?" if near else f": there are {', '.join(choices)}" if choices else ""


def parse(data: str | bytes, source: str, tools: Tools | None = None) -> Policy:
    """A policy file's text."""
    return _policy(nodes.parse(data, source), source, tools)


def from_plain(data: Mapping[str, Any], tools: Tools | None = None) -> Policy:
    """What Policy.to_dict gave."""
    return _policy(nodes.from_plain(data, "policy"), "policy", tools, False)


def _policy(root: Node, source: str, tools: Tools | None, check: bool = True) -> Policy:
    reader = Reader(source)
    found = reader.mapping(root, "a policy", KEYS)
    version = found.get("cloche")
    if version is None or version.value != VERSION or isinstance(version.value, bool):
        raise reader.fail(version or root, f"a policy begins with `cloche: {VERSION}`, the version of its format")
    declared = _tools(reader, found.get("tools"), tools)
    base = source.rpartition("/")[0]
    settings = Settings(
        _environment(reader, found.get("environment")), _matching(reader, found, "timezone", _TIMEZONE),
        _matching(reader, found, "hostname", _HOSTNAME), _seed(reader, found.get("seed")),
        _mounts(reader, found.get("mounts"), base), _limits(reader, found.get("limits")))
    within = tuple(_layer(reader, node, reader.mapping(node, "a policy within", _LAYER_KEYS), declared, check)
                   for node in (reader.sequence(found["within"], "within") if "within" in found else ()))
    policy = _layer(reader, root, found, declared, check)
    return reader.at(root, lambda: Policy(policy.name, policy.rules, policy.observe, settings, within))


def _layer(reader: Reader, root: Node, found: dict[str, Node], tools: Tools | None, check: bool) -> Policy:
    """Name, mode and rules. `check`: refuse rules that contradict each other."""
    name = reader.text(found["name"], "name") if "name" in found else reader.source.rpartition("/")[2]
    mode = found.get("mode")
    if mode is not None and mode.value not in ("enforce", "observe"):
        raise reader.fail(mode, f"the mode {mode.value!r} is neither enforce nor observe")
    rules = []
    places: dict[str, Node] = {}
    rule_reader = RuleReader(reader, tools)
    given = found.get("rules")
    if given is not None and not isinstance(given.value, list):
        raise reader.fail(given, "rules is a list")
    for node in given.value if given is not None else ():
        rule = rule_reader.rule(node)
        if rule.name in places:
            raise reader.fail(node, f"a rule named {rule.name!r} is in line {places[rule.name].line} already")
        places[rule.name] = node
        rules.append(rule)
    dead = contradictions.first(rules) if check else None
    if dead is not None:
        raise reader.fail(places[dead.rule.name], dead.message)
    return reader.at(root, lambda: Policy(name, tuple(rules), mode is not None and mode.value == "observe"))


def _tools(reader: Reader, node: Node | None, given: Tools | None) -> Tools | None:
    """The declared tools; what the caller knows counts more, and must not be contradicted."""
    if node is None:
        return given
    declared: dict[str, dict[str, str]] = {}
    for name, tool in reader.mapping(node, "tools").items():
        if given is not None and name not in given:
            raise reader.unknown(node, name, f"there is no tool {name!r}", given)
        parameters = {}
        for parameter, kind in ({} if tool.value is None else reader.mapping(tool, f"tool {name}")).items():
            from .constraints import TYPES
            if not isinstance(kind.value, str) or kind.value not in TYPES:
                raise reader.fail(kind, f"{kind.value!r} is not a type" + suggestion(str(kind.value), TYPES))
            if given is not None and parameter not in given[name]:
                raise reader.unknown(tool, parameter, f"the tool {name} has no parameter {parameter!r}", given[name])
            parameters[parameter] = kind.value
        declared[name] = parameters
    return given if given is not None else declared


def _environment(reader: Reader, node: Node | None) -> tuple[tuple[str, str], ...] | None:
    if node is None:
        return None
    found = []
    for name, value in reader.mapping(node, "environment").items():
        if not _VARIABLE.fullmatch(name):
            raise reader.fail(value, f"{name!r} is not the name of a variable")
        if not isinstance(value.value, str) or "\0" in value.value:
            raise reader.fail(value, f"the variable {name} is a text, in quotes")
        found.append((name, value.value))
    return tuple(found)


def _matching(reader: Reader, found: Mapping[str, Node], name: str, pattern: re.Pattern[str]) -> str | None:
    if name not in found:
        return None
    value = reader.text(found[name], name)
    if not pattern.fullmatch(value):
        raise reader.fail(found[name], f"{value!r} is not a {name}")
    return value


def _seed(reader: Reader, node: Node | None) -> int | None:
    if node is None:
        return None
    if not isinstance(node.value, int) or isinstance(node.value, bool) or not -1 << 63 <= node.value < 1 << 63:
        raise reader.fail(node, "seed is an integer of 64 bits")
    return node.value


def _mounts(reader: Reader, node: Node | None, base: str) -> tuple[MountGrant, ...] | None:
    if node is None:
        return None
    if not isinstance(node.value, list):
        raise reader.fail(node, "mounts is a list of {host, guest, mode}")
    found: list[MountGrant] = []
    for item in node.value:
        parts = reader.mapping(item, "a mount", ("host", "guest", "mode"))
        for name in ("host", "guest"):
            if name not in parts:
                raise reader.fail(item, f"a mount needs its {name} path")
        host, guest = reader.text(parts["host"], "host"), reader.text(parts["guest"], "guest")
        mode = parts["mode"].value if "mode" in parts else "ro"
        if mode not in MODES:
            raise reader.fail(parts["mode"], f"the mode {mode!r} is none of ro, rw, overlay")
        if not guest.startswith("/") or {"", ".", ".."} & set(guest[1:].split("/")):
            raise reader.fail(parts["guest"], f"{guest!r} is not an absolute path below / without //, . and ..")
        if guest in (mount.guest for mount in found):
            raise reader.fail(parts["guest"], f"{guest} is a mount point already")
        found.append(MountGrant(host if host.startswith("/") or not base else f"{base}/{host}", guest, mode))
    return tuple(found)


def _limits(reader: Reader, node: Node | None) -> tuple[tuple[str, int], ...]:
    if node is None:
        return ()
    found = []
    for name, value in reader.mapping(node, "limits", LIMITS).items():
        found.append((name, reader.at(value, units.limit, name, value.value)))
    return tuple(sorted(found))
