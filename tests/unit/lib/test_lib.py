"""Clocks, randomness, budgets, wait queues."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloche.abi.errno import Errno, SysError
from cloche.lib.budget import Budget
from cloche.lib.clock import VirtualClock
from cloche.lib.rng import SeededRng
from cloche.lib.wait_queue import WaitQueue


def test_a_virtual_clock_moves_a_tick_a_reading():
    clock = VirtualClock(epoch=1000, tick=10)
    assert [clock.monotonic(), clock.monotonic(), clock.realtime()] == [10, 20, 1030]


def test_a_virtual_clock_skips_forward_and_never_back():
    clock = VirtualClock(tick=1)
    assert clock.skip_to(100) is True
    assert clock.monotonic() == 101
    clock.skip_to(50)
    clock.advance(1000)
    assert clock.monotonic() == 1102


@given(st.lists(st.sampled_from(["read", "skip", "advance"]), max_size=30))
def test_monotonic_time_grows(steps):
    clock, last = VirtualClock(), 0
    for i, step in enumerate(steps):
        if step == "skip":
            clock.skip_to(i * 1000)
        elif step == "advance":
            clock.advance(i)
        now = clock.monotonic()
        assert now > last
        last = now


@given(st.integers(-(1 << 127), (1 << 127) - 1), st.lists(st.integers(0, 200_000), max_size=6))
def test_the_same_seed_gives_the_same_bytes_however_they_are_taken(seed, counts):
    one = SeededRng(seed).bytes(sum(counts))
    rng = SeededRng(seed)
    assert b"".join(rng.bytes(count) for count in counts) == one
    assert len(one) == sum(counts)


def test_another_seed_gives_other_bytes():
    assert SeededRng(1).bytes(16) != SeededRng(2).bytes(16)
    assert SeededRng(b"x").bytes(16) != SeededRng(b"y").bytes(16)


def test_a_budget_refuses_at_its_bound_and_counts_nothing():
    budget = Budget("inodes_max", 3, Errno.ENOSPC)
    budget.charge(2)
    with pytest.raises(SysError) as caught:
        budget.charge(2)
    assert (caught.value.errno, budget.used, budget.left, budget.refused) == (Errno.ENOSPC, 2, 1, 1)
    budget.force(5)
    assert budget.left == -4
    budget.release(7)
    assert budget.used == 0
    with pytest.raises(AssertionError):
        budget.release(1)


class Waiter:
    def __init__(self, woken, queue=None):
        self.woken, self.queue = woken, queue

    def wake(self):
        self.woken.append(self)
        if self.queue is not None:
            self.queue.waiters.pop(self)


def test_a_queue_wakes_all_in_order_of_arrival_even_if_they_leave():
    queue, woken = WaitQueue(), []
    waiters = [Waiter(woken, queue) for _ in range(3)]
    for waiter in waiters:
        queue.waiters[waiter] = None
    queue.wake()
    assert (woken, queue.waiters) == (waiters, {})
    queue.wake()
    assert woken == waiters
