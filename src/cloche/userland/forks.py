"""Which functions of a module can be on the stack when it calls `linux.fork`: those that asyncify must instrument.

An indirect call can reach every function of its type whose address is taken: in WebAssembly the type is checked at
run time, so the set is complete, not a guess. See docs/decisions/D-0021.
"""

from __future__ import annotations

import re
from collections import defaultdict

from cloche.userland.wasm import Module

# Of libc's own functions (inlined or not): a signal handler must not fork, for each system call could be one otherwise;
# stdio calls only the read, write, seek and close functions of its files; comparison functions compare.
LIBC_NEVER = (
    "deliver_signals",
    r"__(fwritex|overflow|uflow|toread|towrite|shgetc|stdio_exit|fseeko_unlocked|fopencookie)|close_file",
    r"f(close|flush|getc|gets|getws|putc|puts|read|write|scanf|seeko?|wide)(_unlocked)?|get(c|char|line|delim|s)(_unlocked)?",
    "getaddrinfo", "sift", "trinkle", "libc_exit_fini", "__synccall", "handler",
    r"put(c|char|s|w)(_unlocked)?|locking_[gp]etc.*|locking_putc.*|v?f?w?printf(_core)?|vfw?scanf|pad|out|setvbuf|ungetc",
)


def may_fork(module: Module, fork: int, never: tuple[str, ...] = ()) -> set[int]:
    """The functions from which `fork` (an import) can be reached, not counting it.

    A function whose name matches one of `never` is taken not to reach it through its *indirect* calls, and one
    whose name matches a pattern after "!" not at all: the caller's claim, which `guard` makes harmless if wrong.
    """
    never = (*LIBC_NEVER, *never)
    not_indirect = [re.compile(text) for text in never if not text.startswith("!")]
    not_at_all = [re.compile(text[1:]) for text in never if text.startswith("!")]
    callers: dict[int, set[int]] = defaultdict(set)
    indirect_callers: dict[bytes, set[int]] = defaultdict(set)
    taken = set(module.table)
    for index, calls in module.calls.items():
        taken |= calls.taken
        name = module.name(index)
        if any(pattern.fullmatch(name) for pattern in not_at_all):
            continue
        for callee in calls.direct:
            callers[callee].add(index)
        if not any(pattern.fullmatch(name) for pattern in not_indirect):
            for kind in calls.indirect:
                indirect_callers[module.types[kind]].add(index)
    reached: set[int] = set()
    work = [fork]
    while work:
        index = work.pop()
        above = set(callers[index])
        if index in taken:
            above |= indirect_callers[module.types[module.function_types[index]]]
        for caller in above - reached:
            reached.add(caller)
            work.append(caller)
    return reached


def path_to_fork(module: Module, fork: int) -> list[str]:
    """Names of functions from one that nobody calls down to fork: for the message when there should be none."""
    callers: dict[int, int] = {}
    for index, calls in module.calls.items():
        for callee in calls.direct:
            callers.setdefault(callee, index)
    path, index = [], fork
    while index in callers and len(path) < 12:
        index = callers[index]
        path.append(module.name(index))
    return path[::-1]
