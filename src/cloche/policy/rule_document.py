"""From one entry of `rules` in a policy file to a Rule."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..abi.errno import Errno
from . import constraints, network, patterns, resources, units
from .budgets import Budget, Unit
from .decision import Action, Outcome
from .nodes import Node
from .resources import Kind
from .rules import METHOD, Rule

if TYPE_CHECKING:
    from .document import Reader
    from .policy import Tools

#: Keys that say what a rule is about, and for which kinds of resources. `resource` is any kind's own notation.
ABOUT: dict[str, frozenset[Kind]] = {
    "path": frozenset((Kind.PATH,)), "program": frozenset((Kind.PATH,)), "target": frozenset((Kind.SESSION,)),
    "family": frozenset((Kind.FAMILY,)), "host": frozenset((Kind.ADDRESS, Kind.URL_HOST, Kind.HOST)),
    "unix": frozenset((Kind.ADDRESS,)), "tool": frozenset((Kind.TOOL,)),
    "resource": frozenset(Kind),
}
KEYS = ("name", *Outcome, *ABOUT, "port", "by", "args", "method", "url", "where", "budget", "errno", "message", "deadline")
_BUDGET_KEYS = ("calls", "bytes", "sum", "per")
_MESSAGE_MAX = 500


class RuleReader:
    """`tools`: what is known of them; None: nothing, so that names are not checked."""

    def __init__(self, reader: Reader, tools: Tools | None) -> None:
        self._reader, self._tools = reader, tools

    def rule(self, node: Node) -> Rule:
        reader = self._reader
        found = reader.mapping(node, "a rule", KEYS)
        outcomes = [outcome for outcome in Outcome if outcome in found]
        if len(outcomes) != 1:
            raise reader.fail(node, f"a rule has exactly one of {', '.join(Outcome)}")
        outcome = outcomes[0]
        actions = self._actions(found[outcome])
        place = f"{reader.source}:{node.line}" if node.line else ""
        name = reader.text(found["name"], "name") if "name" in found else place
        if not name:
            raise reader.fail(node, "a rule needs a name")
        about = self._resources(node, found, actions)
        texts = {key: tuple(part.encode("utf-8", "surrogateescape") for part in self._texts(found[key], key))
                 for key in ("method", "url") if key in found}
        for key in ("method", "url"):
            for part, word in zip(self._items(found, key), texts.get(key, ())):
                if key == "method" and not METHOD.fullmatch(word):
                    raise reader.fail(part, f"{part.value!r} is not an HTTP method in capitals")
                if key == "url":
                    reader.at(part, patterns.path_tokens, word)
        by = b""
        if "by" in found:
            by = reader.text(found["by"], "by").encode("utf-8", "surrogateescape")
            reader.at(found["by"], patterns.path_tokens, by)
        where = self._where(found["where"], found.get("tool") or found.get("resource")) if "where" in found else ()
        budgets = self._budgets(found["budget"], found.get("tool") or found.get("resource")) if "budget" in found else ()
        errno, message, args = (self._errno(found.get("errno")), self._message(found.get("message")),
                                self._args(found.get("args")))
        deadline = 0
        if "deadline" in found:
            deadline = reader.at(found["deadline"], units.duration_ns, found["deadline"].value)
        return reader.at(node, lambda: Rule(name, actions, about, outcome, errno, message, by, args, texts.get("method", ()),
                                            texts.get("url", ()), where, budgets, deadline, place))

    def _items(self, found: dict[str, Node], key: str) -> list[Node]:
        return self._reader.sequence(found[key], key) if key in found else []

    def _texts(self, node: Node, what: str) -> list[str]:
        return [self._reader.text(part, what) for part in self._reader.sequence(node, what)]

    def _actions(self, node: Node) -> frozenset[Action]:
        found: set[Action] = set()
        for part in self._reader.sequence(node, "the list of actions"):
            name = self._reader.text(part, "an action")
            if name == "file.*":
                found |= {action for action in Action if action.startswith("file.")}
            elif name in Action.__members__.values():
                found.add(Action(name))
            else:
                from .document import suggestion
                raise self._reader.fail(part, f"there is no action {name!r}" + suggestion(name, [*Action, "file.*"]))
        return frozenset(found)

    def _resources(self, node: Node, found: dict[str, Node], actions: frozenset[Action]) -> tuple[bytes, ...]:
        reader = self._reader
        kinds = {resources.KINDS[action] for action in actions}
        given = [key for key in ABOUT if key in found]
        for key in given:
            if not kinds <= ABOUT[key]:
                wrong = next(action for action in sorted(actions) if resources.KINDS[action] not in ABOUT[key])
                fit = [key for key, fitting in ABOUT.items() if resources.KINDS[wrong] in fitting]
                raise reader.unknown(node, key, f"{wrong} is not about a {key!r}, but about {' or '.join(fit)}", ())
        if not given and kinds == {Kind.NONE}:
            return (resources.EVERYTHING,)
        if not given or (len(given) > 1 and set(given) != {"host", "unix"}):
            fit = [key for key, fitting in ABOUT.items() if kinds <= fitting]
            raise reader.fail(node, f"a rule on {', '.join(sorted(actions))} has one of: {', '.join(fit)}")
        if "port" in found and "host" not in found:
            raise reader.unknown(node, "port", "a port is a host's", ())
        texts: list[bytes] = []
        for key in given:
            for part in reader.sequence(found[key], key):
                texts += self._patterns(key, part, found.get("port"), actions)
        return tuple(texts)

    def _patterns(self, key: str, part: Node, port: Node | None, actions: frozenset[Action]) -> list[bytes]:
        """The patterns of one value, each a good one for every action."""
        reader = self._reader
        text = reader.text(part, f"a pattern ({key})")
        if key == "host" and Kind.HOST not in {resources.KINDS[action] for action in actions}:
            if port is None:
                raise reader.fail(part, "a host needs its port: 443, [80, 443], 8000-8999 or \"*\"")
            listed = ",".join(self._port(item) for item in reader.sequence(port, "port"))
            bare = ":" in text and not text.startswith("[")
            text = f"[{text.replace('/', ']/', 1)}{'' if '/' in text else ']'}:{listed}" if bare else f"{text}:{listed}"
        elif key == "unix":
            text = f"unix:{text}"
        pattern = text.encode("utf-8", "surrogateescape")
        for action in sorted(actions):
            reader.at(part, resources.check, action, pattern)
        if key == "tool" and self._tools is not None and not set(text) & set("*?\\") and text not in self._tools:
            from .document import suggestion
            raise reader.fail(part, f"there is no tool {text!r}" + suggestion(text, self._tools))
        return [pattern]

    def _port(self, node: Node) -> str:
        text = str(node.value) if isinstance(node.value, int) and not isinstance(node.value, bool) else \
            self._reader.text(node, "port")
        self._reader.at(node, network.ports, text)
        return text

    def _parameter(self, node: Node, name: str, tool: Node | None) -> None:
        """Refuses a parameter that none of the tools named has."""
        if self._tools is None or tool is None:
            return
        named = [each.value for each in self._reader.sequence(tool, "tool")]
        for each in named:
            if each in self._tools and name not in self._tools[each]:
                raise self._reader.unknown(node, name, f"the tool {each} has no parameter {name!r}", self._tools[each])

    def _where(self, node: Node, tool: Node | None) -> Any:
        reader = self._reader
        found = []
        for name, given in reader.mapping(node, "where").items():
            self._parameter(node, name, tool)
            if isinstance(given.value, dict):
                for op in given.value:
                    if op not in constraints.OPERATORS:
                        raise reader.unknown(given, op, f"there is no constraint {op!r}", constraints.OPERATORS)
                parts = tuple(reader.at(operand, constraints.from_operand, op, operand.plain())
                              for op, operand in given.value.items())
            else:
                parts = reader.at(given, constraints.from_mapping, given.plain())
            if not parts:
                raise reader.fail(given, "an empty constraint: write {present: true} for any value")
            found.append((name, parts))
        if not found:
            raise reader.fail(node, "where is empty: leave it out, or constrain a parameter")
        return tuple(found)

    def _budgets(self, node: Node, tool: Node | None) -> tuple[Budget, ...]:
        found: list[Budget] = []
        for item in self._reader.sequence(node, "budget"):
            found += self._budget(item, tool)
        return tuple(found)

    def _budget(self, node: Node, tool: Node | None) -> list[Budget]:
        """{calls: 10, bytes: 1M, sum: {amount: 100}, per: 1h}: one or more, all of the same window."""
        reader = self._reader
        parts = reader.mapping(node, "a budget", _BUDGET_KEYS)
        window = reader.at(parts["per"], units.duration_ns, parts["per"].value) if "per" in parts else 0
        found = []
        if "calls" in parts:
            found.append(reader.at(parts["calls"], lambda: Budget(Unit.CALLS, units.count(parts["calls"].value), window)))
        if "bytes" in parts:
            found.append(reader.at(parts["bytes"], lambda: Budget(Unit.BYTES, units.size(parts["bytes"].value), window)))
        for name, most in reader.mapping(parts["sum"], "sum").items() if "sum" in parts else ():
            self._parameter(parts["sum"], name, tool)
            if not isinstance(most.value, int | float) or isinstance(most.value, bool):
                raise reader.fail(most, f"the sum of {name} is at most a number")
            found.append(reader.at(most, Budget, Unit.SUM, most.value, window, name))
        if not found:
            raise reader.fail(node, "a budget has calls, bytes or sum")
        return found

    def _args(self, node: Node | None) -> tuple[bytes, ...] | None:
        if node is None:
            return None
        if not isinstance(node.value, list):
            raise self._reader.fail(node, "args is a list of patterns, one for each argument; ... is any number of them")
        found = []
        for part in node.value:
            if not isinstance(part.value, str) or "\0" in part.value:
                raise self._reader.fail(part, "an argument is a text, in quotes")
            word = part.value.encode("utf-8", "surrogateescape")
            self._reader.at(part, patterns.argument_source, (word,))
            found.append(word)
        return tuple(found)

    def _errno(self, node: Node | None) -> Errno:
        if node is None:
            return Errno.EACCES
        name = self._reader.text(node, "errno")
        if name not in Errno.__members__:
            from .document import suggestion
            raise self._reader.fail(node, f"there is no errno {name!r}" + suggestion(name, Errno.__members__)[:200])
        return Errno[name]

    def _message(self, node: Node | None) -> str:
        text = "" if node is None else self._reader.text(node, "message")
        if node is not None and len(text) > _MESSAGE_MAX:
            raise self._reader.fail(node, f"a message has at most {_MESSAGE_MAX} characters")
        return text
