"""Fuzzers: every system call with any arguments, and any wasm module as a guest. The host survives both."""
from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.guest_programs import compile_guest
from support.guest_root import root_with

from .attacks import LIMITS, MIB
from .harness import Report, attack
from .wasm_maker import Generator, damaged

HERE = Path(__file__).resolve().parent
#: CLOCHE_FUZZ=20 makes every fuzzer do twenty times as much, with other seeds.
EFFORT = int(os.environ.get("CLOCHE_FUZZ", "1"))
SEED = 0 if EFFORT == 1 else int.from_bytes(os.urandom(3), "little")
REASONS = {"exited", "signaled", "timeout", "cpu", "output", "deadlock"}
HOST_BYTES_MAX = 1024 * MIB


def assert_unharmed(report: Report, count: int) -> None:
    assert (report.host_status, report.alive) == (0, True), f"seed {SEED}: {report.stderr[-3000:]}"
    assert len(report.runs) == count
    assert {run.get("reason", "exited") for run in report.runs} <= REASONS
    assert report.peak_bytes < HOST_BYTES_MAX


@pytest.fixture(scope="module")
def fuzz_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return root_with(tmp_path_factory.mktemp("fuzz"), {"/fuzz/calls": compile_guest(HERE / "syscall_fuzz.c")})


def test_every_call_with_any_arguments(fuzz_root: Path) -> None:
    runs = [{"argv": ["/fuzz/calls", str(SEED + seed), "4000"], "timeout": 5} for seed in range(60 * EFFORT)]
    report = attack(runs, root=fuzz_root, limits={**LIMITS, "cpu_ns_max": None}, runs_per_sandbox=10)
    assert_unharmed(report, len(runs))
    assert sum(run["syscalls"] for run in report.runs) > 20_000 * EFFORT


@pytest.mark.parametrize("numbers", [
    "222 215 216 214 226 233 227 228 232", "56 57 63 64 65 66 67 68 69 70 61", "198 199 200 201 202 203 206 207 211 212 242 269",
    "220 1002 1003 260 95 129 130 131", "1000 1001 134 135 133 137 136 139 103 102", "20 21 22 19 85 86 87 74 73 72",
    "33 34 35 36 37 38 276 53 54 55 48 291 79 80", "29 23 24 25 46 47 76 71 77 285 279", "221 281 59 40 39 51 50 49",
], ids=("memory", "files", "sockets", "processes", "signals", "events", "names", "descriptors", "exec"))
def test_one_family_at_length(numbers: str, fuzz_root: Path) -> None:
    runs = [{"argv": ["/fuzz/calls", str(SEED + seed), "10000", *numbers.split()], "timeout": 5} for seed in range(6 * EFFORT)]
    report = attack(runs, root=fuzz_root, limits={**LIMITS, "cpu_ns_max": None}, runs_per_sandbox=3)
    assert_unharmed(report, len(runs))


def test_any_module_as_a_guest(tmp_path: Path) -> None:
    count = 400 * EFFORT
    programs = {f"/fuzz/m{number}": Generator(SEED + number).module() for number in range(count)}
    root = root_with(tmp_path, programs)
    runs = [{"argv": ["/bin/bash", "-c", f"exec {path}"], "timeout": 0.3} for path in programs]
    report = attack(runs, root=root, limits=LIMITS, runs_per_sandbox=20)
    assert_unharmed(report, count)
    # Most must get past the door, or nothing was tested.
    started = [run for run in report.runs if run.get("code") not in (126, None)]
    assert len(started) > count // 4


def test_damaged_programs_as_guests(tmp_path: Path) -> None:
    count = 100 * EFFORT
    whole = compile_guest(HERE.parent / "syscalls" / "fifo.c", [HERE.parent / "syscalls" / "t.h"])
    programs = {f"/fuzz/m{number}": damaged(whole, SEED + number) for number in range(count)}
    root = root_with(tmp_path, programs)
    runs = [{"argv": ["/bin/bash", "-c", f"cd $(mktemp -d); exec {path}"], "timeout": 1} for path in programs]
    assert_unharmed(attack(runs, root=root, limits=LIMITS, runs_per_sandbox=20), count)
