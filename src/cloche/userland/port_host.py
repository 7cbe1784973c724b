"""Builds one port: archive to finished entry of the cache.

An entry has root/ (what goes into the guest), export/ (what dependents compile against) and manifest.json.
"""

from __future__ import annotations

import contextlib
import fnmatch
import json
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cloche.userland.cache_host import Cache, disk_errors, hash_file, hash_text, hash_tree
from cloche.userland.errors import UserlandError
from cloche.userland.fetch_host import Fetcher
from cloche.userland.libc_host import Libc
from cloche.userland.link_host import link_guest
from cloche.userland.recipe import Configure, Install, Program, Recipe
from cloche.userland.source_host import prepare
from cloche.userland.steps_host import Steps
from cloche.userland.toolchain_host import Toolchain

DRIVER_VERSION = "1"  # changes when the driver builds the same recipe differently in other ways than by LINKING
HELPERS = ("build-functions.sh", "mini_configure.py")  # of guest/tools, for build.sh
LINKING = ("forks.py", "link_host.py", "twins.py", "wasm.py")
WARNINGS = ("-w", "-Wno-int-conversion", "-Wno-implicit-int", "-Wno-implicit-function-declaration",
            "-Wno-incompatible-pointer-types", "-Wno-incompatible-function-pointer-types")
