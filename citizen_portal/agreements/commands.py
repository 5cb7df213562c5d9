"""``citizen-portal register``: bring files onto the register, or find what is wrong with them."""

import gc
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.orm import Session

from citizen_portal import region
from citizen_portal.agreements import actions, queries, schemas
from citizen_portal.agreements.actions import drafting
from citizen_portal.bodies.queries import directory
from citizen_portal.console import Commands, Parts

FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False)
)


@click.group(cls=Commands)
def register() -> None:
    """The register of organisations, sources, laws, agreements and rules."""


@register.command("import")
@FILES
@click.pass_obj
def import_files(parts: Parts, files: tuple[Path, ...]) -> None:
    """Import FILES into the register, whole or, if one has a fault, not at all.

    What stands there already and is not in the files stays as it is.
    """
    today = region.load(parts.settings.region).today()
    with _few_collections(), parts.sessions.writing() as session:
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
    with _few_collections(), parts.sessions.reading() as session:
        entries = _entries(session, parts, files)
    click.echo(f"No faults in {len(entries)} entries.")


@register.command()
@click.argument("reference")
@click.pass_obj
def release(parts: Parts, reference: str) -> None:
    """Put aside the open draft of agreement REFERENCE, so that another can be begun.

    For when the body that drafts it does not go on. Its officers can take it up again.
    """
    with parts.sessions.writing() as session:
        drafting.release(session, reference)
    click.echo(f"The draft of {reference} is put aside.")


@register.command()
@click.option("--format", "form", type=click.Choice(("yaml", "json")), help="yaml if left out.")
@click.option("--output", "-o", default="-", help="A file, an empty folder, or - for the screen.")
@click.option("--versions", is_flag=True, help="Every version, as JSON lines, not to be imported.")
@click.pass_obj
def export(parts: Parts, form: schemas.Format | None, output: str, versions: bool) -> None:
    """Write the whole register in the form that import reads: each agreement's newest version.

    The form is that of the file's name, if it ends in .json or .yaml. A register that is too
    large for one file is written into a folder, as several files to be imported together.
    """
    path = None if output == "-" else Path(output)
    form = form or ("json" if path and path.suffix.lower() == ".json" else "yaml")
    with parts.sessions.reading() as session:
        if versions:
            lines = queries.exported_versions(session)
            _put(path, (json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        elif path and path.is_dir():
            _put_shares(path, schemas.shares(queries.exported(session)), form)
        else:
            _put(path, schemas.text(queries.exported(session), form))


def _put_shares(folder: Path, shares: Iterable[schemas.Lists], form: schemas.Format) -> None:
    if any(folder.iterdir()):
        raise click.ClickException("The folder is not empty: old files would be among the new.")
    for number, share in enumerate(shares, 1):
        _put(folder / f"register-{number:03}.{form}", schemas.text(share, form))


def _put(path: Path | None, pieces: Iterable[str]) -> None:
    """Write a file whole or not at all; without a path, on standard output."""
    if path is None:
        for piece in pieces:
            click.echo(piece, nl=False)
        return
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(pieces)
        part.replace(path)
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from None
    click.echo(f"Wrote {path}.", err=True)
    if path.stat().st_size > schemas.MOST_BYTES:
        click.echo("It is too large to be imported. Name an empty folder instead.", err=True)


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


@contextmanager
def _few_collections() -> Iterator[None]:
    """Much is made here and little dropped: a fifth of the work would be to look for cycles."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
