"""The options of `cloche run`: one literal table, its parser and its help.

Options end at the first word that is none, or at `--`: what follows is the guest's, whatever it looks like.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from . import sizes
from .errors import UsageError


class Option(NamedTuple):
    """`value`: what stands for its value in the help; empty for a flag. `optional`: a value only as --name=VALUE."""

    names: tuple[str, ...]
    value: str
    help: str
    convert: Callable[[str], Any] = str
    repeated: bool = False
    optional: bool = False

    @property
    def key(self) -> str:
        return self.names[0].lstrip("-").replace("-", "_")


OPTIONS: tuple[Option, ...] = (
    Option(("--mount", "-v"), "HOST:GUEST[:ro|rw|overlay]", "Show a file or directory of the host in the guest; ro by "
           "default. Changes to an overlay stay in the sandbox. Repeatable.", repeated=True),
    Option(("--env", "-e"), "NAME[=VALUE]", "Set a variable of the guest; without a value, to what it is here. "
           "Repeatable.", repeated=True),
    Option(("--cwd",), "PATH", "The guest's directory to start in. [/root]"),
    Option(("--timeout",), "SECONDS", "Kill everything after this time; exit status 124.", sizes.seconds),
    Option(("--cpu",), "SECONDS", "CPU time of all processes together.", sizes.seconds),
    Option(("--memory",), "SIZE", "Memory of all processes together, such as 512M. [2G]", sizes.size),
    Option(("--disk",), "SIZE", "Bytes that files may hold. [2G]", sizes.size),
    Option(("--processes",), "N", "Processes at one time. [512]", sizes.count),
    Option(("--output-limit",), "SIZE", "Bytes of output; the run ends beyond it. [none; 64M with --json]", sizes.size),
    Option(("--seed",), "N", "Run deterministically: virtual clock, seeded randomness.", sizes.integer),
    Option(("--policy",), "NAME|FILE", "What is granted: a policy file (see cloche policy), or offline, deny-all, observe, "
           "developer, read-only. [offline]"),
    Option(("--json",), "", "Print one JSON object with output, status, usage and denials."),
    Option(("--summary",), "", "Afterwards, say on stderr what ran, what it cost and what was refused."),
    Option(("--trace",), "FILE", "Write every system call, as strace does, to stderr or to FILE.", optional=True),
    Option(("--help", "-h"), "", "Show this."),
)
_BY_NAME = {name: option for option in OPTIONS for name in option.names}

USAGE = "cloche run [OPTIONS] COMMAND..."
_ABOUT = """Runs a command in a new sandbox. Its exit status, stdin, stdout and stderr are the command's.

  cloche run 'ls -la | head'          one word: a command line for bash
  cloche run script.sh ARG...         a file of this machine: a script, run as its #! line says, else by bash
  cloche run python3 -c 'print(1)'    several words: a program of the guest and its arguments

The command sees no file of this machine but what --mount shows, and no network.
Exit status: the command's; 128+N if signal N killed it; 124 on timeout, 137 at another limit; 126, 127 if it cannot be
run; 1 if cloche itself cannot go on, 2 if this command line is wrong.
"""


class Arguments:
    """What was given: `values` by option key (a list for repeated ones), and the command."""

    def __init__(self, values: Mapping[str, Any], command: Sequence[str]) -> None:
        self._values, self.command = values, list(command)

    def __getitem__(self, key: str) -> Any:
        """The value; None, or [] if repeatable, for what was not given."""
        return self._values.get(key, [] if _BY_NAME[f"--{key.replace('_', '-')}"].repeated else None)


def parse(words: Sequence[str]) -> Arguments:
    """The arguments after `cloche run`. UsageError for what they are not."""
    values: dict[str, Any] = {}
    position = 0
    while position < len(words) and words[position].startswith("-") and words[position] != "-":
        word = words[position]
        position += 1
        if word == "--":
            break
        name, equals, value = word.partition("=") if word.startswith("--") else (word[:2], word[2:], word[2:])
        option = _BY_NAME.get(name)
        if option is None:
            raise UsageError(f"there is no option {name}{_similar(name)}")
        if not option.value:
            if equals:
                raise UsageError(f"{name} takes no value")
            values[option.key] = True
            continue
        if not equals and not option.optional:
            if position == len(words):
                raise UsageError(f"{name} needs a value: {name} {option.value}")
            value = words[position]
            position += 1
        _set(values, option, name, value)
    return Arguments(values, words[position:])


def _set(values: dict[str, Any], option: Option, name: str, value: str) -> None:
    try:
        converted = option.convert(value)
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from None
    if option.repeated:
        values.setdefault(option.key, []).append(converted)
    else:
        values[option.key] = converted


def _similar(name: str) -> str:
    import difflib  # only when a name is wrong
    found = difflib.get_close_matches(name, _BY_NAME, 1)
    return f": did you mean {found[0]}?" if found else ""


def help_text(width: int = 100) -> str:
    """What `cloche run --help` prints."""
    import textwrap
    lines = [f"Usage: {USAGE}", "", _ABOUT, "Options:"]
    for option in OPTIONS:
        value = f"[={option.value}]" if option.optional else option.value and f" {option.value}"
        head = "  " + ", ".join(option.names) + value
        body = textwrap.wrap(option.help, max(30, width - 28))
        if len(head) > 26:
            lines.append(head)
            head = ""
        lines += [f"{start:28}{text}" for start, text in zip([head, *[""] * len(body)], body)]
    return "\n".join(lines) + "\n"
