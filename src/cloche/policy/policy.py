"""Policies: an ordered list of rules, the first that matches decides, and nothing is granted that is not written."""
from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..abi.errno import Errno
from ..errors import PolicyError
from .decision import Action, Decision, Outcome, Request

_EVERYTHING = b"**"


def glob(pattern: bytes) -> re.Pattern[bytes]:
    """A path pattern: `?` and `*` do not cross a slash, `**` does, `/dir/**` is also the directory itself.

    The paths are the guest's, so no pattern may take long on any of them: what stands between two wildcards is looked
    for once, where it comes first, and never given up for a later place (atomic groups, as fnmatch does). That loses no
    match: whatever follows can follow from the first place as well. Only what comes after the last `**` is tried at
    every place, against the end of the path.
    """
    if not pattern:
        raise PolicyError("an empty pattern matches nothing: write ** to match everything")
    tail = b"(?:/.*)?" if pattern.endswith(b"/**") and len(pattern) > 3 else b""
    chunks = re.sub(rb"(?:\*\*)+", b"**", pattern[:-3] if tail else pattern).split(b"**")
    first, last = chunks[0], chunks[-1]
    if len(chunks) == 1:
        text = _anchored(first, tail)
    else:
        text = _leftmost(first)
        for chunk in chunks[1:-1]:
            text += b"(?>.*?" + _leftmost(chunk) + b")"
        text += b".*" + _anchored(last, tail) if last or tail else b".*"
    return re.compile(text, re.DOTALL)


def _leftmost(chunk: bytes) -> bytes:
    """A chunk without `**` where its end is not fixed: each star ends where the text after it comes first."""
    literals = chunk.split(b"*")
    return _text(literals[0]) + b"".join(b"(?>[^/]*?" + _text(literal) + b")" for literal in literals[1:])


def _anchored(chunk: bytes, tail: bytes) -> bytes:
    """The same up to the end of the path, or of a directory's own path: the last star goes as far as there is room."""
    head, star, end = chunk.rpartition(b"*")
    return (_leftmost(head) + b"[^/]*" if star else b"") + _text(end) + tail


def _text(literal: bytes) -> bytes:
    return b"[^/]".join(re.escape(part) for part in literal.split(b"?"))


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
