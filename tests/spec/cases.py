"""The shell cases: `cases/*.sh`, sections that begin with `#### name`; what native bash did is in `cases/*.jsonl`.

A known departure is declared at the section's beginning, with its limit and what the guest does instead:

    #### ulimit -v
    ## L-SH-003 exit 1
    ##| the first line that the guest prints
"""
from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent / "cases"
_LIMIT = re.compile(r"## (L-[A-Z]+-\d{3}) exit (\d+)$")

ENVIRONMENT = {"HOME": "/nonexistent", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC0", "TERM": "dumb"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a case printed on standard output (bytes as surrogateescape), and its exit status."""

    stdout: str
    status: int


@dataclass(frozen=True, slots=True)
class Case:
    """One section."""

    group: str
    name: str
    script: str
    limit: str | None = None
    departure: Outcome | None = None

    @property
    def id(self) -> str:
        return f"{self.group}:{self.name}"


def _section(group: str, text: str) -> Case:
    name, _, body = text.partition("\n")
    limit = departure = None
    lines = body.split("\n")
    if match := _LIMIT.match(lines[0]):
        limit = match[1]
        del lines[0]
        ours = []
        while lines and lines[0].startswith("##|"):
            ours.append(lines.pop(0)[3:].removeprefix(" "))
        departure = Outcome("".join(line + "\n" for line in ours), int(match[2]))
    return Case(group, name.strip(), "\n".join(lines), limit, departure)


def groups() -> list[str]:
    return [path.stem for path in sorted(HERE.glob("*.sh"))]


def read_group(group: str) -> list[Case]:
    text = (HERE / f"{group}.sh").read_text()
    return [_section(group, part) for part in re.split(r"(?m)^#### ", text)[1:]]


def record_path(group: str) -> Path:
    return HERE / f"{group}.jsonl"


def read_record(group: str) -> dict[str, Outcome]:
    lines = record_path(group).read_text().splitlines()
    return {row["name"]: Outcome(row["stdout"], row["status"]) for row in map(json.loads, lines)}
