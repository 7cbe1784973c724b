"""The run queue and the timers: the same order every run, and nobody starves."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.fakes import NoHost, make_machine

from cloche.abi.errno import Errno, SysError
from cloche.kernel.scheduler import Scheduler
from cloche.lib.clock import VirtualClock


def scheduler(timers_max=100):
    return Scheduler(VirtualClock(tick=1), timers_max)


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=60))
def test_timers_ring_by_deadline_then_by_age_and_never_after_they_were_cancelled(timers):
    queue, rung, expected = scheduler(), [], []
    for i, (deadline, cancelled) in enumerate(timers):
        timer = queue.at(deadline * 1000, lambda i=i: rung.append(i))
        if cancelled:
            queue.cancel(timer)
        else:
            expected.append((deadline, i))
    while queue._idle(NoHost()):
        pass
    assert rung == [i for _, i in sorted(expected)]


def test_a_timer_set_by_a_timer_waits_for_the_next_look():
    queue, rung = scheduler(), []
    queue.at(0, lambda: (rung.append(1), queue.at(0, lambda: rung.append(2))))
    queue.clock.monotonic()
    queue._fire()
    queue._fire()
    assert rung == [1, 2]


def test_cancelled_timers_make_room_and_living_ones_are_eagain():
    queue = scheduler(timers_max=3)
    timers = [queue.at(10, lambda: None) for _ in range(3)]
    with pytest.raises(SysError) as caught:
        queue.at(10, lambda: None)
    assert caught.value.errno is Errno.EAGAIN
    queue.at(10, lambda: None, exempt=True)
    queue.cancel(timers[0])
    queue.cancel(timers[1])
    queue.at(10, lambda: None)


def spinner(guest):
    for _ in range(5):
        guest.engine.order.append(guest.proc.pid)
        yield


def test_processes_that_compute_take_turns():
    machine = make_machine({"spins": spinner})
    machine.engine.order = []
    procs = [machine.spawn(b"/bin/spins", [b"x"], [], {}) for _ in range(3)]
    machine.run(lambda: not any(proc.alive for proc in procs), NoHost())
    assert machine.engine.order == [2, 3, 4] * 5


def sleeper(guest):
    from unit.fakes import SCRATCH

    from cloche.abi.structs import TIMESPEC
    rng = guest.proc.machine.rng
    for _ in range(4):
        guest.put(SCRATCH, TIMESPEC.pack(0, rng.bytes(1)[0] * 1000))
        yield from guest.wait("clock_nanosleep_time64", 1, 0, SCRATCH, 0)
        guest.engine.order.append((guest.proc.pid, guest.proc.machine.clock.monotonic()))


def trace(seed):
    machine = make_machine({"sleeps": sleeper}, seed=seed)
    machine.engine.order = []
    procs = [machine.spawn(b"/bin/sleeps", [b"x"], [], {}) for _ in range(5)]
    assert machine.run(lambda: not any(proc.alive for proc in procs), NoHost())
    return machine.engine.order


def test_the_same_seed_gives_the_same_order_and_the_same_times():
    assert trace(7) == trace(7)
    assert trace(7) != trace(8)


def test_with_nothing_left_to_happen_the_run_ends():
    machine = make_machine()
    machine.spawn(b"/bin/idle", [b"idle"], [], {})
    assert machine.run(lambda: False, NoHost()) is False


def test_a_timeout_ends_a_loop_under_a_virtual_clock():
    def forever(guest):
        while True:
            yield

    machine = make_machine({"spins": (forever, {"step_ns": 1_000_000})})
    proc = machine.spawn(b"/bin/spins", [b"x"], [], {})
    machine.scheduler.at(machine.clock.monotonic() + 50_000_000, machine.kill_all)
    machine.run(lambda: not proc.alive, NoHost())
    assert 50_000_000 <= machine.cpu_ns <= 90_000_000
