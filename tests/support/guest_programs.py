"""C programs of ours, compiled for the guest: with the driver's compiler, libc and last linking step, cached by content."""
from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

from cloche.userland import build_host, wasm
from cloche.userland.build_host import Plan
from cloche.userland.cache_host import hash_file, hash_text
from cloche.userland.link_host import link_guest
from cloche.userland.recipe import Asyncify, Program, Recipe
from cloche.userland.steps_host import Steps


@functools.cache
def _plan() -> Plan:
    return build_host.plan(lambda progress: None)


def compile_guest(source: Path, headers: Sequence[Path] = (), flags: Sequence[str] = ("-O1",)) -> bytes:
    """The guest program of one C source. UserlandError (and the compiler's words) if it does not compile."""
    shop = _plan().workshop
    cache = shop.cache
    key = hash_text("test program 1", shop.libc.key, shop.toolchain.version, source.name, *flags,
                    *(hash_file(path) for path in (source, *headers)))
    target = cache.path("tests", f"{key}.wasm")
    if not target.is_file():
        with cache.scratch("test") as scratch:
            raw, made = scratch / "raw.wasm", scratch / "guest.wasm"
            environment = {"CLOCHE_ZIG": str(shop.toolchain.zig), "CLOCHE_SYSROOT": str(shop.libc.sysroot)}
            steps = Steps(cache, f"test-{source.stem}", environment)
            steps.run([str(shop.guest / "tools" / "wasm32-linux-cc"), *flags, "-w", str(source), "-o", str(raw), "-lm"],
                      scratch)
            forks = wasm.Module(raw.read_bytes()).imported("linux", "fork") is not None
            program = Program(built="raw.wasm", path=f"/bin/{source.stem}", fork="asyncify" if forks else "no",
                              asyncify=Asyncify(optimize=("-O1",)))
            recipe = Recipe(directory=source.parent, name=f"test-{source.stem}", version="0", licence="Apache-2.0",
                            summary="a test program")
            link_guest(shop.toolchain, recipe, program, raw, made, steps)
            cache.write(made.read_bytes(), "tests", target.name)
    return target.read_bytes()


