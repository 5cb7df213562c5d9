"""A portal with all that it needs, in processes of their own, which nobody but a supervisor mends.

Each part runs as on a machine: a database server, ``citizen-portal serve`` with two processes,
``citizen-portal worker``. What is around it lies in ``world``.
"""

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from flask import Flask

from citizen_portal import sealing, signing
from citizen_portal.app import create_app
from citizen_portal.demo.folder import HOST, free_ports
from citizen_portal.demo.run import web_server
from citizen_portal.identity.remote import keys as sign_in_keys
from citizen_portal.settings import Settings
from tests import postgres
from tests.access.running import environment
from tests.databases import make_tables
from tests.fakes.receiver import Receiver, receiving
from tests.outages.parts import Clock, Disk, Supervisor, disk
from tests.outages.world import World

SECONDS = 90.0
"""In which whatever is waited for must have come."""
SERVERS = 2
WORKER = ("-c", "from citizen_portal import cli, queue; queue.TICK = 3.0; cli.main()", "worker")
"""The worker as it is, but that it looks for what was lost more often than each 30 seconds."""
MEGABYTES = {"postgresql": 220, "sqlite": 30}
SMALL = "-c min_wal_size=32MB -c max_wal_size=48MB -c shared_buffers=16MB"


class NotInTimeError(Exception):
    """What was waited for did not come."""


def wait(until: Callable[[], bool], what: str, seconds: float = SECONDS) -> float:
    """Seconds that it took."""
    begun = time.monotonic()
    while not until():
        if time.monotonic() - begun > seconds:
            raise NotInTimeError(what)
        time.sleep(0.02)
    return time.monotonic() - begun


@dataclass
class Rig:
    kind: str
    address: str
    app: Flask
    """The same portal in this process: to look at what is kept."""
    logs: Path
    supervisor: Supervisor
    world: World
    clock: Clock
    disk: Disk
    told: Receiver
    """Where the first body is told of what was chosen."""
    cluster: Path | None = None

    def ready(self) -> bool:
        try:
            return requests.get(f"{self.address}/readyz", timeout=10).status_code == 200
        except requests.RequestException:
            return False

    def servers(self) -> set[int]:
        """The processes that answer requests."""
        pid = self.supervisor.pid("portal")
        try:
            found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        except FileNotFoundError:
            return set()
        return {int(one) for one in found.split()}

    def look_after_database(self) -> None:
        """Started again where it has ended, unless a disk is too full for it to start."""
        assert self.cluster is not None
        if not postgres.running(self.cluster):
            try:
                postgres.start(self.cluster)
                self.supervisor.restarts["database"] += 1
            except subprocess.SubprocessError:
                return


@contextmanager
def running(kind: str, *, citizens: int = 3) -> Iterator[Rig]:
    """One on ``postgresql`` or ``sqlite``. Raises ``AbsentError`` without PostgreSQL."""
    with ExitStack() as stack:
        place = stack.enter_context(disk(MEGABYTES[kind]))
        folder = place.place / "portal"
        folder.mkdir()
        cluster, url = None, f"sqlite:///{folder / 'portal.db'}"
        if kind == "postgresql":
            speed = f"{postgres.DURABLE} {SMALL}"
            cluster = stack.enter_context(postgres.started(speed, within=place.place))
            url = f"postgresql+psycopg://portal@/postgres?host={cluster}"
        make_tables(url)
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="outages")))
        clock = Clock(logs)
        world = World(clock)
        stack.callback(world.end)
        app = create_app(_settings(folder, url, world.provider.url))
        stack.callback(app.extensions["sessions"].engine.dispose)
        told = stack.enter_context(receiving())
        address = app.extensions["settings"].public_url
        rig = Rig(kind, address, app, logs, Supervisor(logs), world, clock, place, told, cluster)
        _begin(rig, citizens)
        stack.enter_context(rig.supervisor)
        wait(rig.ready, "the portal")
        yield rig


def _begin(rig: Rig, citizens: int) -> None:
    """Fill it, and say what is to run."""
    parts = rig.app.extensions
    parts["queue"].prepare()
    rig.world.settle(rig.app, citizens, rig.told)
    env = {"PATH": "/usr/bin:/bin", **environment(parts["settings"]), **rig.clock.environment()}
    port = int(rig.address.rpartition(":")[2])
    rig.supervisor.add("portal", web_server(port, workers=SERVERS, threads=4), env)
    rig.supervisor.add("worker", WORKER, env)
    if rig.cluster is not None:
        rig.supervisor.others.append(rig.look_after_database)


def _settings(folder: Path, url: str, provider: str) -> Settings:
    (port,) = free_ports(1)
    keys = folder / "keys"
    keys.mkdir()
    for made in (sealing, signing, sign_in_keys):
        made.create(keys)
    return Settings(
        environment="development",
        secret_key="a secret for tests only, long enough",
        database_url=url,
        queue_file=folder / "queue.db" if url.startswith("sqlite") else None,
        keys_folder=keys,
        export_store=str(folder / "copies"),
        private_addresses="127.0.0.1 localhost",
        public_url=f"http://{HOST}:{port}",
        oidc_issuer=provider,
        oidc_client_id="portal",
        oidc_client_secret="s",
        least_free_mb=1,
        step_up_max_age=10**6,
        ask_seconds=3.0,
        limit_client=0,
        limit_person=0,
    )
