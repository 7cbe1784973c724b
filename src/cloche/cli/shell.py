"""`cloche shell`: an interactive program, bash if nothing else is said, in a new sandbox and in this terminal."""
from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from ..errors import ClocheError
from . import options, settings
from .errors import UsageError

_PROGRAM = "/bin/bash"
#: What a shell takes over from the host's environment: how the terminal behaves, and nothing about the user.
_INHERITED = ("TERM", "COLORTERM")
_USED = ("mount", "env", "cwd", "cpu", "memory", "disk", "processes", "policy", "help")

USAGE = "cloche shell [OPTIONS] [PROGRAM [ARGUMENT...]]"
_ABOUT = """Opens bash, or another program of the guest, in a new sandbox, with this terminal as its own.
Its exit status is the program's. If standard input is no terminal, it is the script that bash runs.
"""


def main(words: Sequence[str]) -> int:
    """Its exit status. UsageError and ClocheError are the caller's to report."""
    arguments = options.parse(words)
    if arguments["help"]:
        sys.stdout.write(help_text())
        return 0
    for option in options.OPTIONS:
        if option.key not in _USED and arguments[option.key]:
            raise UsageError(f"{option.names[0]} is for cloche run only")
    command = arguments.command or [_PROGRAM]
    interactive = os.isatty(0)
    if interactive and not os.isatty(1):
        raise ClocheError("cloche shell needs a terminal, but its output is redirected: use cloche run")
    from ..sandbox.sandbox import Sandbox, Streams
    from ..sandbox.terminal_host import interact
    env, cwd = settings.environment(arguments["env"]), arguments["cwd"] or "/root"
    with Sandbox(settings.policy(arguments["policy"]), limits=settings.limits(arguments),
                 mounts=settings.mounts(arguments["mount"]), env=env) as sandbox:
        if not interactive:
            return sandbox.run(command, cwd=cwd, streams=Streams(0, 1, 2)).exit_code
        terminal = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return interact(sandbox, command, env={**terminal, **env}, cwd=cwd)


def help_text() -> str:
    """What `cloche shell --help` prints."""
    lines = [f"Usage: {USAGE}", "", _ABOUT, "Options:"]
    lines += [f"  {', '.join(option.names):14}{option.help}" for option in options.OPTIONS if option.key in _USED]
    return "\n".join(lines) + "\n"
