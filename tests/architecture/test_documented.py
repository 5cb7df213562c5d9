"""What can be set and what can be called is written down."""

from pathlib import Path

import click

from citizen_portal.cli import main
from citizen_portal.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"


def test_every_setting_stands_in_the_operations_page() -> None:
    page = (DOCS / "operations.md").read_text()
    missing = [name for name in Settings.model_fields if f"`PORTAL_{name.upper()}`" not in page]
    assert missing == []


def test_every_command_stands_in_the_operations_page_and_explains_itself() -> None:
    page = (DOCS / "operations.md").read_text()
    for path, command in commands(main, ("citizen-portal",)):
        assert command.help, path
        assert f"`{' '.join(path)}`" in page, path


def commands(
    group: click.Group, path: tuple[str, ...]
) -> list[tuple[tuple[str, ...], click.Command]]:
    found: list[tuple[tuple[str, ...], click.Command]] = []
    for name, command in sorted(group.commands.items()):
        here = (*path, name)
        if isinstance(command, click.Group):
            found += commands(command, here)
        else:
            found.append((here, command))
    return found
