"""What the commands of each slice are handed, and how they end when something cannot be done."""

import os
from pathlib import Path
from typing import Any, Protocol

import click
from flask import Flask

from citizen_portal import away
from citizen_portal.db import Sessions
from citizen_portal.errors import DomainError
from citizen_portal.settings import Settings

LET_IN = "Run this as the portal's user, or give it to this one: chown."
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
    """Commands that end with 1 and say why in a line, where the domain, the database, its second
    wall or the files' owner refuses."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            said = _said(error)
            if said is None:
                raise
            raise click.ClickException(said) from None


def _said(error: Exception) -> str | None:
    if isinstance(error, DomainError):
        return str(error)
    if isinstance(error, PermissionError) and error.filename is not None:
        return f"{closed(error)} {LET_IN}"
    if denied(error):
        return (
            "The database refuses this to whom PORTAL_DATABASE_URL names. Commands log in as"
            " the worker does: docs/operations.md, “The second wall”."
        )
    found = away.why(error)
    return str(found) if found else None


def closed(error: PermissionError) -> str:
    """Which file or folder, and to whom; of folders within each other the outermost that is."""
    path = Path(os.fsdecode(error.filename))
    ways = [one for one in reversed(path.parents) if not _may(one, os.X_OK)]
    return f"{[*ways, path][0]} is closed to this user (uid {os.geteuid()})."


def _may(path: Path, what: int) -> bool:
    return os.access(path, what, effective_ids=True)


def denied(error: Exception) -> bool:
    """Whether PostgreSQL said so; of SQLAlchemy's errors and of the driver's own."""
    return getattr(getattr(error, "orig", error), "sqlstate", "") == DENIED
