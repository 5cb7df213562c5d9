"""``citizen-portal body``: which systems may call for a body, and what bodies are told."""

from pathlib import Path
from typing import Any
from uuid import UUID

import click
from joserfc.jwk import Key
from sqlalchemy.orm import Session

from citizen_portal import clock, jwks
from citizen_portal.bodies import actions, queries, remote, schemas
from citizen_portal.bodies.models import Scope
from citizen_portal.bodies.remote.keys import MOST_BYTES
from citizen_portal.bodies.schemas.key_sets import MOST_KEYS
from citizen_portal.console import Commands, Parts
from citizen_portal.fetch import Fault, Fetcher, Kind, addresses

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
CLIENT = click.argument("client_id")
SLUG = click.argument("slug")
WORDS = {
    Kind.FORBIDDEN_ADDRESS: "It must be a public https address, without a name, query or fragment.",
    Kind.UNREADABLE: "What it answers is no JWK set in JSON.",
    Kind.REDIRECT: "It redirects, which is not followed.",
}


@click.group(cls=Commands)
def body() -> None:
    """The systems of bodies that may call the portal, their keys, and what bodies are told."""


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
    """Let a system call for the body SLUG, and print the client id that it gets.

    SLUG is the body's in the register: /bodies/SLUG on the portal, `slug` in the file. Of --keys
    and --keys-url give one: --keys-url where the body publishes its keys, so that it can renew
    them by itself, and --keys for a file that it handed over.

    \b
    Example:
      citizen-portal body add wrenford-council --scope access-events:write \\
        --keys-url https://api.wrenford.example/jwks.json
    """
    if (file is None) == (address is None):
        raise click.UsageError("Give either --keys or --keys-url.")
    keys = _keys(parts, file, address)
    with parts.sessions.writing() as session:
        of = _body(session, slug)
        wanted = [Scope(scope) for scope in scopes]
        client = actions.add_client(session, of, slug=slug, scopes=wanted, **keys)
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


@body.command("webhook")
@SLUG
@click.argument("url")
@click.pass_obj
def set_webhook(parts: Parts, slug: str, url: str) -> None:
    """Tell the body SLUG of things at URL from now on, and print its secret, this once.

    SLUG is the body's in the register: /bodies/SLUG on the portal, `slug` in the file. URL is a
    public https address of its. Where it had a webhook, that and its secret end; what waits is
    sent to URL.

    \b
    Example:
      citizen-portal body webhook wrenford-council https://api.wrenford.example/portal
    """
    try:
        addresses.checked("", url, loopback_hosts=parts.settings.loopback_hosts)
    except Fault as fault:
        raise click.ClickException(WORDS[fault.kind]) from None
    with parts.sessions.writing() as session:
        of = _body(session, slug)
        secret = actions.set_webhook(session, parts.app.extensions["sealer"], of, url)
    click.echo(secret)


@body.command("webhook-rotate")
@SLUG
@click.pass_obj
def rotate_secret(parts: Parts, slug: str) -> None:
    """Make a new secret for what SLUG is told, and print it, this once.

    For seven days each message is signed by the secret before it as well.
    """
    with parts.sessions.writing() as session:
        of = _body(session, slug)
        secret = actions.rotate_secret(session, parts.app.extensions["sealer"], of)
    click.echo(secret)


@body.command("webhook-remove")
@SLUG
@click.pass_obj
def remove_webhook(parts: Parts, slug: str) -> None:
    """Tell the body SLUG nothing more, not even what waits."""
    with parts.sessions.writing() as session:
        actions.remove_webhook(session, _body(session, slug))
    click.echo(f"{slug} is told nothing more.")


@body.command("deliveries")
@click.argument("slug", required=False)
@click.pass_obj
def list_deliveries(parts: Parts, slug: str | None) -> None:
    """Show where bodies (or SLUG) are told, and each message that waits or was given up."""
    now = clock.now()
    with parts.sessions.reading() as session:
        of = None if slug is None else _body(session, slug)
        told, found = queries.webhooks(session, of), queries.deliveries(session, of)
    for webhook in told:
        click.echo(f"{webhook.body}: {webhook.url} ({_health(webhook)})")
    for each in found:
        age = now.replace(microsecond=0) - each.made_at.replace(microsecond=0)
        fault = f", {each.fault}" if each.fault else ""
        click.echo(
            f"{each.body}: {each.message_id} {each.kind} {each.state.value}, made {age} ago,"
            f" {each.attempts} attempts{fault}"
        )
    more = " or more" if len(found) == queries.MOST_LISTED else ""
    click.echo(f"{len(found)}{more} messages wait or were given up.")


def _health(webhook: queries.WebhookFacts) -> str:
    if webhook.stopped_at is not None:
        return f"stopped by the body at {webhook.stopped_at:%Y-%m-%dT%H:%MZ}"
    if webhook.failing_since is not None:
        return f"failing since {webhook.failing_since:%Y-%m-%dT%H:%MZ}"
    return "well"


def _body(session: Session, slug: str) -> UUID:
    of = queries.directory(session).body_by_slug(slug)
    if of is None:
        raise click.ClickException("No organisation on the register has this slug.")
    return of.id


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
