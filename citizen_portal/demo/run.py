"""Start the demo world, say when it is ready, and end with it."""

import json
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from citizen_portal import signing
from citizen_portal.demo import making, ready, town
from citizen_portal.demo.company import Company
from citizen_portal.demo.making import Made
from citizen_portal.demo.people import cast
from citizen_portal.demo.place import HOST, Place, Story, is_free, write_private_again

CLIENT = "citizen-portal"
LAST_WORDS = 12
"""Lines of a fallen program's log that are worth showing."""


class Stop(BaseException):
    """Ctrl-C or SIGTERM: whatever is under way ends here."""


def run(*, port: int, data: Path | None, fresh: bool, seed: int | None) -> None:
    """Run the demo until it is told to stop; raises ``click.ClickException`` when it cannot."""
    if not is_free(port):
        raise click.ClickException(f"Port {port} is in use. Choose another one with --port.")
    with _stoppable(), _place(data, fresh=fresh) as place:
        company = Company(place.logs)
        try:
            _run(company, place, port=port, seed=seed)
        finally:
            _ignore_signals()
            company.end()


def _run(company: Company, place: Place, *, port: int, seed: int | None) -> None:
    story = place.prepare(seed=seed)
    _refuse_taken(story, port)
    made = making.make(place, story)
    _start(company, place, story, made, port)
    try:
        ready.wait(company, story, portal=_url(port))
    except ready.Fallen as fallen:
        raise _fell(fallen.member.name, fallen.member.log) from None
    except ready.Late as late:
        raise click.ClickException(f"{late} did not get ready in time.") from None
    _welcome(story, made, port)
    _watch(company)


def _start(company: Company, place: Place, story: Story, made: Made, port: int) -> None:
    """Start the three programs. Only the one behind the scenes may sign people in over http."""
    told = {
        "story": {"seed": story.seed, "ports": [story.provider_port, story.bodies_port]},
        "portal": _url(port),
        "client": {"id": CLIENT, "secret": place.secret("provider")},
        "keys": signing.load(place.keys).public(),
        "known": made.known,
        "waiting": [citizen.name for citizen in made.waiting],
    }
    write_private_again(place.backstage, json.dumps(told))
    env = _environment(place, story, port)
    plain = {name: value for name, value in env.items() if not name.startswith("PORTAL_")}
    script = ["-m", "citizen_portal.demo.backstage", str(place.backstage)]
    company.start("bodies and sign-in", script, plain | {"AUTHLIB_INSECURE_TRANSPORT": "1"})
    company.start("portal", _gunicorn(port), env)
    command = "from citizen_portal.cli import main; main(['worker'])"
    company.start("worker", ["-c", command], env)


def _gunicorn(port: int) -> list[str]:
    serve = ["-m", "gunicorn", "citizen_portal.app:from_environment()", "--no-control-socket"]
    serve += ["--bind", f"{HOST}:{port}", "--worker-class", "gthread", "--workers", "1"]
    return [*serve, "--threads", "8", "--graceful-timeout", "2", "--log-level", "warning"]


def _environment(place: Place, story: Story, port: int) -> dict[str, str]:
    """Our environment, with the settings of this portal in place of any others."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    known.pop("AUTHLIB_INSECURE_TRANSPORT", None)
    return known | {
        "PYTHONUNBUFFERED": "1",
        "PORTAL_ENVIRONMENT": "development",
        "PORTAL_SECRET_KEY": place.secret("portal"),
        "PORTAL_DATABASE_URL": place.database_url,
        "PORTAL_QUEUE_FILE": str(place.queue),
        "PORTAL_KEYS_FOLDER": str(place.keys),
        "PORTAL_PUBLIC_URL": _url(port),
        "PORTAL_OIDC_ISSUER": story.issuer,
        "PORTAL_OIDC_CLIENT_ID": CLIENT,
        "PORTAL_OIDC_CLIENT_SECRET": place.secret("provider"),
        "PORTAL_PRIVATE_ADDRESSES": HOST,
    }


def _welcome(story: Story, made: Made, port: int) -> None:
    click.echo(f"Ready: {_url(port)}")
    click.echo("Sign in as one of these invented people:")
    for citizen in cast.citizens():
        click.echo(f"  {citizen.name}  {citizen.about}")
    for citizen in made.waiting:
        code = cast.activation_code(citizen, seed=story.seed)
        body = town.organisations()[citizen.code_at or ""].name
        click.echo(f"Activation code for {citizen.name} at {body}: {code}")
    click.echo("Stop with Ctrl-C.")


def _watch(company: Company) -> None:
    """Wait until told to stop; raises when one of the programs ends by itself."""
    pause = threading.Event()
    while (fallen := company.fallen()) is None:
        pause.wait(0.3)
    raise _fell(fallen.name, fallen.log)


def _fell(name: str, log: Path) -> click.ClickException:
    words = log.read_text("utf-8", "replace").splitlines()[-LAST_WORDS:]
    return click.ClickException("\n".join([f"The {name} ended, so the demo ends.", *words]))


def _refuse_taken(story: Story, port: int) -> None:
    for taken in (story.provider_port, story.bodies_port):
        if taken == port:
            raise click.ClickException(
                f"This world uses port {port} itself. Choose another --port."
            )
        if not is_free(taken):
            raise click.ClickException(
                f"Port {taken}, which this world uses, is in use. Does this demo run already?"
                " If not, start anew with --fresh."
            )


@contextmanager
def _place(data: Path | None, *, fresh: bool) -> Iterator[Place]:
    """The folder of the world: the one that was named, or one that goes when the demo ends."""
    if data is not None:
        place = Place(data.resolve())
        if fresh:
            place.wipe()
        yield place
        return
    folder = Path(tempfile.mkdtemp(prefix="citizen-portal-demo-"))
    try:
        yield Place(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Within, Ctrl-C and SIGTERM end the demo in good order."""

    def stop(number: int, frame: FrameType | None) -> None:
        _ignore_signals()
        raise Stop

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except Stop:
        click.echo("Stopped.")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore_signals() -> None:
    """While all is being ended, nothing may stop that."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _url(port: int) -> str:
    return f"http://{HOST}:{port}"
