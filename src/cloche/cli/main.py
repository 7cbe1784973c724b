"""The console script: which command is meant, and every failure as one line and an exit status.

`run` goes its own way: importing Typer and Rich takes longer than starting a sandbox (docs/decisions/D-0020).
"""
from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn

USAGE_STATUS, FAILURE_STATUS, INTERRUPTED_STATUS, BROKEN_PIPE_STATUS = 2, 1, 130, 141


def main() -> NoReturn:
    """`cloche`."""
    words = sys.argv[1:]
    _open_standard_streams()
    try:
        status = _command(words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = INTERRUPTED_STATUS
    except BrokenPipeError:
        status = BROKEN_PIPE_STATUS
    except Exception as error:
        status = _report(error)
    # The sandbox dies with the process: nothing is left to close, and taking it apart costs 10 ms.
    _flush()
    os._exit(status)


def _command(words: list[str]) -> int:
    if words[:1] == ["run"]:
        from .run import main as run
        return run(words[1:])
    if words[:1] == ["shell"]:
        from .shell import main as shell
        return shell(words[1:])
    from .app import main as app
    return app(words)


def _report(error: Exception) -> int:
    """One line on stderr for what the user can do something about; the status to exit with. Others are raised."""
    from ..errors import CannotRun, ClocheError
    from .errors import UsageError
    match error:
        case UsageError():
            message, status = f"{error}; see cloche {error.command} --help", USAGE_STATUS
        case CannotRun():
            message, status = str(error), error.exit_code
        case ClocheError():
            message, status = str(error), FAILURE_STATUS
        case OSError():
            where = f"{error.filename}: " if error.filename is not None else ""
            message, status = f"{where}{error.strerror or error}", FAILURE_STATUS
        case MemoryError():
            message, status = "this machine has not enough memory left", FAILURE_STATUS
        case _:
            raise error
    with contextlib.suppress(OSError):
        print(f"cloche: {message}", file=sys.stderr)
    return status


def _open_standard_streams() -> None:
    """A descriptor of 0 to 2 that is closed becomes /dev/null: else the next file opened would be taken for it."""
    for fd, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(fd)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free descriptor
            setattr(sys, name, open(fd, "r" if fd == 0 else "w", closefd=False))  # noqa: SIM115 (for good)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # nobody reads it, or it was closed before we began
            stream.flush()
