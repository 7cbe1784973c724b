"""Guests on wasmtime: traps, memory, preemption, hostile modules; a machine with programs of a few instructions."""
from __future__ import annotations

import os
import signal
import threading

import pytest
from unit.engine.wasm_builder import build, call, exits
from unit.fakes import NoHost, make_machine

from cloche.abi.errno import Errno, SysError
from cloche.abi.signal import SIGABRT, SIGFPE, SIGILL, SIGKILL, SIGSEGV, SIGSTOP
from cloche.engine import wasmtime_host
from cloche.engine.wasmtime_host import Engine
from cloche.errors import ClocheError
from cloche.kernel import signals
from cloche.kernel.guest import Fault
from cloche.kernel.limits import Limits

SPIN = "(loop $l (br $l))"


@pytest.fixture(scope="module")
def engines(tmp_path_factory):
    cache = tmp_path_factory.mktemp("cache", numbered=True)
    cache.chmod(0o700)
    return {deterministic: Engine(cache, deterministic) for deterministic in (False, True)}


@pytest.fixture(params=[False, True], ids=["epochs", "fuel"])
def engine(request, engines):
    engine = engines[request.param]
    with engine.entered():
        if engine.ticker:
            engine.ticker.start()
        yield engine
        if engine.ticker:
            engine.ticker.stop()


def spawn(engine, code, **options):
    machine = make_machine({"program": code}, engine=engine, **options)
    return machine, machine.spawn(b"/bin/program", [b"program"], [], {})


def status(engine, code, **options):
    """How a program ends; all it had is given back."""
    machine, proc = spawn(engine, code, **options)
    machine.run(lambda: not proc.alive, NoHost())
    machine.close()
    assert (machine.stop_reason, machine.memory.used, set(machine.processes)) == (None, 0, {1})
    return proc.status


def test_a_program_exits(engine):
    assert status(engine, build(exits(7))) == 7 << 8
    assert status(engine, build()) == 0


@pytest.mark.parametrize(("body", "signo"), [
    ("(unreachable)", SIGILL),
    ("(drop (i32.div_s (i32.const 1) (i32.const 0)))", SIGFPE),
    ("(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))", SIGFPE),
    ("(drop (i32.load (i32.const -4)))", SIGSEGV),
    ("(call $deep)", SIGSEGV),
    ("(call_indirect (i32.const 5))", SIGSEGV),
    ("(throw $e)", SIGABRT),
])
def test_a_trap_is_the_signal_linux_would_send(engine, body, signo):
    extra = "(table 1 funcref) (tag $e) (func $deep (call $deep))"
    assert status(engine, build(body, extra=extra)) == signo


@pytest.mark.parametrize("start", [
    '(func (export "_start") (param i32))', '(func (export "_start") (result i32) (i32.const 0))',
    '(func (export "_start") (param v128))', '(func (export "_start") (result externref) (ref.null extern))',
])
def test_a_start_of_another_type_is_a_fault(engine, start):
    assert status(engine, build(start=start)) == SIGSEGV


@pytest.mark.parametrize("extra", [
    '(func (export "__cloche_sigpending"))',
    '(global (export "__cloche_sigpending") i64 (i64.const 16))',
    '(global (export "__cloche_sigpending") i32 (i32.const -1))',
    '(global (export "__cloche_sigpending") i32 (i32.const 262141))',
    '(table (export "__cloche_sigpending") 1 funcref)',
])
def test_a_pending_flag_that_is_none_is_not_written(engine, extra):
    _, proc = spawn(engine, build(extra=extra))
    assert proc.pending_flag == 0
    proc.actions[10] = (100, 0, 0)
    signals.send(proc, 10)
    proc.machine.close()


@pytest.mark.parametrize("extra", [
    '(global (export "__asyncify_state") (mut i64) (i64.const 0))'
    '(global (export "__asyncify_data") (mut i32) (i32.const 0))',
    '(global (export "__asyncify_state") i32 (i32.const 0)) (global (export "__asyncify_data") (mut i32) (i32.const 0))',
    '(global (export "__asyncify_state") (mut i32) (i32.const 0)) (func (export "__asyncify_data"))',
])
def test_without_asyncifys_two_words_there_is_no_fork(engine, extra):
    assert status(engine, build(exits("(i32.sub (i32.const 0) (call $fork))"), extra=extra)) == Errno.ENOSYS << 8


