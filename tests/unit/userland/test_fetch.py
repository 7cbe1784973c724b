import hashlib
from pathlib import Path

import pytest

from cloche.userland.cache_host import Cache
from cloche.userland.errors import UserlandError
from cloche.userland.fetch_host import Fetcher, deb_src, source_versions
from cloche.userland.recipe import parse


def recipe(sha256: str):
    return parse('name = "x"\nversion = "1"\nlicence = "MIT"\nsummary = "s"\n[source]\n'
                 f'file = "x.tar"\nsha256 = "{sha256}"\n', Path("/nowhere/x"))


def test_an_archive_comes_from_the_folder_and_then_from_the_cache(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "x.tar").write_bytes(b"archive")
    wanted = recipe(hashlib.sha256(b"archive").hexdigest())
    fetcher = Fetcher(Cache(tmp_path / "cache"), folder)
    assert fetcher.fetch(wanted).read_bytes() == b"archive"
    (folder / "x.tar").unlink()
    assert fetcher.fetch(wanted).read_bytes() == b"archive"


def test_another_archive_of_that_name_is_refused_and_not_kept(tmp_path):
    (tmp_path / "x.tar").write_bytes(b"other")
    cache = Cache(tmp_path / "cache")
    with pytest.raises(UserlandError, match=r"SHA-256 is .*, but the recipe of x wants"):
        Fetcher(cache, tmp_path).fetch(recipe("0" * 64))
    assert list(cache.path("work").iterdir()) == []
    assert not cache.path("sources").exists()


def test_an_archive_from_nowhere_is_asked_for(tmp_path):
    with pytest.raises(UserlandError) as error:
        Fetcher(Cache(tmp_path / "cache")).fetch(recipe("0" * 64))
    assert str(error.value) == "x: put x.tar into a folder and name it by --sources DIR"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UserlandError, match="no folder"):
        Fetcher(Cache(tmp_path), tmp_path / "none")


def test_binary_sources_become_source_sources():
    assert deb_src("Types: deb\nURIs: u\n\nTypes: deb deb-src\nURIs: v\n", deb822=True) \
        == "Types: deb-src\nURIs: u\n\nTypes: deb-src\nURIs: v\n"
    assert deb_src("# c\ndeb u s main\ndeb-src u s main\ndeb [a=b] v s\n", deb822=False) \
        == "deb-src u s main\ndeb-src [a=b] v s\n"


def test_versions_and_checksums_are_read_from_apt():
    text = ("Package: x\nVersion: 1:2-3\nChecksums-Sha256:\n aa 10 x_2.orig.tar.gz\n bb 5 x_2-3.dsc\nDirectory: d\n\n"
            "Package: x\nVersion: 1-1\nChecksums-Sha256:\n cc 7 x_1.orig.tar.gz\n\n")
    assert source_versions(text) == {"1:2-3": {"x_2.orig.tar.gz": "aa", "x_2-3.dsc": "bb"},
                                     "1-1": {"x_1.orig.tar.gz": "cc"}}
