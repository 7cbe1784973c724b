"""What the options of `run` and `shell` say about the sandbox to make."""
from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..abi.time import SECOND
from ..errors import ClocheError
from .errors import UsageError
from .options import Arguments

if TYPE_CHECKING:
    from ..kernel.limits import Limits
    from ..policy.policy import Policy
    from ..sandbox.mounts import Mount

#: Output that --json keeps in memory, if --output-limit does not say.
_JSON_OUTPUT_BYTES = 64 << 20


def limits(arguments: Arguments) -> Limits:
    """The bounds of the sandbox."""
    from ..kernel.limits import Limits
    given: dict[str, int] = {}
    if arguments["cpu"] is not None:
        given["cpu_ns_max"] = int(arguments["cpu"] * SECOND)
    if arguments["memory"] is not None:
        given["memory_bytes_max"] = arguments["memory"]
        given["memory_process_bytes_max"] = min(arguments["memory"], Limits().memory_process_bytes_max)
    if arguments["disk"] is not None:
        given["disk_bytes_max"] = arguments["disk"]
        given["file_bytes_max"] = min(arguments["disk"], Limits().file_bytes_max)
    if arguments["processes"] is not None:
        given["processes_max"] = arguments["processes"]
    if arguments["output_limit"] is not None:
        given["output_bytes_max"] = arguments["output_limit"]
    elif arguments["json"]:
        given["output_bytes_max"] = _JSON_OUTPUT_BYTES
    return Limits(**given)


def mounts(texts: Sequence[str]) -> list[Mount]:
    """Of --mount."""
    from ..sandbox.mounts import Mount
    try:
        return [Mount.parse(text) for text in texts]
    except ClocheError as error:
        raise UsageError(str(error)) from None


def policy(name: str | None) -> Policy | None:
    """Of --policy: a preset, or a file if there is a / or a . in the name; None is the sandbox's default."""
    from ..policy.policy import Policy
    from ..policy.presets import PRESETS
    if name is None:
        return None
    if "/" in name or "." in name:
        return Policy.load(name)
    if name not in PRESETS:
        from difflib import get_close_matches
        near = get_close_matches(name, PRESETS, 1)
        raise UsageError(f"--policy {name!r}: " + (f"did you mean {near[0]}? " if near else "") + "there are "
                         f"{', '.join(PRESETS)}; a file's name has a / or a . in it")
    return Policy.preset(name)


def environment(texts: Sequence[str]) -> dict[str, str]:
    """Of --env."""
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or "\0" in text:
            raise UsageError(f"--env {text!r} is not NAME or NAME=VALUE")
        if not equals:
            if name not in os.environ:
                raise UsageError(f"--env {name}: there is no such variable here; write {name}=VALUE")
            value = os.environ[name]
        found[name] = value
    return found
