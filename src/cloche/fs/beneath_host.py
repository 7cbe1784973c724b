"""Host paths opened beneath a directory, whatever anybody does to the tree meanwhile: openat2(2).

No symbolic link is ever followed here, the host's or the guest's: the guest's path walk follows them, in its own tree.
"""
from __future__ import annotations

import ctypes
import errno
import os
import struct

from ..abi.errno import Errno, SysError

_SYS_OPENAT2 = 437  # the same on every architecture
_RESOLVE_NO_MAGICLINKS, _RESOLVE_NO_SYMLINKS, _RESOLVE_BENEATH = 0x02, 0x04, 0x08
_HOW = struct.Struct("<QQQ")
_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
#: O_PATH files cannot be used with fchmod and the like, but by name: /proc/self/fd/N.
_FLAGS = os.O_CLOEXEC | os.O_NOFOLLOW


def translated(error: OSError) -> SysError:
    """A host error as the guest's: the same number if it has one there, else EIO. ELOOP, EXDEV: a swapped directory."""
    if error.errno in (errno.ELOOP, errno.EXDEV):
        return SysError(Errno.ENOENT)
    try:
        return SysError(Errno(error.errno or 0))
    except ValueError:
        return SysError(Errno.EIO)


class Beneath:
    """A directory of the host, held open: everything is resolved beneath it.

    `name` arguments are single components or paths of such, relative, as bytes; b"." is the directory itself.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.fd = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        self._openat2: bool | None = None

    def close(self) -> None:
        os.close(self.fd)

    def open(self, path: bytes, flags: int, mode: int = 0) -> int:
        """A host descriptor of `path`. OSError as open(2); ELOOP or EXDEV if it leads through a link, or out."""
        assert not path.startswith(b"/"), path
        if self._openat2 is not False:
            how = _HOW.pack(flags | _FLAGS, mode if flags & (os.O_CREAT | os.O_TMPFILE) else 0,
                            _RESOLVE_BENEATH | _RESOLVE_NO_SYMLINKS | _RESOLVE_NO_MAGICLINKS)
            while True:
                fd = _libc.syscall(_SYS_OPENAT2, self.fd, path, how, len(how))
                if fd >= 0:
                    return fd
                number = ctypes.get_errno()
                if number == errno.ENOSYS or (number == errno.EPERM and self._openat2 is None):
                    # EPERM: a seccomp filter that does not know it. The way below finds out if it was the file.
                    break
                if number != errno.EAGAIN:  # EAGAIN: a rename elsewhere came in between
                    self._openat2 = True
                    raise OSError(number, os.strerror(number))
            self._openat2 = False if number == errno.ENOSYS else self._openat2
        return self._open_by_component(path, flags, mode)

    def _open_by_component(self, path: bytes, flags: int, mode: int) -> int:
        """As openat2, one name at a time: no name is a link, and none is `..`."""
        parts = [part for part in path.split(b"/") if part not in (b"", b".")] or [b"."]
        if b".." in parts:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        directory = self.fd
        try:
            for part in parts[:-1]:
                inner = os.open(part, os.O_PATH | os.O_DIRECTORY | _FLAGS, dir_fd=directory)
                if directory != self.fd:
                    os.close(directory)
                directory = inner
            return os.open(parts[-1], flags | _FLAGS, mode, dir_fd=directory)
        finally:
            if directory != self.fd:
                os.close(directory)

    def directory(self, path: bytes) -> int:
        """A descriptor of a directory, for the calls that change names in it."""
        return self.open(path, os.O_PATH | os.O_DIRECTORY)
