"""Templates of shells, one for each way to start one, kept for the life of the host process."""
from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from ..abi.errno import SysError
from ..events.recorder import Recorder
from ..kernel.machine import Machine
from ..kernel.warm import Template
from ..lib.clock import VirtualClock
from ..lib.rng import SeededRng
from ..policy.presets import offline
from ..security.hooks import Security
from ..syscalls.table import DOOMED, HANDLERS
from . import compose_host
from .streams import BytesInput
from .streams_host import StreamsHost

if TYPE_CHECKING:
    from .sandbox import Sandbox

#: Kept at once; the one used longest ago goes first. Each holds a machine with one process.
_TEMPLATES_MAX = 16
#: Key: engine, image, script, environment, directory, host name, memory of a process.
_templates: OrderedDict[tuple[object, ...], tuple[Template, Machine] | None] = OrderedDict()


def template(sandbox: Sandbox, script: str, environ: tuple[bytes, ...], cwd: bytes) -> Template | None:
    """A bash that is about to run `script`, or None if this bash has no snapshot point. Inside compose_host.running."""
    key = (sandbox.engine, sandbox.image, script, environ, cwd, sandbox.machine.hostname,
           sandbox.limits.memory_process_bytes_max)
    if key in _templates:
        _templates.move_to_end(key)
    else:
        _templates[key] = _make(sandbox, script, environ, cwd)
        while len(_templates) > _TEMPLATES_MAX:
            oldest = _templates.popitem(last=False)[1]
            if oldest is not None:
                oldest[1].close()
    made = _templates[key]
    return made[0] if made is not None else None


def _make(sandbox: Sandbox, script: str, environ: tuple[bytes, ...], cwd: bytes) -> tuple[Template, Machine] | None:
    """Starts bash in a machine of its own, up to its snapshot point: nothing of any sandbox is in there."""
    clock = VirtualClock()
    recorder = Recorder(clock)
    security = Security(offline(), recorder)
    vfs = compose_host.make_vfs(security, recorder, clock, sandbox.limits, sandbox.image)
    machine = Machine(sandbox.engine, vfs, security, recorder, clock, SeededRng(0), sandbox.limits, HANDLERS, DOOMED,
                      sandbox.machine.hostname)
    anonymous = compose_host.anonymous_inode(machine)
    files = {fd: BytesInput(anonymous(), b"") for fd in range(3)}
    try:
        proc = machine.spawn(b"/bin/bash", [b"bash", b"-c", script.encode()], list(environ), files, cwd)
    except SysError:
        machine.close()
        return None
    machine.template_of = proc
    machine.run(lambda: machine.template is not None or not proc.alive, StreamsHost())
    if machine.template is None:
        machine.close()
        return None
    return machine.template, machine
