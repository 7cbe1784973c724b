"""Reading policy files: the one module here that touches the host."""
from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

from ..errors import PolicyError
from .document import parse
from .nodes import BYTES_MAX

if TYPE_CHECKING:
    from .policy import Policy, Tools


def load(path: Any, tools: Tools | None = None) -> Policy:
    """The policy in a file. PolicyError if there is none in it, OSError if it cannot be read."""
    name = os.fspath(path)
    with open(name, "rb") as file:
        if stat.S_ISDIR(os.fstat(file.fileno()).st_mode):
            raise PolicyError(f"{name} is a directory")
        data = file.read(BYTES_MAX + 1)
    return parse(data, str(name), tools)
