"""``citizen-portal preferences``: what the operator does about citizens' choices."""

import click

from citizen_portal.console import Commands


@click.group(cls=Commands)
def preferences() -> None:
    """Choices of citizens: what bodies were told, after a restore too."""


from citizen_portal.preferences.commands import checks as checks  # noqa: E402 - adds to the group
from citizen_portal.preferences.commands import recovery as recovery  # noqa: E402 - so does this
