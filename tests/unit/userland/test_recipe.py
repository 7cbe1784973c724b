from pathlib import Path

import pytest

from cloche.userland.errors import UserlandError
from cloche.userland.recipe import Edit, load_all, ordered, parse
from cloche.userland.source_host import apply_edit

HEAD = 'name = "x"\nversion = "1"\nlicence = "MIT"\nsummary = "s"\n'
PORTS = Path(__file__).parents[3] / "guest" / "ports"


def read(text: str):
    return parse(text, Path("/nowhere/x"))


def test_what_is_left_out_has_its_default():
    recipe = read(HEAD)
    assert (recipe.set, recipe.depends, recipe.source, recipe.compile.stack) == ("default", (), None, 1 << 20)


@pytest.mark.parametrize(("text", "message"), [
    (HEAD + "colour = 1\n", "x/port.toml: unknown key 'colour'"),
    (HEAD + "depends = 'y'\n", "x/port.toml: depends: wrong type of value"),
    (HEAD + "set = 'none'\n", 'x/port.toml: set is "default" or "extra"'),
    (HEAD + "[source]\nfile = 'f'\nsha256 = '12'\n", "x/port.toml: source.sha256 is 64 hexadecimal digits"),
    (HEAD + "[[program]]\nbuilt = 'a'\npath = 'bin/a'\n", "x/port.toml: a guest path is absolute: 'bin/a'"),
    (HEAD + "[[program]]\nbuilt = 'a'\npath = '/bin/../a'\n", "x/port.toml: a guest path is absolute: '/bin/../a'"),
    (HEAD + "[[program]]\nbuilt = 'a'\npath = '/a'\nfork = 'yes'\n", 'x/port.toml: program.fork is "no" or "asyncify"'),
    ('name = "y"\nversion = "1"\nlicence = "MIT"\nsummary = "s"\n', "x/port.toml: name and directory differ"),
    (HEAD + "[[program]]\nbuilt = 'a'\n", "x/port.toml: program: missing 1 required keyword-only argument: 'path'")])
def test_a_wrong_recipe_is_refused_by_name(text, message):
    with pytest.raises(UserlandError) as error:
        read(text)
    assert str(error.value)[:len(message)] == message


def test_dependencies_come_first():
    recipes = {name: read(HEAD + f"depends = {depends}\n") for name, depends in
               (("a", "['b', 'c']"), ("b", "['c']"), ("c", "[]"))}
    assert ordered(recipes, ["a"]) == ["c", "b", "a"]


def test_a_cycle_is_refused():
    recipes = {name: read(HEAD + f"depends = ['{other}']\n") for name, other in (("a", "b"), ("b", "a"))}
    with pytest.raises(UserlandError, match="depends on itself"):
        ordered(recipes, ["a"])


@pytest.mark.parametrize(("text", "count"), [("", 0), ("one one", 2)])
def test_an_edit_that_does_not_match_once_is_refused(text, count):
    edit = Edit(file="f", find="one", replace="two", why="w")
    with pytest.raises(UserlandError, match=f"matches {count} times"):
        apply_edit(text, edit, "x")


def test_an_edit_replaces():
    assert apply_edit("a one b", Edit(file="f", find="one", replace="two", why="w"), "x") == "a two b"


def test_every_recipe_of_the_guest_is_right_and_pinned():
    for recipe in load_all(PORTS).values():
        assert recipe.licence
        assert recipe.source is None or len(recipe.source.sha256) == 64
