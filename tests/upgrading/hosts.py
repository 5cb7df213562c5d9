"""Machines of a drill: a database and a folder of keys, how both are saved, and brought to another
machine, as docs/backup.md says."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import make_url

from citizen_portal.cli import Operator, main
from citizen_portal.settings import Settings
from citizen_portal.wall.raising import WEB, WORKER
from tests import postgres, walled
from tests.conftest import settings_in

NO_KEY = "--exclude-table-data=wall.key"


@dataclass(frozen=True)
class Machine:
    settings: Settings
    """With the database's address as its owner knows it."""

    @property
    def wall(self) -> str:
        return "filtered" if self.settings.database_roles else ""

    @property
    def database(self) -> tuple[str, str]:
        """Its name or file, and where its server listens."""
        url = make_url(self.settings.database_url)
        return str(url.database), str(url.query.get("host", ""))

    def save(self, safe: Path) -> None:
        """The database while the portal runs; the keys beside it."""
        name, host = self.database
        safe.mkdir()
        shutil.copytree(self.settings.keys_folder, safe / "keys")
        if host:
            (safe / "roles.sql").write_bytes(postgres.roles(host))
            (safe / "portal.dump").write_bytes(postgres.dumped(name, host, "-Fc", NO_KEY))
            return
        with closing(sqlite3.connect(name)) as connection:
            connection.execute("VACUUM INTO ?", (str(safe / "portal.db"),))

    def put_back(self, safe: Path) -> None:
        name, host = self.database
        shutil.copytree(safe / "keys", self.settings.keys_folder)
        if host:
            postgres.put_back(safe / "portal.dump", safe / "roles.sql", name, host)
        else:
            shutil.copy(safe / "portal.db", name)

    def let_log_in(self) -> None:
        """The roles of the web server and of the worker, as an operator does once."""
        name, host = self.database
        if self.wall:
            for login in ("web", "worker"):
                postgres.said(f"ALTER ROLE {walled.ROLES}_{login} LOGIN", name, host)

    def as_served(self) -> Settings:
        """As a web server in a process of its own is told them."""
        changed: dict[str, object] = {"testing": False, "limit_person": 100_000}
        if self.wall:
            url = walled.as_role(self.settings.database_url, f"{walled.ROLES}_{WEB}")
            changed["database_url"] = url
        return self.settings.model_copy(update=changed)

    def run(self, *command: str, owner: bool = False) -> str:
        """What a command says, as its user on this machine: the worker's but for upgrades."""
        url = self.settings.database_url
        if self.wall and not owner:
            url = walled.as_role(url, f"{walled.ROLES}_{WORKER}")
        operator = Operator()
        operator.__dict__["settings"] = self.settings.model_copy(update={"database_url": url})
        said = CliRunner().invoke(main.commands[command[0]], command[1:], obj=operator)
        operator.sessions.engine.dispose()
        assert said.exit_code == 0, said.output
        return said.output


@contextmanager
def clean(folder: Path, kind: str) -> Iterator[Machine]:
    """A machine with nothing on it; on PostgreSQL with a server of its own."""
    folder.mkdir()
    settings = settings_in(folder, folder / "keys", f"sqlite:///{folder / 'portal.db'}")
    if kind == "sqlite":
        yield Machine(settings)
        return
    with postgres.started() as server:
        url = f"postgresql+psycopg://portal@/postgres?host={server}"
        changed = {"database_url": url, "database_roles": walled.ROLES, "queue_file": None}
        yield Machine(settings.model_copy(update=changed))


@contextmanager
def upgraded(folder: Path, database_kind: str, keys: Path) -> Iterator[Machine]:
    """A machine with these keys and the newest schema, whose roles may log in."""
    with clean(folder, database_kind) as machine:
        shutil.copytree(keys, machine.settings.keys_folder)
        machine.run("db", "upgrade", owner=True)
        machine.let_log_in()
        yield machine
