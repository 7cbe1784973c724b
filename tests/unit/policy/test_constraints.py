"""Constraints: typed, total, and what follows from what."""
from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.policy.strategies import constraints, values

from cloche.errors import PolicyError
from cloche.policy.constraints import MISSING, OPERATORS, all_hold, from_mapping, to_mapping
from cloche.policy.implication import implies

NAN, INF = float("nan"), float("inf")
ODD = (None, True, False, 0, 1, -1, 1.0, 0.5, NAN, INF, 10**400, "", "1", "true", "\udc80", [], [1], [[]], {}, {"a": 1}, MISSING,
       object(), b"x", set())


@pytest.mark.parametrize(("given", "yes", "no"), [
    ({"eq": 1}, [1, 1.0], [True, "1", [1], MISSING, None, NAN]),
    ({"eq": True}, [True], [1, "true", MISSING]),
    ({"eq": [1, "a"]}, [[1, "a"], [1.0, "a"]], [[True, "a"], [1], "1a"]),
    ({"eq": {"a": 1}}, [{"a": 1}], [{"a": True}, {"a": 1, "b": 2}]),
    ({"ne": 1}, [2, 1.5], [1, 1.0, True, False, "2", MISSING, None]),
    ({"lt": 3}, [2, 2.9, -5], [3, True, False, "2", NAN, MISSING]),
    ({"le": 3}, [3, 3.0], [3.1, True]),
    ({"gt": 3}, [4, INF, 10**400], [3, True]),
    ({"ge": 3}, [3], [2, NAN]),
    ({"range": [1, 3]}, [1, 2.5, 3], [0, 4, True, "2"]),
    ({"in": [1, "a"]}, [1, 1.0, "a"], [True, "b", MISSING]),
    ({"not_in": ["a", "b"]}, ["c", ""], ["a", 1, None, MISSING]),
    ({"prefix": "ab"}, ["ab", "abc"], ["a", "xab", ["ab"], MISSING]),
    ({"suffix": "ab"}, ["ab", "cab"], ["abc", b"ab"]),
    ({"contains": "ab"}, ["xaby"], ["a", ["ab"]]),
    ({"regex": "[a-z]+"}, ["abc"], ["abc1", "1abc", "abc\n", "", 1, "\udc80"]),
    ({"length": 2}, ["ab", [1, 2], {"a": 1, "b": 2}, "éé"], ["a", 2, None, MISSING]),
    ({"length": [1, 2]}, ["a", [1]], ["", [], "abc"]),
    ({"each": {"type": "integer"}}, [[], [1, 2]], [[1, True], [1, "a"], 1, "12", MISSING]),
    ({"any": {"gt": 3}}, [[1, 4]], [[], [1], 4]),
    ({"each": {"each": {"eq": 1}}}, [[[1], []]], [[1]]),
    ({"present": True}, [None, 0, ""], [MISSING]),
    ({"present": False}, [MISSING], [None]),
    ({"type": "integer"}, [1, 10**400], [1.0, True, "1"]),
    ({"type": "number"}, [1, 1.5], [True, NAN]),
    ({"type": "null"}, [None], [MISSING, 0]),
    ({"type": "integer", "range": [1, 5]}, [1, 5], [1.0, 6, True]),
    ("EUR", ["EUR"], ["eur", MISSING]),
])
def test_what_satisfies(given, yes, no):
    parts = from_mapping(given)
    assert [value for value in (*yes, *no) if all_hold(parts, value)] == yes
    assert from_mapping(to_mapping(parts)) == parts


@pytest.mark.parametrize("given", [
    {}, [], [1], {"eqq": 1}, {"lt": "3"}, {"lt": True}, {"lt": NAN}, {"range": [3, 1]}, {"range": [1]}, {"range": 5}, {"in": []},
    {"in": "abc"}, {"prefix": ""}, {"prefix": 1}, {"regex": "("}, {"regex": r"(a)\1"}, {"regex": "a" * 1001}, {"regex": "\udc80"},
    {"regex": "(?=a)"}, {"length": -1}, {"length": 1.5}, {"length": [3, 1]}, {"each": {}}, {"each": []}, {"present": 1},
    {"type": "int"}, {"type": ["integer"]}, {"eq": INF}, {"eq": object()},
    {"each": {"each": {"each": {"each": {"each": {"each": {"each": {"each": {"each": {"eq": 1}}}}}}}}}},
])
def test_what_is_no_constraint_is_refused(given):
    with pytest.raises(PolicyError):
        from_mapping(given)


@settings(max_examples=300)
@given(constraints)
def test_total(parts):
    for value in ODD:
        assert all_hold(parts, value) in (True, False)


@settings(max_examples=1500)
@given(constraints, constraints, st.one_of(values, st.just(MISSING)))
def test_what_follows_holds(given_, wanted, value):
    if implies(given_, wanted) and all_hold(given_, value):
        assert all_hold(wanted, value)


@pytest.mark.parametrize(("given", "wanted", "follows"), [
    ({"range": [2, 3]}, {"gt": 1, "le": 3}, True), ({"gt": 1}, {"ge": 1}, True), ({"ge": 1}, {"gt": 1}, False),
    ({"gt": 1, "lt": 5}, {"range": [1, 5]}, True), ({"eq": 3}, {"range": [1, 5]}, True), ({"eq": 3}, {"type": "integer"}, False),
    ({"in": ["EUR"]}, {"in": ["EUR", "USD"]}, True), ({"in": ["EUR", "X"]}, {"in": ["EUR"]}, False),
    ({"prefix": "abc"}, {"prefix": "ab", "contains": "bc"}, True), ({"prefix": "a"}, {"prefix": "ab"}, False),
    ({"type": "integer"}, {"type": "number", "present": True}, True), ({"type": "number"}, {"type": "integer"}, False),
    ({"length": 2}, {"length": [1, 3]}, True), ({"each": {"eq": 1}}, {"each": {"ge": 0}}, True), ({"ne": 1}, {"ne": 1}, True),
])
def test_what_follows(given, wanted, follows):
    assert implies(from_mapping(given), from_mapping(wanted)) is follows


def test_a_regular_expression_takes_no_time_whatever_the_value():
    """Backtracking would take longer than anybody waits."""
    parts = from_mapping({"regex": "(a+)+b"})
    assert not all_hold(parts, "a" * 50_000)


def test_every_operator_is_tried_above():
    assert set(OPERATORS) == {"eq", "ne", "lt", "le", "gt", "ge", "range", "in", "not_in", "prefix", "suffix", "contains", "regex",
                              "length", "each", "any", "present", "type"}
