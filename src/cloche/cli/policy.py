"""`cloche policy`: looking at policy files. Nothing is run."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .errors import UsageError

app = typer.Typer(no_args_is_help=True, help="Check, explain, compare and export policies: files, or names of presets.")

_Policy = Annotated[str, typer.Argument(metavar="POLICY", help="A policy file, or the name of a preset.")]


def _wrong(message: str) -> UsageError:
    return UsageError(message, "policy")


def _load(name: str):  # type: ignore[no-untyped-def]
    from ..policy.policy import Policy
    from ..policy.presets import PRESETS
    return Policy.preset(name) if name in PRESETS and not Path(name).exists() else Policy.load(name)


@app.command()
def check(policy: _Policy) -> None:
    """Say whether a policy can be used; if not, where it is wrong."""
    found = _load(policy)
    for action in _ungranted(found):
        typer.echo(f"note: {action} is granted to nothing")
    for note in _unasked(found):
        typer.echo(f"note: {note}")
    typer.echo(f"{policy}: {len(found.rules)} rules, {'observed' if found.observe else 'enforced'}: it can be used")


def _ungranted(policy):  # type: ignore[no-untyped-def]
    from ..policy.decision import REFUSALS, Action
    return [action for action in ("file.read", "file.exec", "process.exec", "process.fork")
            if (decision := policy.always(Action(action))) is not None and decision.outcome in REFUSALS]


def _unasked(policy):  # type: ignore[no-untyped-def]
    """What rules are about that cannot occur yet."""
    from ..policy.decision import Action, Outcome
    unasked = (Action.NET_RESOLVE, Action.NET_HTTP, Action.TOOL_CALL)
    for rule in policy.rules:
        named = sorted(rule.actions & set(unasked))
        if named and len(rule.actions) < len(Action):
            yield f"rule {rule.name!r}: nothing asks for {', '.join(named)} yet, so it grants nothing (L-POL-001)"
        if rule.outcome is Outcome.DECOY:
            yield f"rule {rule.name!r}: there are no decoys yet, so it denies (L-POL-002)"


@app.command()
def explain(policy: _Policy, action: Annotated[str, typer.Argument(help="Such as file.read.")],
            resource: Annotated[str, typer.Argument(help="A path, address, tool, ... as in a denial.")] = "",
            program: Annotated[str, typer.Option(help="The program that asks.")] = "/bin/bash",
            arg: Annotated[list[str] | None, typer.Option(help="An argument of the program to execute. Repeatable.")] = None,
            method: Annotated[str, typer.Option(help="Of an HTTP request.")] = "",
            url: Annotated[str, typer.Option(help="The path of an HTTP request.")] = "",
            parameters: Annotated[str, typer.Option(help="Of a tool call: a JSON object.")] = "") -> None:
    """Say how a request is decided, by which rule and line, and which line would allow it. Status 1 if it is denied."""
    from ..policy.decision import REFUSALS, Action, Request, Subject
    from ..policy.document import suggestion
    if action not in Action.__members__.values():
        raise _wrong(f"there is no action {action!r}{suggestion(action, Action)}")
    chosen = Action(action)
    if not resource and chosen is not Action.PROCESS_FORK:
        raise _wrong(f"{action} needs a resource: {RESOURCES[chosen]}")
    name = resource.encode("utf-8", "surrogateescape")
    if chosen is Action.PROCESS_SIGNAL and ":" not in resource:
        name += b":0"
    given = None
    if parameters:
        try:
            given = json.loads(parameters)
        except ValueError as error:
            raise _wrong(f"--parameters: {error}") from None
        if not isinstance(given, dict):
            raise _wrong("--parameters is a JSON object")
    words = tuple(word.encode("utf-8", "surrogateescape") for word in (resource, *(arg or [])))
    request = Request(Subject(0, 0, program.encode("utf-8", "surrogateescape")), chosen, name,
                      words if chosen is Action.PROCESS_EXEC else (), method.encode(), url.encode(), given)
    found = _load(policy).explain(request)
    typer.echo(str(found))
    if found.decision.outcome in REFUSALS:
        raise typer.Exit(1)


#: What the resource of an action is, for people.
RESOURCES = {
    **dict.fromkeys(("file.stat", "file.read", "file.write", "file.create", "file.delete", "file.exec", "process.exec"),
                    "an absolute path"),
    "process.fork": "nothing", "process.signal": "own-session or other-session", "net.socket": "unix, inet or inet6",
    "net.connect": "HOST:PORT, loopback:127.0.0.1:PORT or unix:PATH",
    "net.listen": "loopback:127.0.0.1:PORT or unix:PATH", "net.resolve": "a host name", "net.http": "HOST:PORT",
    "tool.call": "a tool's name",
}


@app.command()
def diff(old: _Policy, new: _Policy) -> None:
    """Print what changed from one policy to another, and whether it may grant more. Status 1 if anything did."""
    from ..policy.difference import difference
    lines = difference(_load(old), _load(new))
    for line in lines:
        typer.echo(line)
    if lines:
        raise typer.Exit(1)


@app.command()
def schema() -> None:
    """Print the JSON Schema of policy files."""
    from ..policy.schema import schema as make
    typer.echo(json.dumps(make(), indent=1))


@app.command()
def export(policy: _Policy, cedar: Annotated[bool, typer.Option("--cedar", help="As Cedar policies.")] = False,
           as_json: Annotated[bool, typer.Option("--json", help="As JSON, every rule in full.")] = False) -> None:
    """Print a policy in another form."""
    if cedar == as_json:
        raise _wrong("export needs one of --cedar and --json")
    found = _load(policy)
    if as_json:
        typer.echo(json.dumps(found.to_dict(), indent=1))
        return
    from ..policy.cedar import export as to_cedar
    typer.echo(to_cedar(found), nl=False)
