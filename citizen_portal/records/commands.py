"""``citizen-portal body check``: whether a body's service does what ``docs/connect.md`` says."""

import base64
import sys
from collections.abc import AsyncIterator

import click

from citizen_portal import signing
from citizen_portal.access.remote import Caller, Line
from citizen_portal.console import Parts
from citizen_portal.fetch import Fetcher
from citizen_portal.records.remote.trying import SAMPLE, Tried, try_service
from citizen_portal.records.remote.trying_hooks import AGREEMENT, Hooks, try_hooks

PREFIX = "whsec_"
LONGEST = 600.0
"""Seconds for all of it."""


@click.command("check")
@click.argument("url")
@click.option("--slug", required=True, help="Slug of the body, as it stands in tokens.")
@click.option("--webhook", "address", help="Where the body wants to be told of things.")
@click.option(
    "--secret", envvar="BODY_SECRET", show_envvar=True, help="Its secret: begins with whsec_."
)
@click.pass_obj
def try_out(parts: Parts, url: str, slug: str, address: str | None, secret: str | None) -> None:
    """Try out a body's service at its base address URL, and say what is not as it must be.

    It is asked with this portal's key, about a sample person who does not exist; nothing of any
    person is sent. With --webhook and --secret it is sent sample choices as well. Ends with 0 if
    all is right, with 1 if not.

    \b
    Example:
      citizen-portal body check https://data.example.gov.uk/citizen --slug benefits-office \\
        --webhook https://data.example.gov.uk/hooks --secret whsec_...
    """
    fetcher = Fetcher(parts.settings.loopback_hosts, parts.settings.fetch_max_bytes)
    signer, key = _signer(parts), None if address is None else _plain(secret)
    caller = Caller(fetcher, signer, parts.settings.public_url)
    seconds = parts.settings.ask_seconds
    right = _told(fetcher, try_service(caller, Line(url, slug, SAMPLE), seconds=seconds))
    if address is not None and key is not None:
        hooks = Hooks(fetcher, signer, slug, address, key)
        right = _told(fetcher, try_hooks(hooks)) and right
        click.echo(
            f"look   Your system must hold now: {AGREEMENT}, person {SAMPLE[:8]}…: may not be used."
        )
    click.echo("All is as it must be." if right else "Not all is as it must be.")
    if not right:
        sys.exit(1)


def _told(fetcher: Fetcher, trials: AsyncIterator[Tried]) -> bool:
    """Say each as it is tried; whether all was right."""

    async def through() -> bool:
        right = True
        async for tried in trials:
            right = right and tried.wrong is None
            said = f"right  {tried.what}" if tried.wrong is None else _wrong(tried)
            click.echo(said)
        return right

    return fetcher.wait(through(), seconds=LONGEST)


def _wrong(tried: Tried) -> str:
    return f"wrong  {tried.what}: {tried.wrong}"


def _plain(secret: str | None) -> bytes:
    if secret is None or not secret.startswith(PREFIX):
        raise click.UsageError("--webhook needs --secret, which begins with whsec_.")
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        raise click.UsageError("--secret is not whole: after whsec_ it is base64.") from None


def _signer(parts: Parts) -> signing.Signer:
    try:
        return signing.load(parts.settings.keys_folder)
    except FileNotFoundError as error:
        said = f"{error.filename} is missing. Run: citizen-portal keys create"
        raise click.ClickException(said) from None
