"""A machine without WebAssembly: guests are bytearrays, programs are Python generators.

A program is a generator function of its guest: `yield` is linux.block, `return` the end of _start, raising Fault a trap.
System calls go through dispatch, as the engine's callback sends them.
"""
from __future__ import annotations

from cloche.abi.errno import ERESTART, Errno, SysError
from cloche.abi.structs import signed
from cloche.events.recorder import Recorder
from cloche.fs.image import NodeDirectory, NodeFile
from cloche.fs.mounts import MachineVfs
from cloche.kernel import fork
from cloche.kernel.guest import Fault
from cloche.kernel.limits import Limits
from cloche.kernel.machine import Machine
from cloche.lib.clock import VirtualClock
from cloche.lib.rng import SeededRng
from cloche.mm.address_space import WASM_PAGE
from cloche.policy.presets import offline
from cloche.security.hooks import Security
from cloche.syscalls import dispatch
from cloche.syscalls.table import DOOMED, HANDLERS, ROWS

NUMBERS = {row.name: row.number for row in ROWS}
MEMORY_BYTES, HEAP_BASE, STACK_POINTER, PENDING_FLAG = 4 * WASM_PAGE, 3 * WASM_PAGE, 2 * WASM_PAGE, 16
#: Free for a program's arguments and results.
SCRATCH = 2 * WASM_PAGE + 4096
NORMAL, UNWINDING, REWINDING = 0, 1, 2


