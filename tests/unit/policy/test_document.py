"""Policy files: what is wrong with one is said with its place; a wrong one is no policy."""
from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from cloche.abi.errno import Errno
from cloche.errors import PolicyError
from cloche.kernel.limits import Limits
from cloche.policy.budgets import Budget, Unit
from cloche.policy.constraints import Constraint
from cloche.policy.decision import Action, Outcome
from cloche.policy.policy import Policy, Rule
from cloche.policy.schema import schema
from cloche.policy.settings import LIMITS, MountGrant, Settings

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = sorted((ROOT / "examples" / "policies").glob("*.yaml"))
HEAD = "cloche: 1\n"
READ = "allow: file.read, path: /a"


def rule(text):
    return f"{HEAD}rules:\n  - {{{text}}}\n"


#: text -> the message, after "p.yaml:".What JSON Schema cannot say is marked.
WRONG = [
    ("", " it is empty: nothing would be granted; say so with the preset deny-all"),
    ("[]", "1:1: a policy is a mapping of names to values"),
    ("name: x\n", "1:1: a policy begins with `cloche: 1`, the version of its format"),
    ("cloche: 2\n", "1:9: a policy begins with `cloche: 1`, the version of its format"),
    ("cloche: true\n", "1:9: a policy begins with `cloche: 1`, the version of its format"),
    (HEAD + "rulez: []\n", "2:1: a policy has no 'rulez': did you mean rules?"),
    (HEAD + "mode: watch\n", "2:7: the mode 'watch' is neither enforce nor observe"),
    (HEAD + "rules: {}\n", "2:8: rules is a list"),
    (HEAD + "name:\n", "2:6: name is a text, not nothing"),
    (rule("allow: file.raed, path: /a"), "3:13: there is no action 'file.raed': did you mean file.read?"),
    (rule("alow: file.read, path: /a"), "3:6: a rule has no 'alow': did you mean allow?"),
    (rule("path: /a"), "3:5: a rule has exactly one of deny, decoy, ask, would-deny, allow"),
    (rule("allow: file.read, deny: file.stat, path: /a"), "3:5: a rule has exactly one of deny, decoy, ask, would-deny, allow"),
    (rule("allow: [], path: /a"), "3:13: the list of actions is an empty list: leave it out, or say what is meant"),
    (rule("allow: file.read"), "3:5: a rule on file.read has one of: path, program, resource"),
    (rule("allow: file.read, path: ''"), "3:30: a pattern (path) is a text, in quotes"),
    (rule("allow: file.read, path: []"), "3:30: path is an empty list: leave it out, or say what is meant"),
    (rule("allow: file.read, path: a/b"), "3:30: a path pattern begins with / or **: the guest's paths are absolute"),
    (rule("allow: file.read, path: [/a, '/{b,c}']"),
    "3:35: { has no meaning in a pattern: write \\{ for the character, or a list of "
     "patterns for alternatives"),
    (rule("allow: file.read, host: a.com, port: 1"),
    "3:24: file.read is not about a 'host', but about path or program or resource"),
    (rule("allow: net.connect, host: a.com"), "3:32: a host needs its port: 443, [80, 443], 8000-8999 or \"*\""),
    (rule("allow: net.connect, host: a.com, port: 99999"), "3:45: '99999' is not a port or a range of ports (0-65535)"),
    (rule("allow: net.connect, host: 10.0.0.1/8, port: 1"), "3:32: 10.0.0.1/8 has bits beyond its prefix: write 10.0.0.0/8"),
    (rule("allow: net.connect, host: 127.0.0.1, port: 1"), "3:32: 127.0.0.1 is inside the machine: write loopback"),
    (rule("allow: net.connect, host: a.com, port: 1, method: GET"), "3:5: rule 'p.yaml:3': methods and paths: only for net.http"),
    (rule("allow: net.http, host: a.com, port: 1, method: get"), "3:53: 'get' is not an HTTP method in capitals"),
    (rule(READ + ", errno: ENOTENT"), "3:41: there is no errno 'ENOTENT': did you mean ENOENT?"),
    (rule(READ + ", by: bash"), "3:38: a path pattern begins with / or **: the guest's paths are absolute"),
    (rule(READ + ", args: [x]"), "3:5: rule 'p.yaml:3': arguments: only for process.exec"),
    (rule(READ + ", deadline: 5s"), "3:5: rule 'p.yaml:3': only what is asked has a deadline"),
    (rule(READ + ", budget: {bytes: 5}"), "3:5: rule 'p.yaml:3': a budget of bytes: only for net.http and tool.call"),
    (rule(READ + ", budget: {calls: 5, per: soon}"), "3:58: 'soon' is not a duration such as 30s, 5m or 1h"),
    (rule(READ + ", budget: {calls: 0}"), "3:50: 0 is not a number from 1 on"),
    (rule(READ + ", budget: {call: 5}"), "3:43: a budget has no 'call': did you mean calls?"),
    (rule("deny: file.read, path: /a, budget: {calls: 5}"),
    "3:5: rule 'p.yaml:3': a budget is of what is granted, and this is deny"),
    (rule("allow: tool.call, tool: x, where: {}"), "3:40: where is empty: leave it out, or constrain a parameter"),
    (rule("allow: tool.call, tool: x, where: {amount: {rnage: [1, 2]}}"),
    "3:50: there is no constraint 'rnage': did you mean range?"),
    (rule("allow: tool.call, tool: x, where: {amount: {range: [2, 1]}}"), "3:57: the range 2 to 1 is empty"),
    (rule("allow: tool.call, tool: x, where: {amount: {}}"), "3:49: an empty constraint: write {present: true} for any value"),
    (rule("allow: tool.call, tool: x, where: {amount: [1]}"), "3:49: a list is no constraint: write {in: [...]} for one of these, "
     "{eq: [...]} for this list"),
    (rule("allow: tool.call, tool: x, where: {a: {regex: '('}}"), "3:52: the regular expression '(' is not RE2's: missing ): ("),
    (HEAD + "tools: {pay: {amount: integer}}\nrules:\n  - {allow: tool.call, tool: pya}\n",
     "4:30: there is no tool 'pya': did you mean pay?"),
    (HEAD + "tools: {pay: {amount: integer}}\nrules:\n  - {allow: tool.call, tool: pay, where: {amuont: 1}}\n",
     "4:43: the tool pay has no parameter 'amuont': did you mean amount?"),
    (HEAD + "tools: {pay: {amount: integer}}\nrules:\n  - {allow: tool.call, tool: pay, budget: {sum: {amonut: 1}}}\n",
     "4:50: the tool pay has no parameter 'amonut': did you mean amount?"),
    (HEAD + "tools: {pay: {amount: int}}\n", "2:23: 'int' is not a type: did you mean integer?"),
    (f"{HEAD}rules:\n  - {{name: x, {READ}}}\n  - {{name: x, allow: file.stat, path: /b}}\n",
     "4:5: a rule named 'x' is in line 3 already"),
    (f"{HEAD}rules:\n  - {{name: default, {READ}}}\n", "1:1: there are two rules named 'default': a decision names its rule"),
    (f"{HEAD}rules:\n  - {{name: no, deny: 'file.*', path: /a/**}}\n  - {{name: yes, allow: file.read, path: /a/b}}\n",
     "4:5: rule 'yes' (allow) contradicts 'no' (line 3) (deny), which always decides before it: put the narrower rule first"),
    (f"{HEAD}rules:\n  - {{name: yes, allow: 'file.*', path: '**'}}\n  - {{name: no, deny: file.read, path: /a/b}}\n",
     "4:5: rule 'no' (deny) contradicts 'yes' (line 3) (allow), which always decides before it: put the narrower rule first"),
    (f"{HEAD}rules:\n  - {{name: a, {READ}}}\n  - {{name: b, {READ}}}\n",
     "4:5: rule 'b' is never reached: 'a' (line 3) decides the same before it; delete one"),
    (HEAD + "environment: {1A: x}\n", "2:19: '1A' is not the name of a variable"),
    (HEAD + "environment: {A: 1}\n", "2:18: the variable A is a text, in quotes"),
    (HEAD + "seed: 1.5\n", "2:7: seed is an integer of 64 bits"),
    (HEAD + "mounts: [{host: x}]\n", "2:10: a mount needs its guest path"),
    (HEAD + "mounts: [{host: x, guest: /a/../b}]\n", "2:27: '/a/../b' is not an absolute path below / without //, . and .."),
    (HEAD + "mounts: [{host: x, guest: /a, mode: w}]\n", "2:37: the mode 'w' is none of ro, rw, overlay"),
    (HEAD + "mounts: [{host: x, guest: /a}, {host: y, guest: /a}]\n", "2:49: /a is a mount point already"),
    (HEAD + "limits: {memory_byte_max: 1G}\n", "2:10: limits has no 'memory_byte_max': did you mean memory_bytes_max?"),
    (HEAD + "limits: {memory_bytes_max: lots}\n", "2:28: 'lots' is not a size such as 512M or 2G"),
    (HEAD + "within: [{name: x, mounts: []}]\n", "2:20: a policy within has no 'mounts': there are name, mode, rules"),
    (HEAD + "name: &x a\n", "2:7: anchors and aliases are not used in policies: write it out"),
    (HEAD + "name: *x\n", "2:7: anchors and aliases are not used in policies: write it out"),
    (HEAD + "name: !!str a\n", "2:7: tags are not used in policies"),
    (HEAD + "name: !!python/object/apply:os.system [id]\n", "2:7: tags are not used in policies"),
    (HEAD + "name: a\nname: b\n", "3:1: the key 'name' stands there twice; first in line 2"),
    (HEAD + "? [a]\n: b\n", "2:3: a key is plain text"),
    (HEAD + "---\ncloche: 1\n", "2:1: a second document: a policy is one"),
    (HEAD + "seed: 010\n", "2:7: '010' is neither a decimal number nor, without quotes, a text"),
    (HEAD + "name: \t[\n", "2:7: not YAML: found character '\\t' that cannot start any token"),
    (HEAD + "a: b: c\n", "2:5: not YAML: mapping values are not allowed here"),
    (b"cloche: 1\nname: \xff\n", "2:7: byte 0xff is not UTF-8"),
    (HEAD + "name: \x00\n", "2:7: the character U+0000 cannot stand in YAML"),
    (HEAD + "name: " + "[" * 40 + "]" * 40, "2:39: more than 50000 values, or nested deeper than 32"),
    (HEAD + "name: [" + "1," * 60_000 + "]", "2:100002: more than 50000 values, or nested deeper than 32"),
    (HEAD + "#" * 300_000, " longer than 256 KiB"),
]


