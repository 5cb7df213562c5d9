"""Scorecards: their numbers, the rows behind each, what they leave out, and what they cost."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from citizen_portal import clock
from citizen_portal.agreements.queries.counted import PAGE
from tests.agreements import files
from tests.pages import Page, said

TODAY = date(2026, 11, 25)
TEXT = {"en": "Text."}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 25, 12, tzinfo=UTC))


def measure(name: str, **given: Any) -> dict[str, Any]:
    return {"id": name, "what": {"en": f"What {name} counts"}, "promised": TEXT} | given


def found(value: float | None, on: str = "2026-01-31") -> list[dict[str, Any]]:
    return [{"on": on, "text": TEXT} | ({} if value is None else {"value": value})]


FIRST = files.agreement(
    "DSA-0001",
    review="2027-01-01",
    trust={
        "value.benefits": {"text": TEXT, "evidence": {"text": TEXT}},
        "value.data_use": {"text": TEXT},
        "control.choice": {"text": TEXT, "status": "not_applicable"},
    },
    measures=[
        measure("kept", target=3, due="2026-01-31", found=found(4)),
        measure("missed", target=3, due="2026-01-31", found=found(2)),
        measure("told", due="2026-01-31", found=found(None)),
        measure("late", due="2026-11-24"),
        measure("today", due="2026-11-25"),
        measure("dateless", target=1, found=found(1)),
    ],
)
EMERGENCY = {"reasons": TEXT, "review_due": "2026-10-01"}
ENDED = files.agreement(
    "DSA-0002",
    disclosers=[{"organisation": "taker"}],
    recipients=[{"organisation": "third"}],
    review="2026-06-01",
    ends="2026-06-30",
    emergency=EMERGENCY,
)
LATE = files.agreement(
    "DSA-0003",
    disclosers=[{"organisation": "third"}],
    recipients=[{"organisation": "third"}],
    processors=[{"organisation": "giver"}],
    kind="own_use",
    review="2026-11-24",
)
TO_COME = files.agreement("DSA-0004", starts="2026-11-26")
LOOKED_BACK = files.agreement(
    "DSA-0005",
    ends="2026-06-30",
    emergency=EMERGENCY
    | {"review_due": "2026-12-01"}
    | {"reviewed": {"on": "2026-11-01", "text": TEXT}},
)


@pytest.fixture
def five(app: Flask, tmp_path: Path) -> None:
    content = files.whole(agreements=[FIRST, ENDED, LATE, TO_COME, LOOKED_BACK], rules=[])
    content["organisations"] += [files.organisation("third"), files.organisation("idle")]
    files.bring_in(app, tmp_path, content)


def numbers(page: Page) -> dict[str, str]:
    """The facts of a scorecard as its page says them."""
    terms = page.soup.select("dl.cp-score > div")
    return {said(one.find("dt")): said(one.find("p")).partition(" – ")[0] for one in terms}


@pytest.mark.usefixtures("five")
def test_the_register_is_counted_in_words_that_people_can_check(app: Flask) -> None:
    page = Page.get(app.test_client(), "/register/scorecard")

    assert "4 agreements are counted." in page.main
    assert numbers(page) == {
        "Questions answered": "3 of 72",
        "Answers with evidence": "1 of 2",
        "Promises that are due": "4 of 6",
        "Due promises with a result": "3 of 4",
        "Due promises that were kept": "1 of 4",
        "In force and reviewed on time": "1 of 2",
        "Emergency shares looked back at": "1 of 2",
    }
    assert "69 not answered" in page.main
    assert "1 without a result" in page.main
    assert "4 in 100" in page.main
    assert "50 in 100" not in page.main


@pytest.mark.usefixtures("five")
def test_an_organisation_counts_where_it_gives_or_gets_not_where_it_runs_the_machine(
    app: Flask,
) -> None:
    client = app.test_client()
    giver = Page.get(client, "/register/scorecard/giver")
    idle = Page.get(client, "/register/scorecard/idle")

    assert "2 agreements are counted." in giver.main
    assert numbers(giver)["In force and reviewed on time"] == "1 of 1"
    assert "0 agreements are counted." in idle.main
    assert set(numbers(idle).values()) == {"Nothing to count yet"}
    Page.get(client, "/register/scorecard/stranger", status=404)
    Page.get(client, "/register/scorecard/giver/stranger", status=404)


WHY = {
    "agreements": ["In force.", "It ended on 30 June 2026."] * 2,
    "answered": [
        "It has an answer.",
        "It has an answer.",
        "It says why the question does not apply.",
    ],
    "evidence": ["The answer comes with evidence."],
    "no-evidence": ["The answer names no evidence."],
    "not-due": ["It is due by 25 November 2026.", "It names no day by which it will be done."],
    "not-reported": ["It was due by 24 November 2026. No result is given."],
    "met": ["Due by 31 January 2026. Kept, as found on 31 January 2026."],
    "not-met": [
        "Due by 31 January 2026. Not kept, as found on 31 January 2026.",
        "Due by 31 January 2026. Told in words on 31 January 2026, without a number.",
        "It was due by 24 November 2026. No result is given.",
    ],
    "reviews": ["The next review is on 1 January 2027."],
    "no-review": ["The review was due by 24 November 2026."],
    "look-backs": ["Looked back at on 1 November 2026."],
    "no-look-back": ["The look back was due by 1 October 2026."],
}


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(("what", "expected"), WHY.items())
def test_each_row_says_why_it_is_counted(app: Flask, what: str, expected: list[str]) -> None:
    page = Page.get(app.test_client(), f"/register/scorecard/-/{what}")
    reasons = [said(row.select_one("div > p")) for row in page.soup.select("ul.cp-rows > li")]

    assert reasons == expected


@pytest.mark.usefixtures("five")
def test_rows_lead_to_the_question_or_the_measure(app: Flask) -> None:
    client = app.test_client()

    questions = Page.get(client, "/register/scorecard/-/evidence").links("list")
    measures = Page.get(client, "/register/scorecard/-/met").links("list")

    assert questions == ["/register/DSA-0001#value-benefits"]
    assert measures == ["/register/DSA-0001#good"]
    assert Page.get(client, "/register/DSA-0001").soup.find(id="value-benefits")


@pytest.mark.usefixtures("five")
def test_each_number_on_a_page_leads_to_as_many_rows(app: Flask) -> None:
    client = app.test_client()
    followed = 0
    for address in ("/register/scorecard", "/register/scorecard/third"):
        for link in Page.get(client, address).soup.select("dl.cp-score a[href]"):
            listed = Page.get(client, str(link["href"])).soup.select("ul.cp-rows > li")
            shown = int(said(link).split()[0])
            assert len(listed) == min(shown, PAGE), link
            followed += 1
    assert followed >= 15


def heads(page: Page) -> Iterator[tuple[str, str | None]]:
    for head in page.soup.select("table.cp-scores thead th"):
        sort = head.get("aria-sort")
        yield said(head.find("a")), str(sort) if sort else None


@pytest.mark.usefixtures("five")
def test_the_table_is_sorted_by_name_or_by_the_column_that_is_asked_for(app: Flask) -> None:
    client = app.test_client()
    by_name = Page.get(client, "/register/scorecard")
    by_answers = Page.get(client, "/register/scorecard?sort=answered")
    nonsense = Page.get(client, "/register/scorecard?sort=shame&page=x")

    names = [row[0].split(" Agency")[0] for row in by_name.table("list")]
    assert names == ["People of giver", "People of taker", "People of third"]
    assert dict(heads(by_name))["Organisation"] == "ascending"
    assert dict(heads(by_answers))["Answered"] == "descending"
    best = [row[0].split(" Agency")[0] for row in by_answers.table("list")]
    assert best == ["People of giver", "People of taker", "People of third"]
    assert nonsense.table("list") == by_name.table("list")


@pytest.mark.usefixtures("five")
def test_the_data_says_what_the_page_says(app: Flask) -> None:
    client = app.test_client()
    response = client.get("/register/scorecard.json")

    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Vary" not in response.headers
    assert "Set-Cookie" not in response.headers
    assert response.json is not None
    assert response.json["counted_on"] == "2026-11-25"
    assert response.json["register"]["agreements"] == 4
    assert response.json["register"]["counts"]["answered"] == {"n": 3, "of": 72}
    assert [one["slug"] for one in response.json["organisations"]] == ["giver", "taker", "third"]
    again = client.get(
        "/register/scorecard.json", headers={"If-None-Match": response.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_an_empty_register_has_a_calm_scorecard(app: Flask) -> None:
    page = Page.get(app.test_client(), "/register/scorecard")

    assert "0 agreements are counted." in page.main
    assert set(numbers(page).values()) == {"Nothing to count yet"}


def test_pages_ask_one_statement_and_see_a_change_at_once(app: Flask, tmp_path: Path) -> None:
    files.bring_in_agreements(app, tmp_path, FIRST)
    client, engine = app.test_client(), app.extensions["sessions"].engine
    client.get("/register/scorecard")
    for path in ("", ".json", "/giver", "/giver/answered", "/-/due"):
        with files.statements(engine) as seen:
            assert client.get(f"/register/scorecard{path}").status_code == 200
        assert len(seen) == 1, path
    files.bring_in_agreements(app, tmp_path, FIRST | {"trust": files.answers("value.benefits")})

    assert "1 of 18" in Page.get(client, "/register/scorecard/giver").main
