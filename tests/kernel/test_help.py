"""What the help of a command gives as an example can be said as it stands."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from citizen_portal.cli import main

ID = "0199b2a4-1111-7111-8111-111111111111"
FILE = re.compile(r"[\w.-]+\.\w+")
EXAMPLE = re.compile(r"citizen-portal (?:.*\\\n)*.*")


def commands(group: click.Group, *above: str) -> Iterator[tuple[str, click.Command]]:
    for name, one in group.commands.items():
        if isinstance(one, click.Group):
            yield from commands(one, *above, name)
        else:
            yield " ".join([*above, name]), one


COMMANDS = dict(commands(main))
EXAMPLES = {
    name: EXAMPLE.findall((one.help or "").partition("Example:")[2])
    for name, one in COMMANDS.items()
    if "Example:" in (one.help or "")
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_example_is_one_of_its_command(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert EXAMPLES[name]
    for example in EXAMPLES[name]:
        said = shlex.split(
            example.replace("\\\n", "").replace("0199b2a4-…", ID).replace("/media/safe/", "")
        )
        above = len(name.split()) + 1
        assert said[:above] == ["citizen-portal", *name.split()]
        for word in said[above:]:
            if FILE.fullmatch(word):
                Path(word).touch()
        COMMANDS[name].make_context(name, said[above:])


@pytest.mark.parametrize("name", ["body add", "body webhook", "keys rotate", "keys retire"])
def test_whoever_must_name_something_is_told_where_its_name_stands(name: str) -> None:
    said = " ".join((COMMANDS[name].help or "").split())
    where = "/bodies/SLUG" if name.startswith("body") else "citizen-portal keys list"
    assert where in said
    assert name in EXAMPLES
