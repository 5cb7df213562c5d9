"""GOV.UK Notify on loopback: it checks the token, takes mails, and tells what became of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, request
from joserfc import jwt
from joserfc.jwk import OctKey

from tests.fakes.serving import served

SERVICE, SECRET = "0ac1b2c3-0000-4000-8000-00000000000a", "5ec2e700-0000-4000-8000-00000000000b"
KEY = f"portal_key-{SERVICE}-{SECRET}"


@dataclass
class NotifyServer:
    address: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    status: dict[str, str] = field(default_factory=dict)
    """What became of a mail, by its reference; else it is on its way."""
    answers: int = 201
    """The status that it answers a mail with."""
    takes: bool = True
    """Whether it takes the mail, whatever it answers."""
    claims: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def notifying() -> Iterator[NotifyServer]:
    server = NotifyServer()
    with served(lambda _: _app(server)) as server.address:
        yield server


def _app(server: NotifyServer) -> Flask:
    app = Flask("notify")

    @app.before_request
    def check() -> Any:
        scheme, _, token = request.headers["Authorization"].partition(" ")
        found = jwt.decode(token, OctKey.import_key(SECRET), algorithms=["HS256"])
        if scheme != "Bearer" or found.claims["iss"] != SERVICE:
            return {"status_code": 403, "errors": [{"error": "AuthError"}]}, 403
        server.claims.append(found.claims)
        return None

    @app.post("/v2/notifications/email")
    def take() -> Any:
        if server.takes:
            server.taken.append(request.get_json())
        if server.answers != 201:
            return {"status_code": server.answers, "errors": [{"error": "x"}]}, server.answers
        return {"id": "1", "reference": request.get_json()["reference"]}, 201

    @app.get("/v2/notifications")
    def fate() -> Any:
        assert request.args["template_type"] == "email"
        name = request.args["reference"]
        known = [mail for mail in server.taken if mail["reference"] == name]
        status = server.status.get(name, "sending")
        return {"notifications": [{"reference": name, "status": status} for _ in known]}

    return app
