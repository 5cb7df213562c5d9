"""Two web servers over one database, over HTTP: what one decides, the other knows at once."""

import re
import time
from collections.abc import Iterator
from uuid import UUID

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from citizen_portal import clock
from citizen_portal.identity import actions
from tests.edges.serving import Server, servers
from tests.web.walking import citizen_in

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
MOST = 4
Two = list[Server]


@pytest.fixture(scope="module")
def two(shared_app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    more = (("PORTAL_TRUSTED_PROXIES", "1"), ("PORTAL_LIMIT_ADDRESS", str(MOST)))
    with servers(shared_app, tmp_path_factory.mktemp("two"), 2, more=more) as made:
        yield made


class Browser(requests.Session):
    """A browser with the cookie of a session, at whichever server it is led to."""

    def __init__(self, client: FlaskClient) -> None:
        super().__init__()
        self.trust_env = False
        cookie = client.get_cookie("portal")
        assert cookie is not None
        self.cookies.set("portal", cookie.value, domain="127.0.0.1", path="/")

    def known(self, server: Server) -> bool:
        return self.get(f"{server.address}/my/account", allow_redirects=False).status_code == 200

    def submit(self, server: Server, path: str) -> int:
        """Send a form of the account page, with its token."""
        found = TOKEN.search(self.get(f"{server.address}/my/account").text)
        assert found is not None
        sent = self.post(server.address + path, {"csrf_token": found[1]}, allow_redirects=False)
        return sent.status_code


def whose(client: FlaskClient) -> list[str]:
    with client.session_transaction() as cookie:
        return str(cookie["_user_id"]).split(":")


def test_who_signs_out_at_one_is_out_at_the_other_within_a_second(
    two: Two, shared_app: Flask
) -> None:
    here, there = two
    client = citizen_in(shared_app)
    browser, thief = Browser(client), Browser(client)
    assert thief.known(there)

    assert browser.submit(here, "/sign-out") in {200, 303}
    start = time.monotonic()
    assert not thief.known(there)
    assert not thief.known(here)
    assert time.monotonic() - start < 1


def test_the_other_sessions_are_ended_at_both(two: Two, shared_app: Flask) -> None:
    here, there = two
    client = citizen_in(shared_app)
    citizen, _, _ = whose(client)
    lost = shared_app.test_client()
    with shared_app.extensions["sessions"].writing() as session:
        proof = actions.Proof(assurance="", auth_time=clock.now())
        begun = actions.start(session, UUID(citizen), proof=proof)
    with lost.session_transaction() as cookie:
        cookie["_user_id"] = f"{citizen}:{begun.sign_in.id}:{begun.token}"
    browser, other = Browser(client), Browser(lost)
    assert other.known(there)

    assert browser.submit(here, "/my/account/sessions/end") in {302, 303}
    start = time.monotonic()
    assert not other.known(there)
    assert time.monotonic() - start < 1
    assert browser.known(there)


def test_a_token_that_was_replaced_is_refused_by_both(two: Two, shared_app: Flask) -> None:
    """As a step-up does: what was copied from the browser before is worth nothing after it."""
    client = citizen_in(shared_app)
    before = Browser(client)
    assert all(before.known(server) for server in two)
    citizen, sign_in, _ = whose(client)
    with shared_app.extensions["sessions"].writing() as session:
        proof = actions.Proof(assurance="", auth_time=clock.now())
        again = actions.step_up(session, UUID(citizen), UUID(sign_in), proof=proof)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{citizen}:{sign_in}:{again.token}"
    assert not any(before.known(server) for server in two)
    assert all(Browser(client).known(server) for server in two)


def statuses(server: Server, address: str, times: int) -> list[int]:
    headers = {"X-Forwarded-For": address}
    return [
        requests.post(f"{server.address}/news/stop/none", headers=headers, timeout=20).status_code
        for _ in range(times)
    ]


def test_a_limit_holds_at_both_and_after_one_was_killed(two: Two) -> None:
    here, there = two
    for number in (1, 2):  # again, should a span of ten minutes have ended meanwhile
        span, address = int(time.time()) // 600, f"93.184.216.{number}"
        first = statuses(here, address, 2) + statuses(there, address, 2)
        then = statuses(here, address, 1) + statuses(there, address, 1)
        here.kill()
        here.start()
        after = statuses(here, address, 2)
        if int(time.time()) // 600 == span:
            break
    assert first == [404] * MOST
    assert then == [429, 429]
    assert after == [429, 429]


def test_a_session_outlives_a_restart_and_one_that_ended_does_not(
    two: Two, shared_app: Flask
) -> None:
    here, there = two
    stays, ends = Browser(citizen_in(shared_app)), Browser(citizen_in(shared_app))
    assert ends.submit(there, "/sign-out") in {200, 303}
    here.kill()
    here.start()
    assert stays.known(here)
    assert not ends.known(here)


@pytest.mark.parametrize(
    "headers",
    [
        {"SCRIPT_NAME": "//evil.example"},
        {"PATH_INFO": "/my/account"},
        {"X-Forwarded-Proto": "https"},
        {"X-Forwarded-Host": "evil.example"},
    ],
)
def test_nobody_tells_the_server_by_a_header_where_it_is(two: Two, headers: dict[str, str]) -> None:
    plain = requests.get(
        f"{two[0].address}/language/cy?back=/my", allow_redirects=False, timeout=20
    )
    told = requests.get(
        f"{two[0].address}/language/cy?back=/my", headers=headers, allow_redirects=False, timeout=20
    )
    assert told.headers["Location"] == plain.headers["Location"] == "/my"
    assert told.status_code == plain.status_code


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        ("/" + "x" * 5000, {}, 400),
        ("/healthz", {"X-Long": "x" * 9000}, 400),
        ("/healthz", {f"X-{number}": "1" for number in range(80)}, 400),
        ("/healthz", {f"X-{number}": "1" for number in range(40)}, 200),
    ],
)
def test_a_head_has_an_end(two: Two, target: str, headers: dict[str, str], status: int) -> None:
    answer = requests.get(two[0].address + target, headers=headers, timeout=20)
    assert answer.status_code == status
