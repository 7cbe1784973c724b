"""The benchmark: every figure beside the native one of the same minute, as a table and as one line of bench/history.jsonl.

    python bench/run.py [--rounds N] [--only WORD] [--peers DIR] [--path DIR] [--no-history]

Native and sandbox take turns, round after round; medians are shown. `--path`: a folder that has GNU awk, if the system's
awk is another. `--peers`: see bench/peers.py.
"""
from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests"), str(HERE.parent / "src")]

from peers import NAMES, Peer  # noqa: E402
from workloads import WORKLOADS, Workload  # noqa: E402

from cloche import ClocheError, Sandbox  # noqa: E402
from cloche.userland.store_host import Store  # noqa: E402

_SPAWN_ROUNDS = 20
_IDLE = 100


def timed(run: Callable[[], str]) -> tuple[float, str]:
    started = time.perf_counter()
    output = run()
    return time.perf_counter() - started, output


class Native:
    """bash of this machine, in a folder of its own."""

    def __init__(self, folder: Path, path: str) -> None:
        self._folder, self._env = folder, {**os.environ, "PATH": path, "LC_ALL": "C.UTF-8"}
        self.path = path

    def run(self, script: str) -> str:
        return subprocess.run(["/bin/bash", "-c", script], cwd=self._folder, env=self._env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False).stdout


def _why_not(work: Workload, native: Native) -> str | None:
    if not (Store().root() / "bin" / work.needs).exists() and not (Store().root() / "usr/bin" / work.needs).exists():
        return f"{work.needs} is not built"
    program = "awk" if work.needs == "gawk" else work.needs
    found = shutil.which(program, path=native.path)
    if found is None:
        return f"no native {program}"
    if work.needs == "gawk" and "GNU Awk" not in native.run("awk --version"):
        return "the native awk is not GNU awk"
    return None


def compare(work: Workload, native: Native, sandbox: Sandbox, peers: list[Peer], rounds: int) -> dict[str, object]:
    """Medians in ms, and what could not be run."""
    row: dict[str, object] = {"name": work.name, "at_most": work.at_most}
    if reason := _why_not(work, native):
        return {**row, "n/a": reason}
    def in_sandbox(script: str) -> str:
        return sandbox.run(script, cwd="/tmp").stdout
    for run in (native.run, in_sandbox):
        run(work.setup)
    wanted = work.expect or native.run(work.script)
    if (got := in_sandbox(work.script)) != wanted:
        return {**row, "n/a": f"printed {got[:40]!r} instead of {wanted[:40]!r}"}
    times: dict[str, list[float]] = {"native": [], "cloche": []}
    for _ in range(rounds):
        for name, run in (("native", native.run), ("cloche", in_sandbox)):
            seconds, output = timed(lambda run=run: run(work.script))
            assert output == wanted, f"{name} printed something else the second time"
            times[name].append(seconds)
    row |= {name: round(statistics.median(seconds) * 1000, 2) for name, seconds in times.items()}
    row["ratio"] = round(statistics.median(times["cloche"]) / statistics.median(times["native"]), 2)
    for peer in peers:
        peer.run(work.setup)
        found = [peer.run(work.script) for _ in range(min(rounds, 3))]
        seconds, output = found[-1]
        if seconds is None:
            row[peer.name] = f"n/a: {output}"
        elif output.strip() != wanted.strip():
            row[peer.name] = f"n/a: printed {output.strip()[:20]!r}"
        else:
            row[peer.name] = round(statistics.median(s for s, _ in found if s is not None) * 1000, 2)
    return row


def null_call(native: Native, rounds: int) -> dict[str, object]:
    from support.guest_programs import compile_guest
    from support.guest_root import root_with
    row: dict[str, object] = {"name": "null system call (us)", "at_most_us": 0.4}
    with tempfile.TemporaryDirectory() as folder:
        root = root_with(Path(folder), {"/bench/null": compile_guest(HERE / "null_call.c", flags=("-O2",))})
        subprocess.run(["gcc", "-O2", "-o", f"{folder}/null", HERE / "null_call.c"], check=True)
        ours, theirs = [], []
        with Sandbox(root=root) as sandbox:
            for _ in range(rounds):
                theirs.append(float(native.run(f"{folder}/null 1000000")))
                ours.append(float(sandbox.run(["/bench/null", "1000000"]).stdout))
    return {**row, "native": statistics.median(theirs) / 1000, "cloche": statistics.median(ours) / 1000}


def _pss() -> int:
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise OSError("no Pss in smaps_rollup")


