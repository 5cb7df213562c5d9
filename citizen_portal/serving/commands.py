"""``citizen-portal serve``: the web server, as it is meant to run."""

import os

import click

from citizen_portal.connections import LosesData
from citizen_portal.console import Parts


@click.command()
@click.option(
    "--bind",
    multiple=True,
    default=["127.0.0.1:8000"],
    show_default=True,
    help="Address and port, or unix:PATH; as many as wanted. A socket that systemd hands over is"
    " taken instead.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Processes, which share what is loaded. About one for each core.",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    help="Requests that a worker works on at once; each may need a connection to the database.",
)
@click.option(
    "--grace",
    type=click.IntRange(1, 600),
    default=30,
    show_default=True,
    help="Seconds in which requests that are under way may end when it is stopped or reloaded.",
)
@click.pass_obj
def serve(operator: Parts, bind: tuple[str, ...], workers: int, threads: int, grace: int) -> None:
    """Serve the portal until stopped; put a proxy with HTTPS in front of it.

    SIGTERM: requests under way are answered, then it ends. SIGHUP: settings from files, keys and
    translations are read anew without any request failing.
    """
    from citizen_portal.serving.server import Server  # gunicorn, which no other command needs

    os.umask(0o077)  # what is written is for the portal's user alone
    _ = operator.settings  # says what is wrong with them, if anything is
    try:
        Server(list(bind), workers=workers, threads=threads, grace=grace).run()
    except FileNotFoundError as error:
        raise click.ClickException(
            f"{error.filename} is missing. Run: citizen-portal keys create"
        ) from None
    except LosesData as error:
        raise click.ClickException(f"The database may lose what was kept: {error}.") from None
