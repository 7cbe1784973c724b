"""Signals: what pends, what is delivered, in which order; against a model of signal(7)."""
from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from unit.fakes import PENDING_FLAG, SCRATCH, NoHost, current, make_machine

from cloche.abi.errno import ERESTART, Errno, SysError
from cloche.abi.limits import RLIMIT_SIGPENDING
from cloche.abi.signal import (
    SA_NODEFER,
    SA_RESETHAND,
    SI_KERNEL,
    SI_QUEUE,
    SI_USER,
    SIG_IGN,
    SIGALRM,
    SIGCHLD,
    SIGCONT,
    SIGKILL,
    SIGSTOP,
    SIGTERM,
    SIGTSTP,
    SIGUSR1,
    SIGUSR2,
)
from cloche.abi.structs import DELIVERY, ITIMERVAL, SIGACTION, SIGINFO, TIMESPEC, U64
from cloche.kernel import signals
from cloche.kernel.scheduler import BLOCKED, RUNNABLE, STOPPED, ZOMBIE
from cloche.syscalls import dispatch
from cloche.syscalls.table import ROWS

NUMBERS = {row.name: row.number for row in ROWS}
HANDLED = (SIGUSR1, SIGUSR2, SIGALRM, 40, 64)


def call(proc, name, *arguments):
    return dispatch.call(proc, NUMBERS[name], *(*arguments, 0, 0, 0, 0, 0, 0)[:6])


def handle(proc, signo, handler=100, flags=0, mask=0):
    SIGACTION.pack_into(proc.mem.view, SCRATCH, handler, flags, 0, mask)
    return call(proc, "rt_sigaction", signo, SCRATCH, 0, 8)


def mask(proc, how, value):
    U64.pack_into(proc.mem.view, SCRATCH, value)
    return call(proc, "rt_sigprocmask", how, SCRATCH, 0, 8)


def pop(proc):
    """(signo, handler, old mask, siginfo) of the next signal, or None."""
    signo = call(proc, "cloche_sigpop", SCRATCH, SCRATCH + 64)
    if not signo:
        return None
    handler, number, _, old = DELIVERY.unpack_from(proc.mem.view, SCRATCH)
    assert number == signo
    return signo, handler, old, SIGINFO.unpack_from(proc.mem.view, SCRATCH + 64)


def bit(signo):
    return 1 << signo - 1


@pytest.fixture
def proc():
    return current(make_machine())


class Pending(RuleBasedStateMachine):
    """Signals with handlers only: pending, blocked, and handlers that nest. `queue` holds what must come out."""

    @initialize()
    def begin(self):
        self.proc = current(make_machine())
        for signo in HANDLED:
            handle(self.proc, signo)
        self.queue = {signo: [] for signo in HANDLED}
        self.blocked, self.nested, self.count = 0, [], 0

    @rule(signo=st.sampled_from(HANDLED))
    def send(self, signo):
        self.count += 1
        signals.send(self.proc, signo, SIGINFO.pack(signo, 0, SI_QUEUE, 1, 0, self.count))
        if signo >= 32 or not self.queue[signo]:
            self.queue[signo].append(self.count)

    @rule(how=st.integers(0, 2), signos=st.sets(st.sampled_from((*HANDLED, SIGKILL, SIGSTOP))))
    def block(self, how, signos):
        value = sum(bit(signo) for signo in signos)
        mask(self.proc, how, value)
        value &= ~signals.UNBLOCKABLE
        self.blocked = (self.blocked | value, self.blocked & ~value, value)[how]

    @rule()
    def deliver(self):
        ready = [signo for signo in HANDLED if self.queue[signo] and not self.blocked & bit(signo)]
        if not ready:
            assert pop(self.proc) is None
            return
        signo = min(ready)
        value = self.queue[signo].pop(0)
        got = pop(self.proc)
        assert got[:3] == (signo, 100, self.blocked) and got[3][5] == value
        self.nested.append(self.blocked)
        self.blocked |= bit(signo)

    @precondition(lambda self: self.nested)
    @rule()
    def done(self):
        self.blocked = self.nested.pop()
        call(self.proc, "cloche_sigdone", self.blocked & 0xFFFFFFFF, self.blocked >> 32)

    @invariant()
    def consistent(self):
        proc = self.proc
        assert proc.blocked == self.blocked
        assert {signo: len(infos) for signo, infos in proc.siginfo.items()} == \
            {signo: len(values) for signo, values in self.queue.items() if values}
        assert proc.pending == sum(bit(signo) for signo, values in self.queue.items() if values)
        if any(values and not self.blocked & bit(signo) for signo, values in self.queue.items()):
            assert proc.mem.u32(PENDING_FLAG) == 1


Pending.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestPending = Pending.TestCase


