"""A C program of one's own as a guest program: what tests, examples and users' tools are compiled with."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from cloche.userland import libc_host, toolchain_host
from cloche.userland.cache_host import Cache, guest_directory
from cloche.userland.errors import UserlandError
from cloche.userland.fetch_host import Fetcher
from cloche.userland.link_host import link_guest
from cloche.userland.recipe import Compile, Program, Recipe
from cloche.userland.steps_host import Steps


def compile_program(sources: Sequence[Path], target: Path, flags: Sequence[str] = ("-O2",)) -> None:
    """Compiles and links `sources` into the guest program `target`; it may fork."""
    cache, guest = Cache(), guest_directory()
    toolchain = toolchain_host.find(cache)
    libc = libc_host.build(cache, guest, toolchain, Fetcher(cache), os.cpu_count() or 1)
    for source in sources:
        if not source.is_file():
            raise UserlandError(f"no file {source}")
    program = Program(built="a.out", path=f"/bin/{target.name}", fork="asyncify")
    recipe = Recipe(directory=guest, name=target.stem, version="0", licence="", summary="", compile=Compile(),
                    program=(program,))
    with cache.scratch("cc") as scratch:
        environment = {"CLOCHE_ZIG": str(toolchain.zig), "CLOCHE_SYSROOT": str(libc.sysroot),
                       "PATH": f"{guest}/tools:{os.environ.get('PATH', '')}"}
        steps = Steps(cache, f"cc-{target.stem}", environment)
        steps.run(["wasm32-linux-cc", *flags, *(str(source.absolute()) for source in sources), "-o",
                   str(scratch / "a.out")], scratch)
        link_guest(toolchain, recipe, program, scratch / "a.out", scratch / "linked", steps)
        target.write_bytes((scratch / "linked").read_bytes())
        target.chmod(0o755)
