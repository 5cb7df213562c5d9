"""The demo as it is started: it gets ready, a citizen signs in, and nothing is left running."""

import io
import json
import os
import re
import select
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests
from bs4 import BeautifulSoup

from citizen_portal.demo import behaviours
from citizen_portal.demo.folder import HOST, free_ports
from tests.interop.documented import ROOT, blocks, run

COMMAND = [sys.executable, "-c", "from citizen_portal.cli import main; main()", "demo"]


class Demo:
    """One running demo, and what it says."""

    def __init__(self, *arguments: str, **env: str) -> None:
        (self.port,) = free_ports(1)
        self.url = f"http://{HOST}:{self.port}"
        self.process = subprocess.Popen(
            [*COMMAND, "--port", str(self.port), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | env,
        )

    def says(self, wanted: str) -> str:
        """Read on until a line holds this; the whole of that line."""
        assert self.process.stdout is not None
        heard = []
        for line in self.process.stdout:
            heard.append(line)
            if wanted in line:
                return line.strip()
        raise AssertionError("".join(heard))

    def children(self) -> list[int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        with closing(self.process.stdout):  # type: ignore[type-var]
            return self.process.wait(timeout=20)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(folder: Path) -> Iterator[Demo]:
    demo = Demo("--data", str(folder))
    try:
        assert demo.says("Ready:") == f"Ready: {demo.url}"
        yield demo
    finally:
        demo.end()


@pytest.fixture
def browser() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


def test_a_look_that_is_sent_as_documented_is_on_the_page(
    demo: Demo, folder: Path, browser: requests.Session, tmp_path: Path
) -> None:
    """docs/api.md, "Try it against the demo", with its port and folder taken for ours."""
    shell = blocks()
    there = shell["demo"].replace("http://127.0.0.1:5800", demo.url)
    there = there.replace("DEMO=$PWD/demo", f"DEMO={folder}")
    tools = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    script = shell["keys"] + there + shell["token"]
    script += "; echo\n".join(shell[name].strip() for name in ("events", "lines", "spans"))
    said = run(script, tmp_path, PATH=tools, PYTHONPATH=str(ROOT))

    events, lines, spans = (json.loads(line) for line in said.splitlines() if line)
    assert (events["accepted"], lines["accepted"], spans) == (1, 2, {})
    sign_in(browser, demo, "citizen-1")
    words = words_of(browser.get(f"{demo.url}/my/access", timeout=20))
    assert words.count("Harbour Street Surgery") >= 2


def sign_in(
    browser: requests.Session, demo: Demo, name: str, *, at: str = "/sign-in"
) -> requests.Response:
    """Through the real form of the real identity provider of that door."""
    page = browser.get(f"{demo.url}{at}", timeout=20)
    form = BeautifulSoup(page.text, "html.parser").find("form")
    assert form is not None
    return browser.post(page.url, data={name.split("-")[0]: name}, timeout=20)


def words_of(page: requests.Response) -> str:
    return " ".join(BeautifulSoup(page.text, "html.parser").get_text(" ").split())


def wait_for(words: str, browser: requests.Session, address: str) -> None:
    """Until the page at this address has these words."""
    until, pause = time.monotonic() + 60, threading.Event()
    while words not in (said := words_of(browser.get(address, timeout=20))):
        assert time.monotonic() < until, said
        pause.wait(0.1)


def test_citizen_1_signs_in_and_sees_bodies_in_different_states(
    demo: Demo, browser: requests.Session
) -> None:
    page = sign_in(browser, demo, "citizen-1")

    assert page.status_code == 200
    assert page.url == f"{demo.url}/my"
    words = words_of(page)
    for body in (
        "Benefits Office of Avonshire",
        "Revenue Office of Avonshire",
        "Millbrook GP Practice",
        "Driver Licence Agency of Avonshire",
        "Schools Office of Avonshire",
        "Wrenford Council",
        "Passport Office of Avonshire",
        "Student Loans of Avonshire",
    ):
        assert body in words
    assert "Still asking" in words
    assert "Not explained" in words


def test_citizen_1_takes_a_copy_with_the_records_of_their_bodies(
    demo: Demo, browser: requests.Session
) -> None:
    sign_in(browser, demo, "citizen-1")
    page = browser.get(f"{demo.url}/my/copies/new", timeout=20)
    form = BeautifulSoup(page.text, "html.parser").find("form", action="/my/copies")
    assert form is not None
    ticked = form.select("input[type=hidden], input[checked]")
    given = [(str(one["name"]), str(one.get("value", "y"))) for one in ticked]
    address = browser.post(f"{demo.url}/my/copies", data=given, timeout=20).url
    wait_for("Your copy is ready", browser, address)
    file = browser.get(f"{address}/file", timeout=60).content
    names = zipfile.ZipFile(io.BytesIO(file)).namelist()
    assert any(name.startswith("data/records-") and name.endswith(".csv") for name in names)


def test_officers_sign_in_at_a_provider_of_their_own(demo: Demo, browser: requests.Session) -> None:
    assert demo.says("Officers sign in") == (
        f"Officers sign in at {demo.url}/desk as one of these:"
    )
    for name, body in {
        "officer-a1": "Benefits Office of Avonshire",
        "officer-a2": "Benefits Office of Avonshire",
        "officer-b1": "Wrenford Council",
        "officer-b2": "Wrenford Council",
        "officer-c1": "Health Service of Avonshire",
        "officer-c2": "Health Service of Avonshire",
    }.items():
        assert demo.says(name) == f"{name}  {body}"
        browser.cookies.clear()
        page = sign_in(browser, demo, name, at="/desk/audit")
        assert page.url == f"{demo.url}/desk/audit"
        assert f"({body})" in words_of(page)
        assert f"Signed in {name}" in words_of(page)


def test_a_withheld_look_waits_for_the_officers_of_its_body(
    demo: Demo, browser: requests.Session
) -> None:
    sign_in(browser, demo, "officer-c1", at="/desk/holds")
    wait_for("inquiry/", browser, f"{demo.url}/desk/holds")


def test_neither_provider_knows_the_people_of_the_other(
    demo: Demo, browser: requests.Session
) -> None:
    assert sign_in(browser, demo, "officer-a1").status_code == 400
    assert sign_in(browser, demo, "citizen-1", at="/desk/audit").status_code == 400


def test_the_demo_prints_the_code_of_citizen_6(demo: Demo) -> None:
    line = demo.says("Activation code for citizen-6")

    assert re.search(r"at .+: [2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}$", line)


def test_bodies_refuse_calls_without_the_portals_token(
    demo: Demo, folder: Path, browser: requests.Session
) -> None:
    bodies = json.loads((folder / "demo.json").read_text())["bodies_port"]
    asked = {"userCode": "a" * 64}
    headers = {"X-Road-UserId": "a" * 64}

    for slug, behaviour in behaviours.BEHAVIOURS.items():
        url = f"http://{HOST}:{bodies}/{slug}/v2/findUsage"
        answer = browser.get(url, params=asked, headers=headers, timeout=20)
        assert answer.status_code == (503 if behaviour.down else 401), slug
    assert len(behaviours.BEHAVIOURS) >= 8


def test_the_register_of_the_world_is_open_to_read(demo: Demo, browser: requests.Session) -> None:
    register = browser.get(f"{demo.url}/register", timeout=20)

    assert register.status_code == 200
    assert "Council tax help without a second form" in words_of(register)


def test_no_secret_is_said_or_logged(demo: Demo, folder: Path) -> None:
    secrets = json.loads((folder / "secrets.json").read_text()).values()
    logs = [file.read_text() for file in (folder / "logs").iterdir()]

    assert len(logs) == 3
    assert not any(secret in log for secret in secrets for log in logs)


def test_a_port_that_is_in_use_is_said_with_the_option_to_choose_another(demo: Demo) -> None:
    command = [*COMMAND, "--port", str(demo.port)]
    second = subprocess.run(command, capture_output=True, text=True, timeout=30)

    assert second.returncode == 1
    assert f"Port {demo.port} is in use" in second.stderr
    assert "--port" in second.stderr


def test_ending_it_ends_all_that_it_started_and_removes_its_folder(tmp_path: Path) -> None:
    demo = Demo(TMPDIR=str(tmp_path))
    demo.says("Ready:")
    children = [os.pidfd_open(pid) for pid in demo.children()]
    assert len(children) == 3

    code = demo.end()

    assert code == 0
    for child in children:
        assert select.select([child], [], [], 5)[0]
        os.close(child)
    assert list(tmp_path.iterdir()) == []


def test_a_kept_world_is_the_same_again_and_ends_when_one_of_its_programs_does(
    tmp_path: Path, browser: requests.Session
) -> None:
    demo = kept_world(tmp_path, browser)
    assert demo.end(signal.SIGINT) == 0

    demo = kept_world(tmp_path, browser)
    os.kill(demo.children()[-1], signal.SIGKILL)

    assert "worker ended" in demo.says("ended")
    assert demo.process.wait(timeout=20) == 1
    demo.end()


def kept_world(folder: Path, browser: requests.Session) -> Demo:
    """A demo with a folder of its own; its citizen signs in and finds their body."""
    demo = Demo("--data", str(folder / "kept"))
    demo.says("Ready:")
    page = sign_in(browser, demo, "citizen-2")
    assert "Schools Office of Avonshire" in words_of(page)
    return demo
