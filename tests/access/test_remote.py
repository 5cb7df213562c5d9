"""The client for findUsage 2.1.0, against sources that page in their own ways."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from flask.typing import ResponseReturnValue
from joserfc import jwt

from citizen_portal import signing
from citizen_portal.access.queries import Actor, Result, Trigger
from citizen_portal.access.remote import Caller, Line, Told, find_usage, heartbeat, usage_period
from citizen_portal.fetch import Fault, Fetcher, Kind
from tests.fakes.body import USAGE
from tests.fakes.serving import served

PAIRWISE = "a" * 64
START = datetime(2026, 5, 1, tzinfo=UTC)


@dataclass
class Source:
    """A source with so many rows; ``most`` is what it gives at once."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    most: int = 1000
    counts: bool = True
    arriving: list[dict[str, Any]] = field(default_factory=list)
    """Rows that turn up at the top, one after each page."""
    said: Any = None
    asked: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def app(self) -> Flask:
        app = Flask("source")
        app.get("/<path:path>")(self.answer)
        return app

    def answer(self, path: str) -> ResponseReturnValue:
        self.asked.append({"path": path, **request.args.to_dict()})
        self.headers.append(dict(request.headers))
        if self.said is not None:
            return self.said, 200
        offset, limit = int(request.args["offset"]), int(request.args["limit"])
        page = self.rows[offset : offset + min(limit, self.most)]
        document: dict[str, Any] = {"usages": page}
        if self.counts:
            document["totalUsages"] = len(self.rows)
        if self.arriving:
            self.rows.insert(0, self.arriving.pop(0))
        return document, 200, {"Portal-Subject": PAIRWISE}


def rows(count: int) -> list[dict[str, Any]]:
    times = (START + timedelta(minutes=count - n) for n in range(count))
    return [USAGE | {"logtime": when.isoformat()} for when in times]


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def address(source: Source) -> Iterator[str]:
    with served(lambda _: source.app()) as address:
        yield address


@pytest.fixture
def signer(keys_folder: Path) -> signing.Signer:
    return signing.load(keys_folder)


@pytest.fixture
def ask(address: str, signer: signing.Signer) -> Callable[..., Any]:
    caller = Caller(Fetcher(frozenset({"127.0.0.1"}), 4_000_000), signer, "https://portal.test")
    line = Line(address, "sample-body", PAIRWISE)

    def run(function: Any = find_usage, **more: Any) -> Any:
        if function is find_usage:
            more = {"max_rows": 20_000} | more

        async def call() -> Any:
            return await function(caller, line, until=caller.fetcher.moment(10), **more)

        return caller.fetcher.wait(call(), seconds=12)

    return run


def kept(told: Told) -> int:
    return len({one for page in told.pages for one in page})


def test_the_call_says_who_asks_for_whom(
    source: Source, ask: Callable[..., Any], signer: signing.Signer
) -> None:
    told = ask()

    assert (told.received, told.proven, told.partial) == (0, True, False)
    (asked,), (headers,) = source.asked, source.headers
    assert asked["path"] == "v2/findUsage"
    assert asked["userCode"] == headers["X-Road-Userid"] == PAIRWISE
    claims = jwt.decode(
        headers["Authorization"].removeprefix("Bearer "), signer.keys, algorithms=["Ed25519"]
    ).claims
    assert (claims["iss"], claims["aud"]) == ("https://portal.test", "sample-body")
    assert claims["sub"] == PAIRWISE
    assert 0 < claims["exp"] - claims["iat"] <= 60
    assert "Cookie" not in headers


def test_pages_follow_each_other_with_a_frozen_end(source: Source, ask: Callable[..., Any]) -> None:
    source.rows = rows(2500)

    told = ask()

    assert [one["offset"] for one in source.asked] == ["0", "1000", "2000"]
    assert {one["limit"] for one in source.asked} == {"1000"}
    assert len({one["periodEnd"] for one in source.asked}) == 1
    assert (kept(told), told.left_out, told.partial) == (2500, 0, False)


def test_each_call_carries_a_token_of_its_own(source: Source, ask: Callable[..., Any]) -> None:
    source.rows = rows(1500)
    ask()
    assert len({headers["Authorization"] for headers in source.headers}) == 2


def test_a_full_last_page_is_followed_by_one_more_question(
    source: Source, ask: Callable[..., Any]
) -> None:
    source.rows = rows(1000)
    assert kept(ask()) == 1000
    assert [one["offset"] for one in source.asked] == ["0", "1000"]


@pytest.mark.parametrize("counts", [True, False])
def test_a_source_that_gives_less_at_once_is_heard_to_its_end(
    source: Source, ask: Callable[..., Any], counts: bool
) -> None:
    source.rows, source.most, source.counts = rows(950), 100, counts

    told = ask()

    assert kept(told) == 950
    assert not told.partial
    assert told.left_out == (0 if counts else None)


