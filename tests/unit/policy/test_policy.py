"""Policies: patterns that no path makes slow, and the order of rules."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloche.abi.errno import Errno
from cloche.policy.decision import Action, Decision, Outcome, Request, Subject
from cloche.policy.patterns import glob
from cloche.policy.policy import Policy, Rule
from cloche.policy.presets import deny_all, offline

WHO = Subject(7, 0, b"/bin/cat")


@pytest.mark.parametrize("pattern", [b"/**/a/**/b/**/c/**/d", b"**a**a**a**a**a**b", b"*a*a*a*a*a*a*a*a*b", b"/**/*a*a*a*b/**/c"])
def test_no_path_takes_a_pattern_long(pattern):
    """Steps are not to be had; a pattern that backtracks would not end within the life of the test run."""
    for path in (b"/a" * 2048, b"/a/b/c" * 680, b"a" * 4096, b"/" + b"a" * 255, (b"/" + b"a" * 200) * 20):
        glob(pattern).fullmatch(path)


def rule(name, resource, outcome, *actions, errno=Errno.EACCES):
    return Rule(name, frozenset(actions or (Action.FILE_READ,)), resource, outcome, errno)


POLICY = Policy("test", (
    rule("secret", b"/etc/shadow", Outcome.DENY, errno=Errno.ENOENT),
    rule("etc", b"/etc/**", Outcome.ALLOW),
    rule("no-exec", b"**", Outcome.DENY, Action.FILE_EXEC, errno=Errno.EPERM),
    rule("write", b"/tmp/**", Outcome.ALLOW, Action.FILE_WRITE, Action.FILE_EXEC),
))


@pytest.mark.parametrize(("action", "resource", "decision"), [
    (Action.FILE_READ, b"/etc/shadow", Decision(Outcome.DENY, "secret", Errno.ENOENT)),
    (Action.FILE_READ, b"/etc/passwd", Decision(Outcome.ALLOW, "etc")),
    (Action.FILE_READ, b"/root/x", Decision(Outcome.DENY, "default", Errno.EACCES)),
    (Action.FILE_EXEC, b"/tmp/x", Decision(Outcome.DENY, "no-exec", Errno.EPERM)),
    (Action.FILE_WRITE, b"/tmp/x", Decision(Outcome.ALLOW, "write")),
    (Action.FILE_STAT, b"/etc/passwd", Decision(Outcome.DENY, "default")),
])
def test_the_first_rule_that_matches_decides(action, resource, decision):
    assert POLICY.decide(Request(WHO, action, resource)) == decision


def test_always_is_only_what_no_resource_changes():
    assert POLICY.always(Action.FILE_READ) is None
    assert POLICY.always(Action.FILE_EXEC) == Decision(Outcome.DENY, "no-exec", Errno.EPERM)
    assert POLICY.always(Action.FILE_WRITE) is None
    assert POLICY.always(Action.NET_SOCKET) == Decision(Outcome.DENY, "default")


resources = st.sampled_from([b"/etc/passwd", b"/tmp/x", b"unix", b"inet", b"loopback:1", b"10.0.0.1:22", b"7"])


@given(st.sampled_from(list(Action)), resources, st.sampled_from([deny_all(), offline(), POLICY]))
def test_always_agrees_with_decide(action, resource, policy):
    always = policy.always(action)
    if always is not None:
        assert policy.decide(Request(WHO, action, resource)) == always
