"""What the words after `cloche run` mean: a command line, a script of the host, or a program of the guest."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import ClocheError
from ..sandbox.mounts import Mount, MountMode

#: Where a script of the host is seen in the guest.
SCRIPT_DIRECTORY = "/run/cloche"
#: As much of a file as is looked at to tell a script from a program (bash's check_binary_file), and for a #! line.
_HEAD_BYTES = 256


def resolve(words: Sequence[str]) -> tuple[str | list[str], Mount | None]:
    """What Sandbox.run takes, and the mount it needs."""
    head = _script_head(words[0])
    if head is None:
        return (words[0] if len(words) == 1 else list(words)), None
    path = Path(words[0])
    guest = f"{SCRIPT_DIRECTORY}/{path.name}"
    return [*_interpreter(head), guest, *words[1:]], Mount(path.resolve(), guest, MountMode.RO)


def _script_head(word: str) -> bytes | None:
    """The first bytes of the script that `word` names; None if it names no regular text file of the host."""
    try:
        if not Path(word).is_file():
            return None
    except (OSError, ValueError):  # too long for a name, or with a NUL
        return None
    try:
        with open(word, "rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise ClocheError(f"cannot read the script {word!r}: {error.strerror}") from None
    return None if b"\0" in head.split(b"\n", 1)[0] or head.startswith(b"\x7fELF") else head


def _interpreter(head: bytes) -> list[str]:
    """The program of the #! line and its one argument, as execve(2) takes them; else bash."""
    if not head.startswith(b"#!"):
        return ["/bin/bash"]
    words = head[2:].split(b"\n", 1)[0].strip(b" \t\r").split(None, 1)
    return [word.decode("utf-8", "surrogateescape") for word in words] or ["/bin/bash"]
