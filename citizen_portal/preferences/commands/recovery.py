"""After old data was put back, and at any time: what bodies have of what citizens chose."""

from datetime import datetime

import click

from citizen_portal import region
from citizen_portal.console import Parts
from citizen_portal.preferences import actions
from citizen_portal.preferences.commands import preferences
from citizen_portal.preferences.commands.named import body_named
from citizen_portal.preferences.queries.bodies import BodyStatus, statuses
from citizen_portal.reach import Kind, Reach

REASONS = ("lost", "closed", "by-hand")
"""The body lost what it held, is there no more, or was compared with us by hand."""


@preferences.command("restored")
@click.pass_obj
def restored(parts: Parts) -> None:
    """Say that old data was put back. Each body is asked for what it holds.

    Run it before the web server and the worker are started again.
    """
    with parts.sessions.of(Reach(Kind.CHECKS)).writing() as session:
        count = actions.begin(session)
    click.echo(f"Bodies that are to say what they hold: {count}. Pages say so until they have.")


@preferences.command("status")
@click.pass_obj
def status(parts: Parts) -> None:
    """Show how far each body is with what it was told. Ends with 1 if it needs the operator."""
    today = region.load(parts.settings.region).today()
    with parts.sessions.of(Reach(Kind.CHECKS)).reading() as session:
        found = statuses(session, today)
    for each in found:
        click.echo(_line(each))
    stuck = [each.slug for each in found if _stuck(each)]
    click.echo(f"Bodies with a list of choices: {len(found)}; those that need you: {len(stuck)}.")
    if stuck:
        raise click.exceptions.Exit(1)


@preferences.command("reconciled")
@click.option("--body", "slug", required=True, help="Slug of the body.")
@click.option("--reason", required=True, type=click.Choice(REASONS), help="Kept on record.")
@click.pass_obj
def reconciled(parts: Parts, slug: str, reason: str) -> None:
    """Wait no longer for what a body holds: send it all that stands here.

    What it alone still knows of lost choices may be lost for good.
    """
    with parts.sessions.of(Reach(Kind.CHECKS)).writing() as session:
        waited = actions.give_up(session, body_named(session, slug), reason=reason)
    if not waited:
        raise click.ClickException(f"Nothing is awaited of {slug}.")
    click.echo(f"{slug} is waited for no longer, and is sent all that stands.")


def _stuck(each: BodyStatus) -> bool:
    return bool(each.behind_since or each.stopped_at or each.undelivered)


def _line(each: BodyStatus) -> str:
    said = [f"last {each.last}", f"read to {each.read_to}{_at(', at ', each.read_at)}"]
    said += [f"{each.waiting} to be sent", f"{each.undelivered} undelivered"]
    said.append(f"{each.overdue} overdue")
    if each.behind_since:
        said.append(f"is to say what it holds{_at(' since ', each.behind_since)}")
    if each.stopped_at:
        said.append(f"webhook stopped by the body{_at(' at ', each.stopped_at)}")
    return f"{each.slug}: {'; '.join(said)}"


def _at(before: str, moment: datetime | None) -> str:
    return f"{before}{moment:%Y-%m-%dT%H:%MZ}" if moment else ""
