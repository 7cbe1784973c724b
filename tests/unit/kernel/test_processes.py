"""fork, vfork, exec, exit, wait: the state machine, with programs that misbehave."""
from __future__ import annotations

import pytest
from unit.fakes import SCRATCH, UNWINDING, NoHost, current, make_machine, run

from cloche.abi.errno import EVFORKDONE, Errno, SysError
from cloche.abi.signal import SIGCHLD, SIGKILL, SIGSEGV, SIGSTOP, SIGTERM, SIGUSR1
from cloche.abi.structs import TIMESPEC
from cloche.abi.wait import WNOHANG, WUNTRACED
from cloche.events.process import ProcessExited, ProcessForked
from cloche.kernel import exit as exiting
from cloche.kernel import signals
from cloche.kernel.guest import Fault
from cloche.kernel.limits import Limits
from cloche.kernel.scheduler import STOPPED, VFORK
from cloche.syscalls import dispatch


def exits(code):
    def script(guest):
        guest.call("exit_group", code)
        yield
    return script


def forking(child, parent):
    """A program that forks as asyncify does: out of _start and back in."""
    def script(guest):
        pid = guest.fork()
        if guest.state == UNWINDING:
            return
        yield from (parent(guest, pid) if pid else child(guest))
    return script


def path(guest, name):
    return guest.put(SCRATCH, b"/bin/" + name.encode() + b"\0")


def execs(guest, name):
    guest.call("execve", path(guest, name), 0, 0)
    yield


def check_clean(machine):
    """Nothing is left of processes that have ended."""
    assert set(machine.processes) == {1}
    assert machine.init.children == []
    assert machine.memory.used == 0
    assert machine.stop_reason is None


def waits(results):
    def parent(guest, pid):
        status = SCRATCH + 64
        got = yield from guest.wait("wait4", pid, status, 0, 0)
        results.append((got == pid, guest.proc.mem.u32(status)))
    return parent


def test_the_exit_status_is_the_low_byte():
    machine = make_machine({"exits": exits(0x1234)})
    assert run(machine, "exits") == 0x34 << 8
    check_clean(machine)


def test_returning_from_start_is_exit_0_and_a_trap_is_its_signal():
    def trap(guest):
        raise Fault("out of bounds")
        yield

    machine = make_machine({"returns": lambda guest: iter(()), "traps": trap})
    assert run(machine, "returns") == 0
    assert run(machine, "traps") == SIGSEGV
    check_clean(machine)


def test_fork_runs_both_with_equal_memory():
    seen = []

    def child(guest):
        seen.append(bytes(guest.view[SCRATCH:SCRATCH + 5]))
        guest.call("exit_group", 7)
        yield

    def script(guest):
        if not guest.state:
            guest.put(SCRATCH, b"hello")
        yield from forking(child, waits(seen))(guest)

    machine = make_machine({"forks": script})
    assert run(machine, "forks") == 0
    assert seen == [b"hello", (True, 7 << 8)]
    check_clean(machine)


@pytest.mark.parametrize("lie", [
    lambda guest: setattr(guest, "stack_pointer", 0xFFFFFFFF),
    lambda guest: setattr(guest, "stack_pointer", 0),
    lambda guest: guest.put(16, b"\xff" * 8),  # the cursor of the frames
    lambda guest: guest.put(16, bytes(8)),
])
def test_a_guest_that_lies_while_it_forks(lie):
    def script(guest):
        pid = guest.fork()
        if guest.state == UNWINDING:
            lie(guest)
            return
        if pid > 0:
            yield from guest.wait("wait4", pid, 0, 0, 0)

    machine = make_machine({"liar": script})
    assert run(machine, "liar") == 0
    check_clean(machine)


def test_fork_is_eagain_at_the_limit_of_processes_and_enomem_without_room():
    results = []

    def parent(guest, pid):
        results.append(pid)
        yield

    machine = make_machine({"forks": forking(lambda guest: iter(()), parent)}, limits=Limits(processes_max=2))
    run(machine, "forks")
    assert (results, machine.limits_reached) == ([-Errno.EAGAIN], {"processes_max"})
    machine = make_machine({"forks": forking(lambda guest: iter(()), parent)})
    machine.engine.room = 1
    run(machine, "forks")
    machine = make_machine({"forks": forking(lambda guest: iter(()), parent)},
                           limits=Limits(memory_bytes_max=2 << 20))
    run(machine, "forks")
    assert results[1:] == [-Errno.ENOMEM, -Errno.ENOMEM]
    check_clean(machine)