class FakeGuest:
    """kernel/guest.py's Guest. Ranges are checked as the engine checks them."""

    def __init__(self, program, memory_bytes_max):
        self.program, self.memory_bytes_max = program, memory_bytes_max
        self.can_fork = program.can_fork
        self.owns_memory, self.exit_code = False, 0
        self.heap_base = min(program.heap_base, memory_bytes_max)
        self.stack_pointer = program.stack_pointer
        self.state, self.buffer = NORMAL, 0
        self.cpu_ns = 0
        self.hurried = self.closed = False
        self._steps = None
        self._resize(bytearray(program.memory_bytes))

    def _resize(self, memory):
        self.memory = memory
        self.view, self.size = memoryview(memory), len(memory)

    # memory

    def pending_flag(self):
        return PENDING_FLAG

    def grow(self, size):
        if size > self.memory_bytes_max:
            return False
        if size > self.size:
            self._resize(self.memory + bytearray(-(-size // WASM_PAGE) * WASM_PAGE - self.size))
        return True

    def _check(self, start, end):
        if not 0 <= start <= end <= self.size:
            raise Fault(f"{start:#x}-{end:#x}")

    def zero(self, start, end):
        self._check(start, end)
        self.view[start:end] = bytes(end - start)

    def move(self, to, start, size):
        self._check(start, start + size)
        self._check(to, to + size)
        self.view[to:to + size] = bytes(self.view[start:start + size])

    def copy_from(self, other, ranges):
        for start, end in ranges:
            other._check(start, end)
            self._check(start, end)
            self.view[start:end] = other.view[start:end]

    # running

    @property
    def engine(self):
        return self.program.engine

    def start(self):
        assert self._steps is None and not self.closed
        self._steps = self.program.script(self)

    def resume(self):
        assert not self.closed, "a guest runs after it was freed"
        if self._steps is None:
            raise Fault("it has no call in progress")
        self.hurried = False
        self.cpu_ns += self.program.step_ns
        try:
            next(self._steps)
        except StopIteration:
            self._steps = None
            return True
        except Fault:
            self._steps = None
            raise
        return False

    def yield_soon(self):
        self.hurried = True

    def sibling(self):
        self.engine.make_room()
        guest = FakeGuest(self.program, self.memory_bytes_max)
        guest.stack_pointer = self.stack_pointer
        return guest

    def unwind(self, buffer):
        self.state, self.buffer = UNWINDING, buffer

    def rewind(self, buffer):
        self.state, self.buffer = REWINDING, buffer

    @property
    def settled(self):
        return self.state == NORMAL

    def settle(self):
        self.state = NORMAL

    def close(self):
        assert (not self.closed and self.engine.current is None) or self.engine.current.guest is not self
        self.closed = True
        self.view, self.size = memoryview(b""), 0

    # what a program does

    @property
    def proc(self):
        return self.engine.current

    def call(self, name, *arguments):
        """One linux.syscall, as a C int."""
        result = dispatch.call(self.proc, NUMBERS[name], *[value & 0xFFFFFFFF for value in
                                                           (*arguments, 0, 0, 0, 0, 0, 0)[:6]])
        if self.proc.leaving:
            raise Fault("left")
        return signed(result & 0xFFFFFFFF)

    def wait(self, name, *arguments):
        """The same, as libc's stub makes it: blocks, and asks again."""
        while (result := self.call(name, *arguments)) == -ERESTART:
            yield
        if self.hurried:
            yield
        return result

    def fork(self):
        result = dispatch.guarded(fork.fork_entry, self.proc)
        if self.proc.leaving:
            raise Fault("left")
        return result

    def put(self, address, data):
        self.view[address:address + len(data)] = data
        return address


class FakeProgram:
    def __init__(self, engine, script, *, can_fork=True, heap_base=HEAP_BASE, stack_pointer=STACK_POINTER,
                 memory_bytes=MEMORY_BYTES, step_ns=1000):
        self.engine, self.script, self.can_fork = engine, script, can_fork
        self.heap_base, self.stack_pointer, self.memory_bytes = heap_base, stack_pointer, memory_bytes
        self.step_ns = step_ns

    def instantiate(self, memory_bytes_max):
        self.engine.make_room()
        return FakeGuest(self, memory_bytes_max)


class FakeEngine:
    """Programs by the contents of their files; `room` instances, if it is set."""

    def __init__(self):
        self.current = None
        self.programs = {}
        self.room = None

    def make_room(self):
        if self.room is not None:
            self.room -= 1
            if self.room < 0:
                raise Fault("no room for another instance")

    def load(self, inode, image):
        program = self.programs.get(bytes(inode.read_at(0, 64)))
        if program is None:
            raise SysError(Errno.ENOEXEC)
        return program


class NoHost:
    """Nothing comes from outside."""

    def poll(self):
        pass

    def wait(self, timeout_ns):
        return False


def idle(guest):
    """A program that waits for ever."""
    while True:
        yield from guest.wait("ppoll_time64", 0, 0, 0, 0, 8)


def exits_soon(guest):
    """A program that ends."""
    yield
    guest.call("exit_group", 0)


def make_machine(programs=None, *, policy=None, limits=None, seed=1, clock=None, image=None, engine=None):
    """A machine whose /bin holds `programs`: {name: script or (script, FakeProgram options)}.

    With a real `engine`: {name: bytes of wasm}.
    """
    entries = {name.encode(): NodeFile(0o755, code) for name, code in (programs or {}).items()} if engine else {}
    scripts = {} if engine else {"idle": idle, **(programs or {})}
    engine = engine or FakeEngine()
    for name, script in scripts.items():
        script, options = script if isinstance(script, tuple) else (script, {})
        code = b"\0asm " + name.encode()
        engine.programs[code] = FakeProgram(engine, script, **options)
        entries[name.encode()] = NodeFile(0o755, code)
    root = NodeDirectory(entries={b"bin": NodeDirectory(entries=entries), **(image or {})})
    clock = clock or VirtualClock()
    recorder = Recorder(clock)
    security = Security(policy or offline(), recorder)
    limits = limits or Limits()
    vfs = MachineVfs(root, security, recorder, clock, limits)
    return Machine(engine, vfs, security, recorder, clock, SeededRng(seed), limits, HANDLERS, DOOMED)


def run(machine, name, *arguments, files=None, finished=None):
    """Runs /bin/NAME until it has ended: its wait status; None if all wait for ever."""
    ended = []
    path = b"/bin/" + name.encode()
    machine.spawn(path, [path, *arguments], [], files or {}, on_exit=lambda proc: ended.append(proc.status))
    machine.run(finished or (lambda: bool(ended)), NoHost())
    return ended[0] if ended else None


def current(machine, name="idle"):
    """A process that stands in the middle of a call: for handlers that are called directly."""
    path = b"/bin/" + name.encode()
    proc = machine.spawn(path, [path], [], {})
    machine.scheduler.ready.clear()
    proc.queued = False
    machine.engine.current = proc
    return proc
