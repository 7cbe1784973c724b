"""One engine for all tests of WASI: deterministic, with a cache of its own."""
from __future__ import annotations

import pytest

from cloche.engine.wasmtime_host import Engine


@pytest.fixture(scope="session")
def engine(tmp_path_factory) -> Engine:
    return Engine(tmp_path_factory.mktemp("cache"), deterministic=True)
