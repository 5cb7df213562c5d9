"""A PostgreSQL server for one run of the tests: on a socket in a folder, and gone with it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
QUICK = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
"""For a server that need not come back after a power cut."""
MEMORY, ROOM = Path("/dev/shm"), 8 << 30  # noqa: S108 - the folder in it has a name of its own
"""Where files lie in memory, and how many bytes must be free there for us to use it."""
DURABLE = "-c fsync=on -c full_page_writes=on -c synchronous_commit=on"


class AbsentError(Exception):
    """There is no server to be had here; the message says why."""


def absent() -> str | None:
    """Why there is no PostgreSQL here, if there is none."""
    if _program("initdb") and _program("pg_ctl"):
        return None
    return "no PostgreSQL here: apt-get install postgresql"


@contextmanager
def started(speed: str = QUICK, *, within: Path | None = None) -> Iterator[Path]:
    """The folder with the socket of a server, where its user ``portal`` may do everything."""
    if reason := absent():
        raise AbsentError(reason)
    place = _in_memory() if speed == QUICK and within is None else within
    with tempfile.TemporaryDirectory(prefix="pg", dir=place) as name:
        folder, data = Path(name), Path(name) / "data"
        options = f"-k {folder} -c listen_addresses='' {speed}"
        try:
            if os.geteuid() == 0:
                shutil.chown(folder, "postgres")
            _run("initdb", "-D", data, "-U", "portal", "--auth=trust", "-E", "UTF8", "--locale=C")
            _run("pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
        except (LookupError, OSError, subprocess.SubprocessError) as error:
            raise AbsentError(f"PostgreSQL does not start here: {error}") from error
        try:
            yield folder
        finally:
            if running(folder):
                stop(folder)


def _in_memory() -> Path | None:
    """On a disk a database of a thousand files takes a second to copy, in memory a thirtieth."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
        return MEMORY
    return None


@contextmanager
def address() -> Iterator[str | None]:
    """The URL of a database on a server of its own; without PostgreSQL none, and why is printed."""
    try:
        with started() as folder:
            yield f"postgresql+psycopg://portal@/postgres?host={folder}"
    except AbsentError as error:
        print(error)
        yield None


def crash(folder: Path) -> None:
    """Let the server in this folder end without any farewell, and start it again."""
    _run("pg_ctl", "-D", folder / "data", "-m", "immediate", "-l", folder / "log", "-w", "restart")


def stop(folder: Path) -> None:
    """Let it end without any farewell."""
    _run("pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")


def start(folder: Path) -> None:
    """Start it again, with the options that it had; ``subprocess.SubprocessError`` if it cannot."""
    data = f'"-D" "{folder / "data"}"'
    given = (folder / "data" / "postmaster.opts").read_text().split(" ", 1)[1]
    options = given.replace(data, "").strip()
    _run("pg_ctl", "-D", folder / "data", "-o", options, "-l", folder / "log", "-w", "start")


def running(folder: Path) -> bool:
    """Whether its first process is there."""
    try:
        pid = (folder / "data" / "postmaster.pid").read_text().splitlines()[0]
    except (FileNotFoundError, IndexError):
        return False
    return Path(f"/proc/{pid}").exists()


def dumped(database: str, host: str, *options: str) -> bytes:
    """What ``pg_dump`` writes of a whole database."""
    return _client("pg_dump", host, *options, database)


def roles(host: str) -> bytes:
    """The roles of a whole server, without their passwords."""
    return _client("pg_dumpall", host, "--roles-only", "--no-role-passwords")


def put_back(dump: Path, roles: Path, database: str, host: str) -> None:
    """Bring a whole database to an empty one; roles that are there stay as they are."""
    _client("psql", host, "-X", "-q", "-f", str(roles), database)
    whole = ["--exit-on-error", "--single-transaction", "-d", database]
    _client("pg_restore", host, *whole, str(dump))


def said(statement: str, database: str, host: str) -> None:
    _client("psql", host, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement, database)


def _client(name: str, host: str, *options: str) -> bytes:
    command = [str(_program(name)), "-h", host, "-U", "portal", *options]
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


def _program(name: str) -> str | None:
    places = os.pathsep.join([*map(str, PLACES), os.environ.get("PATH", "")])
    return shutil.which(name, path=places)


def _run(name: str, *options: object) -> None:
    """As another user where we are root, because the server refuses to be run by root."""
    as_other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    command = [*as_other, str(_program(name)), *map(str, options)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
