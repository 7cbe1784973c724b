"""`cloche userland`: build, list, verify, pack, licenses, clean."""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from cloche.userland import build_host, port_host
from cloche.userland.build_host import Progress
from cloche.userland.cache_host import Cache
from cloche.userland.cc_host import compile_program
from cloche.userland.errors import UserlandError
from cloche.userland.pack_host import pack as pack_wheel
from cloche.userland.progress import reporter
from cloche.userland.store_host import Store

app = typer.Typer(help="Build, list and check the programs that run in the sandbox.", no_args_is_help=True)


@app.command()
def build(
    names: Annotated[list[str] | None, typer.Argument(help="Ports; the default set if none is named.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Build every port, also those built on demand.")] = False,
    sources: Annotated[Path | None, typer.Option(help="A folder that holds upstream archives.")] = None,
    jobs: Annotated[int | None, typer.Option("-j", "--jobs", min=1, help="Cores to use; all by default.")] = None,
    keep: Annotated[bool, typer.Option(help="Keep the build trees, in the cache's kept/.")] = False,
) -> None:
    """Build guest programs from upstream source; what is built already is left alone."""
    started = time.monotonic()
    with reporter(sys.stderr) as report:
        plan = build_host.plan(report, sources=sources, jobs=jobs, keep=keep)
        root = build_host.build(plan, build_host.wanted(plan.recipes, names or [], all_ports=every), report)
    count = sum(1 for _ in (root / "bin").iterdir())
    typer.echo(f"{count} commands in {root} ({time.monotonic() - started:.0f} s)")


@app.command("list")
def list_ports() -> None:
    """List the ports, and which of them are in the current root."""
    try:
        built = {port["name"]: port for port in Store().manifests()}
    except UserlandError:
        built = {}
    for name, recipe in build_host.recipes().items():
        size = sum(entry.get("size", 0) for entry in built.get(name, {"files": {}})["files"].values())
        state = f"built {size // 1024:6} KiB" if name in built else f"{recipe.set:>16}"
        typer.echo(f"{name:16} {recipe.version:12} {state}  {recipe.summary}")


@app.command()
def verify(
    rebuild: Annotated[str | None, typer.Option(help="Build this port again and compare the bytes.")] = None,
) -> None:
    """Check the files of the current root against their manifests."""
    damage = list(Store().verify())
    for found in damage:
        typer.echo(f"{found.path} {found.what}")
    if damage:
        raise UserlandError(f"{len(damage)} files are damaged: run `cloche userland clean` and build again")
    if rebuild is None:
        typer.echo("every file is as it was built")
        return
    with reporter(sys.stderr) as report:
        plan = build_host.plan(report)
        if rebuild not in plan.recipes or not plan.built(rebuild):
            raise UserlandError(f"{rebuild} is not built: run `cloche userland build {rebuild}` first")
        report(Progress(rebuild, "building", 0, 0, 1))
        differing = _rebuild(plan, rebuild)
    for path in differing:
        typer.echo(f"{path} differs")
    if differing:
        raise UserlandError(f"{rebuild} is not reproducible: {len(differing)} files differ")
    typer.echo(f"{rebuild}: built again, the same bytes")


def _rebuild(plan: build_host.Plan, name: str) -> list[str]:
    cache = plan.workshop.cache
    with cache.scratch("again") as scratch:
        again = port_host.build(plan.workshop, plan.recipes[name], plan.keys[name], plan.keys, scratch / "entry")
        first, second = (json.loads((path / "manifest.json").read_text())["files"]
                         for path in (cache.path("ports", plan.keys[name]), again))
    return sorted(path for path in first.keys() | second.keys() if first.get(path) != second.get(path))


@app.command()
def cc(
    sources: Annotated[list[Path], typer.Argument(help="C files.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The guest program to write.")],
    flags: Annotated[str, typer.Option(help="Flags for the compiler.")] = "-O2",
) -> None:
    """Compile a C program of your own for the sandbox."""
    compile_program(sources, output, flags.split())


@app.command()
def pack(
    directory: Annotated[Path, typer.Option("--output", "-o", help="Where the wheel goes.")] = Path("dist"),
    version: Annotated[str, typer.Option(help="The wheel's version.")] = "0.1.0",
) -> None:
    """Write the built programs as a wheel, for machines without compilers."""
    path = pack_wheel(Store(), directory, version)
    typer.echo(f"{path} ({path.stat().st_size / 1e6:.1f} MB)")


@app.command()
def licenses() -> None:
    """List the licence of every program in the current root."""
    for port in Store().manifests():
        typer.echo(f"{port['name']:16} {port['version']:12} {port['licence']}")


@app.command()
def clean(everything: Annotated[bool, typer.Option("--all", help="Also archives and tools.")] = False) -> None:
    """Remove what was built; archives and tools stay unless --all is given."""
    cache = Cache()
    for name in ("roots", "ports", "libc", "work", "kept", "configure", "logs", "current",
                 *(("sources", "toolchain", "apt", "locks") if everything else ())):
        path = cache.path(name)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    typer.echo(f"removed from {cache.root}")


def main() -> None:
    """`python -m cloche.userland.cli`."""
    try:
        app()
    except UserlandError as error:
        print(f"cloche: {error}", file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
