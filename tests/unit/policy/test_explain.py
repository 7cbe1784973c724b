"""Explanations and comparisons: the line that is said to allow something does, and "grants no more" is never wrong."""
from __future__ import annotations

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.policy.strategies import policies, requests

from cloche.policy.decision import REFUSALS, Action, Outcome, Request, Subject
from cloche.policy.difference import difference
from cloche.policy.policy import Policy

TEXT = """cloche: 1
name: p
rules:
  - {name: secret, deny: file.read, path: /a/key, errno: ENOENT}
  - {name: by-cat, allow: file.read, path: /b/**, by: /bin/cat}
  - {name: all, allow: file.read, path: /a/**}
  - {name: pay, allow: tool.call, tool: pay, where: {amount: {le: 5}}, budget: {calls: 3}}
"""
POLICY = Policy.parse(TEXT, "p.yaml")
WHO = Subject(1, 0, b"/bin/sh")


def explained(action, resource, **more):
    return str(POLICY.explain(Request(WHO, action, resource, **more))).splitlines()


def test_a_denial_by_a_rule():
    assert explained(Action.FILE_READ, b"/a/key") == [
        "denied by rule 'secret' (p.yaml:4) of 'p' (the guest sees ENOENT)",
        "rule 'all' (p.yaml:6) would allow it, but comes later",
        "rule 'by-cat' (p.yaml:5) does not apply: its resource does not match",
        "this line, before rule 'secret', would allow it:",
        '  - {name: "allow /a/key", allow: file.read, path: "/a/key"}']


def test_a_denial_by_default_names_what_nearly_matched():
    assert explained(Action.FILE_READ, b"/b/x*") == [
        "denied: no rule of 'p' matches it (the guest sees EACCES)",
        "rule 'by-cat' (p.yaml:5) does not apply: by does not match",
        "rule 'all' (p.yaml:6) does not apply: its resource does not match",
        "this line would allow it:",
        '  - {name: "allow /b/x*", allow: file.read, path: "/b/x\\\\*"}']
    assert explained(Action.TOOL_CALL, b"pay", parameters={"amount": True})[1] == \
        "rule 'pay' (p.yaml:7) does not apply: where.amount does not match"


def test_what_is_allowed():
    assert explained(Action.FILE_READ, b"/a/x") == ["allowed by rule 'all' (p.yaml:6) of 'p'"]
    assert explained(Action.TOOL_CALL, b"pay", parameters={"amount": 5}) == [
        "allowed by rule 'pay' (p.yaml:7) of 'p'", "budget: calls <= 3"]


@settings(max_examples=300, deadline=None)
@given(policies(), st.lists(requests(), min_size=3, max_size=8))
def test_the_line_that_would_allow_it_does(policy, asked):
    for request in asked:
        found = policy.explain(request)
        assert found.decision == policy.decide(request)
        if found.decision.outcome not in REFUSALS or request.resource in (b"rubbish", b"inet6"):
            continue
        if any(value != value or value == "\udc80" or isinstance(value, list | dict)
               for value in (request.parameters or {}).values()) or b"127.0.0.1:443" in request.resource:
            continue  # nothing equals NaN
        entry = yaml.safe_load(found.line)
        data = policy.to_dict()
        at = next((index for index, rule in enumerate(data["rules"]) if rule["name"] == found.before), len(data["rules"]))
        data["rules"].insert(at, entry[0])
        assert Policy.from_dict(data).decide(request).outcome is Outcome.ALLOW


@settings(max_examples=400, deadline=None)
@given(policies(), policies(), st.lists(requests(), min_size=5, max_size=15), st.randoms(use_true_random=False))
def test_what_grants_no_more_grants_no_more(one, other, asked, random):
    rules = [random.choice([rule, rule, other.rules[index % len(other.rules)] if other.rules else rule])
             for index, rule in enumerate(one.rules)]
    named = {rule.name: rule for rule in rules if random.random() > 0.2}
    new = Policy(one.name, tuple(named.values()), one.observe)
    lines = difference(one, new)
    if any("more" in line and "may grant more" in line for line in lines):
        return
    for request in asked:
        before, after = one.decide(request).outcome, new.decide(request).outcome
        assert after in REFUSALS or after.rank <= before.rank


def test_a_policy_does_not_differ_from_itself():
    assert difference(POLICY, Policy.parse(TEXT, "q.yaml")) == []
    other = Policy.parse(TEXT.replace("{le: 5}", "{le: 4}").replace("/b/**", "/**"), "q.yaml")
    assert [line.rpartition(": ")[2] for line in difference(POLICY, other) if line.startswith("  now")] == [
        "may grant more", "grants no more"]
    watched = Policy.parse(TEXT.replace("name: p", "name: p\nmode: observe", 1), "q.yaml")
    assert difference(POLICY, watched) == ['~ mode: "enforce" -> "observe": may grant more']
    assert difference(POLICY.attenuate(other), POLICY)[0].endswith("may grant more")
    assert difference(POLICY, POLICY.attenuate(other))[0].endswith("grants no more")