def test_spawn_without_room_is_an_error_of_the_callers_and_leaves_nothing():
    machine = make_machine()
    machine.engine.room = 0
    with pytest.raises(SysError) as caught:
        run(machine, "idle")
    assert caught.value.errno is Errno.ENOMEM
    check_clean(machine)
    machine.engine.room = 1
    with pytest.raises(SysError) as caught:
        run(machine, "idle", b"x" * (2 << 20))
    assert caught.value.errno is Errno.E2BIG
    check_clean(machine)


def test_exec_replaces_the_program_and_keeps_the_pid():
    machine = make_machine({"first": lambda guest: execs(guest, "second"), "second": exits(3)})
    assert run(machine, "first") == 3 << 8
    check_clean(machine)


def test_exec_that_fails_after_the_old_program_is_gone_kills():
    def script(guest):
        guest.engine.room = 0
        yield from execs(guest, "idle")

    machine = make_machine({"first": script})
    assert run(machine, "first") == SIGKILL
    check_clean(machine)


def test_exec_of_what_is_no_program_returns():
    results = []

    def script(guest):
        results.append(guest.call("execve", path(guest, "missing"), 0, 0))
        yield

    machine = make_machine({"first": script})
    assert run(machine, "first") == 0
    assert results == [-Errno.ENOENT]


# vfork

def vforking(child, results=None):
    """As libc's macro: the child runs on in the same call; the parent goes on where the child left."""
    def script(guest):
        assert guest.call("cloche_vfork") == 0
        me = guest.proc
        while guest.proc is me:  # until the child has left: then it is the parent that runs here
            yield from child(guest)
        if results is not None:
            results.append((yield from guest.wait("cloche_vfork_result")))
            yield from waits(results)(guest, results[-1])
    return script


def test_a_vfork_child_execs_and_the_parent_goes_on():
    results = []

    def child(guest):
        assert guest.call("execve", path(guest, "five"), 0, 0) == -EVFORKDONE
        return
        yield

    machine = make_machine({"vforks": vforking(child, results), "five": exits(5)})
    assert run(machine, "vforks") == 0
    assert results == [3, (True, 5 << 8)]
    check_clean(machine)


def test_a_vfork_child_exits_and_the_parent_goes_on():
    results = []

    def child(guest):
        assert guest.call("exit_group", 4) == -EVFORKDONE
        return
        yield

    machine = make_machine({"vforks": vforking(child, results)})
    assert run(machine, "vforks") == 0
    assert results == [3, (True, 4 << 8)]
    check_clean(machine)


def test_no_fork_and_no_vfork_inside_a_vfork_child():
    results = []

    def child(guest):
        results.extend([guest.call("cloche_vfork"), guest.fork(), guest.call("cloche_fork_copy")])
        guest.call("exit_group", 0)
        return
        yield

    machine = make_machine({"vforks": vforking(child)})
    assert run(machine, "vforks") == 0
    assert results == [-Errno.EAGAIN] * 3
    check_clean(machine)


def vfork_pair(machine, spinning=False):
    """(parent, child): a vfork child that blocks, or spins, in its parent's guest."""
    proc = machine.spawn(b"/bin/vforks", [b"vforks"], [], {})
    machine.run(lambda: (proc.state is VFORK and not machine.scheduler.ready) or (spinning and bool(proc.children)), NoHost())
    return proc, proc.children[0]


def blocking(guest):
    yield from guest.wait("ppoll_time64", 0, 0, 0, 0, 8)


def spinning(guest):
    while True:
        yield


def test_a_vfork_child_killed_while_it_waits_gives_the_guest_back():
    results = []
    machine = make_machine({"vforks": vforking(blocking, results)})
    parent, child = vfork_pair(machine)
    signals.send(child, SIGTERM)
    assert child.alive  # until its next call
    machine.run(lambda: not parent.alive, NoHost())
    assert results == [child.pid, (True, SIGTERM)]
    check_clean(machine)


def test_a_vfork_child_killed_in_a_sleep_writes_nothing_of_it():
    def child(guest):
        guest.put(SCRATCH, TIMESPEC.pack(5, 0) + b"x" * 16)
        yield from guest.wait("clock_nanosleep_time64", 1, 0, SCRATCH, SCRATCH + 16)

    results = []
    machine = make_machine({"vforks": vforking(child, results)})
    parent, child = vfork_pair(machine)
    signals.send(child, SIGTERM)
    machine.run(lambda: not parent.alive, NoHost())
    assert results == [child.pid, (True, SIGTERM)]
    check_clean(machine)


