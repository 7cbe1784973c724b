"""The system call cases in a sandbox: what they print is what they printed on Linux, less the departures they declare."""
from __future__ import annotations

from pathlib import Path

import pytest
from support.guest_programs import compile_guest
from support.guest_root import root_with

from cloche import Limits, Sandbox

from .cases import HERE, Case, all_cases, closing

CASES = all_cases()
#: Room for a sparse file beyond 4 GiB.
LIMITS = Limits(file_bytes_max=1 << 40)


@pytest.fixture(scope="session")
def case_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    programs = {f"/case/bin/{case.name}": compile_guest(case.source, [HERE / "t.h"]) for case in CASES}
    return root_with(tmp_path_factory.mktemp("syscalls"), programs)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_as_on_linux(case: Case, case_root: Path) -> None:
    with Sandbox(root=case_root, limits=LIMITS) as sandbox:
        sandbox.run("mkdir -m 755 /tmp/work")
        result = sandbox.run([f"/case/bin/{case.name}"], cwd="/tmp/work", timeout=60)
    assert closing(result.stdout_bytes, result.exit_code).splitlines() == case.expected().splitlines()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_departures_are_documented(case: Case) -> None:
    limits = (HERE.parents[1] / "docs" / "limits.md").read_text()
    assert [d.limit for d in case.departures() if f"### {d.limit} " not in limits] == []
