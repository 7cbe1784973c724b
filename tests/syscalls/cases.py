"""A system call case: one C program, and what it printed on Linux.

A known departure of ours from Linux is declared in the program's own comments, with its limit and both sides:

    /* L-FS-002
     * - st.st_atim.tv_sec > 1: yes
     * + st.st_atim.tv_sec > 1: no
     */

Each "-" line must stand in the recorded output, and each "+" line is what the guest prints in its place.
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
_LIMIT = re.compile(r"/\* (L-[A-Z]+-\d{3})\b[^\n]*\n(.*?)\*/", re.S)


@dataclass(frozen=True, slots=True)
class Departure:
    """Lines that Linux prints and the lines that we print instead, by the id of the limit."""

    limit: str
    linux: tuple[str, ...]
    ours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One program of this folder."""

    name: str

    @property
    def source(self) -> Path:
        return HERE / f"{self.name}.c"

    @property
    def recorded(self) -> Path:
        return HERE / f"{self.name}.expected"

    def departures(self) -> list[Departure]:
        found = []
        for limit, body in _LIMIT.findall(self.source.read_text()):
            lines = [line.strip().removeprefix("*").removeprefix(" ") for line in body.splitlines()]
            linux = tuple(line[2:] for line in lines if line.startswith("- "))
            ours = tuple(line[2:] for line in lines if line.startswith("+ "))
            found.append(Departure(limit, linux, ours))
        return found

    def expected(self) -> str:
        """What a guest is to print: Linux's lines, with the declared departures put in."""
        lines = self.recorded.read_text(errors="surrogateescape").split("\n")
        for departure in self.departures():
            at = _find(lines, departure.linux)
            if at < 0:
                raise ValueError(f"{self.name}: {departure.limit} names lines that Linux did not print")
            lines[at : at + len(departure.linux)] = departure.ours
        return "\n".join(lines)


def _find(lines: list[str], part: tuple[str, ...]) -> int:
    for at in range(len(lines) - len(part) + 1):
        if tuple(lines[at : at + len(part)]) == part:
            return at
    return -1


def all_cases() -> list[Case]:
    return [Case(path.stem) for path in sorted(HERE.glob("*.c"))]


def closing(output: bytes, status: int) -> str:
    """A run as it is recorded: standard output, then the exit status."""
    return output.decode(errors="surrogateescape") + f"[exit {status}]\n"
