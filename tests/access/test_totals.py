"""How often bodies say that they look: sent whole for a period, shown rounded, for all to take."""

import csv
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from citizen_portal.access.models import ActivityTotal
from citizen_portal.audit import AuditEntry
from citizen_portal.counts import rounded
from tests.agreements import files
from tests.agreements.calling import Calling, faults
from tests.pages import said

PATH = "/api/v1/activity-totals"


def total(**given: Any) -> dict[str, Any]:
    usual = {
        "source": "claims",
        "agreement": "DSA-0001",
        "receiver_code": "TAKER",
        "accesses": 1_234,
        "people": 812,
        "triggered_by": {"en": "Somebody asks to pay <less> tax."},
    }
    return usual | given


def sent(*totals: Any, first: str = "2026-03", last: str = "", **more: Any) -> dict[str, Any]:
    usual = {
        "first_month": first,
        "last_month": last or first,
        "figures_from": {"en": "Counted in the claims log."},
        "totals": list(totals),
    }
    return usual | more


def counts(response: Any) -> tuple[int, ...]:
    assert response.status_code == 200, response.text
    return tuple(response.json[name] for name in ("added", "changed", "removed", "unchanged"))


@pytest.fixture
def calls(app: Flask, tmp_path: Path) -> Calling:
    return Calling(app, tmp_path)


@pytest.mark.parametrize(
    ("exact", "told"), [(0, None), (9, None), (10, 10), (12, 10), (13, 15), (1_234, 1_235)]
)
def test_numbers_are_told_from_10_up_rounded_to_5(exact: int, told: int | None) -> None:
    assert rounded(exact) == told


@pytest.mark.both
def test_a_period_is_replaced_whole_and_the_same_again_changes_nothing(calls: Calling) -> None:
    one, two = total(), total(action="check", accesses=9, people=3)
    assert counts(calls.send(PATH, "giver", json=sent(one, two))) == (2, 0, 0, 0)
    assert counts(calls.send(PATH, "giver", json=sent(one, two))) == (0, 0, 0, 2)
    assert counts(calls.send(PATH, "giver", json=sent(one, first="2026-04"))) == (1, 0, 0, 0)
    assert counts(calls.send(PATH, "giver", json=sent(total(people=20)))) == (0, 1, 1, 0)
    with calls.app.extensions["sessions"].reading() as session:
        kept = session.execute(
            select(ActivityTotal.accesses, ActivityTotal.people).order_by(ActivityTotal.first_month)
        ).all()
        tags = session.scalars(select(AuditEntry.tag).where(AuditEntry.tag.like("totals:%"))).all()
    assert [tuple(row) for row in kept] == [(1_235, 20), (1_235, 810)], "no exact number is kept"
    assert len(tags) == 3, "nothing is noted where nothing changed"


def test_periods_do_not_overlap(calls: Calling) -> None:
    calls.send(PATH, "giver", json=sent(total(), first="2026-03", last="2026-05"))
    for first, last in (("2026-03", "2026-04"), ("2026-05", "2026-06"), ("2026-04", "2026-04")):
        response = calls.send(PATH, "giver", json=sent(total(), first=first, last=last))
        assert response.status_code == 409, (first, last)
    assert counts(calls.send(PATH, "giver", json=sent(first="2026-03", last="2026-05")))[2] == 1
    assert counts(calls.send(PATH, "giver", json=sent(total(), first="2026-04"))) == (1, 0, 0, 0)


def test_numbers_with_faults_are_refused_whole(calls: Calling) -> None:
    wrong = sent(
        total(),
        total(source="taxes"),
        total(agreement="DSA-9999"),
        total(),
        total(action="a", people=2_000),
        total(action="b", accesses="7"),
        total(action="c", accesses=-1),
    )
    shape = faults(calls.send(PATH, "giver", json=wrong))
    assert shape == {
        "totals[4]": "people must not be more than accesses",
        "totals[5].accesses": "must be a whole number",
        "totals[6].accesses": "must be at least 0",
    }
    wrong["totals"] = wrong["totals"][:4]
    assert faults(calls.send(PATH, "giver", json=wrong)) == {
        "totals[1].source": "names a source that is not known",
        "totals[2].agreement": "names an agreement that is not known to name you",
        "totals[3]": "is given twice; the first is at totals[0]",
    }
    for first, last in (("2026-13", ""), ("2026-3", ""), (202603, ""), ("2999-01", "")):
        assert faults(calls.send(PATH, "giver", json=sent(first=first, last=last)))  # type: ignore[arg-type]
    assert faults(calls.send(PATH, "giver", json=sent(first="2025-01", last="2026-02")))
    assert faults(calls.send(PATH, "giver", json=sent(first="2026-02", last="2026-01")))
    strange = calls.send(PATH, "stranger", json=sent(total()))
    assert set(faults(strange)) == {"totals[0].source", "totals[0].agreement"}


