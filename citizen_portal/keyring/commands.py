"""``citizen-portal keys``: makes, shows, renews and gives up the portal's own keys."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from citizen_portal import audit, clock, sealing, secret_keys, signing
from citizen_portal.console import Commands, Parts
from citizen_portal.identity.remote import keys as sign_in_keys
from citizen_portal.keyring.given import given
from citizen_portal.keyring.kept import KEPT, left
from citizen_portal.keyring.kinds import Keyset, Kind, kinds
from citizen_portal.keyring.noting import (
    BROUGHT_BACK,
    RESEALED,
    RETIRED,
    ROTATED,
    noted,
    noting,
)
from citizen_portal.keyring.resealing import Older
from citizen_portal.keyring.versions import (
    CannotRotate,
    Place,
    Use,
    Version,
    ages,
    note_made,
    one_at_a_time,
)
from citizen_portal.reach import Kind as ReachKind
from citizen_portal.reach import Reach
from citizen_portal.sealing import Sealer
from citizen_portal.settings import Settings

HEADING = ("name", "version", "what it does", "age")
"""Of ``keys list``; on standard error, so that what is piped is the list alone."""
STAYS = "first"
"""The version of the index that ids known to bodies are made of."""
ANYBODY = Reach(ReachKind.KEYS)
"""Rows of anybody, and of each what is sealed alone."""
PRIVATE = click.option(
    "--private",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Where the private half lies, of `held` or `closed`, if it was moved away.",
)


@click.group("keys", cls=Commands)
def keys() -> None:
    """The portal's own keys: what each is for stands in docs/operations.md.

    Running processes see a new file within two seconds. What older versions made still opens.
    """


@keys.command()
@click.pass_obj
def create(parts: Parts) -> None:
    """Make the keys that are not there yet. Never overwrites one."""
    folder = parts.settings.keys_folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = [
        path
        for maker in (sealing, signing, sign_in_keys, secret_keys)
        for path in maker.create(folder)
    ]
    for kind in _kinds(parts.settings):
        if folder / kind.file in made:
            _note(kind, Place(folder))
    for path in made:
        click.echo(f"made {path}")
    click.echo(f"{len(made)} keys made. Keep a copy off this machine: without them, what is")
    click.echo("sealed stays sealed, and bodies no longer know whom the portal means.")


@keys.command("list")
@click.pass_obj
def list_keys(parts: Parts) -> None:
    """Show each version of each key: its id, what it does, its age. No value of any."""
    known, now = ages(parts.settings.keys_folder), clock.now()
    rows = []
    for kind in _kinds(parts.settings):
        made = known.get(kind.name, {})
        for one in kind.versions(_place(parts.settings, kind)):
            age = now - datetime.fromtimestamp(made[one.id], UTC) if one.id in made else None
            told = f"{age.days} days" if age is not None else "age not known"
            rows.append((kind.name, one.id, f"{one.use.value}{_from(one)}", told))
    widths = [max(map(len, column)) for column in zip(HEADING, *rows, strict=True)]
    for row in (HEADING, *rows):
        line = "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True))
        click.echo(line.rstrip(), err=row is HEADING)
    for name, setting in given(parts.settings).items():
        click.echo(f"{setting}: used in place of `{name}`.", err=True)


@keys.command()
@click.argument("names", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Each key whose secret half is at hand.")
@click.option("--now", "at_once", is_flag=True, help="Use it at once: for a key that was stolen.")
@PRIVATE
@click.pass_obj
def rotate(
    parts: Parts, names: tuple[str, ...], every: bool, at_once: bool, private: Path | None
) -> None:
    """Add a new version of each key NAMES. What the older ones made opens until they are retired.
    `citizen-portal keys list` shows the names.

    `signing` and `client` are published at once and used a day later, `cookies` and `index` used
    half a minute later, so that each process, and whoever fetches keys, knows them by then.

    \b
    Example:
      citizen-portal keys rotate sealing signing
    """
    if bool(names) == every:
        raise click.UsageError("Name the keys, or say --all.")
    for kind in _named(parts.settings, names):
        try:
            click.echo(f"{kind.name}: {_rotate(parts, kind, private, at_once)}")
        except CannotRotate as error:
            if not every:
                raise
            click.echo(f"{kind.name}: left as it is. {error}")


@keys.command()
@click.pass_obj
def reseal(parts: Parts) -> None:
    """Seal anew what older versions of `sealing` sealed.

    A few rows at a time while the portal runs; it can be broken off, and goes on where it was.
    """
    kind = next(one for one in _kinds(parts.settings) if one.name == "sealing")
    older = _older(kind, _place(parts.settings, kind))
    sealer: Sealer = parts.app.extensions["sealer"]
    total, shut = 0, 0
    try:
        for kept in KEPT["sealing"] if older.ids else ():
            for anew, closed in kept.reseal(parts.sessions.of(ANYBODY), sealer, older):
                total, shut = total + anew, shut + closed
                click.echo(f"{total} sealed anew, at {kept.name}", err=True)
    finally:
        _note_resealed(parts, kind, total, shut)
    click.echo(f"{total} sealed anew.")
    if shut:
        raise click.ClickException(f"{shut} do not open with any key that is here.")


@keys.command()
@click.argument("name")
@click.option("--now", "at_once", is_flag=True, help="However short the newer one has been in use.")
@click.option("--withdraw", is_flag=True, help="Keep nothing of it: what it signed counts no more.")
@PRIVATE
@click.pass_obj
def retire(parts: Parts, name: str, at_once: bool, withdraw: bool, private: Path | None) -> None:
    """Give up the older versions of the key NAME, once nothing needs them. `citizen-portal keys
    list` shows the names.

    Refused while something kept can be opened by them alone. What is taken out of a set that seals
    is left in a file `retired-…`: bring it to a safe, or destroy it.

    \b
    Example:
      citizen-portal keys retire sealing
    """
    (kind,) = _named(parts.settings, (name,))
    place = _place(parts.settings, kind, private)
    older = _older(kind, place)
    if not older.ids:
        raise click.ClickException(f"{name} has no older version.")
    until = older.since + kind.overlap
    if not at_once and until > clock.now():
        raise click.ClickException(f"Older ones are needed until {until:%Y-%m-%d %H:%M} UTC.")
    with parts.sessions.of(ANYBODY).reading() as session:
        _refuse_if_needed(session, name, older)
    with one_at_a_time(place.folder), noting(parts.sessions) as session:
        kind.retire(place, set(older.ids), withdraw=withdraw)
        audit.record(session, RETIRED, key=name, ids=list(older.ids), withdrawn=withdraw)
    click.echo(f"{name}: {', '.join(older.ids)} given up.")


@keys.command("bring-back")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@PRIVATE
@click.pass_obj
def bring_back(parts: Parts, file: Path, private: Path | None) -> None:
    """Have a key open again that was retired to FILE: after an old database was put back."""
    for kind in _kinds(parts.settings):
        if isinstance(kind, Keyset) and file.name.startswith(f"retired-{kind.name}-"):
            place = _place(parts.settings, kind, private)
            with one_at_a_time(place.folder), noting(parts.sessions) as session:
                back = kind.bring_back(place, json.loads(file.read_text()))
                audit.record(session, BROUGHT_BACK, key=kind.name, ids=back)
            click.echo(f"{kind.name}: {len(back)} open again.")
            return
    raise click.ClickException("This is no file that `keys retire` left.")


@keys.command()
@click.option("--most", default=50, show_default=True, help="How many lines.")
@click.pass_obj
def log(parts: Parts, most: int) -> None:
    """Show what was done with the keys, the newest first: when, what, with which versions."""
    with parts.sessions.reading() as session:
        for one in noted(session, most=most):
            click.echo(f"{one.at:%Y-%m-%d %H:%M:%S}  {one.tag}  {json.dumps(one.about)}")


def _kinds(settings: Settings) -> list[Kind]:
    return kinds(settings.session_absolute_hours)


def _named(settings: Settings, names: Iterable[str]) -> list[Kind]:
    """These, or each where none is named."""
    known = {one.name: one for one in _kinds(settings)}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.UsageError(f"No key is called {unknown[0]}. There are: {', '.join(known)}.")
    return [known[name] for name in names] or list(known.values())


def _place(settings: Settings, kind: Kind, private: Path | None = None) -> Place:
    if private is None and kind.name == "held":
        private = settings.held_key
    return Place(settings.keys_folder, private)


def _rotate(parts: Parts, kind: Kind, private: Path | None, at_once: bool) -> str:
    settings = parts.settings
    if setting := given(settings).get(kind.name):
        raise CannotRotate(f"It is given by {setting}: renew it there, as docs/operations.md says.")
    place = _place(settings, kind, private)
    with one_at_a_time(place.folder), noting(parts.sessions) as session:
        kind.rotate(place, at_once=at_once)
        newest = _note(kind, place)
        audit.record(session, ROTATED, key=kind.name, id=newest.id, at_once=at_once)
    return f"{newest.id} {newest.use.value}{_from(newest)}"


def _note_resealed(parts: Parts, kind: Kind, total: int, shut: int) -> None:
    """Also of what was broken off: some rows are changed by then."""
    if total or shut:
        with parts.sessions.writing() as session:
            audit.record(session, RESEALED, key=kind.name, rows=total, shut=shut)


def _from(one: Version) -> str:
    """From when on a version that waits is used."""
    waits = one.use is Use.WAITS and one.used_from is not None
    return f" until {one.used_from:%Y-%m-%d %H:%M:%S} UTC" if waits else ""


def _note(kind: Kind, place: Place) -> Version:
    """Note the age of what is new; gives the newest."""
    versions = kind.versions(place)
    note_made(place.folder, kind.name, [one.id for one in versions[:1]])
    return versions[0]


def _older(kind: Kind, place: Place) -> Older:
    """The versions whose place another took, and since when."""
    versions = kind.versions(place)
    made = ages(place.folder).get(kind.name, {})
    makes = next((one for one in versions if one.use is Use.MAKES), None)
    made_at = datetime.fromtimestamp(made.get(makes.id, 0) if makes else 0, UTC)
    since = (makes.used_from if makes else None) or made_at
    ids = [one.id for one in versions if one.use is Use.OPENS and one.id != STAYS]
    return Older(tuple(ids), since)


def _refuse_if_needed(session: Session, name: str, older: Older) -> None:
    needed = left(session, name, older)
    if needed:
        told = ", ".join(f"{count} of {what}" for what, count in needed.items())
        hint = " Run: citizen-portal keys reseal" if name == "sealing" else ""
        raise click.ClickException(f"Still needed by {told}.{hint}")
