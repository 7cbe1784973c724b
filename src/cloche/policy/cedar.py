"""A policy as Cedar policies that decide alike, for those who have Cedar's tools.

A request is principal Process::"any", action Action::"file.read", resource Resource::"any", and a context: `resource` and
`program` as texts; for addresses `kind` ("unix", "loopback", "host"), `host`, `port` and, if the host is one, `ip`; for HTTP
`method` and `path`. Every rule that allows is a permit unless an earlier one decides otherwise. What Cedar cannot say (one
star, arguments, constraints, budgets, asking) is refused: L-POL-005.
"""
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..errors import PolicyError
from . import network, patterns, resources
from .decision import REFUSALS, Action, Outcome, Request
from .resources import Kind
from .rules import Rule

if TYPE_CHECKING:
    from .policy import Policy

_HEADER = "// Made by cloche policy export --cedar\n"


def export(policy: Policy) -> str:
    """The text of the Cedar policies. PolicyError if one of the rules cannot be said."""
    if policy.within or policy.observe:
        raise PolicyError("Cedar has no layers and no observe mode (L-POL-005)")
    found = [_HEADER]
    for index, rule in enumerate(policy.rules):
        if rule.outcome is Outcome.ALLOW:
            found += [_permit(policy.rules[:index], rule, action) for action in sorted(rule.actions)]
    return "\n".join(found)


def context(request: Request) -> dict[str, Any]:
    """What `export` expects of a request, for Cedar's JSON."""
    found: dict[str, Any] = {"resource": _text(request.resource), "program": _text(request.subject.program),
                             "method": _text(request.method), "path": _text(request.path)}
    if resources.KINDS[request.action] in (Kind.ADDRESS, Kind.URL_HOST, Kind.HOST):
        host_only = resources.KINDS[request.action] is Kind.HOST
        address = network.address(request.resource + (b":0" if host_only else b""))
        if address is not None:
            found |= {"kind": address.kind, "host": address.host, "port": address.port, "unix": _text(address.path)}
            if address.ip is not None:
                found["ip"] = {"__extn": {"fn": "ip", "arg": str(address.ip)}}
    return found


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


def _permit(earlier: tuple[Rule, ...], rule: Rule, action: Action) -> str:
    unless = [f"unless {{ {_condition(other, action)} }}" for other in earlier
              if action in other.actions and other.outcome in REFUSALS]
    for other in earlier:
        if action in other.actions and other.outcome not in (Outcome.ALLOW, *REFUSALS):
            raise PolicyError(f"rule {other.name!r}: Cedar cannot {other.outcome} (L-POL-005)")
    lines = [f"@id({json.dumps(f'{rule.name}: {action}')})",
             f'permit (principal, action == Action::"{action}", resource)', f"when {{ {_condition(rule, action)} }}", *unless]
    return "\n".join(lines) + ";\n"


def _condition(rule: Rule, action: Action) -> str:
    if rule.arguments is not None or rule.where or rule.budgets:
        raise PolicyError(f"rule {rule.name!r}: Cedar has no args, where or budgets as ours (L-POL-005)")
    try:
        parts = [_any([_resource(action, pattern) for pattern in rule.patterns])]
        if rule.by:
            parts.append(_like("context.program", patterns.path_tokens(rule.by)))
        if rule.methods:
            parts.append(_any([f"context.method == {json.dumps(_text(method))}" for method in rule.methods]))
        if rule.paths:
            parts.append(_any([_like("context.path", patterns.path_tokens(path)) for path in rule.paths]))
    except PolicyError as error:
        raise PolicyError(f"rule {rule.name!r}: {error}") from None
    return " && ".join(parts)


def _any(conditions: list[str]) -> str:
    return conditions[0] if len(conditions) == 1 else "(" + " || ".join(conditions) + ")"


def _resource(action: Action, pattern: bytes) -> str:
    kind = resources.KINDS[action]
    if pattern == resources.EVERYTHING:
        return "true"
    if kind is Kind.SESSION:
        return f'context.resource like "{_text(pattern)}:*"'
    if kind in (Kind.PATH, Kind.FAMILY, Kind.TOOL):
        return _like("context.resource", resources.tokens(kind, pattern))
    net = resources.net_pattern(kind, pattern)
    parts = ["context has kind", f'context.kind == "{net.kind}"']
    if net.kind == "unix":
        return "(" + " && ".join([*parts, _like("context.unix", net.path)]) + ")"
    if net.ports != network.ALL_PORTS:
        parts.append(_any([f"(context.port >= {low} && context.port <= {high})" for low, high in net.ports]))
    if net.network is not None:
        parts.append(f'context has ip && context.ip.isInRange(ip("{net.network}"))')
    elif net.name.startswith("*"):
        parts.append(f'context.host like "{net.name}"')
    elif net.name:
        parts.append(f'context.host == "{net.name}"')
    return "(" + " && ".join(parts) + ")"


def _like(what: str, parts: tuple[patterns.Token, ...]) -> str:
    """Cedar's * is our **; a /** is that directory too."""
    texts = [""]
    for token in parts:
        match token:
            case patterns.Wild.ANY:
                texts = [text + "*" for text in texts]
            case patterns.Wild.DEEP:
                if len(texts) > 8:
                    raise PolicyError("too many /** in one pattern for Cedar (L-POL-005)")
                texts = [text + tail for text in texts for tail in ("", "/*")]
            case patterns.Wild():
                raise PolicyError("Cedar's patterns have no * that stops at a slash, and no ? (L-POL-005)")
            case _:
                texts = [text + ("\\*" if token == 0x2A else _quoted(token)) for text in texts]
    return _any([f'{what} like "{text}"' for text in texts])


def _quoted(byte: int) -> str:
    if byte >= 0x80:
        raise PolicyError("only ASCII patterns can be exported (L-POL-005)")
    return json.dumps(chr(byte))[1:-1] if byte >= 0x20 else f"\\u{{{byte:x}}}"
