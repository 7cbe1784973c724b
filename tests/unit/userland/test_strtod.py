import shutil
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[3] / "guest" / "libc" / "tests" / "strtod_native.c"


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs a native compiler")
def test_the_fast_strtod_equals_the_native_one_bit_by_bit(tmp_path):
    program = tmp_path / "strtod"
    subprocess.run(["gcc", "-O2", "-w", SOURCE, "-o", program], check=True)
    done = subprocess.run([program, "1200000", "7"], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1].startswith("1200000 strings, 0 different")
    assert done.returncode == 0
