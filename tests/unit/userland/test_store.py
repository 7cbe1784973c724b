import json
import os
from pathlib import Path

import pytest

from cloche.userland.cache_host import Cache, hash_file, hash_text, hash_tree
from cloche.userland.errors import UserlandError
from cloche.userland.pack_host import pack
from cloche.userland.store_host import Damage, Store


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.delenv("CLOCHE_USERLAND", raising=False)
    (tmp_path / "rootfs" / "etc").mkdir(parents=True)
    (tmp_path / "rootfs" / "etc" / "passwd").write_text("root:x:0:0::/root:/bin/sh\n")
    (tmp_path / "rootfs.list").write_text("# ours\nd 1777 tmp\nd 0755 usr/lib\nl usr/bin ../bin\n")
    return Store(Cache(tmp_path / "cache"))


def entry(cache: Cache, name: str, files: dict[str, bytes], links: dict[str, str]) -> Path:
    path = cache.path("ports", name)
    manifest: dict[str, dict[str, object]] = {}
    for guest, data in files.items():
        target = path / "root" / guest.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        manifest[guest] = {"sha256": hash_file(target), "size": len(data), "mode": "755"}
    for guest, to in links.items():
        target = path / "root" / guest.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(to)
        manifest[guest] = {"link": to}
    (path / "manifest.json").write_text(json.dumps({"name": name, "licence": "MIT", "files": manifest}))
    return path


def staged(store: Store, tmp_path: Path, *entries: Path, gaps: frozenset[str] = frozenset()) -> Path:
    return store.stage(list(entries), set(gaps), tmp_path / "rootfs")


def test_a_root_has_the_ports_files_and_ours(store, tmp_path):
    root = staged(store, tmp_path, entry(store.cache, "a", {"/bin/a": b"A"}, {"/bin/b": "a"}))
    assert (root / "bin" / "a").read_bytes() == b"A"
    assert os.readlink(root / "bin" / "b") == "a"
    assert (root / "etc" / "passwd").read_text() == "root:x:0:0::/root:/bin/sh\n"
    assert ((root / "tmp").stat().st_mode & 0o7777, os.readlink(root / "usr" / "bin")) == (0o1777, "../bin")
    assert store.root() == root


def test_without_a_root_the_error_says_what_to_do(store):
    with pytest.raises(UserlandError, match="run `cloche userland build`"):
        store.root()


def test_two_ports_with_one_path_are_refused(store, tmp_path):
    with pytest.raises(UserlandError, match="b installs /bin/x, which is there already"):
        staged(store, tmp_path, entry(store.cache, "a", {"/bin/x": b"A"}, {}), entry(store.cache, "b", {"/bin/x": b"B"}, {}))


def test_a_port_that_fills_gaps_yields(store, tmp_path):
    root = staged(store, tmp_path, entry(store.cache, "a", {"/bin/y": b"gap"}, {"/bin/x": "y"}),
                  entry(store.cache, "b", {"/bin/x": b"B"}, {}), gaps=frozenset({"a"}))
    assert ((root / "bin" / "x").read_bytes(), (root / "bin" / "y").read_bytes()) == (b"B", b"gap")
    assert list(store.verify()) == []


def test_damage_is_found(store, tmp_path):
    root = staged(store, tmp_path, entry(store.cache, "a", {"/bin/a": b"A", "/bin/c": b"C"}, {"/bin/b": "a"}))
    (root / "bin" / "a").unlink()
    (root / "bin" / "b").unlink()
    (root / "bin" / "c").write_bytes(b"c")
    assert list(store.verify()) == [Damage("/bin/a", "is missing"), Damage("/bin/c", "has other contents than were built"),
                                    Damage("/bin/b", "is not a link to a")]


def test_a_wheel_of_one_root_has_the_same_bytes_twice(store, tmp_path):
    staged(store, tmp_path, entry(store.cache, "a", {"/bin/a": b"A"}, {"/bin/b": "a"}))
    first = pack(store, tmp_path / "one", "1.0").read_bytes()
    assert pack(store, tmp_path / "two", "1.0").read_bytes() == first


def test_scratch_is_gone_after_a_failure(tmp_path):
    cache = Cache(tmp_path)
    with pytest.raises(ValueError), cache.scratch("x") as scratch:
        (scratch / "file").write_text("half")
        raise ValueError
    assert list(cache.path("work").iterdir()) == []


def test_sweep_leaves_the_scratch_of_living_drivers(tmp_path):
    cache = Cache(tmp_path)
    (cache.make("work") / "x.999999999.abc").mkdir()
    with cache.scratch("y") as scratch:
        cache.sweep()
        assert list(cache.path("work").iterdir()) == [scratch]


def test_the_first_of_two_publishers_stays(tmp_path):
    cache = Cache(tmp_path / "cache")
    for text in ("first", "second"):
        with cache.scratch("x") as scratch:
            (scratch / "made").mkdir()
            (scratch / "made" / "file").write_text(text)
            target = cache.publish(scratch / "made", "ports", "key")
    assert (target / "file").read_text() == "first"


def test_hashes_tell_names_contents_and_modes_apart(tmp_path):
    (tmp_path / "a").write_text("1")
    seen = {hash_tree(tmp_path)}
    (tmp_path / "a").chmod(0o755)
    seen.add(hash_tree(tmp_path))
    (tmp_path / "a").rename(tmp_path / "b")
    seen.add(hash_tree(tmp_path))
    assert len(seen) == 3
    assert hash_text("ab", "c") != hash_text("a", "bc")
