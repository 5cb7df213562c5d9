"""``citizen-portal preferences``: what the operator does about choices."""

import click


@click.group()
def preferences() -> None:
    """Choices of citizens: what bodies were told, after a restore too."""
