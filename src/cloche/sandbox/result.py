"""What a run came to."""
from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ..abi.signal import name as signal_name
from ..events.base import Record


class Reason(StrEnum):
    """Why a run ended. Only EXITED and SIGNALED are the command's own doing."""

    EXITED = "exited"
    SIGNALED = "signaled"
    TIMEOUT = "timeout"
    CPU = "cpu"
    OUTPUT = "output"
    DEADLOCK = "deadlock"  # every process waited for what could never come
    INTERRUPTED = "interrupted"
    PANIC = "panic"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run cost. Times in ns; `memory_bytes_peak` is of break and mappings, all processes together."""

    cpu_ns: int
    wall_ns: int
    memory_bytes_peak: int
    processes: int
    syscalls: int
    bytes_in: int
    bytes_out: int

    def as_dict(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one command.

    `exit_code` as a shell gives it: 128 + n for signal n; 124 for TIMEOUT (as timeout(1)), 137 for other limits.
    `denials` are the PolicyDecided records, `limits_reached` names of Limits fields.
    """

    stdout_bytes: bytes
    stderr_bytes: bytes
    exit_code: int
    reason: Reason
    usage: Usage
    denials: tuple[Record, ...] = ()
    limits_reached: tuple[str, ...] = ()
    left_behind: int = field(default=0)  # processes still alive when the command had ended
    denials_dropped: int = field(default=0)  # more than `denials` holds

    @property
    def stdout(self) -> str:
        return self.stdout_bytes.decode("utf-8", "surrogateescape")

    @property
    def stderr(self) -> str:
        return self.stderr_bytes.decode("utf-8", "surrogateescape")

    @property
    def ok(self) -> bool:
        """The command ended by itself with status 0."""
        return self.reason is Reason.EXITED and self.exit_code == 0

    def explain(self) -> str:
        """One line on how it ended."""
        match self.reason:
            case Reason.EXITED:
                return f"exited with status {self.exit_code}"
            case Reason.SIGNALED:
                return f"killed by {signal_name(self.exit_code - 128)}"
            case _:
                return f"stopped: {self.reason}"


#: Exit codes of runs that were ended for the command.
_STOPPED_CODES = {Reason.TIMEOUT: 124, Reason.INTERRUPTED: 130, Reason.PANIC: 70}
_KILLED_CODE = 137


def stopped(reason: Reason) -> tuple[int, Reason]:
    """(exit code, reason) of a run that was ended for the command."""
    return _STOPPED_CODES.get(reason, _KILLED_CODE), reason


def ended(status: int) -> tuple[int, Reason]:
    """(exit code, reason) of a command that ended by itself, from its wait status."""
    signo = status & 0x7F
    return (128 + signo, Reason.SIGNALED) if signo else (status >> 8, Reason.EXITED)
