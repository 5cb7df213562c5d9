"""``citizen-portal verify``: whether a copy is as it was made, and by whose key."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NoReturn

import click
from joserfc.jwk import Key

from citizen_portal.exports.verify import (
    Checked,
    Refused,
    Unreadable,
    check,
    check_receipt,
    looks_like_one,
    signed,
)
from citizen_portal.fetch import Fault, Fetcher

ALTERED, UNUSABLE, NOT_CHECKED = 1, 2, 3
HERE = frozenset({"127.0.0.1", "::1", "localhost"})
MOST_BYTES, SECONDS = 100_000, 10.0
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("verify")
@click.argument("file", type=FILE)
@click.option("--jwks", help="Keys that you trust: a file, or the portal's address of them.")
def verify(file: Path, jwks: str | None) -> None:
    """Check that a copy of somebody's data, a case file or a receipt is as a portal made it.

    Ends with 0 if it is, signed by a key in --jwks; with 1 if it was altered or is signed by
    another key; with 2 if it cannot be read; with 3 if it is unchanged and no --jwks was given,
    so that whose key signed it is not checked. A receipt brings no key, so it needs --jwks.
    Nothing of the copy is printed or sent.

    \b
    Example:
      citizen-portal verify copy.zip --jwks https://portal.example/.well-known/jwks.json
    """
    pinned = None if jwks is None else _keys(jwks)
    what = "copy"
    try:
        with file.open("rb") as opened:
            if looks_like_one(opened):
                what = "receipt"
                click.echo(_receipt(opened, pinned))
                return
            found = check(opened, pinned=pinned)
    except Unreadable as error:
        _end(UNUSABLE, f"This cannot be checked: {error}.")
    except Refused as error:
        _end(ALTERED, f"This {what} is not as it was made: {error}.")
    except OSError:
        _end(UNUSABLE, "This file cannot be read.")
    click.echo(_told(found))
    if not found.trusted:
        sys.exit(NOT_CHECKED)


def _told(found: Checked) -> str:
    what = "case file" if found.case else "copy"
    made = f"{found.files} files, made at {found.made_at:%Y-%m-%d %H:%M:%S} UTC."
    if found.trusted:
        return (
            f"This {what} is unchanged since {found.issuer} made it.\n{made}\n"
            f"Signed by key {found.key}, which you trust."
        )
    return (
        f"This {what} is unchanged since made by key {found.key};"
        " whose key that is was not checked."
        f"\n{made}\n"
        "Anybody can make a key. To check whose it is, give --jwks with the keys of the portal\n"
        "that you know, such as https://portal.example/.well-known/jwks.json"
    )


def _receipt(opened: BinaryIO, pinned: list[Key] | None) -> str:
    if pinned is None:
        raise Unreadable("a receipt brings no key with it; give --jwks with the portal's keys")
    found = check_receipt(opened, pinned=pinned)
    about = ", ".join(found.agreements) or "no agreement that is in force"
    return (
        f"This receipt is unchanged since {found.issuer} gave it.\n"
        f"Choice: {found.answer}, made at {found.made_at:%Y-%m-%d %H:%M:%S} UTC, about {about}.\n"
        f"Signed by key {found.key}, which you trust."
    )


def _keys(place: str) -> list[Key]:
    """The keys that can sign a copy, from a file or an address."""
    keys: list[Key] = []
    if place.startswith(("https://", "http://")):
        keys = signed.keys_of(_fetched(place))
    else:
        with suppress(OSError):
            keys = signed.keys_in(_read(Path(place)))
    if not keys:
        _end(UNUSABLE, "--jwks leads to no JWK set with an Ed25519 key.")
    return keys


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(MOST_BYTES)


def _fetched(address: str) -> object:
    """What lies at an address: https, or this machine; no redirect, no more than a little."""
    fetcher = Fetcher(HERE, MOST_BYTES)

    async def ask() -> object:
        return (await fetcher.get(address, "", until=fetcher.moment(SECONDS))).document

    try:
        return fetcher.wait(ask(), seconds=SECONDS)
    except Fault as fault:
        _end(UNUSABLE, f"The keys at that address cannot be had: {fault.kind.value}.")


def _end(code: int, said: str) -> NoReturn:
    click.echo(said, err=True)
    sys.exit(code)
