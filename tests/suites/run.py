"""Runs upstream suites in a sandbox and natively: python tests/suites/run.py [--no-native] [--only WORD] NAME...

Writes what came out to tests/suites/results/NAME.json, and the tables of all suites to docs/upstream-suites.md, where the
explanations (explanations.toml) stand beside the tests that fail.
"""
from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent), str(REPOSITORY / "src")]

from support.guest_programs import compile_guest  # noqa: E402
from support.guest_root import root_with  # noqa: E402

from cloche import ClocheError, Limits, Sandbox  # noqa: E402
from cloche.userland import build_host  # noqa: E402
from cloche.userland.cache_host import Cache  # noqa: E402
from cloche.userland.fetch_host import Fetcher  # noqa: E402
from suites import FAIL, PASS, SKIP, SUITES, Outcome, Suite, copy_tree  # noqa: E402

_HELPER_FLAGS = ("-O1", "-std=gnu89")


def unpack(suite: Suite, folder: Path) -> Path:
    """The port's source archive, unpacked; its top directory."""
    recipe = build_host.recipes().get(suite.port)
    if recipe is None:
        raise ClocheError(f"there is no recipe for {suite.port}")
    archive = Fetcher(Cache()).fetch(recipe)
    folder.mkdir()
    subprocess.run(["tar", "xf", archive, "-C", folder, "--strip-components=1"], check=True)
    for name in suite.helpers:  # they include what configure would have written
        (folder / name).with_name("config.h").write_text("#define HAVE_UNISTD_H 1\n#define HAVE_STDLIB_H 1\n")
        text = (folder / name).read_text().replace("<config.h>", '"config.h"').replace('"bashansi.h"', "<string.h>")
        (folder / name).write_text(text)
    return folder


def in_sandbox(suite: Suite, tree: Path, folder: Path, only: str) -> dict[str, Outcome]:
    where = suite.install or f"/suite/{suite.name}/{suite.folder}"
    helpers = {f"{where}/{Path(name).stem}": compile_guest(tree / name, flags=_HELPER_FLAGS) for name in suite.helpers}
    if suite.name == "python":
        where = _python_library() + "/test"
    root = root_with(folder, helpers)
    copy_tree(tree / suite.folder, root / where.lstrip("/"))
    found = {}
    with Sandbox(root=root, env={"HOME": "/root"}, limits=Limits(memory_bytes_max=3 << 30)) as sandbox:
        for name, command in suite.tests(tree / suite.folder).items():
            if only in name:
                result = sandbox.run(["/bin/bash", "-c", command], cwd=where, timeout=suite.seconds)
                outcome = suite.judge(result.stdout, result.exit_code)
                ended = str(result.reason) not in ("exited", "signaled")
                found[name] = Outcome(FAIL, str(result.reason)) if ended else outcome
                _tell("sandbox", name, found[name])
                sandbox.run(["/bin/bash", "-c", "rm -rf /tmp/* /tmp/.[a-z]*"])
    return found


def _python_library() -> str:
    with Sandbox() as sandbox:
        return sandbox.run(["/bin/bash", "-c", "python3 -c 'import os; print(os.path.dirname(os.__file__))'"]).stdout.strip()


def natively(suite: Suite, tree: Path, only: str) -> dict[str, Outcome]:
    for name in suite.helpers:
        subprocess.run(["gcc", "-w", *_HELPER_FLAGS, "-o", tree / suite.folder / Path(name).stem, tree / name], check=True)
    found = {}
    for name, command in suite.tests(tree / suite.folder).items():
        if only in name:
            try:
                done = subprocess.run(["/bin/bash", "-c", command], cwd=tree / suite.folder, stdin=subprocess.DEVNULL,
                                      capture_output=True, timeout=suite.seconds, start_new_session=True, check=False)
                found[name] = suite.judge(done.stdout.decode(errors="replace"), done.returncode)
            except subprocess.TimeoutExpired:
                found[name] = Outcome(FAIL, "timeout")
            _tell("native", name, found[name])
    return found


def _tell(where: str, name: str, outcome: Outcome) -> None:
    if outcome.state == FAIL:
        print(f"{where}: {name}: {outcome.state} {outcome.note}", file=sys.stderr, flush=True)


def _count(outcomes: dict[str, list[str]]) -> str:
    states = [state for state, _ in outcomes.values()]
    ran = len(states) - states.count(SKIP)
    return f"{states.count(PASS)} of {ran}" + (f" ({states.count(SKIP)} skipped)" if SKIP in states else "")


def write_page() -> None:
    """docs/upstream-suites.md, from every result there is."""
    explained = tomllib.loads((HERE / "explanations.toml").read_text())
    lines = ["# Upstream suites", "", "The suites that the programs' own authors wrote, run in a sandbox and natively on the "
             "machine that recorded them, by `python tests/suites/run.py NAME`. This page is generated.", "",
             "| suite | version | passes in the sandbox | passes natively |", "|---|---|---|---|"]
    results = [json.loads(path.read_text()) for path in sorted((HERE / "results").glob("*.json"))]
    for result in results:
        native = _count(result["native"]) if result["native"] else "n/a: not run"
        lines.append(f"| {result['suite']} | {result['version']} | {_count(result['sandbox'])} | {native} |")
    for result in results:
        failing = {name: note for name, (state, note) in result["sandbox"].items() if state == FAIL}
        if failing:
            lines += ["", f"## {result['suite']}", "", "| test | in the sandbox | natively | why |", "|---|---|---|---|"]
            for name, note in failing.items():
                state, native = result["native"].get(name, ["n/a", ""])
                same = "as natively" if state == FAIL and native == note else "not explained yet"
                why = explained.get(result["suite"], {}).get(name, same)
                lines.append(f"| {name} | fail: {note} | {state} {native} | {why} |".replace("  ", " "))
    (REPOSITORY / "docs" / "upstream-suites.md").write_text("\n".join(lines) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-native", action="store_true")
    parser.add_argument("--only", default="", metavar="WORD", help="tests whose name contains it; nothing is written then")
    parser.add_argument("names", nargs="+", choices=sorted(SUITES))
    options = parser.parse_args()
    for name in options.names:
        suite = SUITES[name]
        with tempfile.TemporaryDirectory(prefix="suite-", dir="/var/tmp") as folder:
            try:
                tree = unpack(suite, Path(folder) / "tree")
                sandbox = in_sandbox(suite, tree, Path(folder), options.only)
            except ClocheError as error:
                print(f"{name}: {error}", file=sys.stderr)
                return 1
            native = {} if options.no_native else natively(suite, tree, options.only)
        as_lists = [{test: [o.state, o.note] for test, o in outcomes.items()} for outcomes in (sandbox, native)]
        print(f"{name}: sandbox {_count(as_lists[0])}" + (f", native {_count(as_lists[1])}" if native else ""))
        if not options.only:
            (HERE / "results").mkdir(exist_ok=True)
            version = build_host.recipes()[suite.port].version
            result = {"suite": name, "version": version, "sandbox": as_lists[0], "native": as_lists[1]}
            (HERE / "results" / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")
            write_page()
    return 0


if __name__ == "__main__":
    sys.exit(main())
