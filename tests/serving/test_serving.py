"""The portal as it is served: slow and oversized callers, reloading, stopping, two servers."""

import json
import os
import re
import signal
import socket
from time import monotonic

import pytest
import requests
from bs4 import BeautifulSoup
from flask import Flask

from citizen_portal.demo.folder import HOST
from citizen_portal.identity.models import Citizen
from citizen_portal.serving import bounds
from tests import make
from tests.access.running import browser
from tests.serving.asking import Callers, ask, get, post
from tests.serving.conftest import THREADS, WORKERS, Server
from tests.serving.slow import KINDS, cut_off
from tests.thorough import times

CANARY = "canary-of-a-caller"
EACH = times(5, 100)
"""Callers of each kind that are slow at the same time; more than the servers have threads."""
PROMPT = 5.0
"""Seconds in which others are served meanwhile, on a machine that is busy with other tests too."""


def test_slow_callers_are_cut_off_in_time_and_hold_up_nobody(two: list[Server]) -> None:
    server, waits = two[0], list[float]()

    def somebody() -> None:
        begun = monotonic()
        assert requests.get(f"{server.address}/register", timeout=20).status_code == 200
        waits.append(monotonic() - begun)

    slow = [make_one(server.port) for make_one in KINDS.values() for _ in range(EACH)]
    assert len(slow) > WORKERS * THREADS
    after = cut_off(slow, somebody, within=3 * bounds.SECONDS)

    assert len(after) == len(slow)
    assert max(after) < 2 * bounds.SECONDS
    assert min(after) > bounds.SECONDS / 2, "who is merely slow for a moment is borne"
    assert len(waits) > 5
    assert max(waits) < PROMPT


CLOSE = "Connection: close"
PAGE = 1_000_000
"""Bytes that a form of a page may have."""
TOO_MUCH = {
    "line": (get(path="/" + CANARY * 600), 414),
    "number of headers": (get(*(f"X-{CANARY}-{n}: 1" for n in range(bounds.FIELDS))), 431),
    "one header": (get(f"X-Long: {CANARY * 600}"), 431),
    "length of the body": (post(f"Content-Length: {bounds.BODY + 1}", body=b"a" * 90_000), 413),
    "length for a page": (post(CLOSE, f"Content-Length: {PAGE + 1}", body=b"a" * (PAGE + 1)), 413),
    "body in pieces": (
        post(
            CLOSE,
            "Transfer-Encoding: chunked",
            body=b"%x\r\n" % (PAGE + 1) + b"a" * (PAGE + 1) + b"\r\n0\r\n\r\n",
        ),
        413,
    ),
    "two lengths": (post("Content-Length: 5", "Content-Length: 6", body=b"aaaaaa"), 400),
    "two ways to end": (post("Content-Length: 5", "Transfer-Encoding: chunked", body=b"a"), 400),
    "no HTTP": (f"{CANARY}\r\n\r\n".encode(), 400),
    "a wish": (post(f"Expect: {CANARY}", "Content-Length: 1"), 417),
}
"""What is sent, and what is said to it."""


@pytest.mark.parametrize("what", TOO_MUCH)
def test_too_much_is_refused_and_the_server_lives_on(two: list[Server], what: str) -> None:
    server, (said, status) = two[0], TOO_MUCH[what]

    answer = ask(server.port, said)

    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert CANARY.encode() not in answer
    assert requests.get(f"{server.address}/healthz", timeout=20).status_code == 200
    log = server.log.read_text()
    assert CANARY not in log
    assert HOST not in log


BROKEN_OFF = {
    "before its length": f"Content-Length: {PAGE}",
    "within a piece": "Transfer-Encoding: chunked",
}


@pytest.mark.parametrize("where", BROKEN_OFF)
def test_what_breaks_off_is_not_worked_on_as_if_it_were_whole(
    two: list[Server], where: str
) -> None:
    """Half of what somebody wrote must not be kept."""
    server = two[0]
    before = server.log.read_text().count('"/sign-out"')
    body = b"%x\r\n" % PAGE if where == "within a piece" else b""
    with socket.create_connection((HOST, server.port), timeout=20) as caller:
        caller.sendall(post(BROKEN_OFF[where], body=body + b"words=half+of+it"))
        caller.shutdown(socket.SHUT_WR)
        assert caller.recv(65_536) == b""
    assert ask(server.port, post(CLOSE, "Content-Length: 3", body=b"a=b")).startswith(b"HTTP/1.1 4")
    assert server.log.read_text().count('"/sign-out"') == before + 1


def test_as_much_as_may_be_is_taken(two: list[Server]) -> None:
    line = get("Connection: close", path="/" + "a" * (bounds.LINE - len("GET / HTTP/1.1")))
    few = [f"X-{n}: 1" for n in range(bounds.FIELDS - 2)]
    wide = f"X-Long: {'a' * (bounds.FIELD - len('X-Long: ') - 2)}"
    for said, status in (
        (line, 404),
        (get(*few, "Connection: close"), 200),
        (get(wide, "Connection: close"), 200),
    ):
        assert ask(two[0].port, said).startswith(f"HTTP/1.1 {status} ".encode())


