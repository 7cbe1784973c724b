"""python3-sci in a sandbox: exact values, the same files as bash, the same limits. Needs the extra cloche[science]."""
from __future__ import annotations

import importlib.util

import pytest

from cloche.kernel.limits import Limits
from cloche.policy.decision import Action, Outcome
from cloche.policy.policy import Policy, Rule
from cloche.policy.presets import offline
from cloche.sandbox import science_host
from cloche.sandbox.result import Reason
from cloche.sandbox.sandbox import Sandbox

pytestmark = [
    pytest.mark.slow,  # compiling it takes two minutes of CPU time, once
    pytest.mark.skipif(importlib.util.find_spec(science_host.PACKAGE) is None, reason="cloche[science] is not installed"),
]


@pytest.fixture(scope="module")
def sandbox(userland):
    with Sandbox(root=userland, limits=Limits(memory_process_bytes_max=1 << 30)) as made:
        yield made


def python(sandbox: Sandbox, code: str, stdin: str = "", **options):
    return sandbox.run(["/bin/python3-sci", "-c", code], stdin=stdin, **options)


def test_numpy_pandas_scipy_and_sklearn_compute(sandbox):
    done = python(sandbox, """
import numpy as np, pandas as pd
from scipy import linalg, optimize, stats
from sklearn.linear_model import LinearRegression
print(np.arange(10).sum(), np.linalg.det(np.array([[2., 0.], [0., 4.]])), np.fft.fft([1, 0, 0, 0]).real.tolist())
frame = pd.DataFrame({"k": list("abab"), "v": [1, 2, 3, 5]})
print(frame.groupby("k")["v"].sum().to_dict())
print(linalg.inv(np.array([[2., 0.], [0., 4.]])).tolist(), round(optimize.brentq(lambda x: x * x - 2, 0, 2), 9))
print(round(stats.norm.cdf(1.96), 6))
print(LinearRegression().fit([[0], [1], [2]], [1, 3, 5]).predict([[10]]).round(6).tolist())
""")
    assert (done.stderr, done.stdout) == ("", """\
45 7.999999999999998 [1.0, 1.0, 1.0, 1.0]
{'a': 4, 'b': 7}
[[0.5, 0.0], [0.0, 0.25]] 1.414213562
0.975002
[21.0]
""")


def test_files_are_those_that_bash_sees(sandbox):
    done = sandbox.run("""cd /tmp && mkdir -p data && cd data && printf 'a,b\\n1,2\\n3,4\\n' >in.csv
python3-sci -c 'import pandas as pd; f = pd.read_csv("in.csv"); f["c"] = f.a * f.b; f.to_csv("out.csv", index=False)'
cat out.csv; python3-sci -c 'import os; os.rename("out.csv", "moved"); os.symlink("moved", "link"); os.mkdir("d")'
readlink link; ls -F
python3-sci -c 'import os; print(sorted(os.listdir(".")), os.getcwd(), os.stat("link").st_size, os.path.isdir("d"))'""")
    assert (done.stderr, done.stdout) == ("", """\
a,b,c
1,2,2
3,4,12
moved
d/
in.csv
link@
moved
['d', 'in.csv', 'link', 'moved'] /tmp/data 19 True
""")


def test_it_works_in_a_pipeline(sandbox):
    done = sandbox.run("""echo c b a | tr ' ' '\\n' | python3-sci -c '
import sys
for line in sys.stdin: print(line.strip() * 2)' | sort; echo ${PIPESTATUS[@]}""")
    assert (done.stderr, done.stdout) == ("", "aa\nbb\ncc\n0 0 0 0\n")


def test_output_that_nobody_reads_is_a_broken_pipe(sandbox):
    done = sandbox.run("python3-sci -c 'for i in range(100000): print(i)' | head -1")
    assert done.stdout == "0\n"
    assert done.stderr.splitlines()[-1] == "BrokenPipeError: [Errno 64] Broken pipe"


