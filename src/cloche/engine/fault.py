"""Traps, as the signals that Linux would send for them; signal(7)."""
from ..abi.signal import SIGABRT, SIGFPE, SIGILL, SIGSEGV

#: wasmtime's trap codes (trap.h). What is not here is SIGSEGV: bad memory, bad tables, a stack too deep.
_SIGNALS = {
    6: SIGFPE,  # integer overflow: INT_MIN / -1
    7: SIGFPE,  # integer division by zero
    8: SIGFPE,  # bad conversion to integer
    9: SIGILL,  # unreachable: __builtin_trap()
}


def signal_of(code: int | None, message: str) -> int:
    """The signal of a trap; `code` is None for what is no trap of wasm's own, such as an exception nobody caught."""
    if code is not None:
        return _SIGNALS.get(code, SIGSEGV)
    return SIGABRT if "exception" in message else SIGSEGV