def test_a_handler_blocks_its_own_signal_and_its_mask_unless_told_not_to(proc):
    handle(proc, SIGUSR1, mask=bit(SIGUSR2))
    signals.send(proc, SIGUSR1)
    assert pop(proc)[0] == SIGUSR1
    assert proc.blocked == bit(SIGUSR1) | bit(SIGUSR2)
    call(proc, "cloche_sigdone", 0, 0)
    handle(proc, SIGUSR1, flags=SA_NODEFER | SA_RESETHAND)
    signals.send(proc, SIGUSR1)
    assert pop(proc)[0] == SIGUSR1
    assert (proc.blocked, proc.actions[SIGUSR1][0]) == (0, 0)


def test_kill_and_stop_cannot_be_handled_or_blocked(proc):
    for signo in (SIGKILL, SIGSTOP):
        assert handle(proc, signo) == -Errno.EINVAL
    mask(proc, 2, (1 << 64) - 1)
    assert proc.blocked == (1 << 64) - 1 & ~signals.UNBLOCKABLE
    signals.send(proc, SIGKILL)
    assert (proc.state, proc.status) == (ZOMBIE, SIGKILL)


@pytest.mark.parametrize("signo", [0, 65, 0x7FFFFFFF, 0xFFFFFFFF])
def test_numbers_that_are_no_signal(proc, signo):
    assert call(proc, "rt_sigaction", signo, 0, 0, 8) == -Errno.EINVAL
    assert call(proc, "kill", proc.pid, signo) == (0 if signo == 0 else -Errno.EINVAL)
    assert call(proc, "tkill", proc.pid, signo) == (0 if signo == 0 else -Errno.EINVAL)
    assert proc.pending == 0


def test_continuing_drops_pending_stops_and_their_siginfo(proc):
    mask(proc, 0, bit(SIGTSTP))
    for _ in range(100):
        signals.send(proc, SIGTSTP)
        signals.send(proc, SIGCONT)
    assert (proc.pending, proc.siginfo) == (0, {})


def test_a_stopped_process_holds_signals_until_it_is_continued(proc):
    machine = proc.machine
    machine.engine.current = None
    handle(proc, SIGUSR1)
    signals.send(proc, SIGSTOP)
    signals.send(proc, SIGUSR1)
    signals.send(proc, SIGTERM)
    assert proc.state is STOPPED
    signals.send(proc, SIGCONT)
    assert (proc.state, proc.status) == (ZOMBIE, SIGTERM)


def test_a_stopped_process_can_be_killed(proc):
    proc.machine.engine.current = None
    signals.send(proc, SIGSTOP)
    signals.send(proc, SIGKILL)
    assert (proc.state, proc.status) == (ZOMBIE, SIGKILL)
    proc.machine.run(lambda: False, NoHost())


def test_who_stops_itself_gets_no_further(proc):
    assert not proc.guest.hurried
    assert call(proc, "kill", proc.pid, SIGSTOP) == 0
    assert (proc.state, proc.guest.hurried) == (STOPPED, True)
    # A call made all the same waits, and loses neither the stop nor a place in a queue.
    assert call(proc, "wait4", 0xFFFFFFFF, 0, 0, 0) == -Errno.ECHILD
    assert proc.sleep(proc.child_queue) == -ERESTART
    assert (proc.state, proc.child_queue.waiters) == (STOPPED, {})


def test_an_ended_process_does_not_go_to_sleep(proc):
    call(proc, "kill", proc.pid, SIGKILL)
    assert proc.sleep(proc.child_queue, deadline=5) == -ERESTART
    assert (proc.state, proc.timer) == (ZOMBIE, None)


def test_a_guest_that_does_not_wait_when_told_to_leaves_nothing_behind(proc):
    first, second = proc.child_queue, type(proc.child_queue)()
    proc.sleep(first, deadline=10)
    timer = proc.timer
    proc.sleep(second)
    assert (first.waiters, timer[2], proc.timer) == ({}, None, None)
    second.wake()
    assert (proc.state, second.waiters) == (RUNNABLE, {})


def test_real_time_signals_queue_up_to_the_limit(proc):
    handle(proc, 40)
    proc.rlimits[RLIMIT_SIGPENDING] = (2, 2)
    queued = SIGINFO.pack(40, 0, SI_QUEUE, 1, 0, 0)
    signals.send(proc, 40, queued)
    signals.send(proc, 40, queued)
    with pytest.raises(SysError) as caught:
        signals.send(proc, 40, queued)
    assert caught.value.errno is Errno.EAGAIN
    signals.send(proc, 40, SIGINFO.pack(40, 0, SI_USER, 1, 0, 0))  # kill(2) is one with them
    signals.send(proc, 40)  # and so is the kernel
    assert len(proc.siginfo[40]) == 2


