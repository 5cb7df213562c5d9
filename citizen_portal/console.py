"""What the commands of each slice are handed, and how they end when something cannot be done."""

from typing import Any, Protocol

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError

from citizen_portal.db import Sessions
from citizen_portal.errors import DomainError
from citizen_portal.settings import Settings

DENIED = "42501"
"""What PostgreSQL says where a role has no right."""


class Parts(Protocol):
    """The context object of ``click``; each is made when first asked for, so that help needs none.

    A test may hand in fewer, where a group uses fewer.
    """

    @property
    def settings(self) -> Settings: ...

    @property
    def sessions(self) -> Sessions: ...

    @property
    def app(self) -> Flask: ...


class Commands(click.Group):
    """Commands that end with 1 and say why, where the domain or the second wall refuses."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DomainError as error:
            raise click.ClickException(str(error)) from None
        except DBAPIError as error:
            if not denied(error):
                raise
            raise click.ClickException(
                "The database refuses this to whom PORTAL_DATABASE_URL names. Commands log in as"
                " the worker does: docs/operations.md, “The second wall”."
            ) from None


def denied(error: Exception) -> bool:
    """Whether PostgreSQL said so; of SQLAlchemy's errors and of the driver's own."""
    return getattr(getattr(error, "orig", error), "sqlstate", "") == DENIED
