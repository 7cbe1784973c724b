"""When an invariant of ours breaks: the machine stops, says so, and nothing else is harmed."""
from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

from ..events.kernel import KernelPanicked

if TYPE_CHECKING:
    from .process import Process

log = logging.getLogger("cloche.kernel")


def panic(proc: Process) -> None:
    """Called while handling the exception that broke the invariant."""
    report = traceback.format_exc()
    log.critical("kernel panic in pid %d, please report this:\n%s", proc.pid, report)
    machine = proc.machine
    machine.recorder.emit(proc, KernelPanicked(report))
    machine.stop("panic")
