"""Policies: an ordered list of rules, the first that matches decides, and nothing is granted that is not written."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import PolicyError
from .compiled import Table
from .decision import Action, Decision, Request, meet
from .rules import Rule
from .settings import Settings

__all__ = ["Policy", "Rule"]

RULES_MAX, WITHIN_MAX = 1000, 64
#: Tools by name, each with its parameters and their JSON types ("" if it is not known).
Tools = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules in order. What no rule matches is denied with EACCES by the rule "default".

    `observe`: nothing is refused by these rules; what would be is granted and recorded. `settings`: of the machine.
    `within`: policies that must grant it too: what `attenuate` was given.
    """

    name: str
    rules: tuple[Rule, ...] = ()
    observe: bool = False
    settings: Settings = field(default_factory=Settings)
    within: tuple[Policy, ...] = ()
    _tables: dict[Action, Table] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = [rule.name for rule in self.rules]
        for name in names:
            if names.count(name) > 1 or name == "default":
                raise PolicyError(f"there are two rules named {name!r}: a decision names its rule")
        if len(self.rules) > RULES_MAX or len(self.within) > WITHIN_MAX:
            raise PolicyError(f"a policy has at most {RULES_MAX} rules, and {WITHIN_MAX} policies around it")
        if any(layer.within or layer.settings for layer in self.within):
            raise PolicyError("the policies around a policy are rules alone")
        object.__setattr__(self, "_tables", {
            action: Table(action, self.rules, self.name, self.observe) for action in Action})

    def decide(self, request: Request) -> Decision:
        decision = self._tables[request.action].decide(request)
        for layer in self.within:
            decision = meet(decision, layer.decide(request))
        return decision

    def always(self, action: Action) -> Decision | None:
        """The decision on `action` whatever the request, or None if it depends on it."""
        decision = self._tables[action].always
        for layer in self.within:
            other = layer.always(action)
            decision = None if decision is None or other is None else meet(decision, other)
        return decision

    def attenuate(self, other: Policy) -> Policy:
        """What both grant: never more than this policy, whatever `other` says."""
        bare = (replace(other, settings=Settings(), within=()), *other.within)
        within = (*self.within, *(layer for layer in bare if layer not in self.within))
        return replace(self, settings=self.settings.attenuate(other.settings), within=within)

    def explain(self, request: Request) -> Any:
        """Why it is decided so, and what would change it: an Explanation (explain.py)."""
        from .explain import explain
        return explain(self, request)

    @classmethod
    def load(cls, path: Any, tools: Tools | None = None) -> Policy:
        """From a YAML file. PolicyError with file:line:column if it is not a policy, OSError if it cannot be read.

        `tools`: the tools there are; without them the file's own `tools` section is believed.
        """
        from .file_host import load
        return load(path, tools)

    @classmethod
    def parse(cls, text: str | bytes, source: str = "policy", tools: Tools | None = None) -> Policy:
        """From the text of such a file; `source` is its name in messages."""
        from .document import parse
        return parse(text, source, tools)

    @classmethod
    def preset(cls, name: str) -> Policy:
        """One of presets.PRESETS."""
        from .presets import preset
        return preset(name)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, the same for the same policy, as a policy file has it."""
        from .dump import to_dict
        return to_dict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], tools: Tools | None = None) -> Policy:
        """From what `to_dict` gave, or json.loads of a policy file's data."""
        from .document import from_plain
        return from_plain(data, tools)

    def named(self, rule: str) -> Rule | None:
        """The rule of that name, here or in a policy around."""
        found: Sequence[Rule] = [*self.rules, *(rule for layer in self.within for rule in layer.rules)]
        return next((each for each in found if each.name == rule), None)
