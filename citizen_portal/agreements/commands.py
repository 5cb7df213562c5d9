"""``citizen-portal register``: bring files onto the register, or find what is wrong with them.

The group expects as ``click`` context object something with ``.settings`` and ``.sessions``, a
``db.Sessions`` (made when first asked for, so that help needs no database).
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import click
from sqlalchemy.orm import Session

from citizen_portal import clock, region
from citizen_portal.agreements import actions, queries, schemas
from citizen_portal.bodies.queries import directory
from citizen_portal.db import Sessions
from citizen_portal.settings import Settings

FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False)
)


class Parts(Protocol):
    @property
    def settings(self) -> Settings: ...

    @property
    def sessions(self) -> Sessions: ...


@click.group()
def register() -> None:
    """The register of organisations, sources, laws, agreements and rules."""


@register.command("import")
@FILES
@click.pass_obj
def import_files(parts: Parts, files: tuple[Path, ...]) -> None:
    """Import FILES into the register, whole or, if one has a fault, not at all.

    What stands there already and is not in the files stays as it is.
    """
    today = clock.today(region.load(parts.settings.region).timezone)
    with parts.sessions.writing() as session:
        entries = _entries(session, parts, files)
        with _progress("Importing", len(entries)) as advance:
            summary = actions.import_register(
                session, entries, today=today, on_entry=lambda: advance(1)
            )
    for name, changes in summary.items():
        counts = ", ".join(
            f"{changes[change]} {change}" for change in ("added", "changed", "unchanged")
        )
        click.echo(f"{name.replace('_', ' ')}: {counts}")


@register.command()
@FILES
@click.pass_obj
def validate(parts: Parts, files: tuple[Path, ...]) -> None:
    """Say what is wrong with FILES, checked against what is on the register. Changes nothing."""
    with parts.sessions.reading() as session:
        entries = _entries(session, parts, files)
    click.echo(f"No faults in {len(entries)} entries.")


def _entries(session: Session, parts: Parts, files: tuple[Path, ...]) -> actions.Entries:
    """What the files hold; if they have faults, shows each and ends the command with code 1."""
    known = queries.register_terms(session)
    law = queries.law(parts.settings.region)
    reading = schemas.read(
        files, directory=directory(session), register=known, law=law, progress=_progress
    )
    for fault in reading.faults:
        click.echo(str(fault), err=True)
    if reading.faults:
        count = len(reading.faults)
        click.echo(f"{count} fault{'s' if count > 1 else ''}; nothing was changed.", err=True)
        raise click.exceptions.Exit(1)
    return reading.entries


@contextmanager
def _progress(label: str, length: int) -> Iterator[Callable[[int], None]]:
    """A bar, where somebody watches; in a file of messages it would only be in the way."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=length, label=label, file=sys.stderr, hidden=hidden) as bar:
        yield bar.update
