"""The numbers of a running portal, over real HTTP: one port for all processes of the web server,
another for the worker, none of them the public's; and what a load balancer reads while it ends."""

import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from citizen_portal.db import make_sessions
from citizen_portal.demo.folder import HOST, free_ports
from citizen_portal.demo.processes import Processes
from citizen_portal.demo.run import WORKER, web_server
from citizen_portal.settings import Settings
from tests import make
from tests.access.running import environment, wait_for
from tests.conftest import settings_in
from tests.databases import Databases
from tests.metrics import asked as asking
from tests.metrics.scraping import Samples, names, read, samples, scraped


@dataclass(frozen=True)
class Portal:
    port: int
    settings: Settings
    processes: Processes

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    def pid(self, name: str) -> int:
        (found,) = [one.process.pid for one in self.processes.children if one.name == name]
        return found

    def workers(self) -> set[int]:
        master = self.pid("portal")
        return set(map(int, Path(f"/proc/{master}/task/{master}/children").read_text().split()))

    def numbers(self) -> Samples:
        return scraped(self.settings.metrics_port)


@pytest.fixture(scope="module")
def portal(
    tmp_path_factory: pytest.TempPathFactory, keys_folder: Path, sqlite_databases: Databases
) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("seen")
    port, metrics, worker = free_ports(3)
    with sqlite_databases.lend() as url:
        add_a_source(url)
        seen = {"metrics_port": metrics, "worker_metrics_port": worker}
        settings = settings_in(folder, keys_folder, url)
        settings = Settings(**settings.model_dump(exclude_unset=True) | seen | {
            "metrics_folder": folder / "counted",
        })  # fmt: skip
        processes = Processes(folder)
        env = {"PATH": "/usr/bin:/bin", **environment(settings)}
        try:
            processes.start("portal", web_server(port, workers=2, threads=4, grace=20), env)
            processes.start("worker", WORKER, env)
            wait_for(f"http://{HOST}:{port}/readyz")
            wait_for(f"http://{HOST}:{metrics}/metrics")
            wait_for(f"http://{HOST}:{worker}/metrics")
            yield Portal(port, settings, processes)
        finally:
            processes.end()


def add_a_source(url: str) -> None:
    sessions = make_sessions(url)
    with sessions.writing() as session:
        session.add(body := make.body())
        session.flush()
        session.add(make.source(body))
    sessions.engine.dispose()


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end


def counted(samples: Samples, route: str) -> float:
    labels = ("GET", route, "2xx")
    return samples.get(("portal_request_seconds_count", labels), 0)


def test_one_port_tells_of_all_processes(portal: Portal) -> None:
    """Whichever answers. What a process counted stays when it ends, and the next counts on."""
    for _ in range(30):
        assert requests.get(f"{portal.address}/cookies", timeout=5).ok
    assert {counted(portal.numbers(), "/cookies") for _ in range(6)} == {30}

    before = portal.workers()
    assert len(before) == 2
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(portal.workers() - before) == 2 and not portal.workers() & before)
    wait_for(f"http://{HOST}:{portal.settings.metrics_port}/metrics")
    for _ in range(10):
        assert requests.get(f"{portal.address}/cookies", timeout=5).ok
    assert counted(portal.numbers(), "/cookies") == 40
    folder = portal.settings.metrics_folder
    assert folder is not None
    files = list(folder.glob("histogram_*.db"))
    assert 1 <= len(files) <= 2, "as many as processes at one time, not as there ever were"
    assert not list(folder.glob("gauge_*")), "the worker keeps its own to itself"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_both_ports_listen_on_this_machine_alone_and_tell_nothing_else(portal: Portal) -> None:
    seen = portal.settings
    for port in (seen.metrics_port, seen.worker_metrics_port):
        assert listening(port) == {"127.0.0.1"}
        assert requests.post(f"http://{HOST}:{port}/", timeout=5).status_code in {200, 405}
        for path in ("/my", "/readyz", "/register"):
            text = requests.get(f"http://{HOST}:{port}{path}", timeout=5).text
            assert "<html" not in text
    assert requests.get(f"{portal.address}/metrics", timeout=5).status_code == 404


def listening(port: int) -> set[str]:
    """The addresses at which this machine listens at a port, as the kernel lists them (proc(5))."""
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        address, state = line.split()[1], line.split()[3]
        where, _, number = address.partition(":")
        if state == "0A" and int(number, 16) == port:
            found.add(socket.inet_ntoa(bytes.fromhex(where)[::-1]))
    wide = Path("/proc/net/tcp6").read_text() if Path("/proc/net/tcp6").exists() else ""
    assert not re.search(rf":{port:04X} \S+ 0A", wide)
    return found


def test_what_alerts_and_the_dashboard_ask_for_is_told(portal: Portal) -> None:
    """Each name, with the labels by which it is asked for or put together."""
    assert requests.get(f"{portal.address}/cookies", timeout=5).ok
    port = portal.settings.worker_metrics_port
    until(lambda: ("portal_job_seconds_count", ("done",)) in scraped(port))
    told: dict[str, set[str]] = {}
    for one in (portal.settings.metrics_port, port):
        for sample in samples(requests.get(f"http://{HOST}:{one}/metrics", timeout=5).text):
            told.setdefault(sample.name, set()).update(sample.labels)
    asked = 0
    for expression in asking.expressions():
        selectors = asking.SELECTOR.findall(expression)
        grouped = asking.GROUPED.findall(expression)
        by = {label.strip() for some in grouped for label in some.split(",")}
        for name, matchers in selectors:
            asked += 1
            assert name in told, expression
            given = {label for label, _, _ in asking.MATCHER.findall(matchers)}
            assert given <= told[name] | asking.ADDED, expression
            assert by <= told[name], expression
    assert asked > 30


def test_whoever_falls_silent_keeps_nobody_waiting(portal: Portal) -> None:
    with socket.create_connection((HOST, portal.settings.worker_metrics_port)) as silent:
        silent.sendall(b"GET /metrics HTT")
        assert scraped(portal.settings.worker_metrics_port)
        silent.settimeout(30)
        assert silent.recv(1) == b"", "and is let go"


def test_the_worker_tells_of_its_jobs_and_of_its_turns(portal: Portal) -> None:
    port = portal.settings.worker_metrics_port
    until(lambda: ("portal_job_seconds_count", ("done",)) in scraped(port))
    found = scraped(port)
    assert found["portal_database_up", ()] == 1
    assert time.time() - found["portal_worker_turn_timestamp_seconds", ()] < 60
    assert found["process_resident_memory_bytes", ()] > 0
    assert not names(found) & names(portal.numbers())


def test_from_sigterm_on_it_is_not_ready_and_ends_what_is_open(portal: Portal) -> None:
    """The last of this module: it ends the web server. A load balancer that keeps its connection
    is told; whoever comes anew is refused."""
    with requests.Session() as balancer:
        ready = f"{portal.address}/readyz"
        assert balancer.get(ready, timeout=5).status_code == 200
        os.kill(portal.pid("portal"), signal.SIGTERM)
        while (answer := balancer.get(ready, timeout=5)).status_code == 200:
            assert portal.pid("portal"), "each answer is quick, and it ends within two seconds"
        assert answer.status_code == 503
        said = answer.json()
        assert [name for name, state in said.items() if state != "ready"] == ["server"]
    (child,) = [one for one in portal.processes.children if one.name == "portal"]
    assert child.process.wait(timeout=20) == 0


def test_what_is_read_is_what_prometheus_reads() -> None:
    assert read('a_total{b="c"} 1.0\n') == {("a_total", ("c",)): 1.0}
