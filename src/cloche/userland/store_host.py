"""Where the built programs are: staged root trees by content, and which is the current one.

A root is made of hard links to the ports' entries: staging costs no space. The sandbox only reads it.
Every run asks for the current root: what only a build needs is imported there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cloche.userland.cache_host import Cache, disk_errors, hash_file, hash_text, hash_tree
from cloche.userland.errors import UserlandError


@dataclass(frozen=True, slots=True)
class Damage:
    """A file of the current root that is not what was built."""

    path: str
    what: str


class Store:
    """The staged roots of a cache."""

    def __init__(self, cache: Cache | None = None) -> None:
        self.cache = cache or Cache()

    def root(self) -> Path:
        """The root that sandboxes run on: $CLOCHE_USERLAND, else the last one built, else the installed wheel's."""
        if given := os.environ.get("CLOCHE_USERLAND"):
            path = Path(given)
            if not (path / "bin").is_dir():
                raise UserlandError(f"CLOCHE_USERLAND is {given}, where there is no bin/: name a staged root")
            return path
        current = self.cache.path("current")
        if current.is_file():
            path = self.cache.path("roots", current.read_text().strip(), "root")
            if path.is_dir():
                return path
        packed = _packed(self.cache)
        if packed is not None:
            return packed
        raise UserlandError("there are no guest programs yet: run `cloche userland build`, "
                            "or install a wheel that `cloche userland pack` made")

    def manifests(self) -> list[dict[str, Any]]:
        """What is in the current root, port by port."""
        path = self.root().parent / "manifest.json"
        if not path.is_file():
            raise UserlandError(f"{path} is missing: run `cloche userland build`")
        import json
        found: list[dict[str, Any]] = json.loads(path.read_text())["ports"]
        return found

    def stage(self, entries: list[Path], gaps: set[str], skeleton: Path) -> Path:
        """Assembles the entries over `skeleton` (files of ours: /etc; rootfs.list beside it) and makes that root current."""
        import json
        import shutil
        ordered = sorted(entries, key=lambda entry: (entry.name in gaps, entry.name))
        layout = skeleton.with_name("rootfs.list")
        name = hash_text("root 2", layout.read_text(), hash_tree(skeleton), *(entry.name for entry in ordered))
        target = self.cache.path("roots", name)
        if not target.is_dir():
            with self.cache.scratch("root") as scratch, disk_errors(self.cache.root):
                made = scratch / "entry"
                shutil.copytree(skeleton, made / "root", symlinks=True)
                _lay_out(layout.read_text(), made / "root")
                ports = [_add(entry, made / "root", entry.name in gaps) for entry in ordered]
                (made / "manifest.json").write_text(json.dumps({"ports": ports}) + "\n")
                self.cache.publish(made, "roots", name)
        self.cache.write(f"{name}\n".encode(), "current")
        return target / "root"

    def verify(self) -> Iterator[Damage]:
        """Compares every file of the current root with its manifest."""
        root = self.root()
        for port in self.manifests():
            for guest, wanted in port["files"].items():
                path = root / guest.lstrip("/")
                if "link" in wanted:
                    if not path.is_symlink() or os.readlink(path) != wanted["link"]:
                        yield Damage(guest, f"is not a link to {wanted['link']}")
                elif not path.is_file():
                    yield Damage(guest, "is missing")
                elif hash_file(path) != wanted["sha256"]:
                    yield Damage(guest, "has other contents than were built")


def _lay_out(text: str, root: Path) -> None:
    """The directories and links that `rootfs.list` names."""
    for line in text.splitlines():
        match line.split():
            case ["d", mode, path]:
                (root / path).mkdir(parents=True, exist_ok=True)
                (root / path).chmod(int(mode, 8))
            case ["l", path, target]:
                (root / path).symlink_to(target)


def _add(entry: Path, root: Path, fills_gaps: bool) -> dict[str, Any]:
    """Hard-links a port's files below `root`; the manifest of what was added."""
    import json
    manifest: dict[str, Any] = json.loads((entry / "manifest.json").read_text())
    for guest in list(manifest["files"]):
        source, target = entry / "root" / guest.lstrip("/"), root / guest.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_symlink() or target.exists():
            if not fills_gaps:
                raise UserlandError(f"{manifest['name']} installs {guest}, which is there already: change its recipe")
            del manifest["files"][guest]
        elif source.is_symlink():
            target.symlink_to(os.readlink(source))
        else:
            os.link(source, target)
    return manifest


def _packed(cache: Cache) -> Path | None:
    """The root of an installed cloche-userland wheel, unpacked into the cache on first use."""
    from cloche.userland import pack_host
    return pack_host.unpacked(cache)
