"""A rule: which actions, by whom, on what, under which conditions; and what is decided then."""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from ..abi.errno import Errno
from ..errors import PolicyError
from . import patterns, resources
from .budgets import Budget, Unit
from .constraints import MISSING, Constraint, all_hold
from .decision import Action, Outcome, Request
from .implication import implies

#: Methods of HTTP requests: RFC 9110's tokens, in capitals as RFC 9110's methods are.
METHOD = re.compile(rb"[A-Z][A-Z0-9!#$%&'*+.^_`|~-]{0,31}")
NAME_MAX, RESOURCES_MAX = 100, 1000
ASK_NS_DEFAULT = 60_000_000_000
Where = tuple[tuple[str, tuple[Constraint, ...]], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """`name` says in decisions which rule it was. `resources`: patterns (resources.py), one of which must match.

    `by`: a path pattern of the program that asks. `arguments`: patterns of what a program is given (`...`: any number).
    `methods`, `paths`: of an HTTP request. `where`: constraints on parameters of a tool call. Empty: whatever it is.
    `budgets`: what may be granted so. `deadline_ns`: how long ASK waits. `source`: "file:line".
    """

    name: str
    actions: frozenset[Action]
    resources: bytes | tuple[bytes, ...]
    outcome: Outcome
    errno: Errno = Errno.EACCES
    message: str = ""
    by: bytes = b""
    arguments: tuple[bytes, ...] | None = None
    methods: tuple[bytes, ...] = ()
    paths: tuple[bytes, ...] = ()
    where: Where = ()
    budgets: tuple[Budget, ...] = ()
    deadline_ns: int = 0
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.resources, bytes):
            object.__setattr__(self, "resources", (self.resources,))
        try:
            self._check()
        except PolicyError as error:
            raise PolicyError(f"rule {self.name!r}: {error}") from None

    @property
    def patterns(self) -> tuple[bytes, ...]:
        """`resources`, as a tuple in any case."""
        assert isinstance(self.resources, tuple)
        return self.resources

    def _check(self) -> None:
        if not self.name or len(self.name) > NAME_MAX or not self.name.isprintable():
            raise PolicyError(f"a name has 1 to {NAME_MAX} printable characters")
        if not self.actions:
            raise PolicyError("it names no action")
        if not self.patterns or len(self.patterns) > RESOURCES_MAX:
            raise PolicyError(f"it needs 1 to {RESOURCES_MAX} patterns of what it is about")
        for action in self.actions:
            for pattern in self.patterns:
                resources.check(action, pattern)
        self._check_conditions()
        granting = self.outcome in (Outcome.ALLOW, Outcome.ASK)
        if self.budgets and not granting:
            raise PolicyError(f"a budget is of what is granted, and this is {self.outcome}")
        if self.deadline_ns < 0 or (self.deadline_ns and self.outcome is not Outcome.ASK):
            raise PolicyError("only what is asked has a deadline")
        if self.outcome is Outcome.ASK and not self.deadline_ns:
            object.__setattr__(self, "deadline_ns", ASK_NS_DEFAULT)

    def _check_conditions(self) -> None:
        only: tuple[tuple[str, object, frozenset[Action]], ...] = (
            ("arguments", self.arguments is not None, frozenset((Action.PROCESS_EXEC,))),
            ("methods and paths", self.methods or self.paths, frozenset((Action.NET_HTTP,))),
            ("where", self.where, frozenset((Action.TOOL_CALL,))),
            # L-POL-003: the other hooks do not say how many bytes go through.
            ("a budget of bytes", any(b.unit is Unit.BYTES for b in self.budgets),
             frozenset((Action.TOOL_CALL, Action.NET_HTTP))),
            ("a budget that sums", any(b.unit is Unit.SUM for b in self.budgets), frozenset((Action.TOOL_CALL,))))
        for what, given, actions in only:
            if given and not self.actions <= actions:
                raise PolicyError(f"{what}: only for {' and '.join(sorted(actions))}")
        if self.by:
            patterns.path_tokens(self.by)
        if self.arguments is not None:
            patterns.argument_source(self.arguments)
        for path in self.paths:
            patterns.path_tokens(path)
        for method in self.methods:
            if not METHOD.fullmatch(method):
                raise PolicyError(f"{method.decode('latin-1')!r} is not an HTTP method in capitals")
        names = [name for name, _ in self.where]
        if len(set(names)) < len(names) or not all(names) or not all(parts for _, parts in self.where):
            raise PolicyError("where: each parameter once, with a constraint")

    @property
    def conditional(self) -> bool:
        """More than action and resource decide."""
        return bool(self.by or self.arguments is not None or self.methods or self.paths or self.where)

    def conditions(self) -> tuple[tuple[str, Callable[[Request], bool]], ...]:
        """What must hold besides action and resource, each with how it is called in a policy file."""
        found: list[tuple[str, Callable[[Request], bool]]] = []
        if self.by:
            program = _fullmatch(patterns.source(patterns.path_tokens(self.by)))
            found.append(("by", lambda request: program(request.subject.program) is not None))
        if self.arguments is not None:
            words = _fullmatch(patterns.argument_source(self.arguments))
            found.append(("args", lambda request: words(patterns.joined(request.arguments[1:])) is not None))
        if self.methods:
            methods = frozenset(self.methods)
            found.append(("method", lambda request: request.method in methods))
        if self.paths:
            urls = [_fullmatch(patterns.source(patterns.path_tokens(path))) for path in self.paths]
            found.append(("url", lambda request: any(url(request.path) is not None for url in urls)))
        for name, parts in self.where:
            found.append((f"where.{name}", _where(name, parts)))
        return tuple(found)

    def about(self, request: Request) -> bool:
        """It names the action, and a pattern matches the resource."""
        return request.action in self.actions and _matcher(request.action, self.patterns)(request.resource)

    def matches(self, request: Request) -> bool:
        return self.about(request) and all(test(request) for _, test in self.conditions())

    def covers(self, other: Rule, action: Action) -> bool:
        """Every request for `action` that `other` matches, this matches. False also if that is not found out."""
        if action not in self.actions or action not in other.actions:
            return False
        if self.by and not (other.by and patterns.covers(patterns.path_tokens(self.by), patterns.path_tokens(other.by))):
            return False
        if self.arguments is not None and self.arguments != other.arguments:
            return False
        if self.methods and not (other.methods and set(other.methods) <= set(self.methods)):
            return False
        if self.paths and not (other.paths and all(
                any(patterns.covers(patterns.path_tokens(wide), patterns.path_tokens(narrow)) for wide in self.paths)
                for narrow in other.paths)):
            return False
        given = dict(other.where)
        if not all(name in given and implies(given[name], parts) for name, parts in self.where):
            return False
        return all(any(resources.covers(action, wide, narrow) for wide in self.patterns) for narrow in other.patterns)


def _where(name: str, parts: tuple[Constraint, ...]) -> Callable[[Request], bool]:
    return lambda request: all_hold(parts, (request.parameters or {}).get(name, MISSING))


@lru_cache(512)
def _fullmatch(source: bytes) -> Callable[[bytes], re.Match[bytes] | None]:
    return re.compile(source, re.DOTALL).fullmatch


@lru_cache(512)
def _matcher(action: Action, found: tuple[bytes, ...]) -> Callable[[bytes], bool]:
    return resources.matcher(action, found)
