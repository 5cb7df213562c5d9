"""Start the demo world, print when it is ready, and end what was started."""

import json
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from citizen_portal import sealing, signing
from citizen_portal.demo import bodies_app, ready, setup
from citizen_portal.demo.folder import HOST, DemoFolder, WorldSettings, is_free, rewrite_private
from citizen_portal.demo.people import citizens, officers
from citizen_portal.demo.processes import Processes
from citizen_portal.demo.setup import Prepared

CLIENT = "citizen-portal"
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
COMMAND = ("-c", "from citizen_portal.cli import main; main()")
WORKER = (*COMMAND, "worker")
LOG_LINES = 12
"""How many last lines of a program's log are shown when it ends by itself."""


class Stop(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal: whatever is under way ends here."""


def run(*, port: int, data: Path | None, fresh: bool, seed: int | None) -> None:
    """Run the demo until it is told to stop; raises ``click.ClickException`` when it cannot."""
    os.umask(0o077)  # what the world holds is for its owner alone
    if not is_free(port):
        raise click.ClickException(f"Port {port} is in use. Choose another one with --port.")
    with _stoppable(), _demo_folder(data, fresh=fresh) as folder:
        processes = Processes(folder.logs)
        try:
            _run(processes, folder, port=port, seed=seed)
        finally:
            _ignore_signals()
            processes.end()


def _run(processes: Processes, folder: DemoFolder, *, port: int, seed: int | None) -> None:
    settings = folder.prepare(seed=seed)
    _refuse_taken(settings, port)
    prepared = setup.set_up(folder, settings, portal=_url(port))
    _start(processes, folder, settings, prepared, port)
    try:
        ready.wait(processes, settings, portal=_url(port))
    except ready.ProcessExited as exited:
        raise _exited(exited.child.name, exited.child.log) from None
    except ready.NotReady as error:
        raise click.ClickException(f"{error} did not get ready in time.") from None
    _print_ready(prepared, port)
    _watch(processes)


def _start(
    processes: Processes, folder: DemoFolder, settings: WorldSettings, prepared: Prepared, port: int
) -> None:
    """Start the three programs. The identity providers alone may run OpenID Connect on http."""
    given = {
        "settings": {
            "seed": settings.seed,
            "ports": list(settings.ports),
        },
        "portal": _url(port),
        "client": {
            "id": CLIENT,
            "secret": folder.secret("provider"),
            "staff_secret": folder.secret("staff"),
        },
        "keys": signing.load(folder.keys).public(),
        "known": prepared.known,
        "codes": prepared.codes,
        "pusher": prepared.pusher,
        "door": prepared.door,
        "systems": prepared.systems,
        "held": str(folder.held),
    }
    rewrite_private(folder.servers_file, json.dumps(given))
    env = _environment(folder, settings, port)
    plain = {name: value for name, value in env.items() if not name.startswith("PORTAL_")}
    script = ["-m", "citizen_portal.demo.servers", str(folder.servers_file)]
    processes.start("bodies and sign-in", script, plain | {"AUTHLIB_INSECURE_TRANSPORT": "1"})
    processes.start("portal", web_server(port), env)
    key = {"PORTAL_HELD_KEY": str(folder.keys / sealing.HELD_PRIVATE_FILE)}
    processes.start("worker", WORKER, env | key)


def web_server(port: int, *, workers: int = 1, threads: int = 8, grace: int = 2) -> list[str]:
    """What Python is asked to run, to serve the portal at this port."""
    numbers = {"--workers": workers, "--threads": threads, "--grace": grace}
    given = [text for name, number in numbers.items() for text in (name, str(number))]
    return [*COMMAND, "serve", "--bind", f"{HOST}:{port}", *given]


def _environment(folder: DemoFolder, settings: WorldSettings, port: int) -> dict[str, str]:
    """Our environment, with the settings of this portal in place of any others."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    known.pop("AUTHLIB_INSECURE_TRANSPORT", None)
    return known | {
        "PYTHONUNBUFFERED": "1",
        "PORTAL_ENVIRONMENT": "development",
        "PORTAL_SECRET_KEY": folder.secret("portal"),
        "PORTAL_DATABASE_URL": folder.database_url,
        "PORTAL_QUEUE_FILE": str(folder.queue),
        "PORTAL_KEYS_FOLDER": str(folder.keys),
        "PORTAL_EXPORT_STORE": str(folder.copies),
        "PORTAL_EXPORT_HOLD": "0",
        "PORTAL_PUBLIC_URL": _url(port),
        "PORTAL_OPERATOR_NAME": "Sample operator (invented)",
        "PORTAL_OPERATOR_CONTACT": "mailto:portal@operator.example",
        "PORTAL_PROTECTION_CONTACT": "mailto:data-protection@operator.example",
        "PORTAL_OIDC_ISSUER": settings.issuer,
        "PORTAL_OIDC_CLIENT_ID": CLIENT,
        "PORTAL_OIDC_CLIENT_SECRET": folder.secret("provider"),
        "PORTAL_STAFF_ISSUER": settings.staff_issuer,
        "PORTAL_STAFF_CLIENT_ID": CLIENT,
        "PORTAL_STAFF_CLIENT_SECRET": folder.secret("staff"),
        "PORTAL_PRIVATE_ADDRESSES": HOST,
    }


def _print_ready(prepared: Prepared, port: int) -> None:
    click.echo(f"Ready: {_url(port)}")
    click.echo("Sign in as one of these invented people:")
    for citizen in citizens.load():
        click.echo(f"  {citizen.name}  {citizen.about}")
    click.echo(f"Officers sign in at {_url(port)}/desk as one of these:")
    for officer in officers.OFFICERS:
        click.echo(f"  {officer.name}  {bodies_app.organisations()[officer.body].name}")
    for line in code_lines(prepared.codes):
        click.echo(line)
    for name, path in prepared.feeds.items():
        click.echo(f"News of {name} as a feed: {_url(port)}{path}")
    click.echo("Stop with Ctrl-C.")


def code_lines(codes: Mapping[str, str]) -> Iterator[str]:
    """For each person who got a letter its code, while it can still make a link."""
    for citizen in citizens.load():
        if citizen.code_at is not None:
            body = bodies_app.organisations()[citizen.code_at].name
            code = codes.get(citizen.name, "used; --fresh makes a new one")
            yield f"Activation code for {citizen.name} at {body}: {code}"


def _watch(processes: Processes) -> None:
    """Wait until told to stop; raises when one of the programs ends by itself."""
    pause = threading.Event()
    while (exited := processes.first_exited()) is None:
        pause.wait(0.3)
    raise _exited(exited.name, exited.log)


def _exited(name: str, log: Path) -> click.ClickException:
    lines = log.read_text("utf-8", "replace").splitlines()[-LOG_LINES:]
    return click.ClickException("\n".join([f"The {name} ended, so the demo ends.", *lines]))


def _refuse_taken(settings: WorldSettings, port: int) -> None:
    for taken in settings.ports:
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
def _demo_folder(data: Path | None, *, fresh: bool) -> Iterator[DemoFolder]:
    """The folder that was named, or a temporary one that is removed when the demo ends."""
    if data is not None:
        folder = DemoFolder(data.resolve())
        if fresh:
            folder.wipe()
        yield folder
        return
    temporary = Path(tempfile.mkdtemp(prefix="citizen-portal-demo-"))
    try:
        yield DemoFolder(temporary)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Within it, Ctrl-C and SIGTERM end the demo's programs before the demo."""

    def stop(number: int, frame: FrameType | None) -> None:
        _ignore_signals()
        raise Stop

    before = {number: signal.signal(number, stop) for number in ENDINGS}
    try:
        yield
    except Stop:
        click.echo("Stopped.")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore_signals() -> None:
    """So that a second Ctrl-C does not interrupt the ending."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)


def _url(port: int) -> str:
    return f"http://{HOST}:{port}"
