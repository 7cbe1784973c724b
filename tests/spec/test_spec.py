"""The shell cases in sandboxes: standard output and exit status are what native bash gave, less the declared departures."""
from __future__ import annotations

from collections.abc import Iterator

import pytest

from cloche import Sandbox

from .cases import ENVIRONMENT, HERE, Case, groups, read_group, read_record

CASES = [case for group in groups() for case in read_group(group)]
RECORDS = {group: read_record(group) for group in groups()}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One for all cases: each has a directory of its own, and none is to depend on another."""
    with Sandbox(env=ENVIRONMENT) as shared:
        yield shared


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_as_native_bash(case: Case, sandbox: Sandbox) -> None:
    sandbox.run("rm -rf /tmp/* /tmp/.[a-z]*; mkdir -m 755 /tmp/case")
    result = sandbox.run(["/bin/bash", "-c", case.script], cwd="/tmp/case", timeout=60)
    expected = case.departure or RECORDS[case.group][case.name]
    assert (result.stdout, result.exit_code) == (expected.stdout, expected.status), result.stderr


def test_departures_are_documented() -> None:
    limits = (HERE.parents[2] / "docs" / "limits.md").read_text()
    assert [case.id for case in CASES if case.limit and f"### {case.limit} " not in limits] == []
