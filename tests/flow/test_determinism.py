"""With a seed, the same script gives the same log: every system call with its result, every event, in the same order."""
from __future__ import annotations

import functools
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cloche.events.base import Event
from cloche.kernel.limits import Limits
from cloche.sandbox.sandbox import Sandbox
from cloche.syscalls.table import HANDLERS, ROWS

SCRIPTS = {
    "forks and pipes": "for i in 1 2 3; do echo $(echo $i | tr 1-3 a-c) & done; wait; ls /bin | sort -r | head -3",
    "time and chance": "echo $RANDOM $SECONDS $$; date +%s%N; od -An -N8 -tx1 /dev/urandom; sleep 0.3; date +%s%N",
    "signals": "trap 'echo usr1' USR1; (sleep 0.1; kill -USR1 $$) & wait; wait; kill -9 $BASHPID",
    "preemption": "a() { for ((i = 0; i < 60000; i++)); do :; done; echo $1; }; a 1 & a 2 & a 3 & wait",
    "files": "cd /tmp; mkdir d; for i in 3 1 2; do echo $i > d/$i; done; ls -l --full-time d; stat -c '%i %Y' d/*; rm -r d",
}


def _kinds(base=Event):
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)


def record(script: str, seed: int):
    """(result, [system calls and events])."""
    log: list[object] = []

    def traced(number, handler, proc, *arguments):
        result = handler(proc, *arguments)
        log.append((proc.pid, number, arguments, result))
        return result

    handlers = type(HANDLERS)({row.number: functools.partial(traced, row.number, row.handler) for row in ROWS})
    with Sandbox(seed=seed, handlers=handlers, limits=Limits(cpu_ns_max=60_000_000_000)) as sandbox:
        sandbox.watch(log.append, list(_kinds()))
        result = sandbox.run(script)
        usage = result.usage
        return (result.stdout, result.stderr, result.exit_code, result.reason, usage.cpu_ns, usage.syscalls), log


@pytest.mark.usefixtures("userland")
@pytest.mark.parametrize("name", SCRIPTS)
def test_two_runs_are_equal_to_the_last_call(name):
    first, second = (record(SCRIPTS[name], 11) for _ in range(2))
    assert first[0] == second[0]
    assert len(first[1]) == len(second[1]) > 100
    for i, (one, other) in enumerate(zip(*[log for _, log in (first, second)], strict=True)):
        assert one == other, i


@pytest.mark.usefixtures("userland")
def test_another_seed_is_another_run():
    assert record(SCRIPTS["time and chance"], 1)[0] != record(SCRIPTS["time and chance"], 2)[0]


def digest(name: str, seed: int) -> str:
    """Of all that `record` gives; also what this file prints as a program: DIGEST = f(argv)."""
    return hashlib.sha256(repr(record(SCRIPTS[name], seed)).encode()).hexdigest()


@pytest.mark.usefixtures("userland")
def test_host_processes_with_other_hash_seeds_write_the_same_log():
    path = os.pathsep.join(str(Path(__file__).parents[2] / part) for part in ("src", "tests"))
    digests = {subprocess.run([sys.executable, __file__, "forks and pipes", "5"], check=True, capture_output=True,
                              env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}).stdout
               for seed in ("0", "1", "12345")}
    assert len(digests) == 1


if __name__ == "__main__":
    print(digest(sys.argv[1], int(sys.argv[2])))