def test_a_parent_killed_during_vfork_leaves_its_guest_to_the_child():
    machine = make_machine({"vforks": vforking(blocking)})
    parent, child = vfork_pair(machine)
    guest = parent.guest
    signals.send(parent, SIGKILL)
    assert not parent.alive
    assert (child.guest, child.vfork_parent, guest.closed) == (guest, None, False)
    assert child.parent is machine.init
    signals.send(child, SIGKILL)
    machine.run(lambda: True, NoHost())
    machine.close()
    assert guest.closed
    check_clean(machine)


def test_killed_by_its_own_vfork_child():
    def child(guest):
        guest.call("kill", guest.proc.ppid, SIGKILL)
        yield from execs(guest, "five")

    machine = make_machine({"vforks": vforking(child), "five": exits(5)})
    assert run(machine, "vforks") == SIGKILL
    machine.run(lambda: len(machine.processes) == 1, NoHost())
    machine.close()
    check_clean(machine)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_both_killed_during_vfork(order):
    machine = make_machine({"vforks": vforking(blocking)})
    pair = vfork_pair(machine)
    for i in order:
        signals.send(pair[i], SIGKILL)
    assert not pair[0].alive and not pair[1].alive
    machine.close()
    check_clean(machine)


@pytest.mark.parametrize("misdeed", ["trap", "return"])
def test_a_vfork_child_that_leaves_by_the_wrong_door_takes_its_parent_along(misdeed):
    def script(guest):
        guest.call("cloche_vfork")
        if misdeed == "trap":
            raise Fault("unreachable")
        return
        yield

    machine = make_machine({"vforks": script})
    assert run(machine, "vforks") == SIGSEGV
    check_clean(machine)


def test_a_vfork_child_that_was_killed_and_makes_no_call_dies_with_its_parent():
    machine = make_machine({"vforks": vforking(spinning)})
    parent, child = vfork_pair(machine, spinning=True)
    signals.send(child, SIGTERM)
    machine.run(lambda: not parent.alive, NoHost())
    machine.close()
    assert not child.alive
    check_clean(machine)


def test_a_parent_in_vfork_stops_once_it_has_its_guest_back():
    machine = make_machine({"vforks": vforking(blocking, [])})
    parent, child = vfork_pair(machine)
    signals.send(parent, SIGSTOP)
    assert parent.state is VFORK
    signals.send(child, SIGKILL)
    machine.run(lambda: False, NoHost())
    assert parent.state is STOPPED
    machine.close()


def test_a_stopped_vfork_child_can_be_killed():
    results = []
    machine = make_machine({"vforks": vforking(blocking, results)})
    parent, child = vfork_pair(machine)
    signals.send(child, SIGSTOP)
    signals.send(child, SIGKILL)
    machine.run(lambda: not parent.alive, NoHost())
    assert results == [child.pid, (True, SIGKILL)]


def test_a_parents_death_signal_ends_its_vfork_child_while_it_execs():
    def child(guest):
        guest.call("prctl", 1, SIGUSR1)
        guest.call("kill", guest.proc.ppid, SIGKILL)
        guest.call("execve", path(guest, "five"), 0, 0)
        yield

    machine = make_machine({"vforks": vforking(child), "five": exits(5)})
    assert run(machine, "vforks") == SIGKILL
    machine.run(lambda: len(machine.processes) == 1, NoHost())
    machine.close()
    check_clean(machine)


# the end

def test_a_chain_of_death_signals_does_not_recurse():
    machine = make_machine(limits=Limits(processes_max=2000))
    chain = [machine.spawn(b"/bin/idle", [b"idle"], [], {})]
    for _ in range(1500):
        proc = machine.spawn(b"/bin/idle", [b"idle"], [], {})
        machine.init.children.remove(proc)
        proc.parent, proc.death_signal = chain[-1], SIGKILL
        chain[-1].children.append(proc)
        chain.append(proc)
    signals.send(chain[0], SIGKILL)
    assert not any(proc.alive for proc in chain)
    machine.close()
    check_clean(machine)


def test_orphans_go_to_the_nearest_living_subreaper_then_to_init():
    machine = make_machine()
    reaper, middle, leaf = (machine.spawn(b"/bin/idle", [b"idle"], [], {}) for _ in range(3))
    for parent, child in ((reaper, middle), (middle, leaf)):
        child.parent.children.remove(child)
        child.parent = parent
        parent.children.append(child)
    reaper.subreaper = True
    signals.send(middle, SIGKILL)
    assert leaf.parent is reaper
    assert reaper.children == [middle, leaf]  # a zombie, until it is waited for
    signals.send(reaper, SIGKILL)
    assert leaf.parent is machine.init
    assert sorted(machine.processes) == [1, leaf.pid]


