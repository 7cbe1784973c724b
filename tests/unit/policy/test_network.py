"""Patterns of addresses and of argument lists."""
from __future__ import annotations

import pytest

from cloche.errors import PolicyError
from cloche.policy import network, patterns
from cloche.policy.decision import Action, Outcome, Request, Subject
from cloche.policy.rules import Rule

SEEN = [b"unix:/run/s", b"unix:@x", b"loopback:127.0.0.1:80", b"loopback:[::1]:9000", b"example.com:443", b"WWW.Example.com.:443",
        b"badexample.com:443", b"10.0.0.1:22", b"10.0.0.1:443", b"[::ffff:10.0.0.1]:22", b"[2001:db8::5]:443", b"127.0.0.1:80",
        b"10.0.0.1", b"10.0.0.1:x", b"10.0.0.1:99999", b"", b"\xff:1"]


@pytest.mark.parametrize(("pattern", "matched"), [
    (b"**", SEEN),
    (b"unix:**", SEEN[:2]), (b"unix:/run/*", SEEN[:1]), (b"unix:@x", SEEN[1:2]),
    (b"loopback", SEEN[2:4]), (b"loopback:80", SEEN[2:3]), (b"loopback:8000-9000,1", SEEN[3:4]),
    (b"example.com:443", [b"example.com:443"]), (b"*.example.com:*", [b"WWW.Example.com.:443"]),
    (b"EXAMPLE.com:443", [b"example.com:443"]), (b"example.com:80", []),
    (b"10.0.0.0/8:22", [b"10.0.0.1:22", b"[::ffff:10.0.0.1]:22"]), (b"10.0.0.1:*", SEEN[7:10]),
    (b"[::ffff:10.0.0.0]/104:443", [b"10.0.0.1:443"]),
    (b"[2001:db8::]/32:443", [b"[2001:db8::5]:443"]), (b"[2001:db8::5]:443", [b"[2001:db8::5]:443"]),
    (b"0.0.0.0/0:80", [b"127.0.0.1:80"]),
    (b"*:443", [b"example.com:443", b"WWW.Example.com.:443", b"badexample.com:443", b"10.0.0.1:443", b"[2001:db8::5]:443"]),
])
def test_what_matches(pattern, matched):
    found = network.pattern(pattern)
    assert [each for each in SEEN if found.matches(network.address(each))] == matched
    assert found.covers(found)


@pytest.mark.parametrize("pattern", [
    b"", b":443", b"example.com", b"example.com:", b"example.com:http", b"example.com:1-", b"example.com:70000", b"example.com:9-1",
    b"example.com:443,", b"ex ample.com:1", b"a..b:1", b"-a.com:1", b"*a.com:1", b"a.*.com:1", b"b\xc3\xbccher.de:1",
    b"10.0.0:1", b"010.0.0.1:1", b"0x7f.1:1", b"2130706433:1", b"256.0.0.1:1", b"10.0.0.1/8:1",
    b"10.0.0.0/33:1", b"2001:db8::1:443",
    b"[2001:db8::1]", b"127.0.0.1:80", b"127.0.0.0/8:80", b"[::1]:80", b"0.0.0.0:80", b"localhost:80", b"a.localhost:80", b"unix:",
    b"unix:relative", b"unix:/a//b", b"loopback:", b"loopback:x", b"10.0.0.0/:1", b"user@example.com:1", b"example.com/path:1",
])
def test_what_is_no_pattern_is_refused(pattern):
    with pytest.raises(PolicyError):
        network.pattern(pattern)


@pytest.mark.parametrize(("wide", "narrow", "covers"), [
    (b"10.0.0.0/8:*", b"10.1.0.0/16:22", True), (b"10.1.0.0/16:*", b"10.0.0.0/8:22", False), (b"*:*", b"10.0.0.1:22", True),
    (b"*:1-99", b"a.com:50-100", False), (b"*.a.com:1", b"b.a.com:1", True), (b"*.a.com:1", b"a.com:1", False),
    (b"*.a.com:1", b"*.b.a.com:1", True), (b"*.a.com:1", b"*:1", False), (b"10.0.0.0/8:1", b"[2001:db8::]/32:1", False),
    (b"unix:/a/**", b"unix:/a/b", True), (b"unix:/a/*", b"unix:/a/**", False), (b"loopback", b"loopback:1", True),
    (b"*:1", b"loopback:1", False),
])
def test_what_covers(wide, narrow, covers):
    assert network.pattern(wide).covers(network.pattern(narrow)) is covers


@pytest.mark.parametrize("pattern", [b"a", b"a/b", b"*.py", b"/a/", b"/a//b", b"/a/./b", b"/a/../b",
    b"/..", b"/a***", b"/{a,b}", b"/[ab]",
                                     b"/a\\", b"/a\\b", b"/\0", b"/" + b"a" * 1024])
def test_a_path_pattern_that_can_match_nothing_or_means_something_else_is_refused(pattern):
    with pytest.raises(PolicyError):
        patterns.path_tokens(pattern)


@pytest.mark.parametrize(("words", "yes", "no"), [
    ((), [()], [(b"",), (b"a",)]),
    ((b"...",), [(), (b"a",), (b"a", b"/b")], []),
    ((b"push", b"..."), [(b"push",), (b"push", b"x", b"y")], [(), (b"pushx",), (b"x", b"push")]),
    ((b"...", b"--force", b"..."), [(b"--force",), (b"push", b"--force", b"x")], [(b"--forced",), (b"x",), ()]),
    ((b"...", b"-*f*", b"..."), [(b"-rf", b"/"), (b"a", b"-f")], [(b"f",), (b"-r", b"f")]),
    ((b"clone", b"https://example.com/**"), [(b"clone", b"https://example.com/a/b")], [(b"clone", b"https://example.org/a")]),
    ((b"",), [(b"",)], [(), (b"a",)]),
    ((b"?", b"*"), [(b"a", b""), (b"/", b"x y")], [(b"ab", b"c"), (b"a",)]),
])
def test_arguments(words, yes, no):
    rule = Rule("r", frozenset((Action.PROCESS_EXEC,)), b"**", Outcome.ALLOW, arguments=words)
    for given in (*yes, *no):
        request = Request(Subject(1, 0, b""), Action.PROCESS_EXEC, b"/bin/x", (b"x", *given))
        assert rule.matches(request) is (given in yes)
