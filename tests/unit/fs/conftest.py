import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "vfs"))


@pytest.fixture
def world():
    from world import World
    return World()


@pytest.fixture
def proc(world):
    return world.proc
