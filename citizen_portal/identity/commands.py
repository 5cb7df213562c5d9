"""``citizen-portal officer``: who may act for which body, as the operator says; ``account``: what
an order may have opened of accounts that were closed."""

import json
from pathlib import Path
from typing import cast
from uuid import UUID

import click
from sqlalchemy.orm import Session

from citizen_portal import sealing
from citizen_portal.bodies.queries import directory
from citizen_portal.console import Commands, Parts
from citizen_portal.identity import actions, queries
from citizen_portal.identity.actions import officers
from citizen_portal.identity.models import Officer, Role
from citizen_portal.identity.queries import officer_list
from citizen_portal.sealing import CannotOpen, Index

OFFICER_ID = click.argument("officer_id", type=click.UUID)
ROLES = click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What they may do; give it once for each role.",
)
SLUG = "By its slug in the register: /bodies/SLUG on the portal, `slug` in the file."
MOST_CHARACTERS = 255
REASONS = ("court-order", "oversight")
"""Fixed words, since the audit list holds no others."""


@click.group(cls=Commands)
def officer() -> None:
    """Officers: who may act for which body at the desk.

    \b
    author         writes drafts and sends them for review
    publisher      publishes what another officer wrote; confirms what others wrote
    case_worker    answers people's questions and objections
    hold_approver  approves that an access is withheld by law, or released
    """


@officer.command("list")
@click.option("--body", "slug", help=f"Only the officers of this body. {SLUG}")
@click.pass_obj
def list_officers(parts: Parts, slug: str | None) -> None:
    """Show who is on the list: id, body, roles, name."""
    with parts.sessions.reading() as session:
        body_id = _body_id(session, slug) if slug else None
        listed = officer_list(session, organisation_id=body_id)
    for one in listed:
        click.echo(f"{one.id}  {one.body}  {','.join(one.roles)}  {one.name}")
    click.echo(f"{len(listed)} on the list.", err=True)


@officer.command()
@click.option("--body", "slug", required=True, help=f"The body they act for. {SLUG}")
@click.option("--subject", required=True, help="What the staff issuer calls them (`sub`).")
@click.option("--name", required=True, help="What colleagues know them by.")
@ROLES
@click.pass_obj
def add(parts: Parts, slug: str, subject: str, name: str, roles: tuple[str, ...]) -> None:
    """Put somebody on the list, so that they can sign in at /desk.

    Whoever was removed and is added again to the same body keeps their id.

    \b
    Example:
      citizen-portal officer add --body wrenford-council --subject 248289761001 \\
        --name "Sam Ellis" --role author --role case_worker
    """
    issuer = parts.settings.staff_issuer
    if not issuer:
        raise click.ClickException(
            "No officer can sign in yet: set PORTAL_STAFF_ISSUER and PORTAL_STAFF_CLIENT_ID first."
        )
    subject, name = _text("--subject", subject), _text("--name", name)
    index = cast(Index, parts.app.extensions["index"])
    with parts.sessions.writing() as session:
        blind = index.blind("officer", issuer, subject)
        added = officers.add(
            session, _body_id(session, slug), blind=blind, name=name, roles=map(Role, roles)
        )
        click.echo(f"added {added.id}")


@officer.command("roles")
@OFFICER_ID
@ROLES
@click.pass_obj
def change_roles(parts: Parts, officer_id: UUID, roles: tuple[str, ...]) -> None:
    """Give an officer these roles in place of those they had, from their next request on.

    \b
    Example:
      citizen-portal officer roles 0199b2a4-… --role author --role publisher
    """
    with parts.sessions.writing() as session:
        changed = officers.change_roles(session, officer_id, roles=map(Role, roles))
        click.echo(f"changed {officer_id}")
        _warn_if_nobody_publishes(session, changed)


@officer.command()
@OFFICER_ID
@click.pass_obj
def remove(parts: Parts, officer_id: UUID) -> None:
    """Take an officer off the list and end their sessions at once. What they did stays on record.

    \b
    Example:
      citizen-portal officer remove 0199b2a4-…
    """
    with parts.sessions.writing() as session:
        removed = officers.remove(session, officer_id)
        click.echo(f"removed {officer_id}")
        _warn_if_nobody_publishes(session, removed)


@click.group(cls=Commands)
def account() -> None:
    """Accounts that were closed: what an order may have opened of them."""


@account.command("open")
@click.option("--subject", required=True, help="What the identity provider calls them (`sub`).")
@click.option("--issuer", help="The identity provider, if it is not the one of today.")
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="closed.private.json, from where it is kept.",
)
@click.option("--reason", required=True, type=click.Choice(REASONS), help="Kept on record.")
@click.pass_obj
def open_account(
    parts: Parts, subject: str, issuer: str | None, key_file: Path, reason: str
) -> None:
    """Show what the audit list keeps of somebody who closed their account.

    Of accounts that are open it shows nothing. Each use is kept on record, whatever it finds.

    \b
    Example:
      citizen-portal account open --subject 248289761001 --reason court-order \\
        --key /media/safe/closed.private.json
    """
    index = cast(Index, parts.app.extensions["index"])
    blinds = index.accounts(issuer or parts.settings.oidc_issuer, subject.strip())
    try:
        opener = sealing.load_opener(key_file)
        with parts.sessions.writing() as session:
            found = actions.open_closed(session, blinds, opener=opener, reason=reason)
    except CannotOpen:
        raise click.ClickException("This is not the key that opens closed accounts.") from None
    with parts.sessions.reading() as session:
        for closed_id in found:
            click.echo(f"closed account {closed_id}")
            for line in queries.noted_of_closed(session, closed_id):
                click.echo(f"{line.at.isoformat()}  {line.tag}  {json.dumps(line.about)}")
    click.echo(f"{len(found)} found.", err=True)


def _body_id(session: Session, slug: str) -> UUID:
    body = directory(session).body_by_slug(slug)
    if body is None:
        raise click.ClickException(
            "There is no body with that slug. The register's files, and /bodies, name them."
        )
    return body.id


def _text(option: str, given: str) -> str:
    """The text without spaces around it; raises a usage error for what cannot be meant."""
    text = given.strip()
    if not text or len(text) > MOST_CHARACTERS or not text.isprintable():
        raise click.UsageError(
            f"{option}: between 1 and {MOST_CHARACTERS} characters, on one line."
        )
    return text


def _warn_if_nobody_publishes(session: Session, changed: Officer) -> None:
    session.flush()
    left = officer_list(session, organisation_id=changed.organisation_id)
    if not any(Role.PUBLISHER in one.roles for one in left):
        click.echo("Warning: nobody of this body may publish now.", err=True)
