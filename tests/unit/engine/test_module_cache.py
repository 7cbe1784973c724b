"""Compiled modules on disk."""
from __future__ import annotations

import pytest
import wasmtime
from unit.engine.wasm_builder import build

from cloche.engine.module_cache_host import ModuleCache
from cloche.errors import ClocheError


@pytest.fixture
def directory(tmp_path):
    tmp_path.chmod(0o700)
    return tmp_path / "modules"


@pytest.fixture
def engine():
    return wasmtime.Engine()


class Code:
    """Says how often it was compiled."""

    def __init__(self):
        self.compiled = 0

    def __call__(self):
        self.compiled += 1
        return build()


def test_a_module_is_compiled_once(directory, engine):
    code = Code()
    for _ in range(2):
        assert len(ModuleCache(directory).get(engine, "ab", code).exports) == 4
    assert code.compiled == 1
    assert sorted(path.name for path in directory.iterdir()) == ["ab.crc", "ab.cwasm"]


@pytest.mark.parametrize("damage", [
    lambda path: path.write_bytes(path.read_bytes()[:-1]),
    lambda path: path.write_bytes(b"\0" + path.read_bytes()[1:]),
    lambda path: path.write_bytes(b""),
    lambda path: path.unlink(),
    lambda path: path.with_suffix(".crc").unlink(),
    lambda path: path.with_suffix(".crc").write_text("1 2"),
])
def test_a_damaged_file_is_compiled_again(directory, engine, damage):
    code = Code()
    ModuleCache(directory).get(engine, "ab", code)
    damage(directory / "ab.cwasm")
    for _ in range(2):
        ModuleCache(directory).get(engine, "ab", code)
    assert code.compiled == 2


def test_what_is_another_engines_is_compiled_again(directory, engine):
    code = Code()
    ModuleCache(directory).get(engine, "ab", code)
    config = wasmtime.Config()
    config.consume_fuel = True
    ModuleCache(directory).get(wasmtime.Engine(config), "ab", code)
    assert code.compiled == 2


@pytest.mark.parametrize("which", ["modules", ""])
def test_a_directory_that_others_can_write_is_refused(directory, engine, which):
    directory.mkdir()
    (directory.parent / which).chmod(0o777)
    with pytest.raises(ClocheError):
        ModuleCache(directory).get(engine, "ab", Code())


def test_a_full_disk_costs_a_compilation(directory, engine, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")
    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    code = Code()
    for _ in range(2):
        ModuleCache(directory).get(engine, "ab", code)
    assert (code.compiled, list(directory.iterdir())) == (2, [])
