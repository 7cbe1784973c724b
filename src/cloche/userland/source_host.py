"""An upstream source tree: unpacked, and changed by a recipe's edits."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from cloche.userland.cache_host import disk_errors
from cloche.userland.errors import UserlandError
from cloche.userland.recipe import Edit, Recipe
from cloche.userland.steps_host import Steps


def unpack(archive: Path, tree: Path, strip: int, name: str) -> None:
    """Unpacks `archive` into the new directory `tree`."""
    with disk_errors(tree.parent):
        tree.mkdir(parents=True)
    command = ["tar", "xf", str(archive), "-C", str(tree), f"--strip-components={strip}", "--no-same-owner"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        if "No space left" in done.stderr:
            raise UserlandError(f"no space left in {tree.parent}: free some, or set CLOCHE_CACHE to another disk")
        raise UserlandError(f"{name}: tar cannot unpack {archive.name}: {done.stderr.strip().splitlines()[-1]}")


def apply_edit(text: str, edit: Edit, name: str) -> str:
    """`text` with the edit made; its `find` must occur exactly once, so that no edit is lost or strays."""
    count = text.count(edit.find)
    if count != 1:
        raise UserlandError(f"{name}: the edit of {edit.file} ({edit.why}) matches {count} times, not once")
    return text.replace(edit.find, edit.replace)


def prepare(recipe: Recipe, archive: Path | None, tree: Path, steps: Steps) -> None:
    """The tree as upstream has it, then overlay/, the edits, and patch.py, in this order."""
    if archive is None:
        tree.mkdir(parents=True)
    else:
        assert recipe.source is not None
        unpack(archive, tree, recipe.source.strip, recipe.name)
    overlay = recipe.directory / "overlay"
    if overlay.is_dir():
        shutil.copytree(overlay, tree, dirs_exist_ok=True)
    for edit in recipe.edit:
        path = tree / edit.file
        if not path.is_file():
            raise UserlandError(f"{recipe.name}: the edit of {edit.file} finds no such file")
        stat = path.stat()
        text = apply_edit(path.read_bytes().decode("latin-1"), _encoded(edit), recipe.name)
        path.write_bytes(text.encode("latin-1"))
        _keep_time(path, stat.st_atime_ns, stat.st_mtime_ns)
    patch = recipe.directory / "patch.py"
    if patch.is_file():
        steps.run(["python3", str(patch)], tree)


def _encoded(edit: Edit) -> Edit:
    """The edit as bytes-as-latin-1, as the file is read: upstream files are in any encoding."""
    find, replace = (text.encode().decode("latin-1") for text in (edit.find, edit.replace))
    return Edit(file=edit.file, find=find, replace=replace, why=edit.why)


def _keep_time(path: Path, atime_ns: int, mtime_ns: int) -> None:
    """An edited file keeps its time: make must not think that generated files are out of date."""
    os.utime(path, ns=(atime_ns, mtime_ns))
