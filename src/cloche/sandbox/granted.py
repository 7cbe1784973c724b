"""What a policy says about the machine, joined with what the caller of Sandbox says."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path

from ..errors import PolicyError
from ..kernel.limits import Limits
from ..policy.settings import Settings
from .mounts import Mount, MountMode


def limits(given: Limits | None, settings: Settings) -> Limits:
    """The smaller of both."""
    found = given or Limits()
    names = {each.name for each in fields(Limits)}
    smaller = {}
    for name, value in settings.limits:
        if name not in names:
            raise PolicyError(f"there is no limit {name!r}")
        mine = getattr(found, name)
        smaller[name] = value if given is None or mine is None else min(mine, value)
    return replace(found, **smaller)


def mounts(given: Sequence[Mount], settings: Settings) -> list[Mount]:
    """The policy's first."""
    mine = [Mount(Path(mount.host), mount.guest, MountMode(mount.mode)) for mount in settings.mounts or ()]
    return [*mine, *given]


def environment(defaults: Mapping[str, str], given: Mapping[str, str] | None, settings: Settings) -> dict[str, str]:
    """The caller's over the policy's over `defaults`."""
    zone = {} if settings.timezone is None else {"TZ": settings.timezone}
    return {**defaults, **dict(settings.environment or ()), **zone, **(given or {})}
