"""`cloche userland compile`: machine code for every program, before somebody has to wait for it."""
from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from ..abi.errno import SysError
from ..abi.stat import S_IFREG
from ..errors import ClocheError
from ..sandbox.sandbox import Sandbox
from ..userland.cache_host import Cache, hash_text
from ..userland.store_host import Store

_DIRECTORIES = (b"/bin", b"/usr/bin", b"/usr/lib", b"/usr/libexec", b"/usr/local/bin")


def compile_programs(
    deterministic: Annotated[bool, typer.Option(help="For runs with --seed, which have code of their own.")] = False,
) -> None:
    """Compile every program for this machine, so that none has to be when it is first used."""
    mark = _mark(deterministic)
    if mark.exists():
        typer.echo("every program is compiled")
        return
    with Sandbox(seed=0 if deterministic else None) as sandbox:
        inodes = {inode.contents: (path, inode) for path, inode in _programs(sandbox)}
        for done, (path, inode) in enumerate(inodes.values(), 1):
            print(f"[{done}/{len(inodes)}] {path.decode(errors='replace')} {inode.size // 1024} KiB", file=sys.stderr)
            try:
                sandbox.engine.load(inode, sandbox.machine.vfs.image)
            except SysError as error:
                raise ClocheError(f"{path.decode(errors='replace')} is no program that can run here "
                                  f"({error.errno.name}): run `cloche userland verify`") from None
    mark.touch()
    typer.echo(f"{len(inodes)} programs are compiled")


def _mark(deterministic: bool) -> Path:
    """The file that says: everything of this root has been compiled, by this cloche and this Python's wasmtime."""
    what = f"{Store().root()} {version('wasmtime')} {version('cloche')} {deterministic}"
    return Cache().path("modules", f"{hash_text(what)}.all")


def _programs(sandbox: Any) -> Iterator[tuple[bytes, Any]]:
    """Every WebAssembly module of the image, by one of its paths."""
    vfs, init = sandbox.machine.vfs, sandbox.machine.init
    pending = list(_DIRECTORIES)
    while pending:
        directory = pending.pop()
        try:
            found = vfs.find(init, vfs.root, directory, False)[2]
        except SysError:
            continue
        if not found.is_directory:
            continue
        for name in sorted(found.names()):
            path = directory + b"/" + name
            inode = vfs.find(init, vfs.root, path, False)[2]
            if inode.is_directory:
                pending.append(path)
            elif inode.kind == S_IFREG and bytes(inode.read_at(0, 4)) == b"\0asm":
                yield path, inode
