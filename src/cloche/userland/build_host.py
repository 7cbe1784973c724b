"""The build: every wanted port once, dependencies first, as many at a time as there are cores; then the staged root."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from cloche.userland import libc_host, port_host, toolchain_host
from cloche.userland.cache_host import Cache, guest_directory
from cloche.userland.errors import UserlandError
from cloche.userland.fetch_host import Fetcher
from cloche.userland.port_host import Workshop
from cloche.userland.recipe import Recipe, load_all, ordered
from cloche.userland.store_host import Store


@dataclass(frozen=True, slots=True)
class Progress:
    """One line of a build: what happened to a port, and how many of how many are done."""

    port: str
    state: str  # "building", "built", "cached", "failed"
    seconds: float
    done: int
    total: int


Report = Callable[[Progress], None]


@dataclass(slots=True)
class Plan:
    """What is to be built: recipes in order, and each one's key."""

    workshop: Workshop
    recipes: dict[str, Recipe]
    keys: dict[str, str]

    def built(self, name: str) -> bool:
        return self.workshop.cache.path("ports", self.keys[name], "manifest.json").is_file()


def recipes() -> dict[str, Recipe]:
    """All recipes of the guest directory."""
    ports = guest_directory() / "ports"
    if not ports.is_dir():
        raise UserlandError(f"no recipes in {ports}: run from a checkout of cloche, or set CLOCHE_GUEST to its guest/")
    return load_all(ports)


def plan(report: Report, *, sources: Path | None = None, jobs: int | None = None, keep: bool = False) -> Plan:
    """Finds the toolchain, builds the libc if it is not there, and computes the key of every port."""
    cache, guest = Cache(), guest_directory()
    every = recipes()
    cache.sweep()
    toolchain = toolchain_host.find(cache)
    fetcher = Fetcher(cache, sources)
    cores = jobs or os.cpu_count() or 1
    started = time.monotonic()
    fresh = not cache.path("libc", libc_host.key(guest, toolchain)).is_dir()
    if fresh:
        report(Progress("libc", "building", 0, 0, 0))
    libc = libc_host.build(cache, guest, toolchain, fetcher, cores)
    if fresh:
        report(Progress("libc", "built", time.monotonic() - started, 0, 0))
    workshop = Workshop(cache, guest, toolchain, libc, fetcher, cores, keep)
    keys: dict[str, str] = {}
    for name in ordered(every, every):
        keys[name] = port_host.key(workshop, every[name], keys)
    return Plan(workshop, every, keys)


def wanted(every: dict[str, Recipe], names: Iterable[str], *, all_ports: bool) -> list[str]:
    """The ports that were asked for (by default, the default set) and what they depend on, dependencies first."""
    chosen = list(names) or [name for name, recipe in every.items() if all_ports or recipe.set == "default"]
    return ordered(every, chosen)


def build(the_plan: Plan, names: list[str], report: Report) -> Path:
    """Builds `names` and stages the root; after a failure the others are still built, then UserlandError is raised."""
    total, cores = len(names), the_plan.workshop.jobs
    done: set[str] = set()
    failures: dict[str, UserlandError] = {}
    running: dict[Future[None], tuple[str, float]] = {}
    urgency = _urgency(the_plan.recipes, names)
    waiting = sorted(names, key=lambda name: -urgency[name])
    with ThreadPoolExecutor(max_workers=cores) as pool:
        try:
            while waiting or running:
                for name in list(waiting):
                    needs = set(the_plan.recipes[name].depends)
                    if needs & failures.keys():
                        waiting.remove(name)
                        cause = min(needs & failures.keys())
                        failures[name] = UserlandError(f"{name}: not built, because {cause} was not")
                    elif needs <= done and the_plan.built(name):
                        waiting.remove(name)
                        done.add(name)
                        report(Progress(name, "cached", 0, len(done), total))
                    elif needs <= done and len(running) < cores:
                        waiting.remove(name)
                        report(Progress(name, "building", 0, len(done), total))
                        running[pool.submit(_one, the_plan, name)] = name, time.monotonic()
                if not running:
                    continue
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    name, started = running.pop(future)
                    error = future.exception()
                    if isinstance(error, UserlandError):
                        failures[name] = error
                        report(Progress(name, "failed", time.monotonic() - started, len(done), total))
                    elif error is not None:
                        raise error
                    else:
                        done.add(name)
                        report(Progress(name, "built", time.monotonic() - started, len(done), total))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    if failures:
        first = next(iter(failures.values()))
        more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
        raise UserlandError(f"{first}{more}")
    return stage(the_plan)


def _one(the_plan: Plan, name: str) -> None:
    with the_plan.workshop.cache.lock(f"port-{the_plan.keys[name][:16]}"):
        if not the_plan.built(name):
            port_host.build(the_plan.workshop, the_plan.recipes[name], the_plan.keys[name], the_plan.keys)


def _urgency(every: dict[str, Recipe], names: list[str]) -> dict[str, int]:
    """Seconds of the longest chain of builds that begins with each port."""
    result: dict[str, int] = {name: every[name].seconds for name in names}
    for name in reversed(names):
        for dependency in every[name].depends:
            if dependency in result:
                result[dependency] = max(result[dependency], every[dependency].seconds + result[name])
    return result


def stage(the_plan: Plan) -> Path:
    """The root of every port that is built under its present key, made the current one."""
    entries = [the_plan.workshop.cache.path("ports", the_plan.keys[name])
               for name in the_plan.recipes if the_plan.built(name)]
    gaps = {the_plan.keys[name] for name, recipe in the_plan.recipes.items() if recipe.fills_gaps}
    return Store(the_plan.workshop.cache).stage(entries, gaps, the_plan.workshop.guest / "rootfs")
