"""WASI programs made of calls with constant arguments, run by our kernel, and by wasmtime's own WASI as the oracle."""
from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import wasmtime

from cloche.events.recorder import Recorder
from cloche.fs.image import NodeDirectory, NodeFile
from cloche.fs.mounts import MachineVfs
from cloche.fs.pipefs import PipeFs, StreamNode
from cloche.kernel.limits import Limits
from cloche.kernel.machine import Machine
from cloche.lib.clock import VirtualClock
from cloche.lib.rng import SeededRng
from cloche.policy.policy import Policy
from cloche.policy.presets import offline
from cloche.sandbox.streams import BytesInput, CapturedOutput
from cloche.sandbox.streams_host import StreamsHost
from cloche.security.hooks import Security
from cloche.syscalls.table import DOOMED, HANDLERS
from cloche.syscalls.wasi.preview1 import PREVIEW1

SIGNATURES = {row.name: row.signature for row in PREVIEW1}
#: Where a program keeps its results, and the iovecs and the count of its last write. Two pages of memory in all.
RESULTS, IOVECS, COUNT = 0x1F000, 0x1FF00, 0x1FFF0
MEMORY_BYTES = 0x20000

Call = tuple[str | int, ...]


@dataclass(frozen=True)
class Outcome:
    """How a program of `calls` ended: its wait status, the errno of each call, and the memory it was to show."""

    status: int | None
    errnos: list[int]
    shown: list[bytes]
    stderr: bytes = b""


def calls(steps: Sequence[Call], data: dict[int, bytes] | None = None, show: Sequence[tuple[int, int]] = (),
          pages: int = 2) -> bytes:
    """A command that makes the calls, then writes their errnos and the memory ranges `show` to descriptor 1."""
    types = {"i": "i32", "I": "i64"}
    imports = [f'(import "wasi_snapshot_preview1" "{name}" (func ${name}'
               + "".join(f" (param {types[letter]})" for letter in signature)
               + ("))" if name == "proc_exit" else " (result i32)))") for name, signature in SIGNATURES.items()]
    body = []
    for at, (name, *arguments) in enumerate(steps):
        operands = " ".join(f"({types[letter]}.const {value})"
                            for letter, value in zip(SIGNATURES[name], arguments, strict=True))
        call = f"(call ${name} {operands})"
        body.append(call if name == "proc_exit" else f"(i32.store (i32.const {RESULTS + 4 * at}) {call})")
    ranges = [(RESULTS, 4 * len(steps)), *show]
    # A write of its own for each: wasmtime's takes the first vector only.
    iovecs = b"".join(struct.pack("<II", *place) for place in ranges)
    segments = "".join(f'(data (i32.const {at}) "{_escaped(text)}")'
                       for at, text in {**(data or {}), IOVECS: iovecs}.items())
    body += [f"(drop (call $fd_write (i32.const 1) (i32.const {IOVECS + 8 * i}) (i32.const 1) (i32.const {COUNT})))"
             for i in range(len(ranges))]
    return wasmtime.wat2wasm(f"""(module {" ".join(imports)} (memory (export "memory") {pages}) {segments}
        (func (export "_start") {" ".join(body)}))""")


def _escaped(text: bytes) -> str:
    return "".join(f"\\{byte:02x}" for byte in text)


def outcome(status: int | None, stdout: bytes, steps: Sequence[Call], show: Sequence[tuple[int, int]],
            stderr: bytes = b"") -> Outcome:
    """Takes apart what `calls` wrote."""
    size = 4 * len(steps)
    errnos = [errno for (errno,) in struct.iter_unpack("<I", stdout[:size])]
    shown = []
    for _, count in show:
        shown.append(stdout[size:size + count])
        size += count
    return Outcome(status, errnos, shown, stderr)


class World:
    """A machine without a userland: its image is a tree of files and WASI programs."""

    def __init__(self, engine, programs: dict[str, bytes], files: dict[str, bytes] | None = None,
                 policy: Policy | None = None, limits: Limits | None = None, handlers=HANDLERS) -> None:
        clock, limits = VirtualClock(), limits or Limits()
        recorder = Recorder(clock)
        security = Security(policy or offline(), recorder)
        entries = {name.encode(): NodeFile(0o755, data) for name, data in programs.items()}
        entries |= {name.encode(): NodeFile(0o644, data) for name, data in (files or {}).items()}
        self.vfs = MachineVfs(NodeDirectory(entries=entries), security, recorder, clock, limits)
        self.machine = Machine(engine, self.vfs, security, recorder, clock, SeededRng(1), limits, handlers, DOOMED)
        self.streams = PipeFs(self.vfs)
        self.status: dict[int, int] = {}

    def spawn(self, *words: str, files=None, environ: Sequence[bytes] = ()):
        argv = [word.encode() for word in words]
        return self.machine.spawn(b"/" + argv[0], argv, list(environ), files or {}, b"/",
                                  on_exit=lambda proc: self.status.__setitem__(proc.pid, proc.status))

    def finish(self, *processes) -> list[int]:
        """Runs until they have ended; their wait statuses."""
        ended = lambda: all(proc.pid in self.status for proc in processes)  # noqa: E731
        assert self.machine.run(ended, StreamsHost()), "everything waits for what can never come"
        return [self.status[proc.pid] for proc in processes]

    def run(self, *words: str, stdin: bytes = b"", environ: Sequence[bytes] = ()) -> tuple[int, bytes, bytes]:
        out, err = (CapturedOutput(StreamNode(self.streams), lambda count: None) for _ in range(2))
        files = {0: BytesInput(StreamNode(self.streams), stdin), 1: out.get(), 2: err.get()}
        status, = self.finish(self.spawn(*words, files=files, environ=environ))
        assert self.machine.stop_reason is None
        return status, bytes(out.data), bytes(err.data)


def run(engine, steps: Sequence[Call], data: dict[int, bytes] | None = None, show: Sequence[tuple[int, int]] = (),
        files: dict[str, bytes] | None = None, stdin: bytes = b"", policy: Policy | None = None) -> Outcome:
    """The calls, on our kernel."""
    world = World(engine, {"program": calls(steps, data, show)}, files, policy)
    status, stdout, stderr = world.run("program", "a b", "c", stdin=stdin, environ=[b"HOME=/root", b"X="])
    return outcome(status, stdout, steps, show, stderr)


def run_natively(folder: Path, steps: Sequence[Call], data: dict[int, bytes] | None = None,
                 show: Sequence[tuple[int, int]] = (), files: dict[str, bytes] | None = None,
                 stdin: bytes = b"") -> Outcome:
    """The calls, on wasmtime's own WASI, whose "/" is a folder of the host."""
    root, out, given = folder / "root", folder / "out", folder / "in"
    root.mkdir()
    given.write_bytes(stdin)
    for name, content in (files or {}).items():
        (root / name).write_bytes(content)
    engine = wasmtime.Engine()
    linker, store, config = wasmtime.Linker(engine), wasmtime.Store(engine), wasmtime.WasiConfig()
    linker.define_wasi()
    config.argv, config.env = ["program", "a b", "c"], [("HOME", "/root"), ("X", "")]
    config.stdin_file, config.stdout_file = str(given), str(out)
    config.preopen_dir(str(root), "/", True)
    store.set_wasi(config)
    instance = linker.instantiate(store, wasmtime.Module(engine, calls(steps, data, show)))
    status = 0
    try:
        instance.exports(store)["_start"](store)
    except wasmtime.ExitTrap as ended:
        status = ended.code << 8
    store.close()
    return outcome(status, out.read_bytes(), steps, show)