@pytest.mark.parametrize(("text", "message"), WRONG, ids=[message[:60] for _, message in WRONG])
def test_what_is_wrong_is_refused_with_its_place(text, message):
    with pytest.raises(PolicyError) as caught:
        Policy.parse(text, "p.yaml")
    assert str(caught.value) == f"p.yaml:{message}"


def test_a_file_means_what_it_says():
    policy = Policy.parse("""
cloche: 1
name: all
rules:
  - {name: files, deny: [file.read, file.stat], path: [/a/**, '**/x'], errno: ENOENT, message: no, by: /bin/cat}
  - {ask: process.exec, program: /bin/rm, args: [-rf, ...], deadline: 1.5s}
  - {name: sig, would-deny: process.signal, target: other-session}
  - {name: net, allow: [net.connect, net.listen], host: [loopback, 10.0.0.0/8, '2001:db8::/32'], port: [80, 8000-8999], unix: '@x'}
  - {name: web, allow: net.http, host: a.com, port: 443, method: GET, url: [/v1/**]}
  - {name: pay, decoy: tool.call, tool: p*, where: {amount: {type: integer, range: [1, 10_000]}, to: [eq]}}
  - {name: get, allow: tool.call, tool: get, budget: [{calls: 2, per: 1m}, {sum: {n: 5}, bytes: 1K}]}
  - {name: fork, allow: process.fork}
environment: {PATH: /bin, FLAG: 'yes'}
timezone: Europe/Berlin
hostname: box
seed: 7
mounts: [{host: src, guest: /src, mode: overlay}, {host: /abs, guest: /abs}]
limits: {memory_bytes_max: 512M, wall_ns_max: 2m, processes_max: 10}
within: [{name: outer, mode: observe, rules: [{name: r, allow: file.read, path: /a}]}]
""".replace("[eq]", "{eq: x}"), "dir/p.yaml")
    connect = frozenset((Action.NET_CONNECT, Action.NET_LISTEN))
    assert policy == Policy("all", (
        Rule("files", frozenset((Action.FILE_READ, Action.FILE_STAT)), (b"/a/**", b"**/x"), Outcome.DENY, Errno.ENOENT, "no",
             b"/bin/cat"),
        Rule("dir/p.yaml:6", frozenset((Action.PROCESS_EXEC,)), b"/bin/rm", Outcome.ASK, arguments=(b"-rf", b"..."),
             deadline_ns=1_500_000_000),
        Rule("sig", frozenset((Action.PROCESS_SIGNAL,)), b"other-session", Outcome.WOULD_DENY),
        Rule("net", connect, (b"loopback:80,8000-8999", b"10.0.0.0/8:80,8000-8999", b"[2001:db8::]/32:80,8000-8999", b"unix:@x"),
             Outcome.ALLOW),
        Rule("web", frozenset((Action.NET_HTTP,)), b"a.com:443", Outcome.ALLOW, methods=(b"GET",), paths=(b"/v1/**",)),
        Rule("pay", frozenset((Action.TOOL_CALL,)), b"p*", Outcome.DECOY, where=(
            ("amount", (Constraint("type", "integer"), Constraint("range", (1, 10_000)))), ("to", (Constraint("eq", "x"),)))),
        Rule("get", frozenset((Action.TOOL_CALL,)), b"get", Outcome.ALLOW, budgets=(
            Budget(Unit.CALLS, 2, 60_000_000_000), Budget(Unit.BYTES, 1024), Budget(Unit.SUM, 5, 0, "n"))),
        Rule("fork", frozenset((Action.PROCESS_FORK,)), b"**", Outcome.ALLOW),
    ), False, Settings(
        (("PATH", "/bin"), ("FLAG", "yes")), "Europe/Berlin", "box", 7,
        (MountGrant("dir/src", "/src", "overlay"), MountGrant("/abs", "/abs", "ro")),
        (("memory_bytes_max", 512 << 20), ("processes_max", 10), ("wall_ns_max", 120_000_000_000))),
        (Policy("outer", (Rule("r", frozenset((Action.FILE_READ,)), b"/a", Outcome.ALLOW),), True),))
    assert [rule.source for rule in policy.rules][:2] == ["dir/p.yaml:5", "dir/p.yaml:6"]
    jsonschema.validate(policy.to_dict(), schema())
    assert Policy.from_dict(policy.to_dict()) == policy


