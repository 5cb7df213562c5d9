"""A body that answers honestly, when it is let."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask, request
from flask.typing import ResponseReturnValue

from tests.fakes.body import HOLDING, USAGE
from tests.fakes.serving import served

SAYS = {
    "/v2/heartbeat": {"status": "OK"},
    "/v2/usagePeriod": {"periodStart": "2024-01-01T00:00:00Z"},
}


class Body:
    """Answers honestly once ``open`` is set, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.open = threading.Event()
        self.open.set()
        self.broken = False
        self.rows = [USAGE]

    def app(self) -> Flask:
        app = Flask("body")
        app.get("/v2/findUsage")(self.find_usage)
        app.get("/v1/holdings")(self.holdings)
        for path, said in SAYS.items():
            app.add_url_rule(path, path, lambda said=said: said)
        return app

    def find_usage(self) -> ResponseReturnValue:
        subject = request.args["userCode"]
        self.heard("accesses", subject)
        start, end = request.args.get("periodStart", ""), request.args["periodEnd"]
        shown = [row for row in self.rows if start <= row["logtime"] <= end]
        if self.broken:
            return {}, 500
        return {"totalUsages": len(shown), "usages": shown}, 200, {"Portal-Subject": subject}

    def holdings(self) -> ResponseReturnValue:
        subject = request.args["subject"]
        self.heard("holdings", subject)
        return {"subject": subject, "holdings": [{"subject": subject, **HOLDING}]}

    def heard(self, what: str, subject: str) -> None:
        self.asked.append((what, subject))
        self.open.wait(10)


@pytest.fixture
def body() -> Iterator[Body]:
    body = Body()
    yield body
    body.open.set()


@pytest.fixture
def address(body: Body) -> Iterator[str]:
    with served(lambda _: body.app()) as address:
        yield address
        body.open.set()
