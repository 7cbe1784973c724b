"""Compiled modules on disk: machine code, so only from a directory that nobody else can write."""
from __future__ import annotations

import os
import stat
import sys
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import wasmtime

from ..errors import ClocheError

_SUFFIX = ".cwasm"
_CHECK = ".crc"
#: Compiling takes about a CPU second a megabyte: from this size on, the user is told what he waits for.
_LONG_BYTES = 16 << 20


class ModuleCache:
    """Digest of (engine configuration, wasm bytes) -> compiled module.

    A file whose length or CRC-32 is not what was written is thrown away and compiled again. The CRC is against damage,
    not against an attacker: him the directory's owner and mode keep out, and its parent's.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._checked = False

    def get(self, engine: wasmtime.Engine, digest: str, code: Callable[[], bytes]) -> wasmtime.Module:
        """The module of `digest`, compiled from `code()` if need be. wasmtime.WasmtimeError if that is no module."""
        self._check_directory()
        path = self._directory / (digest + _SUFFIX)
        module = self._load(engine, path)
        if module is None:
            data = code()
            if len(data) > _LONG_BYTES:
                print(f"cloche: compiling a program of {len(data) >> 20} MB for this machine; "
                      "this takes minutes, once", file=sys.stderr, flush=True)
            module = wasmtime.Module(engine, data)
            self._store(path, module.serialize())
        return module

    def _check_directory(self) -> None:
        if self._checked:
            return
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            around = [directory.stat() for directory in (self._directory, self._directory.parent)]
        except OSError as error:
            raise ClocheError(f"cannot use the cache {self._directory}: {error.strerror}. "
                              "Set CLOCHE_CACHE to a directory that you can write.") from None
        if any(status.st_uid != os.getuid() or stat.S_IMODE(status.st_mode) & 0o022 for status in around):
            raise ClocheError(f"{self._directory} holds machine code, and others can write there: chmod 700 it and its "
                              "parent, as their owner, or set CLOCHE_CACHE to another directory.")
        self._checked = True

    def _load(self, engine: wasmtime.Engine, path: Path) -> wasmtime.Module | None:
        try:
            expected = path.with_suffix(_CHECK).read_text()
            data = path.read_bytes()
        except OSError:
            return None
        if expected != _checksum(data):
            return None
        try:
            return wasmtime.Module.deserialize_file(engine, str(path))
        except wasmtime.WasmtimeError:
            return None

    def _store(self, path: Path, data: bytes) -> None:
        """Best effort: a full disk costs a compilation next time, not this run."""
        partial = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        check = path.with_suffix(_CHECK)
        try:
            partial.write_bytes(data)
            partial.replace(path)
            partial.write_text(_checksum(data))
            partial.replace(check)
        except OSError:
            partial.unlink(missing_ok=True)


def _checksum(data: bytes) -> str:
    return f"{len(data)} {zlib.crc32(data):08x}"
