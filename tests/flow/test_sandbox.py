"""The Sandbox around its machine: one run at a time, the caller's exceptions, what is left for the next run."""
from __future__ import annotations

import threading

import pytest

from cloche.errors import ClocheError
from cloche.events.kernel import PolicyDecided
from cloche.events.process import ProcessExecuted, ProcessForked
from cloche.kernel.limits import Limits
from cloche.policy.decision import Action, Outcome
from cloche.policy.policy import Policy, Rule
from cloche.sandbox import sandbox as module
from cloche.sandbox.result import Reason
from cloche.sandbox.sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("userland")


@pytest.fixture
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


def test_what_on_output_raises_comes_back_and_the_sandbox_goes_on(sandbox):
    def show(data):
        raise ValueError(data)

    with pytest.raises(ValueError, match="hi"):
        sandbox.run("echo hi; sleep 1000", on_output=show)
    assert sandbox.run("echo on").stdout == "on\n"
    assert len(sandbox.machine.processes) == 1


def test_what_a_sink_raises_comes_back_and_ends_the_sandbox(sandbox):
    def sink(record):
        raise ValueError("sink")

    sandbox.watch(sink, [ProcessForked])
    with pytest.raises(ValueError, match="sink"):
        sandbox.run("echo $(echo hi)")
    with pytest.raises(ClocheError, match="has stopped"):
        sandbox.run("true")


def test_no_run_and_no_close_from_inside_a_run(sandbox):
    said = []

    def show(data):
        for call in (lambda: sandbox.run("true"), lambda: Sandbox().run("true"), sandbox.close):
            with pytest.raises(ClocheError) as caught:
                call()
            said.append(str(caught.value).split(":")[0])

    assert sandbox.run("echo hi", on_output=show).stdout == "hi\n"
    assert said == ["a sandbox runs in this thread already"] * 2 + ["this sandbox runs a command"]


def test_threads_take_turns():
    results = []

    def work(number):
        with Sandbox() as sandbox:
            results.append(sandbox.run(f"for i in 1 2 3; do echo $(echo {number}); done").stdout)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [f"{number}\n" * 3 for number in range(4)]


def test_two_sandboxes_share_nothing_but_programs():
    with Sandbox() as one, Sandbox() as other:
        one.run("echo secret > /tmp/file; sleep 1000 &")
        assert other.run("cat /tmp/file 2>/dev/null; ls /proc | grep -c '^[0-9]'").stdout == other.run(
            "ls /proc | grep -c '^[0-9]'").stdout
        assert one.run("cat /tmp/file").stdout == "secret\n"
        other.close()
        assert one.run("cat /tmp/file").stdout == "secret\n"


def test_a_run_that_could_not_begin_leaves_no_timer(sandbox):
    with pytest.raises(ClocheError):
        sandbox.run(["/no/such"], timeout=0.001)
    assert [timer for timer in sandbox.machine.scheduler._timers if timer[2]] == []
    assert len(sandbox.machine.processes) == 1


def test_null_bytes_are_the_callers_mistake(sandbox):
    for call in (lambda: sandbox.run("a\0b"), lambda: sandbox.run("true", env={"A": "\0"})):
        with pytest.raises(ClocheError, match="null bytes"):
            call()


@pytest.mark.parametrize(("script", "limits", "reason"), [
    ("while :; do :; done", Limits(cpu_ns_max=50_000_000), Reason.CPU),
    ("while :; do echo xxxxxxxxxxxxxxxx; done", Limits(output_bytes_max=1000), Reason.OUTPUT),
    ("sleep 1000", Limits(wall_ns_max=10_000_000), Reason.TIMEOUT),
    ("kill -STOP $$", Limits(), Reason.DEADLOCK),
])
@pytest.mark.parametrize("seed", [None, 1])
def test_a_limit_ends_the_run_and_says_which(script, limits, reason, seed):
    with Sandbox(limits=limits, seed=seed) as sandbox:
        result = sandbox.run(script)
        assert result.reason is reason
        assert len(result.stdout_bytes) <= 1000
        assert len(sandbox.machine.processes) == 1


def test_captured_output_is_bounded_without_being_asked(sandbox, monkeypatch):
    monkeypatch.setattr(module, "_CAPTURED_BYTES_MAX", 5000)
    result = sandbox.run("while :; do echo xxxxxxxxxxxxxxxx; done")
    assert (result.reason, len(result.stdout_bytes)) == (Reason.OUTPUT, 5000)


def test_denials_are_kept_up_to_a_number_and_counted_beyond_it(monkeypatch):
    monkeypatch.setattr(module, "_DENIALS_MAX", 3)
    policy = Policy("test", (Rule("secret", frozenset((Action.FILE_READ,)), b"/tmp/secret", Outcome.DENY),
                             Rule("rest", frozenset(Action), b"**", Outcome.ALLOW)))
    with Sandbox(policy) as sandbox:
        result = sandbox.run("echo > /tmp/secret; for i in 1 2 3 4 5; do read < /tmp/secret; done")
        assert [record.event.decision.rule for record in result.denials] == ["secret"] * 3
        assert result.denials_dropped == 2
        assert sandbox.run("true").denials == ()


def test_fork_bombs_meet_their_limit_and_leave_nothing():
    with Sandbox(limits=Limits(processes_max=30, cpu_ns_max=2_000_000_000)) as sandbox:
        sandbox.run("bomb() { bomb | bomb & }; bomb; wait", timeout=3)
        assert "processes_max" in sandbox.machine.limits_reached
    assert (set(sandbox.machine.processes), sandbox.machine.memory.used) == ({1}, 0)


def test_a_sink_may_stop_the_machine_when_a_program_starts():
    with Sandbox() as sandbox:
        sandbox.watch(lambda record: sandbox.machine.stop("cpu") if b"ls" in record.event.path else None, [ProcessExecuted])
        result = sandbox.run("echo before; ls /; echo after")
        assert (result.reason, result.stdout) == (Reason.CPU, "before\n")


def test_an_event_that_nobody_watches_is_not_built(sandbox):
    assert sandbox.recorder.wanted == {PolicyDecided}