STANDARD = ("--host=wasm32-unknown-linux-musl", "--build=x86_64-pc-linux-gnu", "--prefix=/usr", "--disable-nls")


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every port is built with."""

    cache: Cache
    guest: Path
    toolchain: Toolchain
    libc: Libc
    fetcher: Fetcher
    jobs: int
    keep: bool = False


def key(workshop: Workshop, recipe: Recipe, dependencies: Mapping[str, str]) -> str:
    """What the port is made from: recipe, driver, compilers, libc, and the keys of what it depends on."""
    linking = "".join((Path(__file__).parent / name).read_text() for name in LINKING)
    helpers = [hash_file(workshop.guest / "tools" / name) for name in HELPERS] if recipe.build_script else []
    return hash_text("port", DRIVER_VERSION, linking, *helpers, workshop.toolchain.version, workshop.libc.key,
                     hash_tree(recipe.directory), *(f"{name} {dependencies[name]}" for name in recipe.depends))


def build(workshop: Workshop, recipe: Recipe, name: str, dependencies: Mapping[str, str],
          again: Path | None = None) -> Path:
    """Builds the port and publishes it under its key `name`; with `again`, into that directory instead."""
    cache = workshop.cache
    with contextlib.ExitStack() as stack:
        scratch = stack.enter_context(cache.scratch(recipe.name))
        started = time.monotonic()
        archive = workshop.fetcher.fetch(recipe) if recipe.source else None
        tree, entry = scratch / "tree", scratch / "entry"
        steps = Steps(cache, recipe.name, _environment(workshop, recipe, tree, dependencies))
        try:
            with disk_errors(cache.root):
                prepare(recipe, archive, tree, steps)
                _compile(workshop, recipe, tree, steps)
                _check_signatures(recipe, steps)
                entry.mkdir()
                for program in recipe.program:
                    _link(workshop, recipe, tree, entry, program, steps)
                _install(recipe, tree, entry)
                _write_manifest(recipe, name, entry, time.monotonic() - started)
        finally:
            if workshop.keep and tree.is_dir():
                kept = cache.path("kept", recipe.name)
                shutil.rmtree(kept, ignore_errors=True)
                kept.parent.mkdir(exist_ok=True)
                tree.rename(kept)
        if again is not None:
            entry.rename(again)
            return again
        return cache.publish(entry, "ports", name)


def _environment(workshop: Workshop, recipe: Recipe, tree: Path, dependencies: Mapping[str, str]) -> dict[str, str]:
    exports = {dep: workshop.cache.path("ports", dependencies[dep], "export") for dep in recipe.depends}
    flags = [recipe.compile.optimize, "-g0", *WARNINGS, f"-ffile-prefix-map={tree}=.", *recipe.compile.cflags]
    if recipe.compile.vfork:
        flags.append("-Dfork=vfork")
    return {
        "PATH": f"{workshop.guest}/tools:{os.environ.get('PATH', '/usr/bin:/bin')}",
        "CC": "wasm32-linux-cc", "AR": "wasm32-linux-ar", "RANLIB": "wasm32-linux-ranlib",
        "STRIP": "wasm32-linux-strip",
        "CFLAGS": " ".join(flags), "LDFLAGS": " ".join(recipe.compile.ldflags), "CC_FOR_BUILD": "gcc",
        "JOBS": str(workshop.jobs), "RECIPE": str(recipe.directory), "SYSROOT": str(workshop.libc.sysroot),
        "GUEST_TOOLS": str(workshop.guest / "tools"), "VERSION": recipe.version, "TREE": str(tree),
        "PKG_CONFIG_LIBDIR": ":".join(f"{path}/lib/pkgconfig" for path in exports.values()), "PKG_CONFIG_PATH": "",
        "CLOCHE_ZIG": str(workshop.toolchain.zig), "CLOCHE_SYSROOT": str(workshop.libc.sysroot),
        "CLOCHE_DEPENDS": " ".join(str(path) for path in exports.values()),
        "CLOCHE_STACK": str(recipe.compile.stack),
        **{f"DEPENDS_{dep.replace('-', '_').replace('+', '_').replace('.', '_')}": str(path)
           for dep, path in exports.items()}}


def _compile(workshop: Workshop, recipe: Recipe, tree: Path, steps: Steps) -> None:
    lto = {"CLOCHE_LTO": "1" if recipe.compile.lto else "0"}
    for tool in recipe.native:
        if shutil.which(tool) is None:
            raise UserlandError(f"building {recipe.name} needs {tool}: install it")
    if recipe.configure is not None:
        _configure(workshop, recipe, recipe.configure, tree, steps)
    if recipe.build_script is not None:
        steps.run(["bash", "-eu", "-c", '. "$GUEST_TOOLS/build-functions.sh"; . "$RECIPE/build.sh"'], tree, lto)
    elif recipe.configure is not None or recipe.make.targets:
        steps.run(["make", f"-j{workshop.jobs}", *recipe.make.arguments, *recipe.make.targets],
                  tree / recipe.make.directory, lto)


def _configure(workshop: Workshop, recipe: Recipe, how: Configure, tree: Path, steps: Steps) -> None:
    """Runs configure, with the answers of an earlier run under the same conditions if there are any."""
    cache = tree / "config.cache"
    arguments = [argument.replace("$TREE", str(tree)) for argument in how.arguments]
    if how.standard:
        arguments = [*STANDARD, f"--cache-file={cache}", *arguments]
    remembered = hash_text("configure", workshop.libc.interface, recipe.source.sha256 if recipe.source else "",
                           steps.environment["CFLAGS"].replace(str(tree), ""), *how.arguments,
                           json.dumps(how.answers, sort_keys=True), *(e.file + e.replace for e in recipe.edit),
                           *recipe.depends)
    earlier = workshop.cache.path("configure", remembered)
    answers = workshop.guest / "ports" / "answers.cache"
    text = answers.read_text() if how.shared_answers and answers.is_file() else ""
    text += "".join(f"{name}=${{{name}={_quoted(value)}}}\n" for name, value in how.answers.items())
    if earlier.is_file():
        text = earlier.read_text()
    cache.write_text(text)
    steps.run([how.script, *arguments], tree, how.environment)
    if how.standard and not earlier.is_file():
        lines = [line for line in cache.read_text().splitlines(keepends=True)
                 if not line.startswith(("ac_cv_env_", "#"))]
        workshop.cache.write("".join(lines).encode(), "configure", remembered)


def _quoted(value: str) -> str:
    return value if value.replace("-", "").replace("_", "").isalnum() else "'" + value.replace("'", "'\\''") + "'"


def _check_signatures(recipe: Recipe, steps: Steps) -> None:
    """A call through a wrong signature traps at run time; the linker only warns."""
    for line in steps.path.read_text(errors="replace").splitlines():
        if "function signature mismatch" in line:
            raise UserlandError(f"{recipe.name}: {line.strip()} (all of it: {steps.path})")


def _link(workshop: Workshop, recipe: Recipe, tree: Path, entry: Path, program: Program, steps: Steps) -> None:
    raw = tree / program.built
    if not raw.is_file():
        raise UserlandError(f"{recipe.name}: the build made no {program.built} (see {steps.path})")
    target = entry / "root" / program.path.lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    made = tree.parent / "linked" / target.name
    made.parent.mkdir(exist_ok=True)
    started = time.monotonic()
    link_guest(workshop.toolchain, recipe, program, raw, made, steps)
    made.rename(target)
    steps.note(f"# {program.path}: {raw.stat().st_size} -> {target.stat().st_size} bytes, "
               f"{time.monotonic() - started:.1f} s")
    for name in program.links:
        _symlink(entry, name, os.path.relpath(program.path, os.path.dirname(name)))


def _symlink(entry: Path, path: str, target: str) -> None:
    link = entry / "root" / path.lstrip("/")
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target)


def _install(recipe: Recipe, tree: Path, entry: Path) -> None:
    (entry / "root").mkdir(exist_ok=True)
    for item in recipe.install:
        _copy(recipe, _origin(recipe, tree, item.built), entry / "root" / item.path.lstrip("/"), item)
    for link in recipe.link:
        _symlink(entry, link.path, link.target)
    for export in recipe.export:
        _copy(recipe, _origin(recipe, tree, export.built), entry / "export" / export.path, None)


def _origin(recipe: Recipe, tree: Path, built: str) -> Path:
    path = recipe.directory / built[7:] if built.startswith("recipe:") else tree / built
    if not path.exists():
        raise UserlandError(f"{recipe.name}: the build made no {built}")
    return path


def _copy(recipe: Recipe, origin: Path, target: Path, item: Install | None) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if origin.is_file():
        shutil.copyfile(origin, target)
        target.chmod(0o755 if item is not None and item.executable else 0o644)
        return
    prune = item.prune if item is not None else ()

    def ignored(directory: str, names: list[str]) -> set[str]:
        below = os.path.relpath(directory, origin)
        return {name for name in names for pattern in prune
                if fnmatch.fnmatch(os.path.normpath(os.path.join(below, name)), pattern)}

    shutil.copytree(origin, target, symlinks=True, ignore=ignored, dirs_exist_ok=True)


def _write_manifest(recipe: Recipe, name: str, entry: Path, seconds: float) -> None:
    files: dict[str, object] = {}
    for path in sorted((entry / "root").rglob("*")):
        guest = "/" + path.relative_to(entry / "root").as_posix()
        if path.is_symlink():
            files[guest] = {"link": os.readlink(path)}
        elif path.is_file():
            os.utime(path, (1672531200, 1672531200))
            files[guest] = {"sha256": hash_file(path), "size": path.stat().st_size,
                            "mode": "755" if path.stat().st_mode & 0o100 else "644"}
    manifest = {"name": recipe.name, "version": recipe.version, "licence": recipe.licence, "summary": recipe.summary,
                "set": recipe.set, "key": name, "seconds": round(seconds, 1), "files": files}
    (entry / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
