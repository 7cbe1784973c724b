"""Policies: patterns against a plain matcher, and the order of rules."""
from __future__ import annotations

import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloche.abi.errno import Errno
from cloche.errors import PolicyError
from cloche.policy.decision import Action, Decision, Outcome, Request, Subject
from cloche.policy.patterns import glob
from cloche.policy.policy import Policy, Rule
from cloche.policy.presets import deny_all, offline

WHO = Subject(7, 0, b"/bin/cat")


def matches(pattern, path):
    """What `glob` promises, by trying everything."""
    @functools.cache
    def at(i, j):
        if pattern[i:i + 3] == b"/**" and pattern[i + 3:i + 4] in (b"", b"/"):  # nothing, or a slash and anything
            return at(i + 3, j) or (path[j:j + 1] == b"/" and any(at(i + 3, k) for k in range(j + 1, len(path) + 1)))
        if i == len(pattern):
            return j == len(path)
        if pattern[i:i + 2] == b"**":
            return at(i + 2, j) or (j < len(path) and at(i, j + 1))
        if pattern[i:i + 1] == b"*":
            return at(i + 1, j) or (j < len(path) and path[j:j + 1] != b"/" and at(i, j + 1))
        if j == len(path):
            return False
        if pattern[i:i + 1] == b"?":
            return path[j:j + 1] != b"/" and at(i + 1, j + 1)
        return pattern[i] == path[j] and at(i + 1, j + 1)

    return at(0, 0)


@pytest.mark.parametrize(("pattern", "yes", "no"), [
    (b"/etc/*", [b"/etc/passwd", b"/etc/"], [b"/etc", b"/etc/a/b"]),
    (b"/etc/**", [b"/etc", b"/etc/", b"/etc/a/b"], [b"/etcetera", b"/et"]),
    (b"**", [b"", b"/", b"a/b", b"\n"], []),
    (b"/**", [b"", b"/", b"/a"], [b"a"]),
    (b"/a/**/b", [b"/a/b", b"/a/x/b", b"/a/x/y/b"], [b"/ab", b"/a/x/c"]),
    (b"**/.ssh/*", [b"/root/.ssh/id", b"/.ssh/"], [b"/root/.ssh", b"/root/.ssh/a/b"]),
    (b"/tmp/??", [b"/tmp/ab"], [b"/tmp/a", b"/tmp/a/", b"/tmp/abc"]),
    (b"*.py", [b"a.py", b".py"], [b"d/a.py", b"a.pyc"]),
    (b"**a*b", [b"a/ab", b"ab", b"xaxb"], [b"a/b", b"ba"]),
    (rb"\[a\]+.\*", [b"[a]+.*"], [b"a", b"a.", b"[a]+.x"]),
])
def test_patterns(pattern, yes, no):
    assert [path for path in (*yes, *no) if glob(pattern).fullmatch(path)] == yes


@settings(max_examples=3000)
@given(st.text(alphabet="ab/*?", min_size=1, max_size=12), st.text(alphabet="ab/", max_size=14))
def test_a_pattern_means_what_it_says(pattern, path):
    pattern, path = pattern.encode(), path.encode()
    if b"***" in pattern:
        return  # says nothing clear
    assert bool(glob(pattern).fullmatch(path)) == matches(pattern, path)


@pytest.mark.parametrize("pattern", [b"/**/a/**/b/**/c/**/d", b"**a**a**a**a**a**b", b"*a*a*a*a*a*a*a*a*b", b"/**/*a*a*a*b/**/c"])
def test_no_path_takes_a_pattern_long(pattern):
    """Steps are not to be had; a pattern that backtracks would not end within the life of the test run."""
    for path in (b"/a" * 2048, b"/a/b/c" * 680, b"a" * 4096, b"/" + b"a" * 255, (b"/" + b"a" * 200) * 20):
        glob(pattern).fullmatch(path)


def test_an_empty_pattern_and_a_rule_without_actions_are_errors():
    with pytest.raises(PolicyError):
        glob(b"")
    with pytest.raises(PolicyError):
        Rule("none", frozenset(), b"**", Outcome.ALLOW)


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


resources = st.sampled_from([b"/etc/passwd", b"/tmp/x", b"unix", b"inet", b"loopback:127.0.0.1:1", b"10.0.0.1:22", b"7"])


@given(st.sampled_from(list(Action)), resources, st.sampled_from([deny_all(), offline(), POLICY]))
def test_always_agrees_with_decide(action, resource, policy):
    always = policy.always(action)
    if always is not None:
        assert policy.decide(Request(WHO, action, resource)) == always


@pytest.mark.parametrize(("action", "resource", "errno"), [
    (Action.FILE_WRITE, b"/any", None), (Action.PROCESS_SIGNAL, b"own-session:1", None), (Action.NET_SOCKET, b"inet6", None),
    (Action.NET_SOCKET, b"netlink", Errno.EACCES), (Action.NET_CONNECT, b"10.0.0.1:22", Errno.ENETUNREACH),
    (Action.NET_CONNECT, b"loopback:127.0.0.1:80", None), (Action.NET_LISTEN, b"unix:/tmp/s", None),
])
def test_offline(action, resource, errno):
    decision = offline().decide(Request(WHO, action, resource))
    assert (decision.errno if decision.outcome is Outcome.DENY else None) == errno
