"""The ``citizen-portal`` command: gathers each slice's commands; runs the worker.

With ``app.py`` the only importer of front doors. Every command says what it did, and ends with
1 when it could not.
"""

from functools import cached_property
from typing import cast

import click
from flask import Flask
from pydantic import SecretStr, ValidationError

from citizen_portal import connections, jobs, schema, working
from citizen_portal.access.commands import digest, oversight
from citizen_portal.agreements.commands import register
from citizen_portal.app import create_app
from citizen_portal.bodies.commands import body
from citizen_portal.console import Commands, denied
from citizen_portal.db import Sessions
from citizen_portal.demo.commands import demo
from citizen_portal.doctor.commands import doctor
from citizen_portal.exports.commands import verify
from citizen_portal.identity.commands import account, officer
from citizen_portal.keyring.commands import keys
from citizen_portal.preferences.commands import preferences
from citizen_portal.queue import Queue
from citizen_portal.records.commands import try_out
from citizen_portal.serving.commands import serve
from citizen_portal.settings import Settings, as_set, from_environment, variable
from citizen_portal.wall import Wall, patience
from citizen_portal.wall.looking import faults
from citizen_portal.wall.raising import roles_of, walled


class Operator:
    """What commands are handed: settings, app and sessions, each made when first needed."""

    @cached_property
    def settings(self) -> Settings:
        try:
            return from_environment()
        except ValidationError as error:
            raise click.ClickException(_faults(error)) from None

    @cached_property
    def app(self) -> Flask:
        try:
            return create_app(self.settings)
        except FileNotFoundError as error:
            raise click.ClickException(
                f"{error.filename} is missing. Run: citizen-portal keys create"
            ) from None

    @property
    def sessions(self) -> Sessions:
        return cast(Sessions, self.app.extensions["sessions"])

    @property
    def wall(self) -> Wall | None:
        return cast("Wall | None", self.app.extensions["wall"])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="citizen-portal")
@click.pass_context
def main(context: click.Context) -> None:
    """See who holds, shared and looked at people's data, and why; let them act on it.

    Settings come from the environment (PORTAL_…); `citizen-portal settings` explains each.
    `citizen-portal demo` needs none.
    """
    context.obj = Operator()


main.add_command(demo)
main.add_command(serve)
main.add_command(doctor)
main.add_command(register)
main.add_command(officer)
main.add_command(account)
main.add_command(body)
body.add_command(try_out)
main.add_command(oversight)
main.add_command(digest)
main.add_command(preferences)
main.add_command(verify)
main.add_command(keys)


@main.command("settings")
def explain_settings() -> None:
    """Explain every setting, with its default."""
    own = Settings.__annotations__
    for name in sorted(Settings.model_fields, key=lambda name: name not in own):
        field = Settings.model_fields[name]
        default = "needed" if field.is_required() else f"default {_shown(field.default)}"
        click.echo(f"{variable(name)} ({default})")
        words = as_set(field.description or "")
        click.echo(click.wrap_text(words, 78, "    ", "    ", True) + "\n")


@main.group("db")
def database_group() -> None:
    """The database and its schema."""


@database_group.command("upgrade")
@click.pass_obj
def upgrade(operator: Operator) -> None:
    """Bring the database to the newest schema. On PostgreSQL, run it as the owner of the tables:
    it makes the portal's roles too, and says what each may touch."""
    engine, wall = operator.sessions.engine, operator.wall
    try:
        with connections.one_at_a_time(engine):
            _upgrade(operator)
    except Exception as error:  # of the queue it is the driver's own
        if not denied(error):
            raise
        raise click.ClickException(
            "The database refuses this to whom PORTAL_DATABASE_URL names. Run it as the owner of"
            " the database: docs/operations.md, “The second wall”."
        ) from None
    click.echo(f"The database is at revision {schema.standing(engine)[0]}.")
    if wall is not None and engine.dialect.name == "postgresql":
        logins = " and ".join(roles_of(wall))
        click.echo(f"The second wall stands on {len(walled())} tables. Log in as {logins}.")


def _upgrade(operator: Operator) -> None:
    engine, wall = operator.sessions.engine, operator.wall
    _refuse_newer(*schema.standing(engine))
    cast(Queue, operator.app.extensions["queue"]).prepare()
    schema.upgrade(engine, wall=wall)
    if wall is not None and engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            patience.tell(connection, wall, operator.settings)


def _refuse_newer(at: str | None, newest: str | None) -> None:
    if schema.is_newer(at, newest):
        raise click.ClickException(
            "A newer version than this one has upgraded the database. Run that one."
        )


@database_group.command("check")
@click.pass_obj
def check(operator: Operator) -> None:
    """Say whether the database is at the newest schema, and whether its second wall stands. Ends
    with 1 if not."""
    at, newest = schema.standing(operator.sessions.engine)
    click.echo(f"database: {at or 'empty'}, newest: {newest}")
    _refuse_newer(at, newest)
    if at != newest:
        raise click.ClickException("Run: citizen-portal db upgrade")
    engine, wall = operator.sessions.engine, operator.wall
    if engine.dialect.name != "postgresql":
        return
    if wall is None:
        click.echo("second wall: none, for PORTAL_DATABASE_ROLES is empty")
        return
    with engine.connect() as connection:
        found = faults(connection, wall)
    if found:
        raise click.ClickException("\n".join(["The second wall does not stand.", *found]))
    click.echo(f"second wall: stands on {len(walled())} tables")


@main.command("worker")
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="How many jobs at once.",
)
@click.pass_obj
def worker(operator: Operator, threads: int) -> None:
    """Do later work until stopped. As many workers as wanted may run."""
    app, sessions = operator.app, operator.sessions
    queue = cast(Queue, app.extensions["queue"])
    try:
        connections.greet(sessions.engine)
        run, turned = working.measured(operator.settings, sessions, app.extensions)
    except connections.LosesData as error:
        raise click.ClickException(f"The database may lose what was kept: {error}.") from None
    except OSError as error:
        raise click.ClickException(f"PORTAL_WORKER_METRICS_PORT: {error.strerror}") from None

    def tick() -> None:
        with sessions.writing() as session:
            jobs.start_recurring(session)
        jobs.reap(sessions, queue.put)
        turned()

    queue.serve(
        run,
        tick,
        threads,
        is_long=lambda job_id: jobs.is_long(sessions, job_id),
    )


def _shown(default: object) -> str:
    text = default.get_secret_value() if isinstance(default, SecretStr) else str(default)
    return text or "not set"


def _faults(error: ValidationError) -> str:
    """Which settings are wrong and how, without their values."""
    lines = []
    for fault in error.errors(include_input=False, include_url=False, include_context=False):
        said = fault["msg"].removeprefix("Value error, ")
        names = [str(part) for part in fault["loc"]]
        for line in [f"{names[0]}: {said}"] if names else said.split("; "):
            name, _, what = line.partition(": ")
            lines.append(f"{variable(name)}: {as_set(what[0].lower() + what[1:])}")
    hint = "For a trial on one machine: PORTAL_ENVIRONMENT=development."
    return "\n  ".join(["The settings are not right.", *lines]) + f"\n{hint}"
