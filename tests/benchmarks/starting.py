"""Time from the command to the first page, memory of the workers, and setting up from nothing."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from citizen_portal.demo.folder import HOST, free_ports
from citizen_portal.demo.run import web_server
from tests.benchmarks.household import browsers
from tests.benchmarks.portals import WORKERS, cookie, environment_of, portal, served
from tests.benchmarks.processes import pss_mb
from tests.benchmarks.rows import Case, Place
from tests.benchmarks.sizes import QUICK, size

ROOT = Path(__file__).parents[2]
PAGES = ("/", "/my", "/my/access", "/register", "/coverage")
TURNS = size(20, 4)
"""Times that each page is asked for, so that both workers have shown it."""
NEEDED = ("citizen_portal", "templates", "static", "migrations", "translations", "deploy")
FILES = ("pyproject.toml", "requirements.lock", "README.md", "LICENSE")


@contextmanager
def start(place: Place) -> Iterator[list[Case]]:
    app = portal(place)
    env = environment_of(app)

    def seconds() -> float:
        (port,) = free_ports(1)
        command = [sys.executable, *web_server(port, workers=WORKERS)]
        begun = time.perf_counter()
        with subprocess.Popen(command, env=env, cwd=ROOT, stderr=subprocess.DEVNULL) as server:
            try:
                _first_page(f"http://{HOST}:{port}")
                return time.perf_counter() - begun
            finally:
                server.terminate()

    yield [Case(seconds, rounds=7, here=False)]


@contextmanager
def memory(place: Place) -> Iterator[list[Case]]:
    """Once a citizen with eight bodies that answered has seen their pages at each worker."""
    app = portal(place)
    [browser] = browsers(app, 1)
    known = cookie(app, browser)

    def megabytes() -> float:
        with served(app) as server:
            for page in PAGES * TURNS:  # a connection each, for either worker can take it
                headers = {"Connection": "close", "Cookie": known}
                answer = requests.get(server.address + page, headers=headers, timeout=30)
                answer.raise_for_status()
            return pss_mb(server.pid)

    yield [Case(megabytes, rounds=5, warm=0, here=False)]


@contextmanager
def set_up(place: Place) -> Iterator[list[Case]]:
    """What `make setup` does, with a link to the registry and nothing that was fetched before."""

    def seconds() -> float:
        folder = place.folder / "portal"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in NEEDED:
            shutil.copytree(ROOT / name, folder / name)
        for name in FILES:
            shutil.copy(ROOT / name, folder / name)
        nothing = {
            "UV_CACHE_DIR": f"{folder}/cache",
            "PIP_NO_CACHE_DIR": "1",
            "UV_LINK_MODE": "copy",
        }
        begun = time.perf_counter()
        subprocess.run(
            ["/bin/sh", "deploy/setup.sh"], cwd=folder, env=os.environ | nothing, check=True
        )
        return time.perf_counter() - begun

    yield [Case(seconds, rounds=1 if QUICK else 2, warm=0, here=False)]


def _first_page(address: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            requests.get(address, timeout=10).raise_for_status()
            return
        except requests.ConnectionError:
            time.sleep(0.01)
    raise TimeoutError("the portal did not start")
