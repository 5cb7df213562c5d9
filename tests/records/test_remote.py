"""Asking bodies for links and for what they hold."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from flask.typing import ResponseReturnValue

from citizen_portal import signing
from citizen_portal.access.remote import Caller, Line
from citizen_portal.errors import Unavailable
from citizen_portal.fetch import Fault, Fetcher, Kind
from citizen_portal.identity.models import LinkState
from citizen_portal.records import remote
from citizen_portal.records.schemas import Holding
from tests.fakes.body import HOLDING, hostile
from tests.fakes.serving import served

ME, OTHER = "a" * 64, "b" * 64
HELD: dict[str, Any] = {"subject": ME, **HOLDING}
SAID: dict[str, Any] = {}
ASKED: list[Any] = []


def body() -> Flask:
    """Says whatever SAID holds."""
    app = Flask("body")

    @app.route("/v1/<path>", methods=["GET", "POST"])
    def answer(path: str) -> ResponseReturnValue:
        ASKED.append((path, request.args.to_dict(), request.get_json(silent=True)))
        return SAID["document"], SAID.get("status", 200), SAID.get("headers", {})

    return app


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(lambda _: body()) as address:
        yield address


@pytest.fixture(autouse=True)
def forget() -> None:
    SAID.clear()
    ASKED.clear()


@pytest.fixture
def caller(keys_folder: Path) -> Caller:
    fetcher = Fetcher(frozenset({"127.0.0.1"}), 100_000)
    return Caller(fetcher, signing.load(keys_folder), "https://portal.test")


@pytest.fixture
def holdings(address: str, caller: Caller) -> Callable[[], tuple[Holding, ...]]:
    async def call() -> tuple[Holding, ...]:
        line = Line(address, "sample-body", ME)
        return await remote.holdings(caller, line, until=caller.fetcher.moment(5))

    return lambda: caller.fetcher.wait(call(), seconds=6)


Holdings = Callable[[], tuple[Holding, ...]]


def test_what_is_held_is_read(holdings: Holdings) -> None:
    SAID["document"] = {
        "subject": ME,
        "holdings": [HELD, HELD | {"dataset": "moves", "since": None}],
    }

    first, second = holdings()

    assert ASKED[0][:2] == ("holdings", {"subject": ME})
    assert first == Holding(
        dataset="addresses",
        name={"en": "Addresses", "cy": "Cyfeiriadau"},
        categories=("Address",),
        since=date(2020, 2, 3),
        retention="P6Y",
    )
    assert (second.since, second.facts()["since"]) == (None, None)


def test_a_dataset_that_stands_twice_refuses_the_whole(holdings: Holdings) -> None:
    SAID["document"] = {"subject": ME, "holdings": [HELD, HELD | {"since": None}]}
    with pytest.raises(Fault) as told:
        holdings()
    assert told.value.kind is Kind.UNREADABLE


def test_an_empty_list_is_empty(holdings: Holdings) -> None:
    SAID["document"] = {"subject": ME, "holdings": []}
    assert holdings() == ()


@pytest.mark.parametrize(
    "said",
    [
        {"document": {"subject": OTHER, "holdings": []}},
        {"document": {"subject": ME, "holdings": [HELD, HELD | {"subject": OTHER}]}},
        {
            "document": {"subject": ME, "holdings": [HELD]},
            "headers": {"Portal-Subject": OTHER},
        },
    ],
)
def test_one_row_about_somebody_else_refuses_the_whole(
    holdings: Holdings, said: dict[str, Any]
) -> None:
    SAID.update(said)
    with pytest.raises(Fault) as raised:
        holdings()
    assert raised.value.kind is Kind.OTHER_SUBJECT


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        {"holdings": []},
        {"subject": ME},
        {"subject": ME, "holdings": None},
        {"subject": ME, "holdings": [HOLDING]},
        {"subject": ME, "holdings": [HELD | {"name": "Addresses"}]},
        {"subject": ME, "holdings": [HELD | {"name": {"cy": "Cyfeiriadau"}}]},
        {"subject": ME, "holdings": [HELD | {"name": {"en": "  "}}]},
        {"subject": ME, "holdings": [HELD | {"dataset": "../x"}]},
        {"subject": ME, "holdings": [HELD | {"categories": "Address"}]},
        {"subject": ME, "holdings": [HELD | {"since": "2020-02-30"}]},
        {"subject": ME, "holdings": [HELD | {"since": "20200203"}]},
        {"subject": ME, "holdings": [HELD | {"since": 2020}]},
        {"subject": ME, "holdings": [HELD | {"retention": "6 years"}]},
        {"subject": ME, "holdings": [HELD | {"retention": "P"}]},
    ],
)
def test_what_is_not_as_documented_is_unreadable(holdings: Holdings, document: Any) -> None:
    SAID["document"] = document
    with pytest.raises(Fault) as raised:
        holdings()
    assert raised.value.kind is Kind.UNREADABLE


def test_more_than_anybody_could_read_is_too_large(holdings: Holdings) -> None:
    SAID["document"] = {"subject": ME, "holdings": [HELD] * 501}
    with pytest.raises(Fault) as raised:
        holdings()
    assert raised.value.kind is Kind.TOO_LARGE


def ask(address: str, caller: Caller, **given: Any) -> LinkState:
    return remote.ask_link(
        caller.fetcher,
        caller.signer,
        base_url=address,
        issuer=caller.issuer,
        audience="sample-body",
        pairwise=ME,
        **given,
    )


@pytest.mark.parametrize("state", ["linked", "not_matched", "ambiguous"])
def test_the_body_says_whether_it_knows_them(address: str, caller: Caller, state: str) -> None:
    SAID["document"] = {"subject": ME, "state": state}
    assert ask(address, caller, code="ABCD") == LinkState(state)
    assert ask(address, caller, claim={"customer": "7"}) == LinkState(state)
    assert [sent for _, _, sent in ASKED] == [{"code": "ABCD"}, {"claim": {"customer": "7"}}]


@pytest.mark.parametrize(
    "said",
    [
        {"document": {"subject": OTHER, "state": "linked"}},
        {"document": {"state": "linked"}},
        {"document": {"subject": ME, "state": "unlinked"}},
        {"document": {"subject": ME, "state": "yes"}},
        {"document": {"subject": ME}},
        {"document": []},
        {"document": {"subject": ME, "state": "linked"}, "status": 500},
        {"document": {"subject": ME, "state": "linked"}, "status": 401},
        {"document": {"subject": ME, "state": "linked"}, "headers": {"Portal-Subject": OTHER}},
    ],
)
def test_any_other_answer_links_nobody(address: str, caller: Caller, said: dict[str, Any]) -> None:
    SAID.update(said)
    with pytest.raises(Unavailable) as raised:
        ask(address, caller, code="ABCD")
    assert "ABCD" not in str(raised.value)
    assert ME not in str(raised.value)


@pytest.mark.parametrize("manner", ["hangs", "closes", "redirect", "not-json", "endless", "bomb"])
def test_no_answer_links_nobody(caller: Caller, manner: str) -> None:
    with hostile() as address, pytest.raises(Unavailable):
        ask(f"{address}/{manner}", caller, code="ABCD", seconds=0.3)
