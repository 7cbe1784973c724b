"""`cloche policy`, as typed."""
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AGENT = "examples/policies/agent.yaml"


def cloche(*words):
    done = subprocess.run([sys.executable, "-c", "from cloche.cli.main import main; main()", "policy", *words], cwd=ROOT,
                          capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT / "src")})
    return done.returncode, done.stdout, done.stderr


def test_check(tmp_path):
    status, out, _ = cloche("check", AGENT)
    assert (status, out.splitlines()[-1]) == (0, f"{AGENT}: 11 rules, enforced: it can be used")
    wrong = tmp_path / "p.yaml"
    wrong.write_text("cloche: 1\nrules:\n  - {allow: file.raed, path: /a}\n")
    assert cloche("check", str(wrong)) == (1,
        "", f"cloche: {wrong}:3:13: there is no action 'file.raed': did you mean file.read?\n")
    assert cloche("check", str(tmp_path / "none.yaml")) == (1, "", f"cloche: {tmp_path}/none.yaml: No such file or directory\n")


def test_explain_says_which_line_and_its_status_whether_it_is_allowed():
    status, out, _ = cloche("explain", AGENT, "file.read", "/root/.env")
    assert (status, out.splitlines()[0]) == (1, f"denied by rule 'no-secrets' ({AGENT}:9) of 'agent' (the guest sees ENOENT)")
    assert cloche("explain", AGENT, "process.exec", "/usr/bin/git", "--arg", "log") == (
        0, f"allowed by rule 'programs' ({AGENT}:23) of 'agent'\n", "")
    status, out, _ = cloche("explain", AGENT, "process.exec", "/usr/bin/git", "--arg", "push")
    assert (status, out.splitlines()[0]) == (1, f"denied by rule 'no-push' ({AGENT}:19) of 'agent' (the guest sees EACCES)")


@pytest.mark.parametrize(("words", "error"), [
    (("explain", AGENT, "file.raed", "/x"), "there is no action 'file.raed': did you mean file.read?"),
    (("explain", AGENT, "file.read"), "file.read needs a resource: an absolute path"),
    (("explain", AGENT, "tool.call", "t", "--parameters", "[1]"), "--parameters is a JSON object"),
    (("export", AGENT), "export needs one of --cedar and --json"),
])
def test_wrong_words(words, error):
    assert cloche(*words) == (2, "", f"cloche: {error}; see cloche policy --help\n")


def test_diff_schema_and_export():
    assert cloche("diff", "offline", "offline") == (0, "", "")
    assert cloche("diff", "offline", "developer")[0] == 1
    assert json.loads(cloche("schema")[1]) == json.loads((ROOT / "docs" / "reference" / "policy.schema.json").read_text())
    assert json.loads(cloche("export", "--json", "deny-all")[1]) == {
        "cloche": 1, "name": "deny-all", "mode": "enforce", "rules": []}
    assert cloche("export", "--cedar", AGENT) == (
        1, "", "cloche: rule 'no-secrets': Cedar's patterns have no * that stops at a slash, and no ? (L-POL-005)\n")
