"""The folder of one demo world: its settings, ports and secrets."""

import json
import secrets
import shutil
import socket
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import click

from citizen_portal import clock
from citizen_portal.keyfiles import write_private

HOST = "127.0.0.1"
SEED = 2026
SETTINGS_FILE = "demo.json"
OURS = (
    SETTINGS_FILE,
    "secrets.json",
    "servers.json",
    "pusher.json",
    "door.json",
    "systems",
    "held",
    "keys",
    "world",
    "logs",
    "copies",
)
OURS_BY_PATTERN = ("portal.db*", "queue.db*")
SECRETS = ("portal", "provider", "staff")


@dataclass(frozen=True)
class WorldSettings:
    """What one world was made with, so that it is the same world when it is started again."""

    seed: int
    made_on: str
    provider_port: int
    bodies_port: int
    staff_port: int

    @property
    def day(self) -> date:
        return date.fromisoformat(self.made_on)

    @property
    def issuer(self) -> str:
        return f"http://{HOST}:{self.provider_port}"

    @property
    def staff_issuer(self) -> str:
        return f"http://{HOST}:{self.staff_port}"

    @property
    def ports(self) -> tuple[int, int, int]:
        return self.provider_port, self.bodies_port, self.staff_port

    @property
    def bodies(self) -> str:
        return f"http://{HOST}:{self.bodies_port}"


@dataclass(frozen=True)
class DemoFolder:
    path: Path

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def world(self) -> Path:
        return self.path / "world"

    @property
    def copies(self) -> Path:
        return self.path / "copies"

    @property
    def queue(self) -> Path:
        return self.path / "queue.db"

    @property
    def servers_file(self) -> Path:
        return self.path / "servers.json"

    @property
    def pusher_file(self) -> Path:
        return self.path / "pusher.json"

    @property
    def door_file(self) -> Path:
        return self.path / "door.json"

    @property
    def systems(self) -> Path:
        """The key of each body's system, and the secret of its webhook."""
        return self.path / "systems"

    @property
    def held(self) -> Path:
        """What each body keeps of people's choices."""
        return self.path / "held"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.path / 'portal.db'}"

    def prepare(self, *, seed: int | None) -> WorldSettings:
        """Make the folders and the settings, or read the settings that are kept here.

        Raises ``click.ClickException`` for a folder of other files, or kept with another seed.
        """
        self._refuse_other_files()
        for folder in (self.path, self.keys, self.logs, self.systems, self.held):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self.path / SETTINGS_FILE
        if not file.exists():
            made_on = clock.today("Europe/London").isoformat()
            settings = WorldSettings(SEED if seed is None else seed, made_on, *free_ports(3))
            file.write_text(json.dumps(asdict(settings)))
        settings = _settings(file)
        if seed not in (None, settings.seed):
            raise click.ClickException(
                f"{self.path} keeps a world of seed {settings.seed}. Begin anew with --fresh."
            )
        return settings

    def secret(self, name: str) -> str:
        """A random secret of this world, made once and readable by its owner alone."""
        file = self.path / "secrets.json"
        kept = json.loads(file.read_text()) if file.exists() else {}
        missing = {each: secrets.token_hex(32) for each in SECRETS if each not in kept}
        if missing:
            rewrite_private(file, json.dumps(kept | missing))
        return str((kept | missing)[name])

    def wipe(self) -> None:
        """Remove the world that is kept here, and nothing else."""
        self._refuse_other_files()
        for path in self._ours():
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def _ours(self) -> list[Path]:
        found = [self.path / name for name in OURS]
        for pattern in OURS_BY_PATTERN:
            found += self.path.glob(pattern)
        return [path for path in found if path.exists()]

    def _refuse_other_files(self) -> None:
        """Raises ``click.ClickException`` for a folder that holds files, but no demo."""
        if not self.path.exists():
            return
        if not (self.path / SETTINGS_FILE).exists() and any(self.path.iterdir()):
            raise click.ClickException(
                f"{self.path} holds something else. Give --data a new or empty folder."
            )


def _settings(file: Path) -> WorldSettings:
    """The settings that are kept; a world from before officers is given a port for theirs."""
    kept = json.loads(file.read_text())
    if "staff_port" not in kept:
        kept["staff_port"] = free_ports(1)[0]
        file.write_text(json.dumps(kept))
    return WorldSettings(**kept)


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now, each another one."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def is_free(port: int) -> bool:
    try:
        socket.create_server((HOST, port)).close()
    except OSError:
        return False
    return True


def rewrite_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, over what was there."""
    path.unlink(missing_ok=True)
    write_private(path, text)
