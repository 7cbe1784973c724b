"""Whatever policies are joined: never more is granted, and written down and read back they decide alike."""
from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.policy.strategies import policies, requests

from cloche.errors import PolicyError
from cloche.policy.decision import Action, Outcome, Request, meet
from cloche.policy.policy import Policy
from cloche.policy.presets import PRESETS, observe, offline
from cloche.policy.settings import MountGrant, Settings

many = st.lists(requests(), min_size=5, max_size=20)


@settings(max_examples=400, deadline=None)
@given(policies("a"), policies("b"), many)
def test_attenuation_never_widens(a, b, asked):
    both = a.attenuate(b)
    for request in asked:
        mine, other, joined = a.decide(request), b.decide(request), both.decide(request)
        assert joined.outcome.rank == min(mine.outcome.rank, other.outcome.rank)
        if joined.outcome.rank > Outcome.DECOY.rank:
            assert set(joined.charges) == {*mine.charges, *other.charges}
        if Outcome.ASK is joined.outcome:
            assert joined.deadline_ns == min(each.deadline_ns for each in (mine, other) if each.outcome is Outcome.ASK)


@settings(max_examples=200, deadline=None)
@given(policies("a"), policies("b"), policies("c"), many)
def test_the_order_and_the_grouping_of_attenuation_do_not_matter_for_what_is_granted(a, b, c, asked):
    for request in asked:
        outcomes = {policy.decide(request).outcome for policy in (
            a.attenuate(b).attenuate(c), a.attenuate(b.attenuate(c)), c.attenuate(a).attenuate(b),
            a.attenuate(a).attenuate(b).attenuate(c).attenuate(b))}
        assert len(outcomes) == 1


@settings(max_examples=200, deadline=None)
@given(policies("a"), policies("b"), many)
def test_written_down_and_read_back_it_is_the_same(a, b, asked):
    both = a.attenuate(b)
    again = Policy.from_dict(json.loads(json.dumps(both.to_dict())))
    assert again.to_dict() == both.to_dict()
    for request in asked:
        assert again.decide(request) == both.decide(request)


@settings(max_examples=300, deadline=None)
@given(policies("a"), policies("b"), many)
def test_the_compiled_tables_decide_as_the_rules_read(a, b, asked):
    """Against the definition: the first rule that matches, in each layer, and the lowest of the layers."""
    both = a.attenuate(b)
    for request in asked:
        for policy in (a, b):
            rule = next((rule for rule in policy.rules if rule.matches(request)), None)
            outcome = rule.outcome if rule else Outcome.DENY
            if policy.observe and outcome is not Outcome.ALLOW:
                outcome = Outcome.WOULD_DENY
            decision = policy.decide(request)
            assert (decision.outcome, decision.rule) == (outcome, rule.name if rule else "default")
        assert both.decide(request) == meet(a.decide(request), b.decide(request))
        always = both.always(request.action)
        assert always is None or always == both.decide(request)


@settings(max_examples=300, deadline=None)
@given(policies(), many)
def test_a_rule_that_covers_another_matches_whatever_it_matches(policy, asked):
    for one in policy.rules:
        for other in policy.rules:
            for request in asked:
                if other.matches(request) and one.covers(other, request.action):
                    assert one.matches(request)


def test_attenuating_the_observing_policy_enforces():
    request = Request(None, Action.NET_CONNECT, b"1.2.3.4:80")
    assert observe().decide(request).outcome is Outcome.WOULD_DENY
    assert observe().attenuate(offline()).decide(request).outcome is Outcome.DENY
    assert offline().attenuate(observe()).decide(request).outcome is Outcome.DENY


def test_settings_take_the_narrower():
    one = Settings((("A", "1"), ("B", "2")), "UTC0", None, 7,
                   (MountGrant("/x", "/src", "rw"), MountGrant("/y", "/data", "ro")), (("processes_max", 10),))
    other = Settings((("A", "1"), ("B", "3")), None, "box", None, (MountGrant("/x", "/src", "overlay"),),
                     (("inodes_max", 5), ("processes_max", 20)))
    assert one.attenuate(other) == Settings((("A", "1"),), "UTC0", "box", 7, (MountGrant("/x", "/src", "overlay"),),
                                            (("inodes_max", 5), ("processes_max", 10)))
    assert Settings().attenuate(other).mounts is None  # none, and so it stays
    with pytest.raises(PolicyError):
        one.attenuate(Settings(seed=8))


@pytest.mark.parametrize("name", PRESETS)
def test_presets_survive_being_written_down_and_their_rules_can_all_be_reached(name):
    policy = Policy.preset(name)
    assert Policy.parse(json.dumps(policy.to_dict())) == policy
