"""A sandbox under a policy file: what is refused, asked, observed, counted and reloaded, by real programs."""
from __future__ import annotations

import time
from dataclasses import replace

import pytest

from cloche.errors import ClocheError, PolicyError
from cloche.events.kernel import PolicyLoaded
from cloche.events.process import ProcessExecuted
from cloche.kernel.limits import Limits
from cloche.policy.policy import Policy
from cloche.policy.settings import Settings
from cloche.sandbox.sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("userland")

REST = """
  - {name: files, allow: file.*, path: "**"}
  - {name: programs, allow: process.exec, program: "**"}
  - {name: fork, allow: process.fork}
"""


def policy(rules="", more=""):
    return Policy.parse(f"cloche: 1\nname: test\n{more}\nrules:{rules}{REST}", "p.yaml")


def test_files_and_arguments_are_refused_with_the_rules_errno():
    rules = """
  - {name: key, deny: file.read, path: /tmp/key, errno: ENOENT}
  - {name: no-edit, deny: process.exec, program: "**/sed", args: [..., "-i*", ...], errno: EPERM}
  - {name: not-grep, deny: file.read, path: /tmp/list, by: "**/grep"}"""
    with Sandbox(policy(rules)) as sandbox:
        made = sandbox.run("echo k > /tmp/key; echo l > /tmp/list; cat /tmp/key; grep . /tmp/list; sed -n 1p /tmp/list; "
                           "sed -i s/l/m/ /tmp/list; cat /tmp/list")
        assert made.stdout == "l\nl\n"
        assert made.stderr.splitlines()[:2] == ["cat: /tmp/key: No such file or directory", "grep: /tmp/list: Permission denied"]
        assert [record.event.decision.rule for record in made.denials] == ["key", "not-grep", "no-edit"]


def test_the_machine_is_as_the_policy_says(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a").write_text("hello\n")
    (tmp_path / "p.yaml").write_text(f"""cloche: 1
rules:{REST}
environment: {{COLOUR: blue, LANG: C}}
timezone: XYZ3
hostname: box
seed: 7
mounts: [{{host: src, guest: /src}}]
limits: {{processes_max: 50, memory_bytes_max: 1G}}
""")
    loaded = Policy.load(tmp_path / "p.yaml")
    with Sandbox(loaded, env={"LANG": "C.UTF-8"}, limits=Limits(processes_max=40, inodes_max=99)) as sandbox:
        assert sandbox.run("echo $COLOUR $LANG $TZ; uname -n; cat /src/a; echo > /src/b").stdout == \
            "blue C.UTF-8 XYZ3\nbox\nhello\n"
        assert (sandbox.limits.processes_max, sandbox.limits.memory_bytes_max, sandbox.limits.inodes_max) == (40, 1 << 30, 99)


def test_what_is_observed_is_done_and_recorded():
    with Sandbox(Policy.parse("cloche: 1\nname: o\nmode: observe\n")) as sandbox:
        done = sandbox.run("echo x > /tmp/x && cat /tmp/x")
        assert (done.stdout, done.exit_code) == ("x\n", 0)
        assert {record.event.decision.outcome for record in done.denials} == {"would-deny"}
        assert ("file.create", b"/tmp/x") in {(r.event.request.action, r.event.request.resource) for r in done.denials}


ASK = '\n  - {name: ask, ask: file.read, path: "/tmp/*", deadline: 200ms}'


def test_somebody_is_asked_and_only_a_yes_in_time_grants():
    asked = []
    answers = {b"/tmp/yes": True, b"/tmp/no": False, b"/tmp/one": 1}

    def answer(request, decision):
        asked.append(request.resource)
        if request.resource == b"/tmp/late":
            time.sleep(1)
            return True
        return answers[request.resource]

    with Sandbox(policy(ASK), on_ask=answer) as sandbox:
        done = sandbox.run("cd /tmp; for f in yes no one late; do echo $f > $f; cat $f; done")
        assert (done.stdout, asked) == ("yes\n", [b"/tmp/yes", b"/tmp/no", b"/tmp/one", b"/tmp/late"])
        assert [record.event.request.resource for record in done.denials] == asked[1:]
        with pytest.raises(KeyError):
            sandbox.run("echo > /tmp/x; cat /tmp/x")
    with Sandbox(policy(ASK)) as sandbox:
        assert sandbox.run("echo > /tmp/x; cat /tmp/x").exit_code == 1


def test_rules_are_reloaded_while_a_command_runs():
    with Sandbox(policy()) as sandbox:
        loaded = []
        sandbox.watch(lambda record: loaded.append(record.event.policy), [PolicyLoaded])
        narrow = policy('\n  - {name: closed, deny: file.read, path: "/tmp/**"}')

        def on_exec(record):
            if record.event.argv[0] == b"true":
                sandbox.reload_policy(narrow)

        sandbox.watch(on_exec, [ProcessExecuted])
        done = sandbox.run("echo x > /tmp/x; cat /tmp/x; env true; cat /tmp/x")
        assert (done.stdout, done.exit_code, loaded) == ("x\n", 1, ["test"])
        with pytest.raises(ClocheError, match="keeps its mounts"):
            sandbox.reload_policy(replace(narrow, settings=Settings(seed=1)))


def test_a_session_asks_for_its_shell_too():
    refused = policy('\n  - {name: no-bash, deny: process.exec, program: "**/bash"}')
    with Sandbox(policy()) as open_, Sandbox(refused) as closed:
        assert open_.session().run("echo hi").stdout == "hi\n"
        with pytest.raises(ClocheError):
            closed.session().run("echo hi")


def test_a_wrong_policy_starts_no_sandbox():
    with pytest.raises(PolicyError):
        Sandbox(Policy.parse("cloche: 1\nrules: [{allow: file.raed, path: /a}]\n"))
    with pytest.raises(PolicyError):
        Sandbox(Policy("p", settings=Settings(limits=(("none", 1),))))
