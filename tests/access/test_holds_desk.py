"""``/desk/holds``: one approver proposes, another one agrees; neither who nor what is shown."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from citizen_portal import clock
from citizen_portal.access.models import Hold, HoldState
from citizen_portal.bodies.actions import bump
from citizen_portal.bodies.models import Organisation
from citizen_portal.identity.models import Officer
from tests.access.pushing import Pushing
from tests.access.test_push import said
from tests.access.withholding import Withholding, day
from tests.pages import Page

SignIn = Callable[[Officer], FlaskClient]
SECRET = "Looked for an address"


class Desk:
    """A withheld access, and the browsers of its body's two approvers."""

    def __init__(self, app: Flask, officer_in: SignIn, **changed: str) -> None:
        app.config["WTF_CSRF_ENABLED"] = False
        self.app, self.pushing = app, Pushing(app, "clinic", "council")
        self.clinic = Withholding(self.pushing)
        self.person, mine = self.pushing.person()
        self.subject = mine["clinic"]
        row = self.clinic.row(self.subject, "claim/17", action=SECRET)
        row["withheld"] |= changed
        said(self.pushing.send(row))
        self.first, self.second = (officer_in(one) for one in self.clinic.approvers)
        self.other = officer_in(self.clinic.other)

    @property
    def hold(self) -> Hold:
        (hold,) = self.clinic.holds()
        return hold

    @property
    def path(self) -> str:
        return f"/desk/holds/{self.hold.id}"

    def propose(self, verdict: str, status: int = 303, /, **more: str) -> None:
        form = {"verdict": verdict, "reason": "Because it is time.", **more}
        assert self.first.post(self.path, data=form).status_code == status

    def decide(self, browser: FlaskClient, what: str = "agree") -> int:
        seen = Page.get(browser, self.path).soup.select_one("input[name=seen]")
        assert seen is not None
        return browser.post(f"{self.path}/{what}", data={"seen": seen["value"]}).status_code


@pytest.fixture
def desk(app: Flask, officer_in: SignIn) -> Desk:
    return Desk(app, officer_in)


def test_it_shows_where_to_find_it_and_neither_who_nor_what(desk: Desk) -> None:
    index, page = Page.get(desk.first, "/desk/holds"), Page.get(desk.first, desk.path)

    assert "claim/17" in index.main
    assert str(desk.clinic.approvers[0].id) in index.main
    for words in ("claim/17", "Schedule 2, paragraph 2", "An inquiry", "Last day"):
        assert words in page.main
    for approver in desk.clinic.approvers:
        assert approver.name in page.main
    for found in (index.response.text, page.response.text):
        assert SECRET not in found
        assert desk.subject not in found


def test_only_approvers_of_that_body_come_in(desk: Desk, officer_in: SignIn) -> None:
    elsewhere = Officer(
        organisation_id=desk.pushing.bodies["council"],
        blind="elsewhere",
        name="Elsewhere",
        roles=["hold_approver"],
    )
    stranger = officer_in(elsewhere)

    assert desk.other.get("/desk/holds").status_code == 403
    assert desk.other.get(desk.path).status_code == 403
    assert "/desk/holds" not in desk.other.get("/desk").text
    assert stranger.get(desk.path).status_code == 404
    assert stranger.post(f"{desk.path}/agree").status_code == 404
    assert "claim/17" not in Page.get(stranger, "/desk/holds").main
    assert "/desk/holds" in desk.first.get("/desk").text


def test_it_says_who_may_approve_and_for_whom_a_proposal_waits(desk: Desk) -> None:
    index = Page.get(desk.first, "/desk/holds").main
    assert "You may approve. 2 officers of your body may, you among them." in index
    assert "Schedule 2, paragraph 2" in index
    assert "missing" not in index
    desk.propose("release")
    for browser, words in (
        (desk.first, "Proposed by you, waits for another approver"),
        (desk.second, "Proposed by a colleague, waits for you or another approver"),
    ):
        assert words in Page.get(browser, "/desk/holds").main
        assert words in Page.get(browser, desk.path).main


def test_it_says_what_is_missing_for_accesses_to_be_withheld(desk: Desk) -> None:
    with desk.app.extensions["sessions"].writing() as session:
        session.get_one(Officer, desk.clinic.approvers[1].id).roles = ["author"]
        session.get_one(Organisation, desk.pushing.bodies["clinic"]).withholds = []
        bump(session)

    index = Page.get(desk.first, "/desk/holds").main
    assert "You may approve. 1 officer of your body may: you." in index
    assert "A second approver is missing: one proposes, another one agrees." in index
    assert "The register names no law by which your body may withhold accesses." in index
    assert "Schedule 2" not in index


