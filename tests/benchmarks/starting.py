"""Time to the first page, and memory of two workers: `python -m tests.benchmarks.starting`.

The web server as `docs/operations.md` starts it, with two preloaded workers, on each database. Its
memory is the proportional set size (PSS) of all its processes, after the first page and again once
each worker has shown a citizen their pages: what two workers share counts once.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import requests

from citizen_portal.demo.folder import HOST, free_ports
from citizen_portal.demo.run import web_server
from tests import postgres
from tests.access.pushing import Pushing
from tests.access.running import browser, environment
from tests.benchmarks.fan_out import portal

ROUNDS, WORKERS = 5, 2
PAGES = ("/", "/my", "/my/access", "/register", "/coverage")
TURNS = 20
"""Times that each page is asked for, so that both workers have shown it."""
BAR_SECONDS, BAR_MB = 3.0, 180


def main() -> int:
    with tempfile.TemporaryDirectory() as name, postgres.address() as url:
        folder = Path(name)
        held = [measured("sqlite", folder / "sqlite", f"sqlite:///{folder}/starting.db")]
        held += [measured("postgresql", folder / "postgresql", url)] if url else []
    return 0 if all(held) else 1


def measured(database: str, folder: Path, url: str) -> bool:
    folder.mkdir()
    pushing = Pushing(portal(folder, url))
    person, _ = pushing.person()
    signed_in = browser(pushing.app, person)
    env = {"PATH": "/usr/bin:/bin", **environment(pushing.app.extensions["settings"])}
    found = [_round(env, signed_in) for _ in range(ROUNDS)]
    seconds, first, memory = (statistics.median(values) for values in zip(*found, strict=True))
    print(
        f"{database:11} first page after {seconds:.2f} s (bar: {BAR_SECONDS:.0f} s), "
        f"{WORKERS} workers {first:.0f} MB then, {memory:.0f} MB at work (bar: {BAR_MB} MB)",
        flush=True,
    )
    return bool(seconds <= BAR_SECONDS and memory <= BAR_MB)


def _round(env: dict[str, str], signed_in: requests.Session) -> tuple[float, float, float]:
    (port,) = free_ports(1)
    start = time.perf_counter()
    server = subprocess.Popen(_server(port), env=env, stderr=subprocess.DEVNULL)
    try:
        address = f"http://{HOST}:{port}"
        _first_page(address)
        seconds = time.perf_counter() - start
        first = _memory(server.pid)
        for page in PAGES * TURNS:  # a connection each, for either worker can take it
            close = {"Connection": "close"}
            signed_in.get(address + page, headers=close, timeout=30).raise_for_status()
        return seconds, first, _memory(server.pid)
    finally:
        server.terminate()
        server.wait()


def _server(port: int) -> Sequence[str]:
    return [sys.executable, *web_server(port, workers=WORKERS)]


def _first_page(address: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            requests.get(address, timeout=10).raise_for_status()
            return
        except requests.ConnectionError:
            time.sleep(0.01)
    raise TimeoutError("the portal did not start")


def _memory(master: int) -> float:
    """Megabytes of the server and its workers together."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return sum(_pss(pid) for pid in (str(master), *children)) / 1024


def _pss(pid: str) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("Pss:")]
    return int(line.split()[1])


if __name__ == "__main__":
    sys.exit(main())