def test_scripts_modules_standard_input_and_statuses(sandbox):
    done = sandbox.run("""cd /tmp; mkdir -p s; echo 'X = 5' >s/near.py
printf '#!/usr/bin/env python3-sci\\nimport sys, near\\nprint(sys.argv, near.X)\\nsys.exit(3)\\n' >s/run; chmod +x s/run
s/run 1 '2 3'; echo $?; python3-sci s/run; echo $?
(cd s; python3-sci -m near; echo 'import near; print(near.X)' | python3-sci -; python3-sci -c 'import near; print(near.X)')
python3-sci -c 'print(sorted(set(dir()) - {"__builtins__"}))'""")
    assert (done.stderr, done.stdout) == ("", """\
['s/run', '1', '2 3'] 5
3
['s/run'] 5
3
5
5
['__doc__', '__loader__', '__name__', '__package__', '__spec__']
""")


def test_matplotlib_draws(sandbox):
    done = python(sandbox, """
import matplotlib; matplotlib.use("Agg")
import matplotlib.pyplot as plt
plt.plot([1, 4, 9]); plt.title("t"); plt.savefig("/tmp/plot.png")
print(open("/tmp/plot.png", "rb").read(8))""")
    assert (done.stderr, done.stdout) == ("", "b'\\x89PNG\\r\\n\\x1a\\n'\n")


def test_the_policy_is_a_permission_error(userland):
    deny = Rule("secret", frozenset((Action.FILE_READ, Action.FILE_CREATE)), b"/etc/secret*", Outcome.DENY)
    policy = Policy("no-secret", (deny, *offline().rules))
    with Sandbox(policy, root=userland) as sandbox:
        done = python(sandbox, """
for mode in "rw":
    try: open("/etc/secret-new" if mode == "w" else "/etc/secret", mode)
    except OSError as error: print(type(error).__name__, error.strerror)""")
        assert (done.stderr, done.stdout) == ("", "FileNotFoundError No such file or directory\n"
                                                  "PermissionError Permission denied\n")
        assert [record.event.request.resource for record in done.denials] == [b"/etc/secret-new"]


def test_a_timeout_ends_it(sandbox):
    done = python(sandbox, "while True: pass", timeout=0.5)
    assert (done.reason, done.exit_code) == (Reason.TIMEOUT, 124)
    done = python(sandbox, "import time; time.sleep(100)", timeout=0.5)
    assert (done.reason, done.exit_code) == (Reason.TIMEOUT, 124)
    done = sandbox.run("sleep 100 | python3-sci -c 'input()'", timeout=0.5)
    assert (done.reason, done.exit_code) == (Reason.TIMEOUT, 124)


def test_others_run_while_it_sleeps_or_reads(sandbox):
    done = sandbox.run("""(sleep 0.3; echo late) | python3-sci -c 'print(input())' & echo first
python3-sci -c 'import time; time.sleep(0.1); print("second")' & wait""")
    assert (done.stderr, done.stdout) == ("", "first\nsecond\nlate\n")


def test_signals_have_their_default_actions(sandbox):
    done = sandbox.run("python3-sci -c 'import time; time.sleep(100)' & sleep 0.1; kill $!; wait $!; echo $?")
    assert done.stdout == "143\n"


def test_too_much_memory_is_a_memory_error(userland):
    with Sandbox(root=userland, limits=Limits(memory_process_bytes_max=128 << 20)) as sandbox:
        done = python(sandbox, "try: bytearray(200 << 20)\nexcept MemoryError: print('no')\nprint(len(bytearray(20 << 20)))")
        assert (done.stderr, done.stdout) == ("", "no\n20971520\n")


def test_no_processes_from_it(sandbox):
    done = python(sandbox, "import subprocess\ntry: subprocess.run(['ls'])\nexcept OSError as error: print(error)")
    assert (done.exit_code, done.stdout) == (0, "[Errno 58] wasi does not support processes.\n")