def test_rows_that_arrive_meanwhile_double_nothing(source: Source, ask: Callable[..., Any]) -> None:
    source.rows, source.most = rows(300), 100
    source.arriving = [USAGE | {"logtime": f"2026-06-0{n}T10:00:00Z"} for n in range(1, 4)]

    told = ask()

    everything = [one for page in told.pages for one in page]
    assert len(everything) > kept(told)  # they shifted rows from one page into the next
    assert kept(told) == 300


def test_our_limit_on_rows_is_said(source: Source, ask: Callable[..., Any]) -> None:
    source.rows = rows(130)
    source.most = 50

    told = ask(max_rows=120)

    assert [one["limit"] for one in source.asked] == ["120", "70", "20"]
    assert (told.received, told.left_out, told.partial) == (120, 10, True)


def test_exactly_as_many_as_our_limit_is_whole(source: Source, ask: Callable[..., Any]) -> None:
    source.rows = rows(120)
    told = ask(max_rows=120)
    assert (told.received, told.left_out, told.partial) == (120, 0, False)


def test_a_source_that_pays_no_heed_to_limits_is_cut(
    source: Source, ask: Callable[..., Any]
) -> None:
    source.said = {"usages": rows(500)}
    told = ask(max_rows=120)
    assert (told.received, told.left_out, told.partial) == (120, None, True)


def test_a_count_without_rows_is_refused(source: Source, ask: Callable[..., Any]) -> None:
    source.said = {"totalUsages": 4, "usages": []}
    with pytest.raises(Fault) as raised:
        ask()
    assert raised.value.kind is Kind.UNREADABLE


def test_nothing_is_believed_only_when_it_is_said(source: Source, ask: Callable[..., Any]) -> None:
    source.said = {"totalUsages": 0}
    assert ask().received == 0


def test_members_of_our_own_are_read_and_others_passed_over(
    source: Source, ask: Callable[..., Any]
) -> None:
    source.rows = [
        USAGE
        | {
            "logtime": "2026-05-04T11:20:30.5+01:00",
            "agreement": " DSA-0004 ",
            "categories": ["Name", "Name", "Address"],
            "actorKind": "machine",
            "trigger": "duty",
            "outcome": "refused",
            "emergency": True,
            "processorName": "Sample firm",
            "somethingElse": {"a": 1},
        }
    ]

    ((one,),) = ask().pages

    assert one.occurred == datetime(2026, 5, 4, 10, 20, 30, 500_000, tzinfo=UTC)
    assert (one.agreement, one.categories) == ("DSA-0004", ("Name", "Address"))
    assert (one.actor, one.trigger, one.result) == (Actor.MACHINE, Trigger.DUTY, Result.REFUSED)
    assert (one.emergency, one.processor) == (True, "Sample firm")


def test_what_is_not_said_is_not_stated(source: Source, ask: Callable[..., Any]) -> None:
    nothing = dict.fromkeys(["agreement", "categories", "trigger", "emergency", "receiverName"])
    source.rows = [USAGE | nothing | {"actorKind": "a word of the future"}]

    ((one,),) = ask().pages

    assert (one.agreement, one.categories, one.receiver_name) == (None, (), None)
    assert (one.actor, one.trigger) == (Actor.NOT_STATED, Trigger.NOT_STATED)
    assert one.emergency is False


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ({"periodStart": "2024-01-01T00:00:00Z"}, False),
        ({"periodStart": "2024-01-01T00:00:00Z", "periodEnd": "2026-01-01T00:00:00+01:00"}, True),
    ],
)
def test_the_period_is_read(
    source: Source, ask: Callable[..., Any], said: dict[str, str], ends: bool
) -> None:
    source.said = said
    window = ask(usage_period)
    assert window.start == datetime(2024, 1, 1, tzinfo=UTC)
    assert (window.end is not None) == ends
    assert "userCode" not in source.asked[0]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"periodStart": "2024"},
        {"periodStart": None},
        {"periodStart": "2024-01-01T00:00:00"},
        {"periodStart": "2024-01-01T00:00:00Z", "periodEnd": "2023-01-01T00:00:00Z"},
    ],
)
def test_a_period_that_makes_no_sense_is_unreadable(
    source: Source, ask: Callable[..., Any], said: dict[str, Any]
) -> None:
    source.said = said
    with pytest.raises(Fault) as raised:
        ask(usage_period)
    assert raised.value.kind is Kind.UNREADABLE


def test_the_sign_of_life_is_read(source: Source, ask: Callable[..., Any]) -> None:
    source.said = {"status": "OK"}
    assert ask(heartbeat) is True
    source.said = {"status": "FAIL", "message": "No disk"}
    assert ask(heartbeat) is False
