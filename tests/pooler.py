"""PgBouncer in transaction mode, in front of a PostgreSQL server of the tests."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import psycopg

PORT, SERVERS = 6432, 2
"""The end of its socket's name; connections to the server for each role."""
PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
CONFIG = """[databases]
* = host={server}
[pgbouncer]
listen_port = {port}
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {servers}
"""


@contextmanager
def pooling(server: Path, *roles: str) -> Iterator[Path]:
    """The folder with its socket; these roles may come, of which the first is there already."""
    as_other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="pgb") as name:
        folder, config = Path(name), Path(name) / "config"
        config.write_text(CONFIG.format(server=server, port=PORT, folder=folder, servers=SERVERS))
        (folder / "users").write_text("".join(f'"{role}" ""\n' for role in roles))
        folder.chmod(0o777)
        process = subprocess.Popen(
            [*as_other, str(PROGRAM), "-q", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(folder, roles[0])
            yield folder
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(folder: Path, role: str) -> None:
    end = monotonic() + 30
    while True:
        try:
            psycopg.connect(host=str(folder), port=PORT, user=role, dbname="postgres").close()
        except psycopg.OperationalError:
            assert monotonic() < end, "PgBouncer did not start"
        else:
            return
