"""`cloche run`: one command in a new sandbox. Everything slow to import is imported when it is needed."""
from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from . import options, settings
from .errors import UsageError
from .options import Arguments
from .script import resolve

if TYPE_CHECKING:
    from ..policy.policy import Policy
    from ..sandbox.mounts import Mount
    from ..sandbox.result import Result

def main(words: Sequence[str]) -> int:
    """Its exit status. UsageError, ClocheError and OSError are the caller's to report."""
    arguments = options.parse(words)
    if arguments["help"]:
        sys.stdout.write(options.help_text())
        return 0
    if not arguments.command:
        raise UsageError(f"no command: {options.USAGE}")
    if arguments.command[0] == "":
        raise UsageError("the command is empty")
    mounts = settings.mounts(arguments["mount"])
    policy = settings.policy(arguments["policy"])
    environment = settings.environment(arguments["env"])
    command, script = resolve(arguments.command)
    if script is not None:
        mounts.append(script)
    with _trace(arguments["trace"]) as trace:
        return _run(arguments, command, mounts, policy, environment, trace)


def _run(arguments: Arguments, command: str | list[str], mounts: list[Mount], policy: Policy | None,
         environment: dict[str, str], trace: _Trace | None) -> int:
    from ..sandbox.sandbox import Sandbox, Streams
    from ..syscalls.table import HANDLERS
    handlers: Any = HANDLERS
    summary = None
    if arguments["summary"]:
        from ..sandbox.summary import Summary
        summary = Summary()
        handlers = summary.handlers(handlers)
    if trace is not None:
        from ..syscalls import trace as tracing
        handlers = tracing.traced(handlers, trace.write)
    sandbox = Sandbox(policy, limits=settings.limits(arguments), mounts=mounts, env=environment, seed=arguments["seed"],
                      handlers=handlers)
    if trace is not None:
        sandbox.watch(lambda record: trace.write(tracing.event_line(record)), tracing.EVENTS)
    if summary is not None:
        sandbox.watch(summary.see, summary.EVENTS)
    options_of_run = {"timeout": arguments["timeout"], "cwd": arguments["cwd"] or "/root"}
    if arguments["json"]:
        import json
        result, output = _captured(sandbox, command, options_of_run)
        sys.stdout.write(json.dumps(as_json(result, *output)) + "\n")
    else:
        result = sandbox.run(command, streams=Streams(0, 1, 2), **options_of_run)
    if summary is not None:
        _print(summary.text(result, colour=_coloured(sys.stderr)), sys.stderr)
    elif not arguments["json"] and result.reason not in ("exited", "signaled"):
        _print(f"cloche: {result.explain()}", sys.stderr)
    return result.exit_code


def _captured(sandbox: Any, command: str | list[str], options_of_run: dict[str, Any]) -> tuple[Result, list[bytes]]:
    """The run with its output kept in files in memory, and standard input as it is."""
    from ..sandbox.sandbox import Streams
    kept = [os.memfd_create(name) for name in ("stdout", "stderr")]
    result = sandbox.run(command, streams=Streams(0, *kept), **options_of_run)
    output = []
    for fd in kept:
        os.lseek(fd, 0, os.SEEK_SET)
        with open(fd, "rb") as file:
            output.append(file.read())
    return result, output


def as_json(result: Result, stdout: bytes, stderr: bytes) -> dict[str, Any]:
    """A result as --json prints it. Output that is not UTF-8 is there in base64 too."""
    from ..lib.quote import printable
    shown: dict[str, Any] = {}
    for name, data in (("stdout", stdout), ("stderr", stderr)):
        shown[name] = text = data.decode("utf-8", "replace")
        if text.encode() != data:
            import base64
            shown[f"{name}_base64"] = base64.b64encode(data).decode()
    denials = [{"action": record.event.request.action, "resource": printable(record.event.request.resource, 4096),
                "rule": record.event.decision.rule, "errno": record.event.decision.errno.name,
                "pid": record.cause.pid, "command": [printable(word, 4096) for word in record.cause.command],
                "time_ns": record.time_ns} for record in result.denials]
    return {**shown, "exit_code": result.exit_code, "reason": result.reason, "usage": result.usage.as_dict(),
            "denials": denials, "limits": list(result.limits_reached), "left_behind": result.left_behind}


class _Trace:
    """Where a trace goes. Its writes are made inside of the kernel: they must not raise."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.failure: OSError | None = None

    def write(self, line: str) -> None:
        """One line; after a failure, nothing."""
        if self.failure is None:
            try:
                print(line, file=self._stream)
            except OSError as error:
                self.failure = error


@contextlib.contextmanager
def _trace(name: str | None) -> Iterator[_Trace | None]:
    """None: no trace. Empty: stderr. What could not be written is an OSError afterwards, but for a reader that left."""
    if name is None:
        yield None
        return
    with contextlib.nullcontext(sys.stderr) if name == "" else open(name, "w", encoding="ascii") as stream:
        trace = _Trace(stream)
        yield trace
    if trace.failure is not None and not isinstance(trace.failure, BrokenPipeError):
        raise OSError(trace.failure.errno, trace.failure.strerror, name or "stderr")


def _print(text: str, stream: TextIO) -> None:
    """A line of ours; if nobody reads it any more, the run goes on."""
    with contextlib.suppress(BrokenPipeError):
        print(text, file=stream)


def _coloured(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


