"""Budgets, asking, observing and reloading, in the monitor."""
from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloche.abi.errno import Errno, SysError
from cloche.abi.time import SECOND
from cloche.errors import PolicyError
from cloche.events.kernel import PolicyDecided, PolicyLoaded
from cloche.events.recorder import Recorder
from cloche.lib.clock import VirtualClock
from cloche.policy.budgets import Budget, Charge, Unit
from cloche.policy.decision import Action, Outcome, Request, Subject
from cloche.policy.policy import Policy
from cloche.security.budgets import Counters
from cloche.security.hooks import Security

PROC = SimpleNamespace(pid=5, argv=(b"cat",), exe_path=b"/bin/cat", cred=SimpleNamespace(fsuid=0), session=object())


def world(rules, mode="enforce", name="p"):
    clock = VirtualClock()
    recorder, seen = Recorder(clock), []
    recorder.watch(lambda record: seen.append(record.event), [PolicyDecided, PolicyLoaded])
    return Security(policy(rules, mode, name), recorder), seen, clock


def policy(rules, mode="enforce", name="p"):
    return Policy.parse(f"cloche: 1\nname: {name}\nmode: {mode}\nrules:\n" + "".join(f"  - {rule}\n" for rule in rules), "p.yaml")


def pay(hooks, amount):
    try:
        return hooks.tool_call(PROC, "pay", {} if amount is None else {"amount": amount}, 10).outcome
    except SysError as error:
        return error.errno


PAY = "{name: pay, allow: tool.call, tool: pay, budget: {sum: {amount: 100}}}"


def test_a_sum_is_never_exceeded_and_what_cannot_be_added_is_denied():
    hooks, seen, _ = world([PAY])
    given_ = [60, 50, True, "1", None, -5, float("nan"), float("inf"), 40, 0.5, 0]
    assert [pay(hooks, amount) for amount in given_] == [Outcome.ALLOW] + [Errno.EACCES] * 7 + [
        Outcome.ALLOW, Errno.EACCES, Outcome.ALLOW]
    assert (seen[0].decision.rule, seen[0].decision.message) == ("pay", "the budget sum(amount) <= 100 is used up")


@given(st.lists(st.one_of(st.integers(-5, 60), st.floats(-1, 60)), max_size=30))
def test_whatever_is_paid_the_sum_holds(amounts):
    hooks, _, _ = world([PAY])
    assert sum(amount for amount in amounts if pay(hooks, amount) is Outcome.ALLOW) <= 100


def test_calls_in_a_window_come_back_when_it_has_passed():
    hooks, _, clock = world(["{name: pay, allow: tool.call, tool: pay, budget: {calls: 2, per: 10s}}"])
    assert [pay(hooks, 1) for _ in range(3)] == [Outcome.ALLOW, Outcome.ALLOW, Errno.EACCES]
    clock.advance(9 * SECOND)
    assert pay(hooks, 1) is Errno.EACCES
    clock.advance(SECOND)
    assert [pay(hooks, 1) for _ in range(3)] == [Outcome.ALLOW, Outcome.ALLOW, Errno.EACCES]


def test_all_budgets_of_a_rule_are_charged_or_none():
    hooks, _, _ = world(["{name: pay, allow: tool.call, tool: pay, budget: {calls: 3, bytes: 1K, sum: {amount: 10}}}"])
    assert [pay(hooks, amount) for amount in (6, 6, 6, 4, 0, 0)] == [
        Outcome.ALLOW, Errno.EACCES, Errno.EACCES, Outcome.ALLOW, Outcome.ALLOW, Errno.EACCES]


def test_the_files_of_a_budget_are_counted_too():
    hooks, _, _ = world(["{name: few, allow: file.read, path: /a/**, errno: EDQUOT, budget: {calls: 1}}",
                         "{name: more, allow: file.read, path: '**'}"])
    hooks.file_open(PROC, lambda: b"/a/1", 0)
    hooks.file_open(PROC, lambda: b"/b", 0)
    with pytest.raises(SysError) as caught:
        hooks.file_open(PROC, lambda: b"/a/2", 0)
    assert caught.value.errno is Errno.EDQUOT  # not granted by the rule behind


def test_an_observed_budget_records_and_grants():
    hooks, seen, _ = world([PAY], "observe")
    assert [pay(hooks, 60), pay(hooks, 60)] == [Outcome.ALLOW, Outcome.WOULD_DENY]
    assert [event.decision.outcome for event in seen] == [Outcome.WOULD_DENY]


def test_layers_charge_each_their_own():
    narrow = policy(["{name: pay, allow: tool.call, tool: pay, budget: {calls: 1}}"], name="narrow")
    hooks, _, _ = world([PAY])
    hooks.load(hooks.policy.attenuate(narrow))
    assert [pay(hooks, 1), pay(hooks, 1)] == [Outcome.ALLOW, Errno.EACCES]


