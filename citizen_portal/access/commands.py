"""``citizen-portal oversight``: what is withheld, in numbers; ``digest``: whether a proof holds."""

import json
from dataclasses import asdict, astuple
from pathlib import Path
from typing import cast

import click
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from citizen_portal import clock, region, signing
from citizen_portal.access.queries.oversight import Count, counts
from citizen_portal.access.schemas.proofs import NotProven, checked
from citizen_portal.console import Commands, Parts
from citizen_portal.jwks import usable
from citizen_portal.reach import Kind, Reach
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
    today = region.load(parts.settings.region).today()
    with parts.sessions.of(Reach(Kind.HELD)).reading() as session:
        found = counts(session, today=today)
    click.echo(_signed(parts, found) if as_json else _table(found))


@click.group(cls=Commands)
def digest() -> None:
    """The signed digests of days, and proofs that accesses stand in them."""


FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@digest.command("check")
@click.argument("proof", type=FILE)
@click.option("--jwks", type=FILE, help="The portal's public keys: /.well-known/jwks.json.")
@click.pass_obj
def check_proof(parts: Parts, proof: Path, jwks: Path | None) -> None:
    """Check a proof that a person took of an access. Ends with 1 if it proves nothing.

    Needs no network and, with --jwks, no portal.

    \b
    Example:
      citizen-portal digest check proof.json --jwks jwks.json
    """
    keys = _published(jwks) if jwks else signing.load(parts.settings.keys_folder).keys
    try:
        found = checked(proof.read_bytes(), keys)
    except NotProven as error:
        raise click.ClickException(f"This proves nothing: {error}.") from None
    click.echo(f"It holds: this access is in the digest of {found.day}, signed by the portal.")


def _published(file: Path) -> KeySet:
    try:
        keys = usable(json.loads(file.read_bytes()))
    except (ValueError, RecursionError, JoseError):
        keys = None
    if not keys:
        raise click.ClickException("The file of keys is no JWK set with a key that can be used.")
    return KeySet(keys)


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
