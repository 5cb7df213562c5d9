import gc
import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from citizen_portal.fetch import Fault, Fetcher, Kind, Reply
from tests.fakes.body import hostile
from tests.fakes.serving import served

SEEN: list[Any] = []


@pytest.fixture(autouse=True)
def forget() -> None:
    SEEN.clear()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(lambda _: echo()) as address:
        yield address


@pytest.fixture(scope="module")
def bad() -> Iterator[str]:
    with hostile() as address:
        yield address


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(frozenset({"127.0.0.1"}), 10_000)


def echo() -> Flask:
    """Answers with what it got, sets a cookie, and may send elsewhere."""
    app = Flask("echo")

    @app.route("/echo", methods=["GET", "POST"])
    def say() -> ResponseReturnValue:
        SEEN.append(dict(request.headers))
        answer = {"query": request.args.to_dict(), "document": request.get_json(silent=True)}
        response = jsonify(answer)
        for name, text in (("Set-Cookie", "who=me"), ("X-Two", "1"), ("X-Two", "2")):
            response.headers.add(name, text)
        return response

    @app.post("/taken/")
    def take() -> ResponseReturnValue:
        SEEN.append(request.get_data())
        return "not JSON", 202

    @app.post("/status/<int:status>")
    def refuse(status: int) -> ResponseReturnValue:
        return "", status

    @app.route("/elsewhere", methods=["GET", "POST"])
    def elsewhere() -> ResponseReturnValue:
        SEEN.append("elsewhere")
        return "", 302, {"Location": "/echo"}

    return app


def get(fetcher: Fetcher, base: str, path: str, *, seconds: float = 5, **more: Any) -> Reply:
    async def call() -> Reply:
        return await fetcher.get(base, path, until=fetcher.moment(seconds), **more)

    return fetcher.wait(call(), seconds=seconds + 5)


def send(fetcher: Fetcher, address: str, body: bytes) -> None:
    async def call() -> None:
        await fetcher.send(address, body, until=fetcher.moment(5), headers={})

    fetcher.wait(call(), seconds=10)


def test_a_call_says_what_it_must_and_hears_what_was_said(fetcher: Fetcher, address: str) -> None:
    reply = get(fetcher, address, "/echo", query={"a": "1 &+"}, headers={"X-Mine": "yes"})

    assert reply.document == {"query": {"a": "1 &+"}, "document": None}
    assert reply.headers["x-two"] == ("1", "2")
    assert SEEN[0]["X-Mine"] == "yes"


def test_a_document_is_posted_as_json(fetcher: Fetcher, address: str) -> None:
    async def call() -> Reply:
        return await fetcher.post(address, "/echo", until=fetcher.moment(5), document={"code": "A"})

    assert fetcher.wait(call(), seconds=5).document["document"] == {"code": "A"}


def test_bytes_are_sent_as_they_are_to_the_very_address(fetcher: Fetcher, address: str) -> None:
    send(fetcher, f"{address}/taken/", b'{"a":  1}')

    assert SEEN == [b'{"a":  1}']


@pytest.mark.parametrize(
    ("path", "kind", "status"),
    [
        ("/elsewhere", Kind.REDIRECT, 302),
        ("/status/300", Kind.REDIRECT, 300),
        ("/status/403", Kind.TURNED_US_AWAY, 403),
        ("/status/410", Kind.SAID_ERROR, 410),
        ("/status/503", Kind.SAID_ERROR, 503),
    ],
)
def test_bytes_that_were_not_taken_are_a_fault(
    fetcher: Fetcher, address: str, path: str, kind: Kind, status: int
) -> None:
    with pytest.raises(Fault) as caught:
        send(fetcher, address + path, b"{}")

    assert (caught.value.kind, caught.value.status) == (kind, status)
    assert [each for each in SEEN if each != "elsewhere"] == []


@pytest.mark.parametrize("path", ["/taken/?key=1", "/taken/#there"])
def test_an_address_that_says_more_than_where_is_refused(
    fetcher: Fetcher, address: str, path: str
) -> None:
    with pytest.raises(Fault) as caught:
        send(fetcher, address + path, b"{}")

    assert (caught.value.kind, SEEN) == (Kind.FORBIDDEN_ADDRESS, [])


def test_cookies_are_never_sent_back(fetcher: Fetcher, address: str) -> None:
    for _ in range(3):
        get(fetcher, address, "/echo")
    assert all("Cookie" not in headers for headers in SEEN)


def test_redirects_are_not_followed(fetcher: Fetcher, address: str) -> None:
    with pytest.raises(Fault) as raised:
        get(fetcher, address, "/elsewhere")
    assert (raised.value.kind, raised.value.status) == (Kind.REDIRECT, 302)
    assert SEEN == ["elsewhere"]


def test_proxies_of_the_environment_are_not_used(
    fetcher: Fetcher, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert get(fetcher, address, "/echo").document["query"] == {}


def test_a_host_that_is_not_named_in_the_settings_is_not_called(address: str) -> None:
    with pytest.raises(Fault) as raised:
        get(Fetcher(frozenset(), 1000), address, "/echo")
    assert raised.value.kind is Kind.FORBIDDEN_ADDRESS
    assert SEEN == []


@pytest.mark.parametrize("manner", ["slow-drip", "slow-headers", "hangs"])
def test_the_time_in_all_holds_however_the_answer_comes(
    fetcher: Fetcher, bad: str, manner: str
) -> None:
    start = time.monotonic()
    with pytest.raises(Fault) as raised:
        get(fetcher, f"{bad}/{manner}", "/v2/heartbeat", seconds=0.3)
    assert raised.value.kind is Kind.TOO_SLOW
    assert time.monotonic() - start < 2


def test_nobody_listening_is_unreachable(fetcher: Fetcher) -> None:
    with pytest.raises(Fault) as raised:
        get(fetcher, "http://127.0.0.1:9", "/")
    assert raised.value.kind is Kind.UNREACHABLE


def test_a_fault_tells_no_address_and_nothing_that_was_received(
    fetcher: Fetcher, address: str
) -> None:
    with pytest.raises(Fault) as raised:
        get(fetcher, address, "/elsewhere", query={"userCode": "canary"})
    told = f"{raised.value!r} {raised.value.__cause__} {raised.value.args}"
    assert "canary" not in told
    assert "127.0.0.1" not in told


def test_waiting_ends_even_if_the_work_does_not(fetcher: Fetcher, bad: str) -> None:
    async def call() -> Reply:
        return await fetcher.get(f"{bad}/hangs", "/v2/heartbeat", until=fetcher.moment(60))

    with pytest.raises(Fault) as raised:
        fetcher.wait(call(), seconds=0.2)
    assert raised.value.kind is Kind.TOO_SLOW


def test_a_forked_process_calls_with_connections_of_its_own(fetcher: Fetcher, address: str) -> None:
    assert get(fetcher, address, "/echo").document["query"] == {}
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            gc.disable()
            found = get(fetcher, address, "/echo", query={"from": "child"}).document["query"]
            os.write(theirs, found["from"].encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(ours, 100) == b"child"
    assert get(fetcher, address, "/echo", query={"from": "parent"}).document["query"] == {
        "from": "parent"
    }
    os.close(ours)
    os.close(theirs)