ASYNCIFY = """(global $state (export "__asyncify_state") (mut i32) (i32.const 0))
              (global $data (export "__asyncify_data") (mut i32) (i32.const 0))"""


@pytest.mark.parametrize("lie", [
    "(global.set $sp (i32.const -1))", "(global.set $sp (i32.const 0))", "(global.set $data (i32.const -1))",
    "(i32.store (global.get $data) (i32.const -1))", "(i32.store (global.get $data) (i32.const 0))",
    "(global.set $state (i32.const 77))",
    "(drop " + call(1002) + ")",  # vfork in the middle of fork
    "(drop " + call(214, "(i32.const -1)") + ")",
])
def test_a_fork_by_a_guest_that_does_not_unwind_as_asked(engine, lie):
    """It returns from _start instead; both processes begin anew, and the second time they get fork's result."""
    body = f"""(local $pid i32) (local.set $pid (call $fork))
        (if (i32.eq (global.get $state) (i32.const 1)) (then {lie} (return)))
        {exits(3)}"""
    vector = '(global (export "v") (mut v128) (v128.const i64x2 1 2))'
    machine, proc = spawn(engine, build(body, extra=ASYNCIFY + vector))
    machine.run(lambda: len(machine.processes) == 1, NoHost())
    machine.close()
    assert (machine.stop_reason, machine.memory.used, set(machine.processes)) == (None, 0, {1})
    assert proc.status in (3 << 8, SIGSEGV)


def test_a_guest_cannot_grow_its_own_memory_and_the_kernel_can(engine):
    grown = "(i32.eq (memory.grow (i32.const 1)) (i32.const -1))"
    assert status(engine, build(exits(grown))) == 1 << 8
    before = f"(drop {call(222, 0, 65536, 3, 0x22, -1)})"  # mmap2
    assert status(engine, build(before + exits(grown))) == 1 << 8
    # What was mapped is there, and nothing beyond it.
    mapped = f"(i32.store (i32.add {call(222, 0, 65536, 3, 0x22, -1)} (i32.const 65532)) (i32.const 1))"
    assert status(engine, build(mapped + exits("(memory.size)"))) >> 8 == 3 + 16 + 2  # static data, break, start block and mapping
    assert status(engine, build(mapped + "(drop (i32.load (i32.mul (memory.size) (i32.const 65536))))")) == SIGSEGV


def test_a_memory_larger_than_a_process_may_have_is_no_room(engine):
    with pytest.raises(SysError) as caught:
        spawn(engine, build(memory='(memory (export "memory") 400)'), limits=Limits(memory_process_bytes_max=16 << 20))
    assert caught.value.errno is Errno.ENOMEM


def test_data_outside_the_memory_is_no_room(engine):
    with pytest.raises(SysError) as caught:
        spawn(engine, build(extra='(data (i32.const 262143) "ab")'))
    assert caught.value.errno is Errno.ENOMEM


@pytest.mark.parametrize("code", [b"\0asm", b"\0asm\x01\0\0\0", build(imports='(import "other" "f" (func))'),
                                  build(imports='(import "linux" "block" (func (result i32)))'),
                                  build(extra='(global (export "r") (mut externref) (ref.null extern))')])
def test_what_is_no_program_is_enoexec(engine, code):
    with pytest.raises(SysError) as caught:
        spawn(engine, code)
    assert caught.value.errno is Errno.ENOEXEC


def test_a_loop_yields_the_processor(engine):
    machine, spinner = spawn(engine, build(SPIN))
    machine.scheduler.ready.clear()
    spinner.queued = False
    machine._step(spinner)
    assert list(machine.scheduler.ready) == [spinner]
    assert machine.cpu_ns == spinner.cpu_time > 0
    machine.close()
    assert not spinner.alive


def test_who_stops_itself_makes_no_further_call(engine):
    body = f"(drop {call(129, call(172), SIGSTOP)}) (call $after)"
    code = build(body, extra=f"(func $after {exits(5)})")
    machine, proc = spawn(engine, code)
    machine.run(lambda: False, NoHost())
    assert (proc.state, proc.syscalls) == ("T", 2)
    signals.send(proc, 18)
    machine.run(lambda: not proc.alive, NoHost())
    assert (proc.status, proc.syscalls) == (5 << 8, 3)
    machine.close()


