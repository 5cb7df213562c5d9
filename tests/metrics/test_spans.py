"""Spans of requests reach a collector of OpenTelemetry, and nothing personal is in them."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue

import pytest
from flask import Flask
from flask.testing import FlaskClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from citizen_portal.app import create_app
from citizen_portal.identity.models import Citizen
from citizen_portal.settings import Settings
from citizen_portal.web import measured
from tests import make

MARK = "canary-91c2"
HELD = {"http.request.method", "http.route", "http.response.status_code"}
Collected = SimpleQueue[bytes]


@pytest.fixture
def collector() -> Iterator[tuple[int, Collected]]:
    """Takes what is sent by OTLP/HTTP (protobuf), as a collector does."""
    taken: Collected = SimpleQueue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, taken
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(settings: Settings, collector: tuple[int, Collected]) -> Settings:
    url = f"http://127.0.0.1:{collector[0]}/v1/traces"
    return settings.model_copy(update={"traces_url": url})


@pytest.fixture
def app(app: Flask) -> Flask:
    measured.begin(app)
    return app


def sent(app: Flask, collector: tuple[int, Collected]) -> bytes:
    for told in app.extensions["told_of_requests"]:
        told.flush()
    return collector[1].get(timeout=10)


def spans(raw: bytes) -> list[Span]:
    request = ExportTraceServiceRequest.FromString(raw)
    return [
        span
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def test_a_span_holds_the_rule_the_method_and_the_status(
    app: Flask,
    collector: tuple[int, Collected],
    signed_in: Callable[[Citizen], FlaskClient],
) -> None:
    citizen = make.citizen()
    browser = signed_in(citizen)

    @app.get("/scratch/<secret>")
    def bad(secret: str) -> str:
        raise RuntimeError(f"{MARK} {secret}")

    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    parent = f"00-{'ab' * 16}-{'cd' * 8}-01"
    headers = {"User-Agent": MARK, "traceparent": parent, "baggage": f"who={MARK}"}
    for path in (f"/my/access/{citizen.id}", f"/scratch/{MARK}", f"/{MARK}", "/healthz"):
        browser.get(path, query_string={"q": MARK}, headers=headers)

    raw = sent(app, collector)
    found = spans(raw)
    assert [span.name for span in found] == [
        "GET /my/access/<name>",
        "GET /scratch/<secret>",
        "GET none",
    ]
    for span in found:
        assert {one.key for one in span.attributes} == HELD
        assert not span.events
        assert not span.links
        assert span.trace_id != bytes.fromhex("ab" * 16), "what a stranger says is not taken over"
        assert span.end_time_unix_nano > span.start_time_unix_nano
    for secret in (MARK, str(citizen.id), citizen.id.hex, "127.0.0.1"):
        assert secret.encode() not in raw
    assert citizen.id.bytes not in raw


def test_without_an_address_no_spans_are_made(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"traces_url": ""}))
    measured.begin(app)
    assert app.extensions["told_of_requests"] == []
