"""Hooks: who is asked, what is recorded, what is not even named."""
from __future__ import annotations

from types import SimpleNamespace

import pytest

from cloche.abi.errno import Errno, SysError
from cloche.abi.fcntl import O_PATH, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY
from cloche.events.kernel import PolicyDecided
from cloche.events.recorder import Recorder
from cloche.lib.clock import VirtualClock
from cloche.policy.decision import Action, Outcome
from cloche.policy.policy import Policy, Rule
from cloche.policy.presets import deny_all
from cloche.security.hooks import Security

PROC = SimpleNamespace(pid=5, argv=(b"cat",), exe_path=b"/bin/cat", cred=SimpleNamespace(fsuid=1000))


def security(*allowed, policy=None):
    recorder, seen = Recorder(VirtualClock()), []
    recorder.watch(lambda record: seen.append(record.event), [PolicyDecided])
    rules = (Rule("allowed", frozenset(allowed), b"**", Outcome.ALLOW),) if allowed else ()
    return Security(policy or Policy("test", rules), recorder), seen


def never():
    raise AssertionError("named")


def test_what_is_always_granted_is_not_even_named():
    hooks, seen = security(*Action)
    hooks.file_open(PROC, never, O_RDWR)
    hooks.file_stat(PROC, never)
    hooks.process_exec(PROC, never)
    hooks.socket_connect(PROC, never)
    assert seen == []


@pytest.mark.parametrize(("flags", "actions"), [
    (O_RDONLY, [Action.FILE_READ]), (O_WRONLY, [Action.FILE_WRITE]), (O_RDWR, [Action.FILE_READ, Action.FILE_WRITE]),
    (O_RDONLY | O_TRUNC, [Action.FILE_READ, Action.FILE_WRITE]), (O_PATH, [Action.FILE_STAT]),
    (O_PATH | O_RDWR, [Action.FILE_STAT]), (3, [Action.FILE_READ, Action.FILE_WRITE]),
])
def test_opening_asks_for_each_kind_of_access(flags, actions):
    hooks, _ = security(*actions)
    hooks.file_open(PROC, lambda: b"/x", flags)
    for action in actions:
        hooks, seen = security(*set(Action) - {action})
        with pytest.raises(SysError):
            hooks.file_open(PROC, lambda: b"/x", flags)
        assert [(event.request.action, event.request.resource) for event in seen] == [(action, b"/x")]


def test_a_denial_says_who_what_and_by_which_rule():
    rule = Rule("no-ssh", frozenset((Action.NET_CONNECT,)), b"*:22", Outcome.DENY, Errno.ECONNREFUSED)
    hooks, seen = security(policy=Policy("p", (rule,)))
    with pytest.raises(SysError) as caught:
        hooks.socket_connect(PROC, lambda: b"10.0.0.1:22")
    assert caught.value.errno is Errno.ECONNREFUSED
    event, = seen
    assert (event.request.subject.pid, event.request.subject.uid, event.request.subject.program) == (5, 1000, b"/bin/cat")
    assert (event.request.resource, event.decision.rule) == (b"10.0.0.1:22", "no-ssh")


def test_another_policy_is_in_force_from_the_next_access_on():
    hooks, seen = security(*Action)
    hooks.file_stat(PROC, never)
    hooks.load(deny_all())
    with pytest.raises(SysError):
        hooks.file_stat(PROC, lambda: b"/x")
    assert len(seen) == 1
