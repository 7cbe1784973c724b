"""What the kernel asks of the engine. Tests answer with a bytearray; engine/ answers with WebAssembly."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from ..abi.signal import SIGSEGV


class Fault(Exception):
    """A wasm trap, as the kernel sees it: `signo` is the signal Linux would send for it."""

    def __init__(self, reason: str, signo: int = SIGSEGV) -> None:
        super().__init__(reason)
        self.reason, self.signo = reason, signo


class Guest(Protocol):
    """One program in execution: its memory, and its call of _start in progress.

    Addresses are the guest's. Ranges outside the memory raise Fault before anything is touched.
    """

    view: memoryview  # all the memory; another one after grow
    size: int  # bytes
    heap_base: int
    can_fork: bool
    #: The program grows its memory itself and asks for its arguments: WASI. It has no start block and no signal handlers.
    owns_memory: bool
    #: The status a process exits with when its call returns.
    exit_code: int

    @property
    def stack_pointer(self) -> int: ...

    @property
    def cpu_ns(self) -> int:
        """CPU time used so far."""
        ...

    def pending_flag(self) -> int:
        """The address of __cloche_sigpending, or 0."""
        ...

    def grow(self, size: int) -> bool:
        """Makes the memory at least `size` bytes; says whether it is."""
        ...

    def allow(self, size: int) -> None:
        """Where the program grows its memory itself: to this many bytes, and never beyond what it was made for."""
        ...

    def zero(self, start: int, end: int) -> None: ...

    def move(self, to: int, start: int, size: int) -> None: ...

    def copy_from(self, other: Guest, ranges: Iterable[tuple[int, int]]) -> None: ...

    def start(self) -> None:
        """Begins a call of _start; `resume` runs it."""
        ...

    def resume(self) -> bool:
        """Runs until the call suspends (False) or ends (True). Raises Fault if it trapped."""
        ...

    def sibling(self) -> Guest:
        """Another instance of the same program, with the globals of this one and memory as at its start."""
        ...

    def unwind(self, buffer: int) -> None:
        """Asyncify: from now on the guest saves its frames to `buffer` and leaves."""
        ...

    @property
    def settled(self) -> bool:
        """Asyncify: ordinary execution; a program whose guard refused a fork is back at it."""
        ...

    def rewind(self, buffer: int) -> None:
        """Asyncify: the next call of _start restores the frames from `buffer`."""
        ...

    def yield_soon(self) -> None:
        """The time slice ends here: `resume` returns before the guest can make another system call."""
        ...

    def settle(self) -> None:
        """Asyncify: neither; ordinary execution."""
        ...

    def close(self) -> None:
        """Frees all of it. Never while it runs."""
        ...


class Program(Protocol):
    """A compiled module."""

    def instantiate(self, memory_bytes_max: int) -> Guest:
        """A new guest. Raises Fault if there is no room for one."""
        ...


class Engine(Protocol):
    """Runs guests of many machines, one at a time, on one host thread."""

    current: Any  # the Process that runs, if any

    def load(self, inode: Any, image: Any) -> Program:
        """The program in a regular file, which must be of `image`. SysError ENOEXEC if it is none, EACCES if it may not be run."""
        ...