def test_tools_that_are_known_count_more_than_what_a_file_says():
    known = {"pay": {"amount": "integer"}}
    text = HEAD + "rules:\n  - {name: r, allow: tool.call, tool: pay, where: {amount: 1}}\n"
    assert Policy.parse(text, tools=known).rules[0].where == (("amount", (Constraint("eq", 1),)),)
    for tools, message in (("{buy: {}}", "p:2:9: there is no tool 'buy': there are pay"),
                           ("{pay: {amnt: integer}}", "p:2:15: the tool pay has no parameter 'amnt': did you mean amount?")):
        with pytest.raises(PolicyError) as caught:
            Policy.parse(f"{HEAD}tools: {tools}\n", "p", known)
        assert str(caught.value) == message


@pytest.mark.parametrize("data", [None, [], {}, {"cloche": 1, 2: 3}, {"cloche": 1, "name": b"x"}, {"cloche": 1, "rules": [1]},
                                  {"cloche": 1, "rules": [{"name": "r", "allow": "file.read", "resource": object()}]}])
def test_plain_data_that_is_no_policy_is_refused(data):
    with pytest.raises(PolicyError):
        Policy.from_dict(data)


def test_limits_are_the_kernels():
    assert sorted(LIMITS) == sorted(Limits.__dataclass_fields__)


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.name for path in EXAMPLES])
def test_examples_are_policies_by_the_schema_too(path):
    jsonschema.validate(Policy.load(path).to_dict(), schema())


