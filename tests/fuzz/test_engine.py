"""The same through WebAssembly: random calls, forks, traps and returns by real guests, on fibers, in any order."""
from __future__ import annotations

import itertools
import random
import struct

import pytest
from fuzz.test_syscalls import CONTENTS, LIMITS, NOTHING, NUMBERS, PATH_AT, PATHS, WORDS_AT, _argument, _left
from unit.engine.wasm_builder import build, exits
from unit.fakes import NoHost, make_machine

from cloche.engine.wasmtime_host import Engine
from cloche.events.kernel import KernelPanicked

CALLS, SCRIPT_AT = 120, 0x38000
FORK, BLOCK, RETURN, TRAP, GROW, STACK, WAIT = (1 << bit for bit in range(7))
#: The calls that make, end and stop processes come up more often.
_LIFE = (93, 94, 129, 221, 260, 1002, 1004, 124, 134, 135, 215, 222, 214)
_START = f"""(func (export "_start") (local $p i32) (local $flags i32) (local $r i32)
  (block $done (loop $next
    (br_if $done (i32.ge_u (global.get $i) (i32.const {CALLS})))
    (local.set $p (i32.add (i32.const {SCRIPT_AT}) (i32.mul (global.get $i) (i32.const 32))))
    (global.set $i (i32.add (global.get $i) (i32.const 1)))
    (local.set $flags (i32.load offset=28 (local.get $p)))
    (if (i32.and (local.get $flags) (i32.const {STACK})) (then (global.set $sp (i32.load offset=4 (local.get $p)))))
    (if (i32.and (local.get $flags) (i32.const {FORK})) (then
      (drop (call $fork))
      (if (i32.eq (global.get $state) (i32.const 1)) (then
        (global.set $i (i32.sub (global.get $i) (i32.const 1)))  ;; both come back to this fork
        (return)))))
    (if (i32.and (local.get $flags) (i32.const {BLOCK})) (then (call $block)))
    (if (i32.and (local.get $flags) (i32.const {RETURN})) (then (return)))
    (if (i32.and (local.get $flags) (i32.const {TRAP})) (then (unreachable)))
    (if (i32.and (local.get $flags) (i32.const {GROW})) (then (drop (memory.grow (i32.const 1)))))
    (local.set $r (call $syscall (i32.load (local.get $p)) (i32.load offset=4 (local.get $p))
      (i32.load offset=8 (local.get $p)) (i32.load offset=12 (local.get $p)) (i32.load offset=16 (local.get $p))
      (i32.load offset=20 (local.get $p)) (i32.load offset=24 (local.get $p))))
    (if (i32.and (i32.eq (local.get $r) (i32.const -512)) (i32.ne (i32.const 0) (i32.and (local.get $flags)
      (i32.const {WAIT})))) (then (call $block)))
    (br $next))))"""
_GLOBALS = """(global $state (export "__asyncify_state") (mut i32) (i32.const 0))
    (global (export "__asyncify_data") (mut i32) (i32.const 0)) (global $i (export "i") (mut i32) (i32.const 0))
    (global (export "__cloche_sigpending") i32 (i32.const 64))"""


def _escaped(data):
    return "".join(f"\\{byte:02x}" for byte in data)


def _data(rng):
    parts = [(at, path + b"\0") for at, path in zip(PATH_AT, PATHS, strict=True)]
    parts.append((WORDS_AT, struct.pack("<128I", *rng.choices(CONTENTS, k=128))))
    script = bytearray()
    for _ in range(CALLS):
        flags = WAIT if rng.random() < 0.7 else 0
        for flag, chance in ((FORK, 0.04), (BLOCK, 0.05), (RETURN, 0.003), (TRAP, 0.003), (GROW, 0.02), (STACK, 0.02)):
            flags |= flag if rng.random() < chance else 0
        number = rng.choice(_LIFE) if rng.random() < 0.4 else rng.choice(NUMBERS)
        if number in (93, 94) and rng.random() < 0.7:
            number = 172
        script += struct.pack("<8I", number, *(_argument(rng) for _ in range(6)), flags)
    parts.append((SCRIPT_AT, bytes(script)))
    return "".join(f'(data (i32.const {at}) "{_escaped(data)}")' for at, data in parts)


@pytest.fixture(scope="module")
def engines(tmp_path_factory):
    cache = tmp_path_factory.mktemp("cache")
    cache.chmod(0o700)
    return [Engine(cache, deterministic) for deterministic in (True, False)]


def attack(engine, seed):
    rng, panics = random.Random(seed), []
    programs = {"hostile": build(start=_START, extra=_GLOBALS + _data(rng)), "idle": build(exits(3))}
    machine = make_machine(programs, engine=engine, limits=LIMITS)
    machine.recorder.watch(panics.append, [KernelPanicked])
    with engine.entered():
        if engine.ticker:
            engine.ticker.start()
        for _ in range(2):
            machine.spawn(b"/bin/hostile", [b"hostile"], [], {}, cwd=b"/tmp")
        steps = itertools.count()
        machine.run(lambda: next(steps) > 3000, NoHost())
        if engine.ticker:
            engine.ticker.stop()
    assert ([record.event.report for record in panics], machine.failure, machine.stop_reason) == ([], None, None), seed
    machine.close()
    assert _left(machine) == NOTHING, seed


@pytest.mark.parametrize("base", range(0, 60, 20))
def test_random_guests(engines, base):
    for seed in range(base, base + 20):
        attack(engines[seed & 1], seed)


@pytest.mark.slow
def test_many_random_guests(engines):
    for seed in range(10_000, 11_500):
        attack(engines[seed & 1], seed)
