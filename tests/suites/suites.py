"""The upstream suites: what each is made of, which commands it runs, and how a test's outcome is read.

A test is one command, run by bash in the suite's folder; the same command runs natively. Nothing of a suite is kept in
the repository: it comes from the source archive of the port.
"""
from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PASS, FAIL, SKIP = "pass", "fail", "skip"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`note` says how much is wrong: differing lines, failed test methods."""

    state: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """`folder` is where in the archive the tests are; `tests(tree)` names them and gives their commands."""

    name: str
    port: str
    folder: str
    tests: Callable[[Path], dict[str, str]]
    judge: Callable[[str, int], Outcome]
    helpers: tuple[str, ...] = ()  # C programs of the archive that the tests call
    seconds: float = 120
    install: str = ""  # where the folder must be in the guest; default /suite/NAME/FOLDER
    environment: dict[str, str] = field(default_factory=dict)


def _by_exit_status(stdout: str, status: int) -> Outcome:
    """Automake's convention."""
    return Outcome(PASS) if status == 0 else Outcome(SKIP) if status == 77 else Outcome(FAIL, f"status {status}")


# bash: run-NAME prints what diff says

def _bash_tests(tests: Path) -> dict[str, str]:
    names = sorted(path.name.removeprefix("run-") for path in tests.glob("run-*"))
    return {name: f"unset BASHOPTS SHELLOPTS; export THIS_SH=/bin/bash BASH_TSTOUT=/tmp/tstout-{name} TMPDIR=/tmp PATH=.:$PATH; "
                  f". ./run-{name}" for name in names if name not in ("all", "minimal")}


def _no_difference(stdout: str, status: int) -> Outcome:
    lines = sum(line.startswith(("<", ">")) for line in stdout.splitlines())
    return Outcome(FAIL, f"{lines} lines") if lines else Outcome(PASS)


# sed, grep: one script a test, with gnulib's init.sh

def _scripts(of: Path, suffix: str = "") -> list[str]:
    return sorted(path.name for path in of.iterdir()
                  if path.is_file() and path.name.endswith(suffix) and path.read_bytes()[:2] == b"#!")


_INIT = ("export srcdir=. top_srcdir=.. abs_top_srcdir=$(cd ..; pwd) abs_srcdir=$(pwd) abs_top_builddir=$(cd ..; pwd) "
         "LC_ALL=C VERSION=0 built_programs=; ")


def _sed_tests(tests: Path) -> dict[str, str]:
    return {name: f"{_INIT}cd ..; srcdir=. bash testsuite/{name} 9>&2" for name in _scripts(tests, ".sh")
            if name not in ("init.sh", "envvar-check.sh")}


def _grep_tests(tests: Path) -> dict[str, str]:
    return {name: f"{_INIT}bash ./{name} 9>&2" for name in _scripts(tests)
            if not name.endswith((".sh", ".pl", ".awk", ".mk"))}


# gawk: the rules of Maketests, each a command whose output is compared with NAME.ok

_RULE = re.compile(r"^([\w-]+):\n\t@echo \$@[^\n]*\n\t@-(AWKPATH=\S+ \$\(AWK\)[^\n]*?) +>_\$@ 2>&1", re.M)


def _gawk_tests(tests: Path) -> dict[str, str]:
    found = {}
    for name, command in _RULE.findall((tests / "Maketests").read_text()):
        if (tests / f"{name}.ok").is_file():
            command = command.replace("$(srcdir)", ".").replace("$(AWK)", "awk").replace("$@", name).replace("$$", "$")
            found[name] = (f"export LC_ALL=C; {{ {command}; s=$?; [ $s = 0 ] || echo EXIT CODE: $s; }} >/tmp/_{name} 2>&1; "
                           f"diff /tmp/_{name} {name}.ok")
    return found


# Python's own modules, by unittest

_MODULES = ("test_os", "test_subprocess", "test_signal", "test_json", "test_re", "test_struct", "test_fork1", "test_select",
            "test_poll", "test_pty", "test_tempfile", "test_shutil", "test_socket", "test_unittest", "test_wait4")


def _python_tests(tests: Path) -> dict[str, str]:
    return {name: f"python3 -m unittest -q test.{name} 2>&1 </dev/null | tail -40" for name in _MODULES
            if (tests / f"{name}.py").is_file() or (tests / name).is_dir()}


def _unittest(stdout: str, status: int) -> Outcome:
    ran = re.search(r"Ran (\d+) tests?", stdout)
    if ran is None:
        return Outcome(FAIL, (stdout.strip().splitlines() or ["no output"])[-1][:60])
    bad = sum(int(n) for n in re.findall(r"(?:failures|errors)=(\d+)", stdout))
    skipped = sum(int(n) for n in re.findall(r"skipped=(\d+)", stdout))
    note = f"{int(ran[1]) - bad - skipped} of {ran[1]} methods" + (f", {skipped} skipped" if skipped else "")
    return Outcome(FAIL if bad else PASS, note)


SUITES = {suite.name: suite for suite in (
    Suite("bash", "bash", "tests", _bash_tests, _no_difference, ("support/recho.c", "support/zecho.c", "support/xcase.c"),
          seconds=240),
    Suite("sed", "sed", "testsuite", _sed_tests, _by_exit_status),
    Suite("grep", "grep", "tests", _grep_tests, _by_exit_status),
    Suite("gawk", "gawk", "test", _gawk_tests, lambda out, status: _no_difference(out, status), seconds=30),
    Suite("python", "python3", "Lib/test", _python_tests, _unittest, seconds=300),
)}


def copy_tree(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True, ignore_dangling_symlinks=True, dirs_exist_ok=True)
