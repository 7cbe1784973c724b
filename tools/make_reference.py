"""Writes docs/reference: pages made from the code. `--check` says whether they are current, and changes nothing."""
from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

#: What each level means, for readers.
LEVELS = {
    "full": "does what the man page says",
    "partial": "does part of it; the note says what is missing",
    "refused": "answers as it does to a process without the privilege",
    "none": "answers ENOSYS",
}


def syscalls() -> str:
    """docs/reference/syscalls.md, from the table."""
    from cloche.syscalls.table import ROWS
    counts = Counter(str(row.level) for row in ROWS)
    lines = ["# System calls", "",
             "Made from `src/cloche/syscalls/table.py` by `make docs`; `cloche syscalls` prints the same.",
             "Numbers are asm-generic's, as 32-bit architectures with 64-bit time use them. A number that is not here",
             "answers ENOSYS. `L-` notes are in [limits.md](../limits.md).", "",
             "| level | calls | meaning |", "|---|---:|---|"]
    lines += [f"| {level} | {counts[level]} | {meaning} |" for level, meaning in LEVELS.items() if counts[level]]
    lines += ["", "| number | call | level | note |", "|---:|---|---|---|"]
    lines += [f"| {row.number} | `{row.name}` | {row.level} | {row.note} |" for row in sorted(ROWS)]
    return "\n".join(lines) + "\n"


def command_line() -> str:
    """docs/reference/run.md, from the table of options."""
    from cloche.cli.options import help_text
    return ("# cloche run\n\n"
            "Made from `src/cloche/cli/options.py` by `make docs`; `cloche run --help` prints the same.\n\n"
            f"```text\n{help_text()}```\n")


PAGES = {"syscalls.md": syscalls, "run.md": command_line}


def main() -> int:
    stale = []
    for name, make in PAGES.items():
        path, text = ROOT / "docs" / "reference" / name, make()
        if path.is_file() and path.read_text() == text:
            continue
        if "--check" in sys.argv:
            stale.append(name)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        print(f"wrote docs/reference/{name}")
    if stale:
        print(f"not current: {', '.join(stale)}; run `make docs`", file=sys.stderr)
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
