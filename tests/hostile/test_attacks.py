"""Hostile scripts: the host survives within bounds, and the run ends for a reason that has a name."""
from __future__ import annotations

import pytest

from cloche.userland.store_host import Store

from .attacks import ATTACKS, LIMITS, MIB, Attack
from .harness import attack

#: Python, wasmtime and the largest program need some 200 MB; the guest may add its memory, files and output.
HOST_BYTES_MAX = 1024 * MIB


@pytest.mark.parametrize("hostile", ATTACKS, ids=lambda hostile: hostile.name)
def test_the_host_is_unharmed(hostile: Attack) -> None:
    if not (Store().root() / "bin" / hostile.needs).exists():
        pytest.skip(f"{hostile.needs} is not built")
    report = attack([{"script": f"cd $(mktemp -d)\n{hostile.script}", "timeout": hostile.seconds}],
                    limits={**LIMITS, **hostile.limits})
    assert (report.host_status, report.alive) == (0, True), report.stderr[-2000:]
    (run,) = report.runs
    assert run["reason"] in hostile.ends, run
    if hostile.says is not None and run["reason"] == "exited":
        assert run["stdout"] == hostile.says
    assert report.peak_bytes < HOST_BYTES_MAX