def test_reloading_takes_new_settings_and_fails_no_request(two: list[Server]) -> None:
    server = two[1]
    before = server.workers()
    assert len(before) == WORKERS
    with Callers(f"{server.address}/") as callers:
        callers.until(lambda: callers.seen["200"] > 5)
        for brand in ("First name", "Second name"):
            (server.secrets / "PORTAL_BRAND").write_text(brand)
            os.kill(server.process.pid, signal.SIGHUP)
            callers.until(lambda: callers.seen[brand] > 3)  # noqa: B023 - called before the next
        callers.until(lambda: len(server.workers()) == WORKERS)
    assert callers.seen["200"] == sum(n for name, n in callers.seen.items() if name.isdecimal())
    assert not [name for name in callers.seen if name.endswith(("Error", "Timeout"))]
    assert not before & server.workers()


def test_a_setting_that_is_wrong_keeps_what_was_there(two: list[Server]) -> None:
    server = two[1]
    before = server.workers()
    wrong = server.secrets / "PORTAL_AUDIT_YEARS"
    wrong.write_text("0")
    try:
        with Callers(f"{server.address}/healthz") as callers:
            os.kill(server.process.pid, signal.SIGHUP)
            callers.until(lambda: "server.not_reloaded" in server.log.read_text())
            callers.until(lambda: not before & server.workers())
    finally:
        wrong.unlink()
    assert {name for name in callers.seen if name} == {"200"}


def _signed_in(app: Flask, citizen: Citizen) -> requests.Session:
    found = browser(app, citizen)
    name, _, value = str(found.headers.pop("Cookie")).partition("=")
    found.cookies.set(name, value, domain=HOST)  # of both ports: a browser would send it to each
    return found


def _token(session: requests.Session, address: str, form: str) -> str:
    page = BeautifulSoup(session.get(address, timeout=20).text, "html.parser")
    field = page.select_one(f"form[action='{form}'] input[name=csrf_token]")
    assert field is not None, page.get_text()[:500]
    return str(field["value"])


ENDINGS = {
    "/sign-out": ("/sign-out", {"here"}),
    "/my/account/sessions/end": ("/my/account", {"there"}),
    "/my/account/close": ("/my/account/close", {"here", "there"}),
}
"""The form that ends sessions, the page that it is on, and whose sessions it ends."""


@pytest.mark.parametrize("form", ENDINGS)
def test_what_ends_a_session_at_one_server_ends_it_at_the_other_at_once(
    two: list[Server], shared_app: Flask, form: str
) -> None:
    one, other = two
    page, ended = ENDINGS[form]
    citizen = make.citizen()
    with shared_app.extensions["sessions"].writing() as session:
        session.add(citizen)
        session.flush()
        session.expunge(citizen)
    browsers = {name: _signed_in(shared_app, citizen) for name in ("here", "there")}
    account = f"{other.address}/my/account"

    def let_in() -> set[str]:
        answers = {
            name: someone.get(account, allow_redirects=False, timeout=20)
            for name, someone in browsers.items()
        }
        return {name for name, answer in answers.items() if answer.status_code == 200}

    assert let_in() == set(browsers)
    fields = {"csrf_token": _token(browsers["here"], one.address + page, form), "sure": "y"}

    done = browsers["here"].post(one.address + form, data=fields, allow_redirects=False, timeout=20)

    assert done.status_code < 400
    assert let_in() == set(browsers) - ended


def test_it_says_where_it_listens(two: list[Server]) -> None:
    for server in two:
        (line,) = [one for one in server.log.read_text().splitlines() if "server.ready" in one]
        said = json.loads(line)
        assert (said["port"], said["count"], said["level"]) == (server.port, WORKERS, "info")


def test_stopping_answers_what_is_under_way(two: list[Server]) -> None:
    """The last of this file: the server is gone after it."""
    server = two[1]
    with (
        socket.create_connection((HOST, server.port), timeout=20) as idle,
        socket.create_connection((HOST, server.port), timeout=20) as begun,
    ):
        idle.sendall(get(path="/healthz"))
        assert idle.recv(65_536).startswith(b"HTTP/1.1 200 ")
        begun.sendall(b"GET /healthz HTTP/1.1\r\nHost: portal\r\n")
        requests.get(f"{server.address}/healthz", timeout=20)

        server.process.send_signal(signal.SIGTERM)

        while idle.recv(65_536):
            pass  # until its connection, which nobody uses, is closed: it is stopping
        assert server.process.poll() is None
        begun.sendall(b"\r\n")
        assert re.match(rb"HTTP/1.1 200 .*\r\nConnection: close\r\n", begun.recv(65_536), re.S)
    assert server.process.wait(timeout=bounds.SECONDS) == 0