FEW = total(action="=1+1", accesses=9, people=2, triggered_by=None)


def test_the_page_of_the_body_has_the_newest_numbers(calls: Calling) -> None:
    path = "/bodies/giver"
    assert "It has published no numbers." in files.page(calls.app, path).text
    calls.send(PATH, "giver", json=sent(total(accesses=50, people=40), first="2026-02"))
    calls.send(PATH, "giver", json=sent(FEW, total()))
    page = files.page(calls.app, path)
    rows = [
        [said(cell) for cell in row.select("td")]
        for row in page.select("section[aria-labelledby=often] tbody tr")
    ]
    kind = ["Title of DSA-0001", "People of taker"]
    assert rows == [
        [*kind, "1,235", "810", "Somebody asks to pay <less> tax."],
        [*kind, "fewer than 10", "fewer than 10", "They do not say."],
    ]
    assert "in March 2026" in page.text


def test_the_numbers_can_be_taken_away(calls: Calling) -> None:
    path = "/bodies/giver"
    calls.send(PATH, "giver", json=sent(total(accesses=50, people=40), first="2026-02"))
    calls.send(PATH, "giver", json=sent(FEW, total()))
    table = calls.client.get(f"{path}/totals.csv")
    lines = list(csv.DictReader(table.text.splitlines()))
    assert [one["first_month"] for one in lines] == ["2026-03", "2026-03", "2026-02"]
    assert {one["accesses"] for one in lines} == {"", "1235", "50"}
    assert "'=1+1" in table.text
    first: Any = calls.client.get(f"{path}/totals.json?items=2")
    assert [one["people"] for one in first.json["totals"]] == [None, 810]
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    rest: Any = calls.client.get(first.json["links"]["next"])
    assert len(rest.json["totals"]) == 1

    tag = {"If-None-Match": first.headers["ETag"]}
    again = f"{path}/totals.json?items=2"
    assert calls.client.get(again, headers=tag).status_code == 304
    calls.send(PATH, "giver", json=sent(FEW))
    assert calls.client.get(again, headers=tag).status_code == 200
    assert calls.client.get("/bodies/nowhere/totals.json").status_code == 404


def test_the_numbers_of_another_body_are_neither_replaced_nor_shown_nor_in_the_way(
    calls: Calling,
) -> None:
    theirs = total(source="taxes", receiver_code="GIVER", accesses=7_000, people=6_000)
    assert counts(calls.send(PATH, "taker", json=sent(theirs, first="2026-03", last="2026-05")))[0]
    mine = sent(total(), first="2026-04")
    assert counts(calls.send(PATH, "giver", json=mine)) == (1, 0, 0, 0)
    same = sent(total(), first="2026-03", last="2026-05")
    assert calls.send(PATH, "giver", json=same).status_code == 409, "only one's own are in the way"
    calls.send(PATH, "giver", json=sent(first="2026-04"))
    assert counts(calls.send(PATH, "giver", json=same)) == (1, 0, 0, 0)

    both = ("7,000", "1,235")
    for body, own, other in (("taker", *both), ("giver", *reversed(both))):
        page = files.page(calls.app, f"/bodies/{body}").text
        assert own in page
        assert other not in page
        given: Any = calls.client.get(f"/bodies/{body}/totals.json")
        assert [one["accesses"] for one in given.json["totals"]] == [int(own.replace(",", ""))]
    tag = calls.client.get("/bodies/taker/totals.json").headers["ETag"]
    calls.send(PATH, "giver", json=sent(total(accesses=80, people=50), first="2026-06"))
    again = calls.client.get("/bodies/taker/totals.json", headers={"If-None-Match": tag})
    assert again.status_code == 304, "what another body publishes changes nothing here"
    assert "7,000" in files.page(calls.app, "/bodies/taker").text