def test_a_parent_that_ignores_sigchld_has_no_zombies():
    machine = make_machine()
    parent, child = (machine.spawn(b"/bin/idle", [b"idle"], [], {}) for _ in range(2))
    machine.init.children.remove(child)
    child.parent = parent
    parent.children.append(child)
    parent.actions[SIGCHLD] = (1, 0, 0)
    signals.send(child, SIGKILL)
    assert (child.pid in machine.processes, parent.children) == (False, [])


def test_signals_to_a_zombie_are_nothing():
    machine = make_machine()
    proc = machine.spawn(b"/bin/idle", [b"idle"], [], {})
    proc.parent = machine.spawn(b"/bin/idle", [b"idle"], [], {})
    signals.send(proc, SIGKILL)
    assert proc.pid in machine.processes
    signals.send(proc, SIGUSR1)
    assert (proc.pending, proc.siginfo, proc.status) == (0, {}, SIGKILL)
    assert exiting.exit_process(proc, 5) == 0
    assert proc.status == SIGKILL


def test_wait_sees_stops_once_and_only_if_asked():
    machine = make_machine()
    parent = current(machine)
    child = machine.spawn(b"/bin/idle", [b"idle"], [], {})
    child.parent.children.remove(child)
    child.parent = parent
    parent.children.append(child)
    signals.send(child, SIGSTOP)

    def wait(options):
        return dispatch.call(parent, 260, 0xFFFFFFFF, SCRATCH, options, 0, 0, 0)

    assert wait(WNOHANG) == 0
    assert wait(WNOHANG | WUNTRACED) == child.pid
    assert parent.mem.u32(SCRATCH) == SIGSTOP << 8 | 0x7F
    assert wait(WNOHANG | WUNTRACED) == 0
    signals.send(child, SIGKILL)
    assert wait(WNOHANG) == child.pid
    assert parent.mem.u32(SCRATCH) == SIGKILL
    assert wait(WNOHANG) == -Errno.ECHILD


def test_a_program_without_a_call_in_progress_is_a_fault_not_a_crash():
    machine = make_machine()
    proc = machine.spawn(b"/bin/idle", [b"idle"], [], {})
    proc.guest._steps = None
    machine.run(lambda: not proc.alive, NoHost())
    assert proc.status == SIGSEGV


# what stands outside a system call

def test_an_exception_in_a_timer_is_a_panic_and_ends_the_run():
    machine = make_machine()
    machine.spawn(b"/bin/idle", [b"idle"], [], {})
    machine.scheduler.at(0, lambda: 1 / 0)
    assert machine.run(lambda: False, NoHost()) is True
    assert (machine.stop_reason, set(machine.processes)) == ("panic", {1})


def test_what_a_callback_raises_comes_out_of_run():
    def script(guest):
        guest.call("getpid")
        yield

    machine = make_machine({"script": script})
    machine.handlers = dict(machine.handlers)

    def interrupted(proc, *_):
        raise KeyboardInterrupt
    machine.handlers[172] = interrupted
    machine.spawn(b"/bin/script", [b"script"], [], {})
    with pytest.raises(KeyboardInterrupt):
        machine.run(lambda: False, NoHost())
    assert (machine.failure, set(machine.processes)) == (None, {1})


@pytest.mark.parametrize("kind", [ProcessForked, ProcessExited])
def test_a_sink_may_stop_the_machine_in_the_middle_of_a_fork_or_an_exit(kind):
    machine = make_machine({"forks": forking(exits(0), waits([])), "vforks": vforking(blocking)})
    machine.recorder.watch(lambda record: machine.stop("verdict"), [kind])
    for name in ("forks", "vforks"):
        machine.stop_reason = None
        machine.spawn(b"/bin/" + name.encode(), [b"x"], [], {})
        machine.run(lambda: False, NoHost())
        machine.close()
        assert set(machine.processes) == {1}
        assert machine.memory.used == 0


def test_cpu_time_survives_exec_and_counts_children_that_were_waited_for():
    def parent(guest, pid):
        yield
        yield from guest.wait("wait4", pid, 0, 0, 0)
        times.append((guest.proc.cpu_time, guest.proc.children_cpu_ns))

    times = []
    machine = make_machine({"forks": forking(lambda guest: execs(guest, "five"), parent), "five": exits(5)})
    run(machine, "forks")
    # Steps of 1000 ns. The child: back from fork and into exec, five. The parent: to fork, back, two waits.
    assert times == [(4000, 2000)]
    assert machine.cpu_ns == 6000
