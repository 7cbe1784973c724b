"""`cloche shell`: an interactive bash in a sandbox, in this terminal."""
from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from ..errors import ClocheError
from ..kernel.limits import Limits
from ..sandbox.mounts import Mount
from ..sandbox.sandbox import Sandbox, Streams
from ..sandbox.terminal_host import interact

_PROGRAM = "/bin/bash"
#: What a shell takes over from the host's environment: how the terminal behaves, and nothing about the user.
_INHERITED = ("TERM", "COLORTERM")


def shell(mount: Annotated[list[str] | None, typer.Option(metavar="HOST:GUEST[:ro|rw|overlay]",
                                                          help="Show a host directory to the guest.")] = None,
          env: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="Set a variable.")] = None,
          memory: Annotated[int | None, typer.Option(metavar="MIB", help="Memory of all processes together.")] = None,
          cwd: Annotated[str, typer.Option(help="Directory to start in.")] = "/root") -> None:
    """Open an interactive bash in a sandbox. Without a terminal, standard input is its script."""
    try:
        raise typer.Exit(run(mount or (), environment(env or ()), memory, cwd))
    except ClocheError as error:
        print(f"cloche: {error}", file=sys.stderr)
        raise typer.Exit(1) from None


def environment(pairs: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE, each."""
    found = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not name or not separator:
            raise ClocheError(f"--env {pair!r} is not NAME=VALUE")
        found[name] = value
    return found


def run(mounts: Sequence[str], env: dict[str, str], memory_mib: int | None, cwd: str) -> int:
    """The exit status of the shell."""
    interactive = os.isatty(0)
    if interactive and not os.isatty(1):
        raise ClocheError("cloche shell needs a terminal, and its output is redirected: use `cloche run` instead")
    limits = Limits() if memory_mib is None else Limits(memory_bytes_max=memory_mib << 20)
    with Sandbox(limits=limits, mounts=[Mount.parse(text) for text in mounts], env=env) as sandbox:
        if not interactive:
            return sandbox.run([_PROGRAM, "-s"], cwd=cwd, streams=Streams(0, 1, 2)).exit_code
        terminal = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return interact(sandbox, [_PROGRAM], env={**terminal, **env}, cwd=cwd)

