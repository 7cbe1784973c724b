"""The commands of `cloche` other than `run`, which is here for the help only."""
from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from ..userland.cli import app as userland
from .policy import app as policy

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="Runs an AI agent's shell in WebAssembly, and sees what the agent does.")
app.add_typer(userland, name="userland")
app.add_typer(policy, name="policy")

_PASS = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}

@userland.command("compile", context_settings=_PASS,
                  short_help="Compile every program for this machine, so that none has to be when first used.")
def compile_programs(context: typer.Context) -> None:
    from .compile import compile_programs as command
    _own(command, "cloche userland compile", context.args)


@app.command(context_settings=_PASS, short_help="Run a command, a script or a program in a new sandbox.")
def run(context: typer.Context) -> None:
    from .run import main as run_main
    raise typer.Exit(run_main(context.args))

@app.command(context_settings=_PASS, short_help="Open an interactive shell in a new sandbox.")
def shell(context: typer.Context) -> None:
    from .shell import main as shell_main
    raise typer.Exit(shell_main(context.args))

@app.command()
def syscalls(
    level: Annotated[str | None, typer.Option(help="Only these: full, partial, refused or none.")] = None,
) -> None:
    """Print the system calls that the kernel knows, and how well."""
    from ..syscalls.table import ROWS, Level
    from .errors import UsageError
    if level is not None and level not in list(Level):
        raise UsageError(f"--level {level!r} is none of {', '.join(Level)}")
    for row in sorted(ROWS):
        if level is None or row.level == level:
            typer.echo(f"{row.number:5} {row.name:24} {row.level:8} {row.note}".rstrip())

@app.command()
def version() -> None:
    """Print the versions of cloche and of what it runs on."""
    from importlib.metadata import version as version_of
    typer.echo(f"cloche {version_of('cloche')}, wasmtime {version_of('wasmtime')}, Python {sys.version.split()[0]}")

def _own(command: Callable[..., None], name: str, words: list[str]) -> None:
    """A command that is slow to import, with a parser of its own."""
    parser = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    parser.command()(command)
    parser(words, prog_name=name)


def main(words: list[str]) -> int:
    """Its exit status. Typer reports what it finds wrong itself, with status 2; errors of ours are raised."""
    try:
        app(words, prog_name="cloche")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0