def test_the_schema_in_the_reference_is_current_and_a_schema():
    jsonschema.Draft202012Validator.check_schema(schema())
    assert json.loads((ROOT / "docs" / "reference" / "policy.schema.json").read_text()) == schema()


def test_whoever_the_schema_refuses_is_refused_here():
    """Each single piece of a policy replaced by something that the schema does not have."""
    base = Policy.load(EXAMPLES[0]).to_dict()
    validator = jsonschema.Draft202012Validator(schema())
    tried = 0
    for path in _paths(base):
        for odd in (None, 7.5, [], {}, "?", {"unknown": 1}):
            changed = json.loads(json.dumps(base))
            _replace(changed, path, odd)
            if not validator.is_valid(changed):
                tried += 1
                with pytest.raises(PolicyError):
                    Policy.from_dict(changed)
    assert tried > 200


def _paths(data, at=()):
    if at:
        yield at
    for key in data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        yield from _paths(data[key], (*at, key))


def _replace(data, path, value):
    for key in path[:-1]:
        data = data[key]
    data[path[-1]] = value


def test_a_policy_is_loaded_from_a_file_and_nothing_else(tmp_path):
    path = tmp_path / "p.yaml"
    path.write_text(HEAD)
    assert Policy.load(path) == Policy("p.yaml")
    with pytest.raises(OSError):
        Policy.load(tmp_path / "missing.yaml")
    with pytest.raises(OSError):
        Policy.load(tmp_path)
