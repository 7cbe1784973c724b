"""The guest's libc: musl from upstream, our overlay and edits, built into a sysroot by musl's own makefile.

A sysroot has include/, lib/{crt1.o,libc.a,libcompiler_rt.a} and lib/lto/libc.a (the same as LLVM bitcode).
"""

from __future__ import annotations

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cloche.userland.cache_host import Cache, hash_file, hash_text, hash_tree
from cloche.userland.fetch_host import Fetcher
from cloche.userland.recipe import Recipe, parse
from cloche.userland.source_host import prepare
from cloche.userland.steps_host import Steps
from cloche.userland.toolchain_host import Toolchain

# Bitcode must not define what code generation itself adds calls of, after link-time optimisation has run.
NOT_BITCODE = ("setjmp", "longjmp", "memcpy", "memmove", "memset", "memcmp")
COMPILER = ("wasm-ld", "wasm32-linux-ar", "wasm32-linux-cc", "wasm32-linux-ranlib")
EMPTY_LIBRARIES = ("m", "rt", "pthread", "crypt", "util", "xnet", "resolv", "dl")


@dataclass(frozen=True, slots=True)
class Libc:
    """A built libc. `interface` changes only when configure scripts could answer otherwise."""

    sysroot: Path
    key: str
    interface: str
    version: str


def recipe(guest: Path) -> Recipe:
    """guest/libc/libc.toml."""
    directory = guest / "libc"
    return parse((directory / "libc.toml").read_text(), directory)


def key(guest: Path, toolchain: Toolchain) -> str:
    """What a libc is made from."""
    return hash_text("libc 1", toolchain.version, hash_tree(guest / "libc", ignore=frozenset({"tests"})),
                     *(hash_file(guest / "tools" / name) for name in COMPILER))


def build(cache: Cache, guest: Path, toolchain: Toolchain, fetcher: Fetcher, jobs: int) -> Libc:
    """The libc of the present overlay: from the cache, or built."""
    wanted = recipe(guest)
    name = key(guest, toolchain)
    sysroot = cache.path("libc", name)
    if not sysroot.is_dir():
        with cache.lock(f"libc-{name[:16]}"):
            if not sysroot.is_dir():
                archive = fetcher.fetch(wanted)
                with cache.scratch("libc") as scratch:
                    _build(cache, guest, toolchain, wanted, archive, scratch, jobs)
                    cache.publish(scratch / "sysroot", "libc", name)
    return Libc(sysroot, name, (sysroot / "interface").read_text(), wanted.version)


def _build(cache: Cache, guest: Path, toolchain: Toolchain, wanted: Recipe, archive: Path, scratch: Path,
           jobs: int) -> None:
    sysroot = scratch / "sysroot"
    (sysroot / "lib" / "lto").mkdir(parents=True)
    (sysroot / "include").mkdir()

    def variant(name: str, lto: bool) -> Path:
        environment = {"CLOCHE_ZIG": str(toolchain.zig), "CLOCHE_SYSROOT": str(sysroot),
                       "CLOCHE_LTO": "1" if lto else "0"}
        steps = Steps(cache, name, environment)
        tree = scratch / name
        prepare(wanted, archive, tree, steps)
        for name in (guest / "libc" / "without").read_text().split():
            (tree / name).unlink()
        _write_numbers(tree)
        cc = guest / "tools" / "wasm32-linux-cc"
        (tree / "config.mak").write_text(
            f"ARCH = wasm32\nMALLOC_DIR = fast\nprefix = {sysroot}\nCC = {cc}\nAR = {guest}/tools/wasm32-linux-ar\n"
            f"RANLIB = {guest}/tools/wasm32-linux-ranlib\n"
            f"CFLAGS_AUTO = -O3 -w -g0 -ffile-prefix-map={tree}=musl\n"
            "CFLAGS_C99FSE = -std=c99 -ffreestanding -nostdinc -D_XOPEN_SOURCE=700\n")
        targets = ["lib/libc.a"] if lto else ["lib/libc.a", "lib/crt1.o", "install-headers"]
        if lto:
            objects = [f"obj/src/{path.relative_to(tree / 'src').with_suffix('.o')}"
                       for stem in NOT_BITCODE for path in _sources(tree, stem)]
            steps.run(["make", f"-j{jobs}", *objects], tree, {"CLOCHE_LTO": "0"})
        steps.run(["make", f"-j{jobs}", *targets], tree)
        return tree

    with ThreadPoolExecutor(2) as pool:
        plain, bitcode = pool.map(lambda item: variant(*item), (("libc", False), ("libc-lto", True)))
    shutil.copy(plain / "lib" / "libc.a", sysroot / "lib")
    shutil.copy(plain / "lib" / "crt1.o", sysroot / "lib")
    shutil.copy(bitcode / "lib" / "libc.a", sysroot / "lib" / "lto")
    archiver = [str(toolchain.zig), "ar"]
    for name in EMPTY_LIBRARIES:
        subprocess.run([*archiver, "rc", f"lib{name}.a"], cwd=sysroot / "lib", check=True)
    steps = Steps(cache, "compiler-rt", {})
    steps.run([str(toolchain.zig), "build-lib", "-target", "wasm32-freestanding", "-OReleaseFast", "-fstrip",
               "--cache-dir", str(scratch / "zig"), "--global-cache-dir", str(scratch / "zig"),
               f"-femit-bin={sysroot}/lib/libcompiler_rt.a", str(toolchain.zig.parent / "lib" / "compiler_rt.zig")],
              scratch)
    members = subprocess.run([*archiver, "t", "libc.a"], cwd=sysroot / "lib", capture_output=True, text=True,
                             check=True).stdout
    interface = hash_text("interface 1", toolchain.version, hash_tree(sysroot / "include"), members,
                          hash_file(guest / "tools" / "wasm32-linux-cc"))
    (sysroot / "interface").write_text(interface)


def _sources(tree: Path, stem: str) -> list[Path]:
    """The sources of one object, the architecture's own before the generic one, as musl's makefile chooses."""
    own = sorted((tree / "src").glob(f"*/wasm32/{stem}.[cs]"))
    return own or sorted((tree / "src").glob(f"*/{stem}.c"))


def _write_numbers(tree: Path) -> None:
    """arch/wasm32/syscalls.tbl as the header that musl makes its own from."""
    lines = []
    for line in (tree / "arch" / "wasm32" / "syscalls.tbl").read_text().splitlines():
        number, _, name = line.partition(" ")
        if number.isdigit():
            lines.append(f"#define __NR_{name} {number}\n")
    (tree / "arch" / "wasm32" / "bits" / "syscall.h.in").write_text("".join(lines))
