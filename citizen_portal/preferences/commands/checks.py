"""Asks for a body, with a file of its ids, whether their data may be used."""

from typing import BinaryIO, TextIO

import click

from citizen_portal import region
from citizen_portal.console import Parts
from citizen_portal.preferences.actions import checking
from citizen_portal.preferences.commands import preferences
from citizen_portal.preferences.commands.named import body_named
from citizen_portal.preferences.queries.checking import ask
from citizen_portal.preferences.schemas.checks import MOST_BYTES, read_file
from citizen_portal.reach import Kind, Reach


@preferences.command("check")
@click.option("--body", "slug", required=True, help="The body that asks.")
@click.option("--agreement", "reference", required=True, help="The agreement that it asks about.")
@click.option("--output", type=click.File("w", encoding="ascii"), default="-", help="Where to.")
@click.argument("file", type=click.File("rb"))
@click.pass_obj
def check(parts: Parts, slug: str, reference: str, output: TextIO, file: BinaryIO) -> None:
    """Give back those ids of FILE whose data the body may use, one in each line.

    FILE has one id in each line, at most 100,000; "-" reads them from standard input. People see
    that the body asked.
    """
    raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise click.ClickException(f"The file is larger than {MOST_BYTES:,} bytes.")
    read = read_file(raw)
    profile = region.load(parts.settings.region)
    with parts.sessions.of(Reach(Kind.CHECKS)).reading() as reading:
        body = body_named(reading, slug)
        found = ask(reading, body, reference, read.ids, today=profile.today())
    with parts.sessions.of(Reach(Kind.CHECKS)).writing() as session:
        kept = checking.keep_check(
            session,
            found,
            hours=parts.settings.check_good_hours,
            zone=profile.zone,
            seal=parts.app.extensions["sealer"].seal,
            by="operator",
        )
        until = kept.good_until.astimezone(profile.zone)
    output.write(read.of(found.allowed))
    click.echo(f"Good until {until:%Y-%m-%d %H:%M %Z}.", err=True)
