"""Any call with any arguments: an int comes back, the kernel does not panic, and closing gives everything back."""
from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.fakes import HEAP_BASE, MEMORY_BYTES, SCRATCH, NoHost, exits_soon, make_machine

from cloche.abi.structs import signed
from cloche.events.kernel import KernelPanicked
from cloche.kernel.guest import Fault
from cloche.kernel.limits import Limits
from cloche.syscalls import dispatch
from cloche.syscalls.table import ROWS

#: Small, so that every limit is met.
LIMITS = Limits(memory_process_bytes_max=4 << 20, memory_bytes_max=24 << 20, processes_max=12, files_open_max=64,
                files_machine_max=200, file_bytes_max=1 << 20, disk_bytes_max=4 << 20, inodes_max=200,
                pipe_bytes_max=1 << 16, path_depth_max=40, locks_max=20, timers_max=30, ptys_max=3)
NUMBERS = sorted(row.number for row in ROWS)
PATHS = (b"/", b"/tmp", b"/bin/idle", b"/tmp/a", b"/tmp/b", b"a", b"../..", b"/dev/null", b"/dev/ptmx", b"/proc/self/fd",
         b"/proc/self/mem", b"/dev/tty", b"", b"/tmp/" + b"x" * 300, b"/proc/self/fd/3", b"/dev/zero", b"/tmp/fifo")
#: Where hostile structures are: paths, then words.
PATH_AT = [SCRATCH + 512 * i for i in range(len(PATHS))]
WORDS_AT = SCRATCH + 512 * len(PATHS)
INTERESTING = (0, 1, 2, 3, 4, 5, 7, 8, 16, 64, 255, 4095, 4096, 4097, 65536, 0x7FFFFFFF, 0x80000000, 0xFFFFFF9C, 0xFFFFFFFE,
               0xFFFFFFFF, MEMORY_BYTES - 1, MEMORY_BYTES - 4, MEMORY_BYTES, HEAP_BASE, *PATH_AT,
               *range(WORDS_AT, WORDS_AT + 256, 16))
#: Words that structures are made of.
CONTENTS = (0, 1, 2, 3, 8, 16, 64, 1000, 4096, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, *PATH_AT[:4], WORDS_AT)


def _argument(rng):
    return rng.choice(INTERESTING) if rng.random() < 0.9 else rng.getrandbits(32)


def _dress(guest, rng):
    """Paths where paths are, and hostile words where structures are."""
    for at, path in zip(PATH_AT, PATHS, strict=True):
        guest.put(at, path + b"\0")
    for at in range(WORDS_AT, WORDS_AT + 512, 4):
        guest.put(at, rng.choice(CONTENTS).to_bytes(4, "little"))


def hostile(rng, calls, trace):
    """A program that makes random calls, and sometimes waits when it is told to."""
    def script(guest):
        for _ in range(calls):
            if guest.size < WORDS_AT + 512:
                return
            if rng.random() < 0.2:
                _dress(guest, rng)
            if rng.random() < 0.02:
                guest.stack_pointer = rng.choice((0, 100, 4096, 0x20000, 0xFFFFFFFF))
            number = rng.choice(NUMBERS) if rng.random() < 0.98 else rng.getrandbits(12)
            if number in (93, 94) and rng.random() < 0.8:
                continue
            arguments = [_argument(rng) for _ in range(6)]
            trace.append((number, *arguments))
            result = dispatch.call(guest.proc, number, *arguments)
            assert type(result) is int, (number, result)
            assert -(1 << 31) <= signed(result & 0xFFFFFFFF) < 1 << 31
            if guest.proc.leaving:
                raise Fault("left")
            if rng.random() < 0.02 and guest.fork() == 0 and guest.state == 1:
                return
            if (result == -512 and rng.random() < 0.7) or rng.random() < 0.05:
                yield
    return script


def _left(machine):
    """What a closed machine must have given back."""
    vfs = machine.vfs
    return {"processes": set(machine.processes) - {1}, "memory": machine.memory.used, "files": vfs.files_open.used,
            "pipes": vfs.pipe_bytes.used, "timers": [timer for timer in machine.scheduler._timers if timer[2]],
            "locks": vfs.locks.budget.used, "listings": vfs.listings.used}


NOTHING = {"processes": set(), "memory": 0, "files": 0, "pipes": 0, "timers": [], "locks": 0, "listings": 0}


def attack(seed, calls=400):
    rng, trace, panics = random.Random(seed), [], []
    machine = make_machine({"hostile": hostile(rng, calls, trace), "idle": exits_soon}, limits=LIMITS)
    machine.recorder.watch(panics.append, [KernelPanicked])
    for _ in range(2):
        machine.spawn(b"/bin/hostile", [b"hostile"], [], {}, cwd=b"/tmp")
    steps = itertools.count()
    machine.run(lambda: next(steps) > 4000, NoHost())
    if panics:
        pytest.fail(f"seed {seed}, {trace[-1]}: {panics[0].event.report}")
    assert machine.failure is None
    machine.close()
    assert _left(machine) == NOTHING, (seed, trace[-5:])


@pytest.mark.parametrize("base", range(0, 120, 20))
def test_random_programs(base):
    for seed in range(base, base + 20):
        attack(seed)


@pytest.mark.slow
def test_many_random_programs():
    for seed in range(1000, 3000):
        attack(seed)


words = st.one_of(st.sampled_from(INTERESTING), st.integers(0, 0xFFFFFFFF))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(calls=st.lists(st.tuples(st.sampled_from(NUMBERS), words, words, words, words, words, words), max_size=40),
       contents=st.lists(st.sampled_from(CONTENTS), min_size=128, max_size=128))
def test_any_sequence_of_calls(calls, contents):
    def script(guest):
        for at, path in zip(PATH_AT, PATHS, strict=True):
            guest.put(at, path + b"\0")
        for i, word in enumerate(contents):
            guest.put(WORDS_AT + 4 * i, word.to_bytes(4, "little"))
        for number, *arguments in calls:
            assert type(dispatch.call(guest.proc, number, *arguments)) is int
            if guest.proc.leaving:
                raise Fault("left")
        return
        yield

    panics = []
    machine = make_machine({"script": script, "idle": exits_soon}, limits=LIMITS)
    machine.recorder.watch(panics.append, [KernelPanicked])
    machine.spawn(b"/bin/script", [b"script"], [], {}, cwd=b"/tmp")
    steps = itertools.count()
    machine.run(lambda: next(steps) > 500, NoHost())
    assert [record.event.report for record in panics] == []
    machine.close()
    assert _left(machine) == NOTHING
