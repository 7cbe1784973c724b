"""The peers, each in a process of its own that runs the same scripts: optional, and named "n/a" with the reason if not there.

`python bench/peers.py install DIR` makes a virtual environment and a node_modules in DIR; `run.py --peers DIR` uses them.
"""
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

_AMLA = """
import json, sys, time
from amla_sandbox import create_sandbox_tool
started = time.perf_counter(); tool = create_sandbox_tool(tools=[]); fresh = time.perf_counter() - started
print(json.dumps({"new": fresh}), flush=True)
for line in sys.stdin:
    started = time.perf_counter()
    try: out, error = tool.run(json.loads(line), language="shell"), None
    except Exception as e: out, error = "", f"{type(e).__name__}: {e}"
    print(json.dumps({"seconds": time.perf_counter() - started, "out": str(out), "error": error}), flush=True)
"""
_BASHKIT = """
import json, sys, time
from bashkit import Bash
started = time.perf_counter(); bash = Bash(); fresh = time.perf_counter() - started
print(json.dumps({"new": fresh}), flush=True)
for line in sys.stdin:
    started = time.perf_counter()
    try: r = bash.execute_sync(json.loads(line)); out, error = r.stdout, (r.stderr or None)
    except Exception as e: out, error = "", f"{type(e).__name__}: {e}"
    print(json.dumps({"seconds": time.perf_counter() - started, "out": out, "error": error}), flush=True)
"""
_JUST_BASH = """
const { Bash } = require("just-bash");
const started = performance.now(); const bash = new Bash();
console.log(JSON.stringify({ new: (performance.now() - started) / 1000 }));
let chain = Promise.resolve();
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  chain = chain.then(async () => {
    const t = performance.now(); let out = "", error = null;
    try { const r = await bash.exec(JSON.parse(line)); out = r.stdout; error = r.stderr || null; }
    catch (e) { error = String(e); }
    console.log(JSON.stringify({ seconds: (performance.now() - t) / 1000, out, error }));
  });
});
"""
NAMES = ("amla-sandbox", "bashkit", "just-bash")


def install(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    subprocess.run([folder / "venv" / "bin" / "pip", "-q", "install", "amla-sandbox==0.2.8", "bashkit==0.20.1"], check=True)
    subprocess.run(["npm", "install", "--silent", "--prefix", str(folder), "just-bash"], check=True)


class Peer:
    """A peer's process; `run` answers (seconds, output), or (None, why not)."""

    def __init__(self, name: str, folder: Path, seconds_max: float = 60) -> None:
        self.name, self._folder, self._max = name, folder, seconds_max
        self.new_seconds: float | None = None
        self.reason = ""
        self._process: subprocess.Popen[str] | None = None
        self._start()

    def _start(self) -> None:
        python = str(self._folder / "venv" / "bin" / "python")
        command = {"amla-sandbox": [python, "-c", _AMLA], "bashkit": [python, "-c", _BASHKIT],
                   "just-bash": ["node", "-e", _JUST_BASH]}[self.name]
        try:
            self._process = subprocess.Popen(["timeout", "600", *command], cwd=self._folder, stdin=subprocess.PIPE,
                                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            self.new_seconds = json.loads(self._line())["new"]
        except (OSError, ValueError, KeyError):
            self.reason, self._process = "not installed", None

    def _line(self) -> str:
        assert self._process is not None and self._process.stdout is not None
        return self._process.stdout.readline()

    def run(self, script: str) -> tuple[float | None, str]:
        if self._process is None:
            return None, self.reason
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(script) + "\n")
            self._process.stdin.flush()
            answer = json.loads(self._line())
        except (OSError, ValueError):
            self._process = None
            self.reason = "its process ended"
            return None, self.reason
        return (answer["seconds"], answer["out"]) if not answer["error"] else (None, answer["error"].strip()[:80])

    def close(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait()


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "install":
        sys.exit(__doc__)
    install(Path(sys.argv[2]))
