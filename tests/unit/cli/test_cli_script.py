"""What the words of `cloche run` mean."""
from __future__ import annotations

import os
from pathlib import Path

import pytest

from cloche.cli.script import resolve
from cloche.errors import ClocheError
from cloche.sandbox.mounts import Mount, MountMode


def test_one_word_is_a_command_line() -> None:
    assert resolve(["ls | head"]) == ("ls | head", None)


def test_several_words_are_a_program_and_its_arguments() -> None:
    assert resolve(["ls", "-l"]) == (["ls", "-l"], None)


@pytest.mark.parametrize(("text", "interpreter"), [
    ("echo hi\n", ["/bin/bash"]),
    ("", ["/bin/bash"]),
    ("#!\n", ["/bin/bash"]),
    ("#!/bin/sh\n", ["/bin/sh"]),
    ("#! /usr/bin/env python3\nprint()\n", ["/usr/bin/env", "python3"]),
    ("#!/usr/bin/awk -f -x\n", ["/usr/bin/awk", "-f -x"]),  # execve(2): one argument
])
def test_a_file_of_the_host_is_a_script(tmp_path: Path, text: str, interpreter: list[str]) -> None:
    path = tmp_path / "job"
    path.write_text(text)
    assert resolve([str(path), "a", "b"]) == (
        [*interpreter, "/run/cloche/job", "a", "b"], Mount(path, "/run/cloche/job", MountMode.RO))


def test_a_program_of_the_host_is_no_script(tmp_path: Path) -> None:
    path = tmp_path / "ls"
    path.write_bytes(b"\x7fELF\x02\x01\x01\0")
    assert resolve([str(path), "-l"]) == ([str(path), "-l"], None)


def test_a_directory_is_no_script(tmp_path: Path) -> None:
    assert resolve([str(tmp_path)]) == (str(tmp_path), None)


@pytest.mark.parametrize("word", ["x" * 5000, "a\0b"])
def test_what_cannot_be_a_file_name_is_no_script(word: str) -> None:
    assert resolve([word]) == (word, None)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_script_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "secret.sh"
    path.write_text("echo\n")
    path.chmod(0)
    with pytest.raises(ClocheError) as raised:
        resolve([str(path)])
    assert str(raised.value) == f"cannot read the script {str(path)!r}: Permission denied"
