"""What is built of the project works by itself, from any folder: it is built, installed and run."""

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from zipfile import ZipFile

import pytest
import requests

from citizen_portal.demo.folder import HOST, free_ports
from citizen_portal.demo.processes import Processes
from tests.access.running import wait_for
from tests.thorough import EVERY

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
LOCK = ROOT / "deploy/requirements.lock"
BESIDE = ("templates", "static", "migrations", "translations")
"""Folders that lie beside the package in a checkout, and inside it once installed."""

OUTSIDE = {
    name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PORTAL_"))
}


def done(command: Sequence[object], folder: Path, **env: str) -> str:
    said = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env=OUTSIDE | env,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done([UV, "build", "--wheel", "--quiet", "--out-dir", folder, ROOT], folder)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command as it is installed, with the locked libraries or, to be quick, beside ours."""
    folder = tmp_path_factory.mktemp("installed, 50% off")
    done([UV, "venv", "--quiet", "--python", sys.executable, folder / "venv"], folder)
    here = ["--quiet", "--python", folder / "venv/bin/python"]
    if EVERY:
        done([UV, "pip", "install", *here, "--require-hashes", "-r", LOCK], folder)
    else:
        (packages,) = (folder / "venv/lib").glob("*/site-packages")
        (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    done([UV, "pip", "install", *here, "--compile-bytecode", "--no-deps", wheel], folder)
    return folder / "venv/bin/citizen-portal"


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    kept = tmp_path_factory.mktemp("kept")
    return {
        "PORTAL_ENVIRONMENT": "development",
        "PORTAL_DATABASE_URL": f"sqlite:///{kept}/portal.db",
        "PORTAL_QUEUE_FILE": f"{kept}/queue.db",
        "PORTAL_KEYS_FOLDER": f"{kept}/keys",
        "PORTAL_EXPORT_STORE": f"{kept}/copies",
    }


@pytest.fixture(scope="module")
def address(
    program: Path, env: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The installed portal, made and served from a folder in which there is nothing."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    done([program, "keys", "create"], elsewhere, **env)
    done([program, "db", "upgrade"], elsewhere, **env)
    (port,) = free_ports(1)
    begun = "import os, sys; os.chdir(sys.argv[1]); os.execv(sys.argv[2], sys.argv[2:])"
    serve = [str(program), "serve", "--workers", "1", "--bind", f"{HOST}:{port}"]
    with ExitStack() as stack:
        processes = Processes(tmp_path_factory.mktemp("log"))
        stack.callback(processes.end)
        processes.start(
            "portal", ["-c", begun, str(elsewhere), *serve], {"PATH": "/usr/bin:/bin", **env}
        )
        wait_for(f"http://{HOST}:{port}/readyz")  # so the schema is that of the wheel
        yield f"http://{HOST}:{port}"
    assert list(elsewhere.iterdir()) == [], "it leaves nothing where it was started"


def test_the_wheel_holds_what_lies_beside_the_package(wheel: Path) -> None:
    held = set(ZipFile(wheel).namelist())
    asked = ["git", "ls-files", "citizen_portal", *BESIDE]
    ours = done(asked, ROOT).split()
    assert len(ours) > 1000
    wanted = {one if one.startswith("citizen_portal/") else f"citizen_portal/{one}" for one in ours}
    assert wanted - held == set()
    assert not [one for one in held if "/tests/" in one or one.startswith("tests/")]


def test_it_is_the_installed_one_that_runs(program: Path, tmp_path: Path) -> None:
    asked = "import citizen_portal; print(citizen_portal.__file__)"
    found = done([program.with_name("python"), "-c", asked], tmp_path)
    assert found.startswith(str(program.parents[1]))


def test_pages_files_and_welsh_come_from_any_folder(address: str) -> None:
    page = requests.get(f"{address}/register", timeout=20)
    assert page.status_code == 200
    style = re.findall(r'<link[^>]+href="(/static/[^"]+\.css[^"]*)"', page.text)
    assert style
    assert requests.get(address + style[0], timeout=20).status_code == 200
    welsh = requests.get(f"{address}/register", headers={"Accept-Language": "cy"}, timeout=20)
    assert 'lang="cy"' in welsh.text


def test_what_is_installed_is_what_is_tested() -> None:
    """The libraries of a server are some of those that the tests run with, in the same versions."""
    of_server, of_tests = (
        dict(re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==(\S+)", file.read_text(), re.M))
        for file in (LOCK, ROOT / "requirements.lock")
    )
    assert {"gunicorn", "psycopg", "obstore", "weasyprint"} <= set(of_server)
    assert "pytest" not in of_server
    assert {name: of_tests.get(name) for name in of_server} == of_server
