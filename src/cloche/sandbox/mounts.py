"""Host directories in the guest's tree: what is asked for, not how it is done."""
from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ..errors import ClocheError


class MountMode(StrEnum):
    RO = "ro"
    RW = "rw"
    OVERLAY = "overlay"  # changes are kept in memory, and can be listed


@dataclass(frozen=True, slots=True)
class Mount:
    """A directory (or file) of the host at an absolute path of the guest."""

    host: Path
    guest: str
    mode: MountMode = MountMode.RO

    def __post_init__(self) -> None:
        parts = self.guest.split("/")
        if not self.guest.startswith("/") or ".." in parts or self.guest.strip("/") == "":
            raise ClocheError(f"the mount point {self.guest!r} must be an absolute path without .. and not / itself")

    @classmethod
    def parse(cls, text: str) -> Mount:
        """HOST:GUEST[:ro|rw|overlay]."""
        host, separator, rest = text.partition(":")
        guest, _, mode = rest.partition(":")
        if not separator or not host or not guest:
            raise ClocheError(f"--mount {text!r} is not HOST:GUEST[:ro|rw|overlay]")
        try:
            chosen = MountMode(mode or "ro")
        except ValueError:
            raise ClocheError(f"--mount {text!r}: the mode {mode!r} is not one of ro, rw, overlay") from None
        return cls(Path(host), guest, chosen)