def test_with_no_queue_at_all_one_signal_still_pends(proc):
    handle(proc, 40)
    proc.rlimits[RLIMIT_SIGPENDING] = (0, 0)
    for _ in range(3):
        signals.send(proc, 40)
    assert pop(proc)[3][2] == SI_KERNEL
    assert pop(proc) is None


def test_sigsuspend_waits_with_its_mask_and_the_handler_puts_the_old_one_back(proc):
    handle(proc, SIGUSR1)
    mask(proc, 2, bit(SIGUSR1))
    U64.pack_into(proc.mem.view, SCRATCH + 256, 0)
    assert call(proc, "rt_sigsuspend", SCRATCH + 256, 8) == -ERESTART
    signals.send(proc, SIGUSR1)
    assert proc.state is RUNNABLE
    assert call(proc, "rt_sigsuspend", SCRATCH + 256, 8) == -Errno.EINTR
    assert pop(proc)[2] == bit(SIGUSR1)


def test_sigtimedwait_takes_a_blocked_signal_or_gives_up(proc):
    clock = proc.machine.clock
    mask(proc, 2, bit(SIGCHLD))
    U64.pack_into(proc.mem.view, SCRATCH + 256, bit(SIGCHLD))
    TIMESPEC.pack_into(proc.mem.view, SCRATCH + 272, 1, 0)
    arguments = SCRATCH + 256, SCRATCH + 300, SCRATCH + 272, 8
    assert call(proc, "rt_sigtimedwait_time64", *arguments) == -ERESTART
    signals.send(proc, SIGCHLD)  # ignored by default, but waited for
    assert proc.state is RUNNABLE
    assert call(proc, "rt_sigtimedwait_time64", *arguments) == SIGCHLD
    assert SIGINFO.unpack_from(proc.mem.view, SCRATCH + 300)[0] == SIGCHLD
    assert call(proc, "rt_sigtimedwait_time64", *arguments) == -ERESTART
    clock.skip_to(clock.monotonic() + 2_000_000_000)
    assert call(proc, "rt_sigtimedwait_time64", *arguments) == -Errno.EAGAIN
    assert (proc.deadline, proc.awaited) == (None, 0)


def test_an_interval_timer_rings_again_and_again_but_not_more_than_a_thousand_times_a_second(proc):
    machine, clock = proc.machine, proc.machine.clock
    handle(proc, SIGALRM)
    ITIMERVAL.pack_into(proc.mem.view, SCRATCH, 0, 1, 0, 1)  # every microsecond
    assert call(proc, "setitimer", 0, SCRATCH, 0) == 0
    proc.state, rings, begin = BLOCKED, 0, clock.monotonic()
    while clock.monotonic() < begin + 100_000_000:
        machine.scheduler._idle(NoHost())
        rings += pop(proc) is not None
        proc.blocked, proc.state = 0, BLOCKED
    assert rings == 101  # at once, then every millisecond
    ITIMERVAL.pack_into(proc.mem.view, SCRATCH, 0, 0, 0, 0)
    call(proc, "setitimer", 0, SCRATCH, SCRATCH + 64)
    assert ITIMERVAL.unpack_from(proc.mem.view, SCRATCH + 64)[:2] == (0, 1)
    assert machine.scheduler._idle(NoHost()) is False


def test_the_limit_of_timers_is_eagain_and_a_ringing_timer_keeps_its_place(proc):
    machine = proc.machine
    machine.scheduler._timers_max = 2
    ITIMERVAL.pack_into(proc.mem.view, SCRATCH, 1, 0, 1, 0)
    assert [call(proc, "setitimer", which, SCRATCH, 0) for which in (0, 1, 2)] == [0, 0, -Errno.EAGAIN]
    for signo in (SIGALRM, 26):
        proc.actions[signo] = (SIG_IGN, 0, 0)
    for _ in range(10):
        machine.scheduler._idle(NoHost())
    assert len(machine.scheduler._timers) == 2


def test_kill_of_a_group_reaches_all_it_may(proc):
    machine = proc.machine
    others = [machine.spawn(b"/bin/idle", [b"idle"], [], {}) for _ in range(3)]
    for other in others:
        other.pgid = 77
    assert call(proc, "kill", -77 & 0xFFFFFFFF, SIGKILL) == 0
    assert [other.alive for other in others] == [False] * 3
    assert call(proc, "kill", -78 & 0xFFFFFFFF, SIGKILL) == -Errno.ESRCH
    assert call(proc, "kill", 0x80000000, SIGKILL) == -Errno.ESRCH


def test_init_takes_no_signals(proc):
    assert call(proc, "kill", 1, SIGKILL) == 0
    assert proc.machine.init.alive
