"""Policies: an ordered list of rules, the first that matches decides, and nothing is granted that is not written."""
from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..abi.errno import Errno
from ..errors import PolicyError
from .decision import Action, Decision, Outcome, Request

_EVERYTHING = b"**"


def glob(pattern: bytes) -> re.Pattern[bytes]:
    """A path pattern: `?` and `*` do not cross a slash, `**` does, `/dir/**` is also the directory itself."""
    if not pattern:
        raise PolicyError("an empty pattern matches nothing: write ** to match everything")
    tail = b"(?:/.*)?" if pattern.endswith(b"/**") and len(pattern) > 3 else b""
    body = pattern[:-3] if tail else pattern
    pieces = re.split(rb"(\*\*|\*|\?)", body)
    wild = {b"**": b".*", b"*": b"[^/]*", b"?": b"[^/]"}
    return re.compile(b"".join(wild.get(piece, re.escape(piece)) for piece in pieces) + tail, re.DOTALL)


@dataclass(frozen=True, slots=True)
class Rule:
    """`name` says in decisions which rule it was. `resource` is a pattern (see `glob`)."""

    name: str
    actions: frozenset[Action]
    resource: bytes
    outcome: Outcome
    errno: Errno = Errno.EACCES
    _regex: re.Pattern[bytes] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.actions:
            raise PolicyError(f"rule {self.name!r} names no action")
        object.__setattr__(self, "_regex", glob(self.resource))

    def matches(self, request: Request) -> bool:
        return request.action in self.actions and self._regex.fullmatch(request.resource) is not None


_DEFAULT = Decision(Outcome.DENY, "default")


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules in order. What no rule matches is denied with EACCES by the rule "default"."""

    name: str
    rules: tuple[Rule, ...] = ()

    def decide(self, request: Request) -> Decision:
        for rule in self.rules:
            if rule.matches(request):
                return Decision(rule.outcome, rule.name, rule.errno)
        return _DEFAULT

    def always(self, action: Action) -> Decision | None:
        """The decision on `action` whatever the resource, or None if it depends on it."""
        for rule in self.rules:
            if action in rule.actions:
                return Decision(rule.outcome, rule.name, rule.errno) if rule.resource == _EVERYTHING else None
        return _DEFAULT
