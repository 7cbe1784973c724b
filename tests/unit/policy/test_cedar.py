"""The export to Cedar: Cedar itself decides alike."""
from __future__ import annotations

import json

import cedarpy
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from unit.policy.strategies import policies, requests

from cloche.errors import PolicyError
from cloche.policy import cedar
from cloche.policy.decision import Outcome
from cloche.policy.policy import Policy
from cloche.policy.presets import PRESETS


def decided(text, request):
    answer = cedarpy.is_authorized(
        {"principal": 'Process::"any"', "action": f'Action::"{request.action}"', "resource": 'Resource::"any"',
         "context": cedar.context(request)}, text, "[]")
    assert answer.diagnostics.errors == []
    return answer.allowed


@settings(max_examples=300, deadline=None)
@given(policies(), st.lists(requests(), min_size=3, max_size=8))
def test_cedar_decides_alike(policy, asked):
    try:
        text = cedar.export(policy)
    except PolicyError as error:
        assert "L-POL-005" in str(error)
        assume(False)
    for request in asked:
        assert decided(text, request) == (policy.decide(request).outcome is Outcome.ALLOW)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(set(PRESETS) - {"observe"})), requests())
def test_presets_too(name, request):
    policy = Policy.preset(name)
    assert decided(cedar.export(policy), request) == (policy.decide(request).outcome is Outcome.ALLOW)


@pytest.mark.parametrize("rule", [
    {"allow": "file.read", "path": "/a/*"}, {"allow": "file.read", "path": "/a?"}, {"ask": "file.read", "path": "/a"},
    {"allow": "process.exec", "program": "/a", "args": []}, {"allow": "tool.call", "tool": "t", "where": {"a": 1}},
    {"allow": "tool.call", "tool": "t", "budget": {"calls": 1}}, {"would-deny": "file.read", "path": "/a"},
    {"allow": "file.read", "path": "/é"},
])
def test_what_cedar_cannot_say_is_refused(rule):
    data = {"cloche": 1, "rules": [{"name": "r", **rule}, {"name": "z", "allow": next(iter(
        value for key, value in rule.items() if key in ("allow", "ask", "would-deny"))), "resource": "**"}]}
    with pytest.raises(PolicyError) as caught:
        cedar.export(Policy.from_dict(json.loads(json.dumps(data))))
    assert "L-POL-005" in str(caught.value)
