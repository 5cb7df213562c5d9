"""``citizen-portal oversight``: what is withheld, in numbers."""

import json
from dataclasses import asdict, astuple
from typing import cast

import click

from citizen_portal import clock, region
from citizen_portal.access.queries.oversight import Count, counts
from citizen_portal.console import Commands, Parts
from citizen_portal.signing import Signer

OVERSIGHT_TYPE = "citizen-portal-oversight+json"
COLUMNS = ("body", "law", "protects", "state", "accesses", "overdue", "moved")


@click.group(cls=Commands)
def oversight() -> None:
    """For whoever oversees this portal: numbers alone, never of one person."""


@oversight.command("holds")
@click.option("--json", "as_json", is_flag=True, help="As a signed file (JWS).")
@click.pass_obj
def count_holds(parts: Parts, as_json: bool) -> None:
    """Count the accesses that bodies withhold: by body, law, whom it protects, and state.

    `overdue` are those still withheld after their last day; `moved` is how often a last day was
    moved. This is not for the public.
    """
    today = clock.today(region.load(parts.settings.region).timezone)
    with parts.sessions.reading() as session:
        found = counts(session, today=today)
    click.echo(_signed(parts, found) if as_json else _table(found))


def _signed(parts: Parts, found: list[Count]) -> str:
    signer = cast(Signer, parts.app.extensions["signer"])
    said = {
        "portal": parts.settings.public_url,
        "made_at": clock.now().isoformat(),
        "holds": [asdict(one) for one in found],
    }
    return json.dumps(signer.sign(json.dumps(said).encode(), typ=OVERSIGHT_TYPE))


def _table(found: list[Count]) -> str:
    rows = [COLUMNS, *(tuple(map(str, astuple(one))) for one in found)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(COLUMNS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join(lines)
