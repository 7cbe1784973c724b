"""The last step of a program: the linker's module becomes the guest's. asyncify where it forks; no names; exceptions
in the form that wasmtime knows."""

from __future__ import annotations

from pathlib import Path

from cloche.userland import forks, twins, wasm
from cloche.userland.errors import UserlandError
from cloche.userland.recipe import Program, Recipe
from cloche.userland.steps_host import Steps
from cloche.userland.toolchain_host import Toolchain


def link_guest(toolchain: Toolchain, recipe: Recipe, program: Program, raw: Path, target: Path, steps: Steps) -> None:
    """`raw` as a guest program in `target`."""
    data = raw.read_bytes()
    try:
        module = wasm.Module(data)
    except (wasm.MalformedModule, IndexError, KeyError) as error:
        raise UserlandError(f"{recipe.name}: {program.built} is no module that can be linked: {error}") from None
    _check_setjmp(module, recipe, program)
    fork = module.imported("linux", "fork")
    step = raw
    if fork is not None:
        if program.fork == "no":
            path = " -> ".join([*forks.path_to_fork(module, fork), "fork"])
            raise UserlandError(f'{recipe.name}: {program.built} may fork ({path}), but its recipe says fork = "no"')
        step = target.with_suffix(".async")
        unique = module.unique_names()
        names = sorted(unique[index] for index in forks.may_fork(module, fork, program.asyncify.never))
        steps.note(f"# {program.path}: {len(names)} of {len(module.calls)} functions can have a fork below them")
        response = target.with_suffix(".list")
        response.write_text("\n".join(names))
        named = target.with_suffix(".named")
        named.write_bytes(wasm.with_names(data, unique))
        _optimise(toolchain, recipe, steps, [
            str(named), *program.asyncify.optimize, "--asyncify", "--pass-arg=asyncify-export-globals",
            "--pass-arg=asyncify-imports@linux.fork",
            f"--pass-arg=asyncify-onlylist@@{response}", "-g", "-o", str(step)])
        step.write_bytes(twins.make_twins(step.read_bytes()))
    if wasm.has_exceptions(data) or step is not raw or program.optimize:
        flags = program.optimize or (("-O2",) if step is not raw else ())
        _optimise(toolchain, recipe, steps, [str(step), "--translate-to-exnref", *flags, "-o", str(target)])
        data = target.read_bytes()
    target.write_bytes(wasm.strip(data))
    target.chmod(0o755)


def _check_setjmp(module: wasm.Module, recipe: Recipe, program: Program) -> None:
    """A program that uses setjmp has `try` instructions: link-time optimisation can leave them out silently."""
    uses = [index for index, name in module.names.items() if name == "__wasm_setjmp"]
    called = any(index in calls.direct for calls in module.calls.values() for index in uses)
    if called and not any(calls.tries for calls in module.calls.values()):
        raise UserlandError(f"{recipe.name}: {program.built} calls setjmp, but catches nothing: the linker's flags")


def _optimise(toolchain: Toolchain, recipe: Recipe, steps: Steps, arguments: list[str]) -> None:
    steps.note("$ wasm-opt " + " ".join(arguments))
    done = toolchain.optimise(arguments, gc=recipe.compile.gc)
    steps.note(done.stdout + done.stderr)
    if done.returncode:
        raise UserlandError(f"{recipe.name}: wasm-opt failed: {(done.stderr.strip() or 'no message').splitlines()[0]} "
                            f"(all of it: {steps.path})")
