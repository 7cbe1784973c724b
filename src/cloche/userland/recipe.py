"""A port's recipe: what `guest/ports/NAME/port.toml` says, parsed and checked. No I/O beyond reading it.

The format is described in guest/README.md.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from cloche.userland.errors import UserlandError

NAME = re.compile(r"[a-z0-9][a-z0-9+.-]*")
SHA256 = re.compile(r"[0-9a-f]{64}")
STACK_BYTES_DEFAULT = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the upstream archive comes from. The checksum is what counts, not the distribution's revision."""

    file: str
    sha256: str
    deb: str = ""
    pypi: str = ""
    strip: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Configure:
    """How the configure script is called."""

    script: str = "./configure"
    arguments: tuple[str, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    standard: bool = True  # --host, --build, --prefix=/usr and --disable-nls
    shared_answers: bool = True  # begin with guest/ports/answers.cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """What make is asked for."""

    targets: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    directory: str = "."


@dataclass(frozen=True, slots=True, kw_only=True)
class Compile:
    """Flags for the compiler and the linker beyond the driver's own."""

    optimize: str = "-O2"
    cflags: tuple[str, ...] = ()
    ldflags: tuple[str, ...] = ()
    lto: bool = False
    vfork: bool = False  # fork() means vfork(): the child only execs or exits
    gc: bool = False  # the module uses ref.test
    stack: int = STACK_BYTES_DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One replacement in the upstream source; `find` must occur exactly once."""

    file: str
    find: str
    replace: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asyncify:
    """Which functions are made able to unwind for fork; see docs/decisions/D-0021."""

    never: tuple[str, ...] = ()  # regular expressions: functions whose indirect calls have no fork below them
    optimize: tuple[str, ...] = ("-O2",)  # wasm-opt flags before asyncify


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One module: what make built, where it goes, its further names, and whether it forks."""

    built: str
    path: str
    links: tuple[str, ...] = ()
    fork: str = "no"
    optimize: tuple[str, ...] = ()  # wasm-opt flags for a program that needs no asyncify
    asyncify: Asyncify = field(default_factory=Asyncify)


@dataclass(frozen=True, slots=True, kw_only=True)
class Install:
    """A file or directory of the build tree (or of the recipe, as `recipe:NAME`) that goes into the guest."""

    built: str
    path: str
    prune: tuple[str, ...] = ()
    executable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A symbolic link in the guest."""

    path: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A header, directory or archive that ports that depend on this one compile against."""

    built: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All that port.toml says, and the directory it is in."""

    directory: Path
    name: str
    version: str
    licence: str
    summary: str
    set: str = "default"
    depends: tuple[str, ...] = ()
    native: tuple[str, ...] = ()
    seconds: int = 20  # to build, roughly: long ones begin first
    fills_gaps: bool = False  # a path that another port installs too is the other's
    source: Source | None = None
    configure: Configure | None = None
    make: Make = field(default_factory=Make)
    compile: Compile = field(default_factory=Compile)
    edit: tuple[Edit, ...] = ()
    program: tuple[Program, ...] = ()
    install: tuple[Install, ...] = ()
    link: tuple[Link, ...] = ()
    export: tuple[Export, ...] = ()

    @property
    def build_script(self) -> Path | None:
        """build.sh, which takes the place of configure and make."""
        path = self.directory / "build.sh"
        return path if path.is_file() else None


_TABLES: dict[str, type] = {"source": Source, "configure": Configure, "make": Make, "compile": Compile,
                            "asyncify": Asyncify}
_ARRAYS: dict[str, type] = {"edit": Edit, "program": Program, "install": Install, "link": Link, "export": Export}


def _build(kind: type, table: Any, where: str) -> Any:
    """`table` as a dataclass of type `kind`; every key must be one of its fields, of the field's type."""
    if not isinstance(table, dict):
        raise UserlandError(f"{where}: a table is wanted")
    known = {f.name: f for f in fields(kind) if f.name != "directory"}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            raise UserlandError(f"{where}: unknown key {key!r}; known are {', '.join(sorted(known))}")
        values[key] = _value(key, value, str(known[key].type), f"{where}: {key}")
    return values if kind is Recipe else _construct(kind, values, where)


def _construct(kind: type, values: dict[str, Any], where: str) -> Any:
    try:
        return kind(**values)
    except TypeError as error:
        raise UserlandError(f"{where}: {str(error).split('__init__() ')[-1]}") from None


def _value(key: str, value: Any, kind: str, where: str) -> Any:
    if key in _TABLES:
        return _build(_TABLES[key], value, where)
    if key in _ARRAYS:
        if not isinstance(value, list):
            raise UserlandError(f"{where}: write [[{key}]]")
        return tuple(_build(_ARRAYS[key], item, where) for item in value)
    if kind.startswith("tuple"):
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
    elif kind.startswith("dict"):
        if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
            return dict(value)
    elif type(value).__name__ == kind:
        return value
    raise UserlandError(f"{where}: wrong type of value")


def parse(text: str, directory: Path) -> Recipe:
    """The recipe in `text`; UserlandError names the line or key that is wrong."""
    where = f"{directory.name}/port.toml"
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserlandError(f"{where}: {error}") from None
    recipe: Recipe = _construct(Recipe, {"directory": directory, **_build(Recipe, table, where)}, where)
    _check(recipe, where)
    return recipe


def _check(recipe: Recipe, where: str) -> None:
    def need(condition: bool, message: str) -> None:
        if not condition:
            raise UserlandError(f"{where}: {message}")

    need(bool(NAME.fullmatch(recipe.name)), f"not a name: {recipe.name!r}")
    need(recipe.name == recipe.directory.name, "name and directory differ")
    need(recipe.set in ("default", "extra"), 'set is "default" or "extra"')
    if recipe.source is not None:
        need(bool(SHA256.fullmatch(recipe.source.sha256)), "source.sha256 is 64 hexadecimal digits")
        need("/" not in recipe.source.file, "source.file is a file name")
    need(recipe.compile.stack % 4096 == 0 and 65536 <= recipe.compile.stack <= 64 << 20, "compile.stack")
    for program in recipe.program:
        need(program.fork in ("no", "asyncify"), 'program.fork is "no" or "asyncify"')
    for path in [*(p.path for p in recipe.program), *(i.path for i in recipe.install), *(k.path for k in recipe.link)]:
        need(path.startswith("/") and ".." not in path.split("/"), f"a guest path is absolute: {path!r}")
    for export in recipe.export:
        need(export.path.startswith(("lib", "include", "share")), f"an export goes to lib, include or share: {export}")


def load_all(ports: Path) -> dict[str, Recipe]:
    """Every recipe below `ports`, by name; dependencies exist and have no cycle."""
    recipes = {path.parent.name: parse(path.read_text(), path.parent) for path in sorted(ports.glob("*/port.toml"))}
    for recipe in recipes.values():
        for name in recipe.depends:
            if name not in recipes:
                raise UserlandError(f"{recipe.name}/port.toml: depends on {name!r}, which has no recipe")
    ordered(recipes, recipes)
    return recipes


def ordered(recipes: dict[str, Recipe], names: Any) -> list[str]:
    """`names` and all they depend on, dependencies first."""
    done: dict[str, bool] = {}
    order: list[str] = []

    def visit(name: str) -> None:
        if name in done:
            if not done[name]:
                raise UserlandError(f"{name}/port.toml: depends on itself")
            return
        if name not in recipes:
            raise UserlandError(f"no port named {name!r}; `cloche userland list` shows them")
        done[name] = False
        for dependency in recipes[name].depends:
            visit(dependency)
        done[name] = True
        order.append(name)

    for name in sorted(names):
        visit(name)
    return order
