"""How a build shows itself: one live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import TextIO

from cloche.userland.build_host import Progress, Report


def line(progress: Progress) -> str | None:
    """`[12/40] coreutils built 55 s`; None for what a log need not show."""
    if progress.state in ("building", "cached"):
        return None
    count = f"[{progress.done}/{progress.total}] " if progress.total else ""
    return f"{count}{progress.port} {progress.state} {progress.seconds:.0f} s"


@contextlib.contextmanager
def reporter(stream: TextIO) -> Iterator[Report]:
    """A report function for the length of a build."""
    if stream.isatty():
        with _live(stream) as report:
            yield report
        return
    lock = threading.Lock()

    def plain(progress: Progress) -> None:
        text = line(progress)
        if text is not None:
            with lock:
                print(text, file=stream, flush=True)

    yield plain


@contextlib.contextmanager
def _live(stream: TextIO) -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Display
    console = Console(file=stream)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeElapsedColumn())
    running: list[str] = []
    with Display(*columns, console=console, transient=True) as display:
        task = display.add_task("guest programs", total=None)

        def report(progress: Progress) -> None:
            if progress.state == "building":
                running.append(progress.port)
            elif progress.port in running:
                running.remove(progress.port)
            text = line(progress)
            if text is not None:
                console.print(text, highlight=False)
            display.update(task, total=progress.total or None, completed=progress.done,
                           description=", ".join(running) or "guest programs")

        yield report
