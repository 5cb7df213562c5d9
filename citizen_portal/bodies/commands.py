"""``citizen-portal body``: which systems may call the portal for a body, and by which keys."""

from pathlib import Path
from typing import Any

import click
from joserfc.jwk import Key
from sqlalchemy.orm import Session

from citizen_portal import jwks
from citizen_portal.bodies import actions, queries, remote, schemas
from citizen_portal.bodies.models import Scope
from citizen_portal.bodies.remote.keys import MOST_BYTES
from citizen_portal.bodies.schemas.key_sets import MOST_KEYS
from citizen_portal.console import Commands, Parts
from citizen_portal.fetch import Fault, Fetcher, Kind

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
CLIENT = click.argument("client_id")
WORDS = {
    Kind.FORBIDDEN_ADDRESS: "It must be a public https address, without a name, query or fragment.",
    Kind.UNREADABLE: "What it answers is no JWK set in JSON.",
    Kind.REDIRECT: "It redirects, which is not followed.",
}


@click.group(cls=Commands)
def body() -> None:
    """The systems of bodies that may call the portal, and their keys."""


@body.command("list")
@click.pass_obj
def list_clients(parts: Parts) -> None:
    """Show each system that may call: its body, its scopes, where its keys are."""
    with parts.sessions.reading() as session:
        found = queries.clients(session)
    for client in found:
        where = client.jwks_uri or f"{len(_kids(client))} uploaded keys"
        click.echo(
            f"{client.body}: {client.client_id} ({', '.join(sorted(client.scopes))}; {where})"
        )
    click.echo(f"{len(found)} systems may call.")


@body.command("add")
@click.argument("slug")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What it may do; may be given more than once.",
)
@click.option("--keys", "file", type=FILE, help="Its public keys: a JWK set, a JWK, or PEM.")
@click.option("--keys-url", "address", help="Where it publishes its public keys (a JWK set).")
@click.pass_obj
def add(
    parts: Parts, slug: str, scopes: tuple[str, ...], file: Path | None, address: str | None
) -> None:
    """Let a system call for the body SLUG, and print the client id that it gets."""
    if (file is None) == (address is None):
        raise click.UsageError("Give either --keys or --keys-url.")
    keys = _keys(parts, file, address)
    with parts.sessions.writing() as session:
        of = queries.directory(session).body_by_slug(slug)
        if of is None:
            raise click.ClickException("No organisation on the register has this slug.")
        wanted = [Scope(scope) for scope in scopes]
        client = actions.add_client(session, of.id, slug=slug, scopes=wanted, **keys)
        client_id = client.client_id
    click.echo(client_id)


@body.command("keys")
@CLIENT
@click.option("--add", "added", type=FILE, help="Public keys to take beside those it has.")
@click.option("--replace", "file", type=FILE, help="Public keys to take instead of those it has.")
@click.option("--url", "address", help="An address to fetch its keys from instead.")
@click.pass_obj
def change_keys(
    parts: Parts, client_id: str, added: Path | None, file: Path | None, address: str | None
) -> None:
    """Change or, without an option, show the keys by which CLIENT_ID proves itself."""
    if sum(given is not None for given in (added, file, address)) > 1:
        raise click.UsageError("Give one of --add, --replace and --url.")
    with parts.sessions.reading() as session:
        client = _known(session, client_id)
    if added or file or address:
        keys = _keys(parts, added or file, address)
        if added:
            keys = _joined(client, keys)
        with parts.sessions.writing() as session:
            _known(session, client_id)
            actions.change_keys(session, client_id, **keys)
        with parts.sessions.reading() as session:
            client = _known(session, client_id)
    if client.jwks_uri:
        click.echo(f"fetched from {client.jwks_uri}")
    for kid in _kids(client):
        click.echo(kid)


@body.command("remove")
@CLIENT
@click.pass_obj
def remove(parts: Parts, client_id: str) -> None:
    """Refuse CLIENT_ID from now on, whatever tokens it still has."""
    with parts.sessions.writing() as session:
        _known(session, client_id)
        actions.remove_client(session, client_id)
    click.echo(f"{client_id} may not call any more.")


def _known(session: Session, client_id: str) -> queries.ClientFacts:
    client = queries.client(session, client_id)
    if client is None:
        raise click.ClickException("No system has this client id. See: citizen-portal body list")
    return client


def _keys(parts: Parts, file: Path | None, address: str | None) -> dict[str, Any]:
    """The columns for keys that were handed in, or that are published where they should be."""
    if file is not None:
        try:
            return {"jwks": schemas.read_keys(file.read_bytes())}
        except schemas.BadKeys as error:
            raise click.ClickException(str(error)) from None
    address = address or ""
    try:
        found = remote.fetch(Fetcher(parts.settings.loopback_hosts, MOST_BYTES), address)
    except Fault as fault:
        words = WORDS.get(fault.kind, "It does not answer as it should.")
        raise click.ClickException(f"The keys cannot be fetched there. {words}") from None
    if not any(_fit(key) for key in found):
        raise click.ClickException("None of the keys published there can be used here.")
    return {"jwks_uri": address}


def _fit(key: Key) -> bool:
    return any(jwks.fits(key, algorithm) for algorithm in remote.ALGORITHMS)


def _joined(client: queries.ClientFacts, keys: dict[str, Any]) -> dict[str, Any]:
    if client.jwks is None:
        raise click.ClickException("Its keys are fetched from its own address; add them there.")
    new = {key["kid"]: key for key in keys["jwks"]["keys"]}
    kept = [key for key in client.jwks["keys"] if key["kid"] not in new]
    if len(kept) + len(new) > MOST_KEYS:
        raise click.ClickException(f"A system may have {MOST_KEYS} keys. Use --replace.")
    return {"jwks": {"keys": [*kept, *new.values()]}}


def _kids(client: queries.ClientFacts) -> list[str]:
    return [key["kid"] for key in (client.jwks or {"keys": []})["keys"]]