def test_two_different_approvers_release_it(desk: Desk) -> None:
    desk.propose("release")

    assert desk.decide(desk.first) == 403
    assert desk.hold.state is HoldState.HELD
    assert desk.decide(desk.second) == 303
    assert "within minutes" in Page.get(desk.first, desk.path).main
    assert desk.pushing.kept() == []
    desk.clinic.work()

    (event,) = desk.pushing.kept(desk.person)
    assert event.action == SECRET
    assert desk.hold.ended_at is not None
    assert "Released" in Page.get(desk.first, desk.path).main
    assert "claim/17" in Page.get(desk.first, "/desk/holds?ended=yes").main
    assert "claim/17" not in Page.get(desk.first, "/desk/holds").main


def test_its_end_is_moved_within_what_the_law_reaches(desk: Desk) -> None:
    def until(ahead: int) -> dict[str, str]:
        new = day(ahead)
        return {
            "until-day": str(new.day),
            "until-month": str(new.month),
            "until-year": str(new.year),
        }

    for ahead in (-1, 0, 29, 30, 190, 4000):
        desk.propose("extend", 422, **until(ahead))
    desk.propose("extend", 422)
    desk.propose("extend", **until(60))
    desk.propose("release", 409)
    assert desk.decide(desk.second) == 303

    assert (desk.hold.until, desk.hold.state) == (day(60), HoldState.HELD)
    assert "Move its last day to" in Page.get(desk.first, desk.path).main


def test_it_is_closed_with_the_law_that_lets_it_and_stays_closed(desk: Desk) -> None:
    desk.propose("close", 422)
    desk.propose("close", 422, exemption="because")
    desk.propose("close", exemption="rights-of-others")
    assert desk.decide(desk.second) == 303
    desk.clinic.work()

    assert (desk.hold.state, desk.hold.exemption) == (HoldState.CLOSED, "rights-of-others")
    assert len(desk.clinic.closed()) == 1
    assert desk.pushing.kept() == []
    desk.propose("release", 422)


def test_either_drops_a_proposal_and_nobody_agrees_to_what_they_did_not_see(desk: Desk) -> None:
    desk.propose("release")
    assert desk.decide(desk.second, "drop") == 303
    desk.propose("release")
    stale = {"seen": "0" * 32}
    assert desk.second.post(f"{desk.path}/agree", data=stale).status_code == 409
    assert desk.decide(desk.first, "drop") == 303
    assert desk.second.post(f"{desk.path}/agree", data=stale).status_code == 409

    page = Page.get(desk.first, desk.path)
    assert len(page.rows("history")) == 2
    assert all("Dropped" in line for line in page.rows("history"))
    desk.propose("", 422)
    desk.propose("release", 422, reason=" ")


def test_after_its_last_day_an_inquiry_is_not_decided_any_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.propose("close", exemption="rights-of-others")
    later = day(31)
    monkeypatch.setattr(clock, "today", lambda _: later)

    assert desk.decide(desk.second) == 409
    assert desk.hold.state is HoldState.HELD


def test_what_protects_a_person_is_decided_late_but_not_longer(
    app: Flask, officer_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(app, officer_in, basis="health-serious-harm", protects="person")
    later = day(31)
    monkeypatch.setattr(clock, "today", lambda _: later)

    page = Page.get(desk.first, desk.path)
    assert [one["value"] for one in page.soup.select("input[name=verdict]")] == ["release", "close"]
    desk.propose("release")
    assert desk.decide(desk.second) == 303
    desk.clinic.work()
    assert len(desk.pushing.kept(desk.person)) == 1


def test_what_was_done_is_for_approvers_alone(desk: Desk) -> None:
    desk.propose("release")
    desk.decide(desk.second)
    desk.clinic.work()

    words = Page.get(desk.first, "/desk/audit").main
    for what in (
        "Withheld accesses by law",
        "Proposed what becomes of a withheld access",
        "Agreed to what a colleague proposed",
        "A withheld access was released",
    ):
        assert what in words
    for path in ("/desk/audit", "/desk/audit?kind=holds", "/desk/audit.json"):
        hidden = desk.other.get(path).text
        assert "ithheld" not in hidden
        assert "hold:" not in hidden
