"""The pinned compilers: clang and wasm-ld from the PyPI package ziglang, wasm-opt from the npm package binaryen."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cloche.userland.cache_host import Cache
from cloche.userland.errors import UserlandError

ZIG_VERSION = "0.17.1"
BINARYEN_VERSION = "132.0.0"
BINARYEN_SHA512 = "4Usg7yEvwO3FMso3Oov6qkOOHSod1IEv+boKkh77kTljM+eNBouqCTbqWswGzbG+vDNO/b/v2C4gfEh1WgB9Lg=="

# Spelled out: --all-features would enable encodings that wasmtime does not parse.
FEATURES = ("--enable-mutable-globals", "--enable-sign-ext", "--enable-bulk-memory", "--enable-simd",
            "--enable-nontrapping-float-to-int", "--enable-exception-handling", "--enable-multivalue",
            "--enable-reference-types")


@dataclass(frozen=True, slots=True)
class Toolchain:
    """Where the tools are, and the text that stands for their versions in cache keys."""

    zig: Path
    wasm_opt: tuple[str, ...]
    version: str

    def optimise(self, arguments: list[str], *, gc: bool = False) -> subprocess.CompletedProcess[str]:
        """Runs wasm-opt."""
        command = [*self.wasm_opt, *FEATURES, *(["--enable-gc"] if gc else []), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)


def find(cache: Cache) -> Toolchain:
    """The toolchain, with binaryen fetched if it is not in the cache yet; UserlandError says what is missing."""
    for tool, package in (("make", "make"), ("gcc", "gcc"), ("bash", "bash"), ("node", "nodejs")):
        if shutil.which(tool) is None:
            raise UserlandError(f"building guest programs needs {tool}: install the package {package}")
    return Toolchain(_zig(), _binaryen(cache), f"zig {ZIG_VERSION} binaryen {BINARYEN_VERSION} {' '.join(FEATURES)}")


def _zig() -> Path:
    if given := os.environ.get("CLOCHE_ZIG"):
        path = Path(given)
    else:
        spec = importlib.util.find_spec("ziglang")
        if spec is None or spec.origin is None:
            raise UserlandError("building guest programs needs a compiler: pip install 'cloche[build]'")
        path = Path(spec.origin).parent / "zig"
    done = subprocess.run([path, "version"], capture_output=True, text=True, check=False)
    if done.stdout.strip() != ZIG_VERSION:
        raise UserlandError(f"{path} is version {done.stdout.strip() or 'unknown'}; "
                            f"wanted is {ZIG_VERSION}: pip install ziglang=={ZIG_VERSION}")
    return path


def _binaryen(cache: Cache) -> tuple[str, ...]:
    if given := os.environ.get("CLOCHE_WASM_OPT"):
        return tuple(given.split())
    script = cache.path("toolchain", f"binaryen-{BINARYEN_VERSION}", "bin", "wasm-opt")
    if not script.is_file():
        with cache.lock("toolchain"):
            if not script.is_file():
                _fetch_binaryen(cache)
    return ("node", str(script))


def _fetch_binaryen(cache: Cache) -> None:
    if shutil.which("npm") is None:
        raise UserlandError("wasm-opt comes from the npm package binaryen, and there is no npm: install npm, "
                            "or set CLOCHE_WASM_OPT to a wasm-opt of version " + BINARYEN_VERSION.split(".")[0])
    with cache.scratch("binaryen") as scratch:
        done = subprocess.run(["npm", "pack", "--silent", f"binaryen@{BINARYEN_VERSION}"], cwd=scratch,
                              capture_output=True, text=True, check=False)
        archive = scratch / f"binaryen-{BINARYEN_VERSION}.tgz"
        if done.returncode or not archive.is_file():
            raise UserlandError(f"npm cannot fetch binaryen {BINARYEN_VERSION}: connect to the network once, "
                                "or set CLOCHE_WASM_OPT")
        actual = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if actual != BINARYEN_SHA512:
            raise UserlandError(f"binaryen {BINARYEN_VERSION} from npm has SHA-512 {actual}, not the pinned one")
        subprocess.run(["tar", "xf", archive.name], cwd=scratch, check=True)
        cache.publish(scratch / "package", "toolchain", f"binaryen-{BINARYEN_VERSION}")