def sandboxes() -> list[dict[str, object]]:
    """Creation, one command in a live one, memory of idle ones, a cold process."""
    with Sandbox() as first:
        first.run(":")
        one_shot = statistics.median(timed(lambda: first.run("echo hi").stdout)[0] for _ in range(300))
    with Sandbox() as first:
        session = first.session()
        live = statistics.median(timed(lambda: session.run("echo hi").stdout)[0] for _ in range(1000))
    def fresh() -> str:
        with Sandbox() as sandbox:
            return sandbox.run(":").stdout
    def prompt() -> str:
        idle.append(Sandbox())
        sessions.append(idle[-1].session())
        return ""
    made, both = [], []
    for _ in range(_SPAWN_ROUNDS):
        seconds, sandbox = timed(Sandbox)  # type: ignore[arg-type]
        made.append(seconds)
        sandbox.close()  # type: ignore[attr-defined]
        both.append(timed(fresh)[0])
    before = _pss()
    idle: list[Sandbox] = []
    sessions: list[object] = []
    at_prompt = statistics.median(timed(prompt)[0] for _ in range(_IDLE))
    memory = (_pss() - before) / _IDLE
    for sandbox in idle:
        sandbox.close()
    command = [sys.executable, "-c", "from cloche.cli.main import main; main()", "run", "true"]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent / "src")}
    cold = []
    for _ in range(6):
        cold.append(timed(lambda: str(subprocess.run(command, env=environment, capture_output=True, check=True)))[0])
    return [
        {"name": "new sandbox, warm process, bash at its prompt (ms)", "at_most_ms": 0.3, "cloche": at_prompt * 1000},
        {"name": "`echo hi` in a session (us)", "at_most_us": 60, "cloche": live * 1e6},
        {"name": "new sandbox without a shell (ms)", "cloche": statistics.median(made) * 1000},
        {"name": "new sandbox and its first bash -c : (ms)", "cloche": statistics.median(both) * 1000},
        {"name": "`echo hi` by a new bash in a live sandbox (us)", "cloche": one_shot * 1e6},
        {"name": f"memory (PSS) of an idle sandbox, of {_IDLE} (KB)", "at_most_kb": 150, "cloche": memory / 1024},
        {"name": "`cloche run true`, cold process (ms)", "at_most_ms": 100, "cloche": statistics.median(cold[1:]) * 1000},
    ]


def _cell(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else "" if value is None else " ".join(str(value).split())


def table(rows: list[dict[str, object]], figures: list[dict[str, object]], peers: list[str]) -> str:
    """Markdown, ratios first."""
    lines = ["| work | ratio to native | at most | cloche, ms | native, ms | " + "".join(f"{name}, ms | " for name in peers),
             "|---" * (5 + len(peers)) + "|"]
    for row in rows:
        cells = [row["name"], row.get("ratio", f"n/a: {row.get('n/a')}"), row["at_most"], row.get("cloche"), row.get("native"),
                 *(row.get(name) for name in peers)]
        lines.append("| " + " | ".join(_cell(cell).replace("|", "\\|") for cell in cells) + " |")
    lines += ["", "| figure | cloche | at most | native |", "|---|---|---|---|"]
    for row in figures:
        bound = next((value for key, value in row.items() if key.startswith("at_most")), None)
        cells = [row["name"], row.get("cloche", f"n/a: {row.get('n/a')}"), bound, row.get("native")]
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", metavar="WORD")
    parser.add_argument("--peers", type=Path, metavar="DIR")
    parser.add_argument("--path", default="", metavar="DIR")
    parser.add_argument("--no-history", action="store_true")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds: at least 1")
    path = ":".join(filter(None, [options.path, os.environ.get("PATH", "/usr/bin:/bin")]))
    peers = [Peer(name, options.peers) for name in NAMES] if options.peers else []
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder, Sandbox() as sandbox:
            native = Native(Path(folder), path)
            rows = []
            for work in WORKLOADS:
                if options.only in work.name:
                    rows.append(compare(work, native, sandbox, peers, options.rounds))
                    print(f"{work.name}: {rows[-1].get('ratio', rows[-1].get('n/a'))}", file=sys.stderr)
            figures = [] if options.only else [*sandboxes(), null_call(native, options.rounds)]
    except ClocheError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    for peer in peers:
        peer.close()
    print(table(rows, figures, [peer.name for peer in peers]))
    if not options.no_history and not options.only:
        with (HERE / "history.jsonl").open("a") as history:
            print(json.dumps({"date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
                              "machine": f"{platform.machine()} {os.cpu_count()} cores, {platform.python_version()}",
                              "load": round(os.getloadavg()[0], 1), "rounds": options.rounds, "rows": rows,
                              "figures": figures}), file=history)
    return 0


if __name__ == "__main__":
    sys.exit(main())
