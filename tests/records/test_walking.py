"""Walking through the pages of one dataset, as a copy does."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from flask import Flask, request

from citizen_portal import signing
from citizen_portal.access.remote import Caller, Line
from citizen_portal.demo.body import BodyConfig, Person, Records, create_body, keys_given
from citizen_portal.fetch import Fault, Fetcher, Kind
from citizen_portal.records import remote
from citizen_portal.records.schemas import RecordPage
from tests.fakes.records import ME, STREET, document, row
from tests.fakes.serving import served

PORTAL = "https://portal.test"
Walk = Callable[..., Iterator[RecordPage]]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def walk(keys_folder: Path, stack: ExitStack) -> Walk:
    """Walk through what a body gives, by default one of the demo with so many rows."""
    signer = signing.load(keys_folder)
    caller = Caller(Fetcher(frozenset({"127.0.0.1"}), 100_000), signer, PORTAL)

    def start(body: int | Flask, **how: Any) -> Iterator[RecordPage]:
        app = body if isinstance(body, Flask) else holding(body, signer)
        line = Line(stack.enter_context(served(lambda _: app)), "sample-body", ME)
        return remote.walk(caller, line, "homes", **{"seconds": 5.0, "max_rows": 1000} | how)

    return start


def holding(rows: int, signer: signing.Signer) -> Flask:
    records = Records([STREET], [{"street": f"{n} High Street"} for n in range(rows)])
    return create_body(
        BodyConfig(
            code="B0001",
            name="Sample body",
            audience="sample-body",
            issuer=PORTAL,
            keys=keys_given(signer.public()),
            people={"anna": Person(records={"homes": records})},
            known={ME: "anna"},
        )
    )


def saying(answer: Callable[[str | None], dict[str, Any]]) -> Flask:
    """A body that answers with whatever ``answer`` makes of the cursor."""
    app = Flask("body")

    @app.get("/v1/records/homes")
    def records() -> dict[str, Any]:
        return document() | answer(request.args.get("cursor"))

    return app


ROW = row(street="1 High Street")


def test_each_row_comes_once_and_in_order(walk: Walk) -> None:
    pages = list(walk(243))
    assert [len(page.rows) for page in pages] == [100, 100, 43]
    streets = [row[0] for page in pages for row in page.rows]
    assert streets == [f"{n} High Street" for n in range(243)]
    assert (pages[0].total, pages[-1].next) == (243, None)


def test_nothing_held_is_one_empty_page(walk: Walk) -> None:
    (page,) = walk(0)
    assert page.rows == ()


def test_it_stops_at_the_most_rows_and_says_that_there_is_more(walk: Walk) -> None:
    pages = list(walk(243, max_rows=120))
    assert [len(page.rows) for page in pages] == [100, 20]
    assert pages[-1].next is not None


def test_a_page_is_asked_for_when_it_is_wanted(walk: Walk) -> None:
    asked: list[str | None] = []

    def answer(cursor: str | None) -> dict[str, Any]:
        asked.append(cursor)
        return {"rows": [ROW], "next": f"{cursor or ''}x"}

    pages = walk(saying(answer))
    assert asked == []
    next(pages)
    next(pages)
    assert asked == [None, "x"]


def test_a_list_that_leads_in_circles_is_left(walk: Walk) -> None:
    pages = walk(saying(lambda cursor: {"rows": [ROW], "next": "b" if cursor == "a" else "a"}))
    next(pages)
    next(pages)
    with pytest.raises(Fault) as raised:
        next(pages)
    assert raised.value.kind is Kind.UNREADABLE


def test_a_later_page_about_somebody_else_is_refused(walk: Walk) -> None:
    def answer(cursor: str | None) -> dict[str, Any]:
        row = ROW | {"subject": "b" * 64} if cursor else ROW
        return {"rows": [ROW, row], "next": None if cursor else "2"}

    pages = walk(saying(answer))
    assert len(next(pages).rows) == 2
    with pytest.raises(Fault) as raised:
        next(pages)
    assert raised.value.kind is Kind.OTHER_SUBJECT


def test_a_body_that_hangs_is_left_in_time(walk: Walk, stack: ExitStack) -> None:
    ended = Event()
    stack.callback(ended.set)

    def answer(_: str | None) -> dict[str, Any]:
        ended.wait(10)
        return {}

    with pytest.raises(Fault) as raised:
        next(walk(saying(answer), seconds=0.3))
    assert raised.value.kind is Kind.TOO_SLOW
