# ruff: noqa: E501 - a script is one line
"""What is measured: scripts that run unchanged in native bash, in a sandbox and in the peers; and the ratios to reach."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Workload:
    """One script. `expect` is what it prints: a run that prints anything else is no measurement."""

    name: str
    script: str
    expect: str
    at_most: float  # times native
    setup: str = ""
    needs: str = "bash"


_TEN_MB = "[ -s big ] || seq -f 'line %.0f of a text with some words in it, and a number' 1 170000 >big"

WORKLOADS = [
    Workload("200 x fork, exec, wait of an external command", "for ((i=0;i<200;i++)); do /bin/true; done; echo $i", "200\n", 0.8),
    Workload("300 x command substitution", "for ((i=0;i<300;i++)); do x=$(echo $i); done; echo $x", "299\n", 1.0),
    Workload("bash: arithmetic loop of 1e6", "for ((i=0,s=0;i<1000000;i++)); do ((s+=i)); done; echo $s", "499999500000\n", 2.0),
    Workload("seq 200000 | sort -n | uniq | wc -l", "seq 1 200000 | sort -n | uniq | wc -l", "200000\n", 2.0),
    Workload("grep -c over 10 MB", "grep -c 'number$' big", "170000\n", 2.0, _TEN_MB),
    Workload("grep -E over 10 MB", "grep -cE '(9|8)[0-9]+5 of' big", "", 2.0, _TEN_MB),
    Workload("sed s///g over 10 MB", "sed 's/words/WORDS/g' big | wc -c", "", 2.0, _TEN_MB),
    Workload("gawk: sum of 1e6 lines", "awk '{s+=$1} END {print s}' nums", "500000500000\n", 2.0,
             "[ -s nums ] || seq 1 1000000 >nums", "gawk"),
    Workload("python3: pure-Python loop", "python3 -c 'def f(n):\n    a, b = 0, 1\n    for i in range(n): a, b = b, (a + b) % 1000007\n    return a\nprint(f(2000000))'",
             "", 2.2, needs="python3"),
    Workload("python3 -c pass, 10 times", "for i in 1 2 3 4 5 6 7 8 9 10; do python3 -c pass; done; echo ok", "ok\n", 2.2, needs="python3"),
]
