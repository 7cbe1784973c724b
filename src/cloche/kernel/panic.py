"""When an invariant of ours breaks: the machine stops, says so, and nothing else is harmed."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..events.kernel import KernelPanicked

if TYPE_CHECKING:
    from .process import Process


def panic(proc: Process) -> None:
    """Called while handling the exception that broke the invariant."""
    import logging  # both take longer to import than a command to run
    import traceback
    report = traceback.format_exc()
    logging.getLogger("cloche.kernel").critical("kernel panic in pid %d, please report this:\n%s", proc.pid, report)
    machine = proc.machine
    machine.recorder.emit(proc, KernelPanicked(report))
    machine.stop("panic")
