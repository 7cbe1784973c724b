"""What a policy says about the machine besides rules: environment, time zone, seed, mounts, limits."""
from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from ..errors import PolicyError

#: Names of kernel/limits.py that a policy can bound; the unit is in the name.
LIMITS = ("cpu_ns_max", "wall_ns_max", "memory_process_bytes_max", "memory_bytes_max", "processes_max", "files_open_max",
          "files_machine_max", "file_bytes_max", "disk_bytes_max", "inodes_max", "pipe_bytes_max", "output_bytes_max",
          "path_depth_max", "locks_max", "timers_max", "ptys_max", "epoll_watches_max")
#: From the narrowest on.
MODES = ("ro", "overlay", "rw")


@dataclass(frozen=True, slots=True)
class MountGrant:
    """A host path that is to be seen at `guest`, in a mode of MODES."""

    host: str
    guest: str
    mode: str = "ro"


@dataclass(frozen=True, slots=True)
class Settings:
    """None: the policy does not say, and the sandbox's own defaults hold. A policy without mounts mounts nothing."""

    environment: tuple[tuple[str, str], ...] | None = None
    timezone: str | None = None
    hostname: str | None = None
    seed: int | None = None
    mounts: tuple[MountGrant, ...] | None = None
    limits: tuple[tuple[str, int], ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, part.name) not in (None, ()) for part in fields(self))

    def attenuate(self, other: Settings) -> Settings:
        """What both grant: variables with the same value, mounts in the narrower mode, the smaller limits.

        PolicyError if they want different time zones, names or seeds: neither is the narrower.
        """
        limits = dict(self.limits)
        for name, value in other.limits:
            limits[name] = min(value, limits.get(name, value))
        environment = self.environment
        if environment is not None and other.environment is not None:
            environment = tuple(pair for pair in environment if pair in other.environment)
        return Settings(environment, _agreed("time zones", self.timezone, other.timezone),
                        _agreed("host names", self.hostname, other.hostname), _agreed("seeds", self.seed, other.seed),
                        _both(self.mounts, other.mounts), tuple(sorted(limits.items())))


def _agreed(what: str, one: Any, other: Any) -> Any:
    if one is not None and other is not None and one != other:
        raise PolicyError(f"two policies with different {what} cannot be joined: {one} and {other}")
    return one if one is not None else other


def _both(mine: tuple[MountGrant, ...] | None, others: tuple[MountGrant, ...] | None) -> tuple[MountGrant, ...] | None:
    if mine is None or others is None:
        return mine  # None grants none already
    found = []
    for mount in mine:
        for other in others:
            if (mount.host, mount.guest) == (other.host, other.guest):
                mode = MODES[min(MODES.index(mount.mode), MODES.index(other.mode))]
                found.append(MountGrant(mount.host, mount.guest, mode))
    return tuple(found)
