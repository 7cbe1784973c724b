"""The architecture, as ARCHITECTURE.md states it, is what the code does."""
from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "cloche"
MODULES = sorted(PACKAGE.rglob("*.py"))

#: What reaches the host. Modules of ours that have such names are imported relatively, and not meant.
HOST = frozenset((
    "asyncio", "ctypes", "fcntl", "glob", "mmap", "multiprocessing", "os", "pty", "random", "resource", "secrets",
    "select", "selectors", "shutil", "signal", "socket", "subprocess", "tempfile", "termios", "threading", "time", "tty",
    "urllib"))
#: Modules that touch the host and are not called *_host.py: the reason.
EXCEPTIONS = {
    "cli/main.py": "the console script: exit status",
    "cli/run.py": "the host's environment, descriptors and terminal are what it is about",
    "cli/settings.py": "the host's environment",
    "cli/shell.py": "the host's terminal is what it is about",
    "userland/cli.py": "a command line",
    "userland/progress.py": "locks the terminal's line between build threads",
}
#: Lines of a module: style.md says some 400.
LINES_MAX = 450
#: Longer ones: the reason.
LONGER = {
    "fs/hostfs_host.py": "every operation of one filesystem, each beneath its mount",
}


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _imports(path: Path) -> set[str]:
    """Top-level names of absolute imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_packages_import_only_what_stands_below_them() -> None:
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run([sys.executable, "-c", lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True,
                          check=False, env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"})
    assert done.returncode == 0, done.stdout


def test_only_host_modules_reach_the_host() -> None:
    found = {_name(path): reached for path in MODULES if not path.name.endswith("_host.py")
             if (reached := _imports(path) & HOST) and _name(path) not in EXCEPTIONS}
    assert found == {}


@pytest.mark.parametrize("name", sorted(EXCEPTIONS))
def test_an_exception_is_needed(name: str) -> None:
    path = PACKAGE / name
    assert not path.exists() or _imports(path) & HOST


def test_import_cloche_loads_no_engine() -> None:
    code = "import cloche, sys; print(sorted({'wasmtime', 'typer', 'rich', 'ctypes'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env={"PYTHONPATH": str(ROOT / "src")})
    assert done.stdout == "[]\n"


def test_cloche_run_loads_no_typer() -> None:
    code = ("import sys; from cloche.cli import run; import cloche.sandbox.sandbox;"
            "print(sorted({'typer', 'rich', 'click', 'argparse'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env={"PYTHONPATH": str(ROOT / "src")})
    assert done.stdout == "[]\n"


def test_modules_are_short() -> None:
    long = {name: lines for path in MODULES if (lines := len(path.read_text().splitlines())) > LINES_MAX
            if (name := _name(path)) not in LONGER}
    assert long == {}


def test_every_module_says_what_it_is() -> None:
    assert [_name(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text()))] == []


def test_no_machine_path_or_registry_host_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    words = [b"/" + b"work/", b"/tmp" + b"/wt", b"/tmp" + b"/sp", b"pypi" + b".org", b"npmjs" + b".org",
             b"deb.debian" + b".org"]
    found = {name: word for name in listed if name and (ROOT / name).is_file()
             for word in words if word in (ROOT / name).read_bytes()}
    assert found == {}
