"""``citizen-portal doctor``."""

import json
from collections.abc import Iterable

import click

from citizen_portal.console import Parts
from citizen_portal.doctor.findings import Level, fail
from citizen_portal.doctor.rounds import Found, examine, worst


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As one JSON document.")
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Look at what the portal stands on, and say what to do. It changes nothing, and prints no
    secret.

    Run it as the web server and as the worker run: as their user, with their settings. Ends with 1
    if something fails.
    """
    found = list(_found(context.obj))
    if as_json:
        click.echo(json.dumps([_told(one) for one in found], indent=1))
    else:
        for name, finding in found:
            click.echo(f"{finding.level:4}  {name:11}  {finding.said} {finding.do}".rstrip())
    if worst(found) is Level.FAIL:
        context.exit(1)


def _found(parts: Parts) -> Iterable[Found]:
    try:
        settings = parts.settings
    except click.ClickException as error:
        wrong = [line.strip() for line in error.message.splitlines() if "PORTAL_" in line[:9]]
        return [("settings", fail(f"{line}.", "See: citizen-portal settings")) for line in wrong]
    except OSError:
        return [("settings", fail("A file that one names cannot be read.", "Look at …_FILE."))]
    return examine(settings)


def _told(one: Found) -> dict[str, str]:
    name, finding = one
    return {"check": name, "level": finding.level, "said": finding.said, "do": finding.do}
