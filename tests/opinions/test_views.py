"""Views of the public: asked by a body, said by people whom nobody can name, told as counts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import inspect, select

from citizen_portal.agreements.actions import drafting
from citizen_portal.audit import AuditEntry
from citizen_portal.bodies.models import Organisation
from citizen_portal.errors import WrongState
from citizen_portal.identity.models import Citizen, Officer
from citizen_portal.jobs import Job
from citizen_portal.opinions import actions
from citizen_portal.opinions.models import View
from tests import make
from tests.agreements import files
from tests.opinions.asking import TODAY, Asking
from tests.pages import Page
from tests.preferences.weighing import boxes

CLOSE = "/my/account/close"
YESTERDAY = TODAY - timedelta(days=1)


def refused(page: Page, action: str, status: int = 422, **fields: str) -> Page:
    """What comes back where a form cannot be taken."""
    answer = page.submit(action, **fields)
    assert answer.response.status_code == status
    return answer


def section(asking: Asking, path: str) -> str:
    return " ".join(files.page(asking.app, path).text.split())


def test_one_says_what_one_thinks_once_and_can_change_it(
    asking: Asking, citizen: FlaskClient
) -> None:
    round_id = asking.ask()
    path = f"/my/views/{round_id.hex}"
    assert "Say what you think" in section(asking, "/register/views")
    assert "Say what you think" in section(asking, "/register/DSA-0011")
    wrong = refused(Page.get(citizen, path), path, reason="x" * 1_001)
    assert {"#view", "#reason"} <= set(wrong.links())
    said = {"view": "not_acceptable", "reason": "It is <too> wide."}
    Page.get(citizen, path).submit(path, **said)
    Page.get(citizen, path).submit(path, **said | {"view": "not_sure"})
    page = Page.get(citizen, path)
    assert page.title == "What do you think? – Citizen portal"
    (vote,) = asking.votes()
    assert vote.view is View.NOT_SURE
    assert b"too" not in (vote.sealed_reason or b"")
    again = Page.get(citizen, path)
    assert "You have said what you think." in again.main
    assert again.soup.select("input[value=not_sure][checked]")
    assert "It is <too> wide." in again.main


def test_nothing_that_is_kept_leads_from_a_view_to_a_person(
    asking: Asking, citizen: FlaskClient
) -> None:
    round_id, other = asking.ask(), UUID(int=7)
    path = f"/my/views/{round_id.hex}"
    with asking.sessions.reading() as session:
        before = len(session.scalars(select(AuditEntry.id)).all())
        jobs = len(session.scalars(select(Job.id)).all())
    Page.get(citizen, path).submit(path, view="acceptable")
    with asking.sessions.reading() as session:
        assert len(session.scalars(select(AuditEntry.id)).all()) == before
        assert len(session.scalars(select(Job.id)).all()) == jobs
    columns = {one["name"] for one in inspect(asking.sessions.engine).get_columns("view_vote")}
    assert columns == {"round_id", "blind", "view", "sealed_reason", "day"}
    with citizen.session_transaction() as cookie:
        me = UUID(str(cookie["_user_id"]).split(":")[0])
    index = asking.app.extensions["index"]
    (vote,) = asking.votes()
    assert vote.blind == actions.blind(index, me, round_id)
    assert vote.blind != actions.blind(index, me, other), "rounds cannot be compared"
    assert me.hex not in vote.blind


@pytest.mark.both
def test_who_comes_back_as_somebody_new_has_one_view_still(
    asking: Asking, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    open_round = asking.ask()
    asking.said(open_round, View.NOT_SURE, 1)
    for _ in range(3):
        browser = signed_in(make.citizen())
        path = f"/my/views/{open_round.hex}"
        Page.get(browser, path).submit(path, view="acceptable", reason="Why not?")
        assert len(asking.votes()) == 2
        Page.get(browser, CLOSE).submit(CLOSE, sure="y")
        assert browser.get(path).status_code == 302, "the account is closed"
    (other,) = asking.votes()
    assert other.view is View.NOT_SURE


def test_what_was_counted_for_the_last_time_stays(asking: Asking, citizen: FlaskClient) -> None:
    round_id = asking.ask()
    path = f"/my/views/{round_id.hex}"
    Page.get(citizen, path).submit(path, view="acceptable")
    Page.get(asking.desk, f"/desk/views/{round_id}").submit(f"/desk/views/{round_id}/close")
    Page.get(citizen, CLOSE).submit(CLOSE, sure="y")
    assert len(asking.votes()) == 1


def test_whoever_has_gone_meanwhile_says_nothing(asking: Asking) -> None:
    with asking.sessions.writing() as session, pytest.raises(WrongState):
        actions.hold(session, UUID(int=7))


@pytest.mark.both
def test_counts_are_told_once_a_day_rounded_and_at_the_end(asking: Asking) -> None:
    round_id = asking.ask()
    asking.said(round_id, View.ACCEPTABLE, 13)
    asking.said(round_id, View.NOT_SURE, 9)
    asking.work("opinions.count")
    path = f"/register/views/{round_id.hex}"
    assert "Not counted yet" in section(asking, path), "not on its first day"
    asking.put_back(round_id, 1)
    asking.work("opinions.count")
    told = [one.text for one in files.page(asking.app, path).select("#counts ~ dl dd")]
    assert told == ["15", "fewer than 10", "fewer than 10"]
    asking.said(round_id, View.ACCEPTABLE, 10)
    asking.work("opinions.count")
    assert asking.round(round_id).counts["acceptable"] == 15, "not twice on one day"
    asking.put_back(round_id, 31)
    asking.work("opinions.count")
    ended = asking.round(round_id)
    assert (ended.counts["acceptable"], ended.final) == (25, True)
    with pytest.raises(WrongState):
        asking.said(round_id, View.ACCEPTABLE, 1)


def test_the_body_reads_why_a_day_later_closes_and_replies(
    asking: Asking, officer_in: Callable[[Officer], FlaskClient]
) -> None:
    round_id = asking.ask()
    asking.said(round_id, View.NOT_ACCEPTABLE, 1, "It is <too> wide.")
    path = f"/desk/views/{round_id}"
    assert "It is <too> wide." not in Page.get(asking.desk, path).main
    assert "You can reply once" in Page.get(asking.desk, path).main
    asking.put_back(round_id, 1)
    assert "It is <too> wide." in Page.get(asking.desk, path).main
    Page.get(asking.desk, path).submit(f"{path}/close")
    assert "Closed on" in Page.get(asking.desk, path).main
    assert "#reply" in refused(Page.get(asking.desk, path), f"{path}/reply").links()
    Page.get(asking.desk, path).submit(f"{path}/reply", reply="We ask for <less>.", welsh="Llai.")
    for public in ("/register/DSA-0011", f"/register/views/{round_id.hex}"):
        text = section(asking, public)
        assert "We ask for <less>." in text, public
        assert "too" not in text, "why people think so is not public"

    with asking.sessions.reading() as session:
        council = session.get_one(Organisation, asking.bodies["council"])
    other = officer_in(make.officer(council, roles=("publisher",)))
    assert f"/desk/views/{round_id}" not in Page.get(other, "/desk/views").links()
    assert f"/desk/views/{round_id}" in Page.get(asking.desk, "/desk/views").links()
    Page.get(other, path, status=404)
    writer = officer_in(make.officer(council, roles=("author",)))
    assert writer.get("/desk/views").status_code == 403


def test_closing_shows_no_sooner_why_people_think_so(asking: Asking) -> None:
    """Else a body could close when one came in, and know who sat at the counter."""
    round_id = asking.ask()
    asking.said(round_id, View.NOT_ACCEPTABLE, 1, "It is too wide.")
    path = f"/desk/views/{round_id}"
    Page.get(asking.desk, path).submit(f"{path}/close")
    shown = Page.get(asking.desk, path).main
    assert "Closed on" in shown
    assert "what came in today is shown tomorrow" in shown
    assert "It is too wide." not in shown


def test_only_what_is_explored_or_drafted_is_asked_about(asking: Asking) -> None:
    listed = Page.get(asking.desk, "/desk/views")
    offered = [str(one["value"]) for one in listed.soup.select("input[type=radio]")]
    assert offered == ["DSA-0011"], "what is in use is not asked about"
    with asking.sessions.writing() as session:
        words: dict[str, Any] = {name: make.words(name) for name in ("title", "what", "purpose")}
        own = asking.bodies["clinic"]
        said = {"reference": "DSA-0099", **words}
        drafting.start(session, said, base=0, organisation_id=own)
        drafting.start(session, {"reference": "DSA-0098"}, base=0, organisation_id=own)
    round_id = asking.ask(reference="DSA-0099")
    assert "It is a draft" in section(asking, f"/register/views/{round_id.hex}")
    assert files.page(asking.app, "/register/DSA-0099", status=404)
    form: Any = {**boxes("opens_on", TODAY), **boxes("closes_on", TODAY + timedelta(days=9))}
    page = Page.get(asking.desk, "/desk/views")
    for wrong in (
        {"reference": "DSA-0001"},
        boxes("opens_on", YESTERDAY) | {"reference": "DSA-0011"},
        boxes("closes_on", TODAY) | {"reference": "DSA-0011"},
        boxes("closes_on", TODAY + timedelta(days=999)) | {"reference": "DSA-0011"},
    ):
        refused(page, "/desk/views", **form | wrong)
    refused(page, "/desk/views", 409, **(form | {"reference": "DSA-0099"}))


def test_a_round_that_has_not_begun_is_not_there_yet(asking: Asking, citizen: FlaskClient) -> None:
    round_id = asking.ask(opens=TODAY + timedelta(days=2))
    assert "Opens on" in Page.get(asking.desk, f"/desk/views/{round_id}").main
    assert "No body has asked yet." in section(asking, "/register/views")
    files.page(asking.app, f"/register/views/{round_id.hex}", status=404)
    Page.get(citizen, f"/my/views/{round_id.hex}", status=404)
    Page.get(citizen, "/my/views/elsewhere", status=404)
