"""The pages say what the code does: references are current, every limit is explained, links lead somewhere."""
from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT = re.compile(r"L-[A-Z]+-\d{3}")
#: Where a limit is pointed out: the code, the guest's recipes, the recorded cases.
SOURCES = ("src", "guest", "tests/spec/cases", "tests/syscalls")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def _mentioned() -> set[str]:
    found: set[str] = set()
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                found |= set(LIMIT.findall(path.read_text(errors="replace")))
    return found


def _explained() -> list[str]:
    return re.findall(r"^### (L-[A-Z]+-\d{3}) ", (ROOT / "docs" / "limits.md").read_text(), re.MULTILINE)


def test_every_limit_in_the_code_is_explained() -> None:
    assert sorted(_mentioned() - set(_explained())) == []


def test_every_limit_explained_is_pointed_out_where_it_is() -> None:
    assert sorted(set(_explained()) - _mentioned()) == []


def test_a_limit_is_explained_once() -> None:
    assert len(_explained()) == len(set(_explained()))


def test_reference_pages_are_current() -> None:
    done = subprocess.run([sys.executable, ROOT / "tools" / "make_reference.py", "--check"], capture_output=True,
                          text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("page", PAGES, ids=[path.relative_to(ROOT).as_posix() for path in PAGES])
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert [link for link in links if link and not (page.parent / link).exists()] == []
