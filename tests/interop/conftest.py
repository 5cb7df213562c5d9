import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from citizen_portal.app import create_app
from citizen_portal.settings import Settings
from tests.agreements import files
from tests.bodies import systems
from tests.bodies.systems import System
from tests.fakes.serving import served

HERE = Path(__file__).parent
SCRIPTS = ("client.mjs", "emit.mjs", "provider.mjs")
NOT_REACHED = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH")


@dataclass
class Portal:
    """A portal over real HTTP, with a register and a system of the body "giver"."""

    url: str
    app: Flask
    system: System


@pytest.fixture
def portal(settings: Settings, tmp_path: Path) -> Iterator[Portal]:
    made: list[Flask] = []

    def make(url: str) -> Flask:
        app = create_app(Settings(**{**settings.model_dump(), "public_url": url}))
        made.append(app)
        return app

    with served(make) as url:
        files.bring_in(made[0], tmp_path)
        yield Portal(url, made[0], systems.connect(made[0], "giver"))
    made[0].extensions["sessions"].engine.dispose()


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stock clients, installed as their lock file says, running nothing on the way."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("there is no Node.js with npm here, so the stock client cannot be tried")
    folder = tmp_path_factory.mktemp("client")
    for name in ("package.json", "package-lock.json", *SCRIPTS):
        shutil.copy(HERE / name, folder)
    install = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    done = subprocess.run(install, cwd=folder, capture_output=True, text=True, timeout=300)
    if any(code in done.stderr for code in NOT_REACHED):
        pytest.skip("npm's registry cannot be reached, so the stock client cannot be tried")
    assert done.returncode == 0, done.stderr
    return folder
