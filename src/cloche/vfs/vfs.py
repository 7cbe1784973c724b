"""The virtual file system of one machine: every operation on names and inodes, each with its checks."""
from __future__ import annotations

from .attributes import Attributes
from .core import Mount, VfsLimits
from .opening import Opening
from .removal import Removal

__all__ = ["Mount", "Vfs", "VfsLimits"]


class Vfs(Opening, Removal, Attributes):
    """All operations; by concern in opening, naming, removal, attributes; state in core.

    Each asks, in Linux's order: is it there, do the mode bits allow it, does the policy; then does it and says so.
    """
