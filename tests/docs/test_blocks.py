"""Code blocks that are marked as runnable do what they say.

A block is marked by the comment `<!-- run -->` on the line before it. A `console` block holds commands behind `$ `,
each followed by its exact output; `...` as a line of its own stands for any lines, and `~~` within a line for any text.
A `python` block must run without an error, and print what its last comment lines `# -> text` say.
"""
from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import cloche_environment

ROOT = Path(__file__).resolve().parents[2]
PAGES = [path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")) if "reference" not in path.parts]
_BLOCK = re.compile(r"^<!-- run -->\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(f"{path.relative_to(ROOT).as_posix()}:{text.count(chr(10), 0, found.start()) + 2}", found[1], found[2])
          for path in sorted(PAGES) for text in [path.read_text()] for found in _BLOCK.finditer(text)]


def _commands(block: str) -> list[tuple[str, str]]:
    """(command, expected output) of a console block."""
    found = []
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.split("\n")
        end = next(index for index, line in enumerate(lines) if not line.endswith("\\")) + 1
        found.append(("\n".join(lines[:end]), "\n".join(lines[end:])))
    return found


def _pattern(expected: str) -> str:
    lines = ["(?:.*\n)*?" if line == "..." else re.escape(line).replace("\\~\\~", ".*").replace("~~", ".*") + "\n"
             for line in expected.rstrip("\n").split("\n")] if expected.strip() else []
    return "".join(lines)


def test_there_are_blocks_to_run() -> None:
    assert {kind for _, kind, _ in BLOCKS} == {"console", "python"}


@pytest.mark.parametrize(("kind", "block"), [block[1:] for block in BLOCKS], ids=[block[0] for block in BLOCKS])
def test_block(userland: Path, tmp_path: Path, kind: str, block: str) -> None:
    starter = tmp_path / "bin" / "cloche"
    starter.parent.mkdir()
    starter.write_text(f"#!{sys.executable}\nfrom cloche.cli.main import main\nmain()\n")
    starter.chmod(0o755)
    environment = cloche_environment()
    environment["PATH"] = f"{starter.parent}:{environment['PATH']}"
    if kind == "python":
        done = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, env=environment,
                              cwd=ROOT, check=False, timeout=300)
        expected = "".join(f"{line}\n" for line in re.findall(r"# -> (.*)$", block, re.MULTILINE))
        assert (done.returncode, done.stdout, done.stderr) == (0, expected, "")
        return
    for command, expected in _commands(block):
        done = subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env=environment, cwd=ROOT, check=False, timeout=300)
        assert re.fullmatch(_pattern(expected), done.stdout), f"$ {command}\n{done.stdout}"
