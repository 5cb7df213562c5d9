"""Where one demo world is kept: its folder, its ports, its secrets."""

import json
import secrets
import shutil
import socket
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import click

from citizen_portal import clock
from citizen_portal.sealing import write_private

HOST = "127.0.0.1"
SEED = 2026
STORY = "demo.json"
OURS = (STORY, "secrets.json", "backstage.json", "keys", "world", "logs")
OURS_BY_PATTERN = ("portal.db*", "queue.db*")


@dataclass(frozen=True)
class Story:
    """What one world was made with, so that it is the same world when it is started again."""

    seed: int
    made_on: str
    provider_port: int
    bodies_port: int

    @property
    def day(self) -> date:
        return date.fromisoformat(self.made_on)

    @property
    def issuer(self) -> str:
        return f"http://{HOST}:{self.provider_port}"

    @property
    def bodies(self) -> str:
        return f"http://{HOST}:{self.bodies_port}"


@dataclass(frozen=True)
class Place:
    folder: Path

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def world(self) -> Path:
        return self.folder / "world"

    @property
    def queue(self) -> Path:
        return self.folder / "queue.db"

    @property
    def backstage(self) -> Path:
        return self.folder / "backstage.json"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.folder / 'portal.db'}"

    def prepare(self, *, seed: int | None) -> Story:
        """Make the folders and tell the story, or go on with the one that was told here."""
        self._refuse_strangers()
        for folder in (self.folder, self.keys, self.logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self.folder / STORY
        if not file.exists():
            made_on = clock.now().date().isoformat()
            story = Story(SEED if seed is None else seed, made_on, *free_ports(2))
            file.write_text(json.dumps(asdict(story)))
        story = Story(**json.loads(file.read_text()))
        if seed not in (None, story.seed):
            raise click.ClickException(
                f"{self.folder} keeps a world of seed {story.seed}. Begin anew with --fresh."
            )
        return story

    def secret(self, name: str) -> str:
        """A random secret of this world, made once and readable by its owner alone."""
        file = self.folder / "secrets.json"
        names = ("portal", "provider")
        write_private(file, json.dumps({each: secrets.token_hex(32) for each in names}))
        return str(json.loads(file.read_text())[name])

    def wipe(self) -> None:
        """Remove the world that is kept here, and nothing else."""
        self._refuse_strangers()
        for path in self._ours():
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def _ours(self) -> list[Path]:
        found = [self.folder / name for name in OURS]
        for pattern in OURS_BY_PATTERN:
            found += self.folder.glob(pattern)
        return [path for path in found if path.exists()]

    def _refuse_strangers(self) -> None:
        """A folder that holds something, but no demo, belongs to somebody else."""
        if not self.folder.exists():
            return
        if not (self.folder / STORY).exists() and any(self.folder.iterdir()):
            raise click.ClickException(
                f"{self.folder} holds something else. Give --data a new or empty folder."
            )


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


def write_private_again(path: Path, text: str) -> None:
    """Write a file that only its owner may read, over what was there."""
    path.unlink(missing_ok=True)
    write_private(path, text)