def test_sched_yield_lets_the_next_one_run(engine):
    body = """(local $i i32) (loop $l (drop (call $one)) (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $l (i32.lt_u (local.get $i) (i32.const 3))))"""
    code = build(body, extra=f"(func $one (result i32) {call(124)})")
    machine = make_machine({"program": code}, engine=engine)
    order = []
    step = machine._step
    machine._step = lambda proc: (order.append(proc.pid), step(proc))
    procs = [machine.spawn(b"/bin/program", [b"p"], [], {}) for _ in range(2)]
    machine.run(lambda: not any(proc.alive for proc in procs), NoHost())
    assert order[:6] == [2, 3, 2, 3, 2, 3]
    machine.close()


def test_blocking_with_nothing_to_wait_for_goes_on(engine):
    assert status(engine, build("(call $block)" * 3 + exits(1))) == 1 << 8


def test_calls_made_while_told_to_wait(engine):
    wait = call(260, -1)  # no children: ECHILD; then ppoll for ever, never blocking
    body = f"(drop {wait})" + f"(drop {call(414, 0, 0, 0, 0, 8)})" * 50 + exits(2)
    assert status(engine, build(body)) == 2 << 8


def test_a_closed_guest_frees_its_place(monkeypatch, tmp_path):
    tmp_path.chmod(0o700)
    totals = {name: 3 for name in wasmtime_host._POOL if name.startswith("total_")}
    monkeypatch.setattr(wasmtime_host, "_POOL", {**wasmtime_host._POOL, **totals})
    engine = Engine(tmp_path, True)
    machine = make_machine({"program": build(SPIN)}, engine=engine)
    with engine.entered():
        for _ in range(3):
            procs = [machine.spawn(b"/bin/program", [b"p"], [], {}) for _ in range(3)]
            with pytest.raises(SysError) as caught:
                machine.spawn(b"/bin/program", [b"p"], [], {})
            assert caught.value.errno is Errno.ENOMEM
            for proc in procs:
                signals.send(proc, SIGKILL)
            machine._bury()
        machine.close()


def test_a_vfork_child_in_wasm_gives_the_guest_back(engine):
    # libc's part in three lines: the child exits, the same _start goes on as the parent.
    body = f"""(drop {call(1002)}) (drop {call(94, 9)})
        {exits("(i32.add " + call(1003) + " (i32.const 40))")}"""
    assert status(engine, build(body)) == 43 << 8


def test_guests_of_a_thread_that_is_in_already(engines):
    engine = engines[True]
    with engine.entered(), pytest.raises(ClocheError) as caught, engine.entered():
        pass
    assert str(caught.value).startswith("a sandbox runs in this thread already")


def test_threads_take_turns(engines):
    engine, order, inside = engines[True], [], threading.Event()

    def second():
        inside.wait()
        with engine.entered():
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with engine.entered():
        inside.set()
        code = build(SPIN)
        machine, proc = spawn(engine, code)
        for _ in range(3):
            machine._step(proc)
        order.append("first")
        machine.close()
    thread.join()
    assert order == ["first", "second"]


def test_the_ticker_ticks_in_a_forked_host_process(engines):
    engine = engines[False]
    with engine.entered():
        engine.ticker.start()
        engine.ticker.stop()
    pid = os.fork()
    if pid == 0:
        signal.alarm(20)
        machine, proc = spawn(engine, build(SPIN))
        engine.ticker.start()
        machine._step(proc)
        os._exit(42)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 42


def test_a_poll_without_a_call_is_a_fault(engine):
    _, proc = spawn(engine, build())
    guest = proc.guest
    while not guest.resume():  # the ticker may have ticked
        pass
    with pytest.raises(Fault):
        guest.resume()
    proc.machine.close()


@pytest.mark.parametrize("start, end", [(-1, 0), (0, 1 << 32), (5, 4), (262140, 262145)])
def test_ranges_outside_the_memory_touch_nothing(engine, start, end):
    _, proc = spawn(engine, build())
    guest = proc.guest
    size = guest.size
    if start > 0:
        start, end = start - 262144 + size, end - 262144 + size
    for touch in (lambda: guest.zero(start, end), lambda: guest.copy_from(guest, [(start, end)]),
                  lambda: guest.move(start, 0, end - start), lambda: guest.move(0, start, end - start)):
        with pytest.raises(Fault):
            touch()
    proc.machine.close()
