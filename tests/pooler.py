"""PgBouncer as ``deploy/pgbouncer.ini`` has it, but for addresses, files and how few connections,
in front of a PostgreSQL server of the tests."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from urllib.parse import quote

import psycopg

from citizen_portal.demo.folder import HOST, free_ports
from tests.serving.certificate import certificate

SERVERS = 2
"""Connections to the server for each role."""
PASSWORD = "it's 50% @ß:/?#+&=\\"
"""Each letter of it would end, or change, an address in which it stands as it is."""
PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
CONFIG = (Path(__file__).parents[1] / "deploy" / "pgbouncer.ini").read_text()


@contextmanager
def pooling(server: Path, *roles: str) -> Iterator[int]:
    """Its port; these roles may come with their password, of which the first is there already."""
    as_other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="pgb") as name:
        folder, (port,) = Path(name), free_ports(1)
        (folder / "config").write_text(_config(server, folder, port))
        (folder / "users").write_text("".join(f'"{role}" "{PASSWORD}"\n' for role in roles))
        for file in (folder, *folder.iterdir()):
            if as_other:
                shutil.chown(file, "postgres")
        process = subprocess.Popen(
            [*as_other, str(PROGRAM), "-q", str(folder / "config")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(port, roles[0])
            yield port
        finally:
            process.terminate()
            process.wait(timeout=20)


def _config(server: Path, folder: Path, port: int) -> str:
    cert, key = certificate(folder)
    config = CONFIG
    for ours, here in (
        ("portal = host=/run/postgresql dbname=portal", f"* = host={server}"),
        ("listen_addr = 10.0.0.5", f"listen_addr = {HOST}"),
        ("listen_port = 6432", f"listen_port = {port}"),
        ("/etc/pgbouncer/tls.pem", str(cert)),
        ("/etc/pgbouncer/tls.key", str(key)),
        ("/etc/pgbouncer/userlist.txt", f"{folder}/users"),
        ("default_pool_size = 40", f"default_pool_size = {SERVERS}"),
    ):
        assert ours in config
        config = config.replace(ours, here)
    return config


def address(role: str, port: int) -> str:
    """As a database's URL says it."""
    return f"{role}:{quote(PASSWORD, safe='')}@{HOST}:{port}/postgres?sslmode=require"


def _wait(port: int, role: str) -> None:
    end = monotonic() + 30
    while True:
        try:
            psycopg.connect(f"postgresql://{address(role, port)}").close()
        except psycopg.OperationalError:
            assert monotonic() < end, "PgBouncer did not start"
        else:
            return
