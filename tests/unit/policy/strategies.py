"""Random rules, policies and requests that meet each other often."""
from __future__ import annotations

from hypothesis import strategies as st

from cloche.abi.errno import Errno
from cloche.policy.budgets import Budget, Unit
from cloche.policy.constraints import Constraint
from cloche.policy.decision import Action, Outcome, Request, Subject
from cloche.policy.policy import Policy, Rule
from cloche.policy.resources import KINDS, Kind

PATTERNS = {
    Kind.PATH: [b"**", b"/a", b"/a/**", b"/a/*", b"/**/b", b"/?/b", b"**.py", b"/a/b"],
    Kind.NONE: [b"**"],
    Kind.SESSION: [b"**", b"own-session", b"other-session"],
    Kind.FAMILY: [b"**", b"unix", b"inet"],
    Kind.ADDRESS: [b"**", b"unix:/a/**", b"unix:@x*", b"loopback", b"loopback:80,8000-8999", b"*:443", b"a.example.com:443",
                   b"*.example.com:*", b"10.0.0.0/8:1-1023", b"10.1.2.3:22", b"[2001:db8::/32]:443"],
    Kind.URL_HOST: [b"**", b"*:443", b"*.example.com:443", b"10.0.0.0/8:*"],
    Kind.HOST: [b"**", b"a.example.com", b"*.example.com", b"*"],
    Kind.TOOL: [b"**", b"refund", b"re*", b"list"],
}
RESOURCES = {
    Kind.PATH: [b"/", b"/a", b"/a/b", b"/a/b/c", b"/x/b", b"/x.py", b"/ab", b"/a/b.py"],
    Kind.NONE: [b"7"],
    Kind.SESSION: [b"own-session:7", b"other-session:8"],
    Kind.FAMILY: [b"unix", b"inet", b"inet6"],
    Kind.ADDRESS: [b"unix:/a/s", b"unix:@xy", b"unix:@z", b"loopback:127.0.0.1:80", b"loopback:[::1]:9", b"1.2.3.4:443",
                   b"a.example.com:443", b"example.com:443", b"10.1.2.3:22", b"10.1.2.3:8080", b"[2001:db8::1]:443",
                   b"[::ffff:10.1.2.3]:22", b"rubbish"],
    Kind.URL_HOST: [b"a.example.com:443", b"example.com:443", b"10.1.2.3:80"],
    Kind.HOST: [b"a.example.com", b"A.EXAMPLE.COM.", b"example.com", b"b.org"],
    Kind.TOOL: [b"refund", b"return", b"list"],
}
values = st.one_of(st.none(), st.booleans(), st.integers(-3, 12), st.sampled_from([0.5, 1.0, 10.0, -0.0, float("nan")]),
                   st.sampled_from(["", "a", "ab", "abc", "EUR", "\udc80"]), st.lists(st.integers(0, 3), max_size=3),
                   st.dictionaries(st.sampled_from("xy"), st.booleans(), max_size=2))
plain_values = values.filter(lambda value: value == value and value != "\udc80")
_number = st.one_of(st.integers(-2, 11), st.sampled_from([0.5, 2.5]))
_text = st.sampled_from(["a", "ab", "b", "EUR"])
_flat = st.one_of(
    st.builds(Constraint, st.sampled_from(["eq", "ne"]), plain_values.map(lambda v: tuple(v) if isinstance(v, list) else v)),
    st.builds(Constraint, st.sampled_from(["lt", "le", "gt", "ge"]), _number),
    st.builds(lambda a, b: Constraint("range", (min(a, b), max(a, b))), _number, _number),
    st.builds(Constraint, st.sampled_from(["in", "not_in"]), st.lists(
        st.one_of(st.integers(0, 3), _text, st.booleans()), min_size=1, max_size=3).map(tuple)),
    st.builds(Constraint, st.sampled_from(["prefix", "suffix", "contains"]), _text),
    st.builds(Constraint, st.just("regex"), st.sampled_from(["a+", "[ab]*", "E.R"])),
    st.builds(Constraint, st.just("length"), st.sampled_from([0, 2, (1, 3), (0, 2)])),
    st.builds(Constraint, st.just("present"), st.booleans()),
    st.builds(Constraint, st.just("type"), st.sampled_from(["integer", "number", "string", "array", "null", "boolean"])))
constraint = st.one_of(_flat, st.builds(Constraint, st.sampled_from(["each", "any"]), st.tuples(_flat)))


def distinct(parts):
    """One constraint for each operator, as a mapping has them."""
    return tuple({part.op: part for part in parts}.values())


constraints = st.lists(constraint, min_size=1, max_size=3).map(distinct)


@st.composite
def rules(draw, name="rule", outcomes=tuple(Outcome)):
    kind = draw(st.sampled_from(list(Kind)))
    choices = [action for action in Action if KINDS[action] is kind]
    actions = frozenset(draw(st.lists(st.sampled_from(choices), min_size=1, max_size=3)))
    outcome = draw(st.sampled_from(outcomes))
    more = {}
    if draw(st.booleans()) and draw(st.booleans()):
        more["by"] = draw(st.sampled_from([b"/bin/*", b"/bin/git", b"**"]))
    if actions == {Action.PROCESS_EXEC}:
        more["arguments"] = draw(st.sampled_from([None, (), (b"...",), (b"push", b"..."), (b"...", b"--f*", b"...")]))
    if actions == {Action.NET_HTTP}:
        more["methods"] = draw(st.sampled_from([(), (b"GET",), (b"GET", b"HEAD")]))
        more["paths"] = draw(st.sampled_from([(), (b"/docs/**",), (b"/docs/*", b"/v1")]))
    if actions == {Action.TOOL_CALL}:
        more["where"] = draw(st.sampled_from([(), ("amount",), ("amount", "currency")]).flatmap(
            lambda names: st.tuples(*[st.tuples(st.just(each), constraints) for each in names])))
        if outcome in (Outcome.ALLOW, Outcome.ASK):
            more["budgets"] = draw(st.sampled_from([(), (Budget(Unit.CALLS, 3, 10**9),), (Budget(Unit.SUM, 20, 0, "amount"),
                                                                                          Budget(Unit.BYTES, 100))]))
    return Rule(name, actions, tuple(draw(st.lists(st.sampled_from(PATTERNS[kind]), min_size=1, max_size=2, unique=True))),
                outcome, draw(st.sampled_from([Errno.EACCES, Errno.ENOENT])), **more)


@st.composite
def policies(draw, name="policy"):
    count = draw(st.integers(0, 5))
    return Policy(name, tuple(draw(rules(f"r{index}")) for index in range(count)), draw(st.sampled_from([False, False, True])))


@st.composite
def requests(draw):
    action = draw(st.sampled_from(list(Action)))
    more = {}
    if action is Action.PROCESS_EXEC:
        more["arguments"] = draw(st.sampled_from([(b"git",), (b"git", b"push"), (b"git", b"push", b"--force"), ()]))
    if action is Action.NET_HTTP:
        more["method"] = draw(st.sampled_from([b"GET", b"POST"]))
        more["path"] = draw(st.sampled_from([b"/docs/a", b"/docs/a/b", b"/v1", b"/"]))
    if action is Action.TOOL_CALL:
        more["parameters"] = draw(st.dictionaries(st.sampled_from(["amount", "currency"]), values, max_size=2))
    program = draw(st.sampled_from([b"/bin/git", b"/bin/sh", b"/usr/x"]))
    return Request(Subject(1, 0, program), action, draw(st.sampled_from(RESOURCES[KINDS[action]])), **more)