def test_a_reload_keeps_counting_what_stays_and_is_recorded():
    hooks, seen, _ = world([PAY])
    pay(hooks, 90)
    init = SimpleNamespace(pid=1, argv=(b"init",))
    hooks.load(policy([PAY, "{name: x, allow: file.read, path: /x}"]).attenuate(policy([PAY], name="outer")), init)
    assert seen == [PolicyLoaded("p", ("outer",))]
    assert [pay(hooks, 20), pay(hooks, 10)] == [Errno.EACCES, Outcome.ALLOW]
    hooks.load(policy([PAY.replace("100", "200")]))
    assert pay(hooks, 150) is Outcome.ALLOW  # another budget


def test_what_is_asked_is_denied_unless_somebody_grants_it():
    hooks, seen, _ = world(["{name: ask, ask: file.read, path: '**', errno: EPERM, deadline: 5s}"])
    for answer, granted in ((None, False), (lambda request, decision: True, True), (lambda request, decision: False, False)):
        hooks.asker = answer
        if granted:
            hooks.file_open(PROC, lambda: b"/x", 0)
        else:
            with pytest.raises(SysError) as caught:
                hooks.file_open(PROC, lambda: b"/x", 0)
            assert caught.value.errno is Errno.EPERM
    assert [event.decision.outcome for event in seen] == [Outcome.DENY, Outcome.ALLOW, Outcome.DENY]
    asked = []
    hooks.asker = lambda request, decision: asked.append((request.resource, decision.rule, decision.deadline_ns)) or True
    hooks.file_open(PROC, lambda: b"/y", 0)
    assert asked == [(b"/y", "ask", 5 * SECOND)]


def test_decoys_deny_and_would_deny_grants():
    hooks, seen, _ = world(["{name: d, decoy: file.read, path: /d}", "{name: w, would-deny: file.read, path: /w}"])
    with pytest.raises(SysError):
        hooks.file_open(PROC, lambda: b"/d", 0)
    hooks.file_open(PROC, lambda: b"/w", 0)
    assert [(event.decision.outcome, event.decision.rule) for event in seen] == [
        (Outcome.DECOY, "d"), (Outcome.WOULD_DENY, "w")]


def test_programs_are_judged_by_their_arguments():
    hooks, seen, _ = world(["{name: no, deny: process.exec, program: '**/git', args: [push, ...]}",
                            "{name: yes, allow: process.exec, program: /usr/bin/*}"])
    hooks.process_program(PROC, b"/usr/bin/git", [b"git", b"status"])
    for path, arguments in ((b"/usr/bin/git", [b"git", b"push", b"x"]), (b"/tmp/git", [b"git"])):
        with pytest.raises(SysError):
            hooks.process_program(PROC, path, arguments)
    assert [event.decision.rule for event in seen] == ["no", "default"]


def test_signals_are_judged_by_session():
    hooks, _, _ = world(["{name: own, allow: process.signal, target: own-session}"])
    hooks.process_kill(PROC, SimpleNamespace(pid=6, session=PROC.session))
    with pytest.raises(SysError):
        hooks.process_kill(PROC, SimpleNamespace(pid=7, session=object()))


def test_a_wrong_policy_leaves_the_old_one_in_force():
    hooks, _, _ = world(["{name: r, allow: file.read, path: '**'}"])
    before = hooks.policy
    with pytest.raises(PolicyError):
        hooks.load(Policy.parse("cloche: 1\nrules: 5\n"))
    with pytest.raises(AttributeError):
        hooks.load(None)
    assert hooks.policy is before
    hooks.file_open(PROC, lambda: b"/x", 0)


@pytest.mark.parametrize("make", [
    lambda: Budget(Unit.CALLS, -1), lambda: Budget(Unit.CALLS, float("nan")), lambda: Budget(Unit.CALLS, True),
    lambda: Budget(Unit.SUM, 1), lambda: Budget(Unit.CALLS, 1, 0, "x"), lambda: Budget(Unit.CALLS, 10**6, 1),
    lambda: Budget(Unit.CALLS, 1, -1)])
def test_what_is_no_budget_is_refused(make):
    with pytest.raises(PolicyError):
        make()


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 4)), max_size=40))
def test_in_no_window_more_than_the_budget(steps):
    class Clock:
        now = 0

        def monotonic(self):
            return self.now

    clock = Clock()
    counters, charge, granted = Counters(clock), Charge("p", "r", Budget(Unit.SUM, 7, 10, "n")), []
    for wait, amount in steps:
        clock.now += wait
        request = Request(Subject(1, 0, b""), Action.TOOL_CALL, b"t", parameters={"n": amount})
        fits = sum(each for at, each in granted if at > clock.now - 10) + amount <= 7
        assert (counters.charge((charge,), request) is None) == fits
        if fits:
            granted.append((clock.now, amount))
