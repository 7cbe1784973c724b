"""A run in a few lines, for people: how it ended, what ran, what it cost, what was refused.

Everything a guest could have chosen (names, arguments, paths) is escaped and cut.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..abi.time import MS, SECOND
from ..events.base import Event, Record
from ..events.kernel import LimitReached, PolicyDecided
from ..events.process import ProcessExecuted, ProcessExited
from ..lib.quote import command_line, printable
from ..policy.decision import Outcome
from ..syscalls.refusals import noting
from .result import Result

if TYPE_CHECKING:
    from ..kernel.process import Process

#: Lines at most; what is left out is counted.
_PROGRAMS_MAX, _REFUSALS_MAX = 16, 24
#: Different refusals that are kept: a guest cannot make the table grow.
_KEPT_MAX = 1000
_WIDTH = 110
_ARGUMENTS_MAX = 40


class Summary:
    """Collects a run's facts. Put `handlers` around the table of system calls, watch EVENTS with `see`."""

    EVENTS: tuple[type[Event], ...] = (ProcessExecuted, ProcessExited, PolicyDecided, LimitReached)

    def __init__(self) -> None:
        self._runs: dict[str, int] = {}  # program -> how often it was executed
        self._cpu_ns: dict[str, int] = {}
        self._refused: dict[tuple[str, str, str], int] = {}  # (what, why, by whom) -> how often
        self._left_out = 0

    def handlers(self, handlers: Mapping[int, Any]) -> Mapping[int, Any]:
        """The table of system calls to use: it notes refusals."""
        return noting(handlers, self._note)

    def _note(self, proc: Process, call: str, arguments: str, why: str) -> None:
        self._refuse(f"{call}({arguments})", why, tuple(proc.argv))

    def _refuse(self, what: str, why: str, argv: tuple[bytes, ...]) -> None:
        key = (what, why, _command(argv))
        if key not in self._refused and len(self._refused) == _KEPT_MAX:
            self._left_out += 1
            return
        self._refused[key] = self._refused.get(key, 0) + 1

    def see(self, record: Record) -> None:
        """A sink for EVENTS."""
        argv = record.cause.command
        match record.event:
            case ProcessExecuted(argv=argv):
                self._count(self._runs, _program(argv), 1)
            case ProcessExited(cpu_ns=cpu_ns):
                self._count(self._cpu_ns, _program(argv), cpu_ns)
            case PolicyDecided(request=request, decision=decision) if decision.outcome is not Outcome.ALLOW:
                why = "only observed, " if decision.outcome is Outcome.WOULD_DENY else ""
                self._refuse(f"{request.action} {printable(request.resource)}", f"{why}policy rule {decision.rule}", argv)
            case LimitReached(limit=limit, value=value):
                self._refuse(f"{limit} {value}", "limit", argv)

    @staticmethod
    def _count(counts: dict[str, int], name: str, amount: int) -> None:
        if name not in counts and len(counts) >= _KEPT_MAX:
            name = "others"
        counts[name] = counts.get(name, 0) + amount

    def text(self, result: Result, *, colour: bool = False) -> str:
        """The summary; no newline at its end."""
        style = _Style(colour)
        usage = result.usage
        good = style.green if result.ok else style.red
        lines = [f"{style.bold('cloche')} {good(result.explain())} after {duration(usage.wall_ns)}"]
        lines += style.block("ran", [*self._programs(usage.processes)])
        lines += style.block("cost", [
            f"cpu {duration(usage.cpu_ns)}, memory {amount(usage.memory_bytes_peak)} at most, "
            f"{usage.syscalls} system calls, {amount(usage.bytes_in)} in, {amount(usage.bytes_out)} out"])
        lines += style.block("refused", [*self._refusals()] or ["nothing"], style.red if self._refused else None)
        if result.limits_reached:
            lines += style.block("limits", [", ".join(result.limits_reached)], style.red)
        if result.left_behind:
            left = _plural(result.left_behind, "process", "processes")
            lines += style.block("left", [f"{left} still there at the end"])
        return "\n".join(lines)

    def _programs(self, processes: int) -> list[str]:
        order = sorted(self._runs, key=lambda name: (-self._cpu_ns.get(name, 0), name))
        shown = [f"{name} x{self._runs[name]} ({duration(self._cpu_ns.get(name, 0))})"
                 for name in order[:_PROGRAMS_MAX]]
        if len(order) > _PROGRAMS_MAX:
            shown.append(f"and {len(order) - _PROGRAMS_MAX} more")
        programs = _plural(sum(self._runs.values()), "program", "programs")
        head = f"{programs} in {_plural(processes, 'process', 'processes')}: "
        return _folded(head, shown)

    def _refusals(self) -> list[str]:
        lines = []
        for (what, why, who), times in list(self._refused.items())[:_REFUSALS_MAX]:
            lines.append(f"{what}: {why}; by {who}{f' ({times} times)' if times > 1 else ''}")
        more = len(self._refused) - len(lines) + self._left_out
        return [*lines, f"and {more} more"] if more else lines


class _Style:
    """Headings and colours; without colours, plain text."""

    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def _paint(self, code: int, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour else text

    def bold(self, text: str) -> str:
        return self._paint(1, text)

    def red(self, text: str) -> str:
        return self._paint(31, text)

    def green(self, text: str) -> str:
        return self._paint(32, text)

    def block(self, heading: str, lines: list[str], paint: Any = None) -> list[str]:
        shown = (paint or self.bold)(f"{heading:8}")
        return [f"  {shown if index == 0 else ' ' * 8} {line}" for index, line in enumerate(lines)]


def _program(argv: tuple[bytes, ...]) -> str:
    """The name a process was started by, without its directory and a login shell's dash."""
    name = argv[0].rstrip(b"/").rsplit(b"/", 1)[-1].removeprefix(b"-") if argv else b""
    return printable(name, 24) or "?"


def _command(argv: tuple[bytes, ...]) -> str:
    """A process by its program's name and the beginning of its arguments."""
    return f"{_program(argv)} {command_line(argv[1:], _ARGUMENTS_MAX)}".rstrip()


def _folded(head: str, items: list[str]) -> list[str]:
    """Items behind a heading, in lines of _WIDTH."""
    lines, line = [], head
    for index, item in enumerate(items):
        text = item + (", " if index < len(items) - 1 else "")
        if len(line) + len(text) > _WIDTH and line != head:
            lines.append(line.rstrip())
            line = ""
        line += text
    return [*lines, line]


def _plural(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def duration(ns: int) -> str:
    """12 ms, 3.4 s."""
    if ns < 10 * MS:
        return f"{ns / MS:.1f} ms"
    return f"{ns / MS:.0f} ms" if ns < SECOND else f"{ns / SECOND:.1f} s"


def amount(size: int) -> str:
    """Bytes: 12 B, 3.4 KiB, 5.6 MiB."""
    value = float(size)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024 or unit == "GiB":
            return f"{size} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    raise AssertionError
