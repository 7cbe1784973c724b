"""The command line of `cloche run`, word by word."""
from __future__ import annotations

import pytest

from cloche.cli import options, sizes
from cloche.cli.errors import UsageError
from cloche.cli.options import parse


def test_options_end_at_the_first_word() -> None:
    found = parse(["--json", "ls", "--json", "-la"])
    assert (found["json"], found.command) == (True, ["ls", "--json", "-la"])


def test_options_end_at_two_dashes() -> None:
    found = parse(["--summary", "--", "--json"])
    assert (found["summary"], found["json"], found.command) == (True, None, ["--json"])


def test_a_single_dash_is_a_command() -> None:
    assert parse(["-", "x"]).command == ["-", "x"]


def test_trace_takes_a_file_only_behind_an_equals_sign() -> None:
    assert [parse(words)["trace"] for words in (["--trace", "ls"], ["--trace=f", "ls"], ["ls"])] == ["", "f", None]


def test_repeated_options_are_kept_in_order() -> None:
    assert parse(["-v", "/a:/b", "-v/c:/d", "--mount=/e:/f", "true"])["mount"] == ["/a:/b", "/c:/d", "/e:/f"]


def test_what_was_not_given_is_none_or_empty() -> None:
    found = parse(["true"])
    assert [found[option.key] for option in options.OPTIONS if option.repeated] == [[], []]
    assert {found[option.key] for option in options.OPTIONS if not option.repeated} == {None}


@pytest.mark.parametrize(("words", "message"), [
    (["--nosuch"], "there is no option --nosuch"),
    (["--timout", "3"], "there is no option --timout: did you mean --timeout?"),
    (["-x"], "there is no option -x"),
    (["--json=1", "ls"], "--json takes no value"),
    (["--timeout"], "--timeout needs a value: --timeout SECONDS"),
    (["--timeout", "soon", "ls"], "--timeout: 'soon' is not a duration in seconds such as 10, 0.5 or 2m"),
    (["--memory", "-5M", "ls"], "--memory: '-5M' is not a size such as 512M or 2G"),
    (["--processes", "0", "ls"], "--processes: '0' is not a number from 1 on"),
    (["--seed", "x", "ls"], "--seed: 'x' is not an integer of 64 bits"),
])
def test_what_is_wrong_is_said_in_one_line(words: list[str], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse(words)
    assert str(raised.value) == message


@pytest.mark.parametrize(("text", "value"), [
    ("1", 1), ("512M", 512 << 20), ("512MiB", 512 << 20), ("2g", 2 << 30), ("1.5k", 1536), ("10 KB", 10240),
    ("1T", 1 << 40)])
def test_sizes(text: str, value: int) -> None:
    assert sizes.size(text) == value


@pytest.mark.parametrize("text", ["", "M", "0", "1e3", "99999999999G", "5X", "0x10", "\uff15"])
def test_no_sizes(text: str) -> None:
    with pytest.raises(UsageError):
        sizes.size(text if text != "\uff15" else "\uff15X")


@pytest.mark.parametrize(("text", "value"), [("10", 10.0), ("0.5", 0.5), ("2m", 120.0), ("1h", 3600.0), ("3s", 3.0)])
def test_durations(text: str, value: float) -> None:
    assert sizes.seconds(text) == value


@pytest.mark.parametrize("text", ["", "s", "0", "-1", "nan", "inf", "1e10", "x"])
def test_no_durations(text: str) -> None:
    with pytest.raises(UsageError):
        sizes.seconds(text)


def test_help_fits_into_its_width_and_names_every_option() -> None:
    text = options.help_text(100)
    assert [line for line in text.splitlines() if len(line) > 120] == []
    assert [name for option in options.OPTIONS for name in option.names if f"{name}" not in text] == []
