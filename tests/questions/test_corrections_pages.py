"""What a citizen sees of a correction, and what officers of the body that made it do."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from citizen_portal.bodies.models import Organisation
from citizen_portal.identity.models import Citizen, Officer
from citizen_portal.questions.models import About, Kind, Question
from citizen_portal.questions.schemas.facts import Facts, on_day
from tests import make
from tests.agreements.files import statements
from tests.pages import Page
from tests.preferences.drawing import wrong
from tests.preferences.weighing import UK, boxes
from tests.questions.righting import NAME, Righting

HOSTILE = "<script>alert(1)</script> & ‘so’"
NEW = "/desk/corrections/new"


@pytest.fixture
def righting(app: Flask) -> Righting:
    app.config["WTF_CSRF_ENABLED"] = False
    return Righting(app)


@pytest.fixture
def mine(righting: Righting, signed_in: Callable[[Citizen], FlaskClient]) -> FlaskClient:
    """Somebody known to the clinic and the council, signed in; ``mine.me`` is who."""
    citizen = Citizen()
    citizen.id = righting.town.person("clinic", "council")
    browser = signed_in(citizen)
    browser.environ_base["me"] = str(citizen.id)
    return browser


@pytest.fixture
def desk(
    righting: Righting, officer_in: Callable[[Officer], FlaskClient]
) -> Callable[..., FlaskClient]:
    def come(slug: str, *roles: str) -> FlaskClient:
        with righting.town.sessions.writing() as session:
            body = session.get_one(Organisation, righting.town.bodies[slug])
            officer = make.officer(body, list(roles) or ["case_worker"])
            session.add(officer)
        return officer_in(officer)

    return come


def me_of(browser: FlaskClient) -> UUID:
    return UUID(browser.environ_base["me"])


def test_a_citizen_sees_each_recipient_and_no_more_than_was_said(
    righting: Righting, mine: FlaskClient
) -> None:
    me = me_of(mine)
    righting.looked(me, "FIRM-1", [NAME], receiver_name=HOSTILE)
    kept = righting.clinic.correct(righting.said(me, fields=[HOSTILE], since="2026-01-02"))
    path = f"/my/corrections/{kept['id']}"
    page = Page.get(mine, path)
    assert page.heading == "They corrected it"
    assert page.title.startswith("A correction")
    assert "2 January 2026" in page.main
    assert HOSTILE in page.main
    firm, council, university = sorted(page.rows("each"))
    for words in (HOSTILE, "Not told yet", "a look by it"):
        assert words in firm
    for words in ("Written down: we are telling it", "by agreement DSA-0001"):
        assert words in council
    assert "Not told yet" in university
    assert page.links("each") == ["/register/DSA-0001", "/register/DSA-0002"]
    assert "What you can do" in page.main

    righting.town.work("questions.send_corrections")
    told = righting.recipients(me)["COUNCIL"].id.hex
    said = {"state": "not_applied", "reason": HOSTILE}
    assert righting.council.post(said, f"/{told}/acknowledgement").status_code == 200
    righting.clinic.post({"code": "FIRM-1", "on": "2026-11-22"}, f"/{kept['id']}/told")
    with statements(righting.town.sessions.engine) as asked:
        rows = Page.get(mine, path).rows("each")
    assert len([each for each in asked if "correction" in each]) == 2
    assert any("Did not take it over" in row and HOSTILE in row for row in rows)
    assert any("Told on 22 November 2026" in row and HOSTILE in row for row in rows)


def test_a_correction_of_another_is_not_there(
    righting: Righting, mine: FlaskClient, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    kept = righting.clinic.correct(righting.said(me_of(mine)))
    other = Citizen()
    other.id = righting.town.person("clinic", "council")
    assert signed_in(other).get(f"/my/corrections/{kept['id']}").status_code == 404
    assert mine.get("/my/corrections/" + "0" * 32).status_code == 404
    assert mine.get("/my/corrections/x").status_code == 404


def test_what_is_looked_at_or_not_corrected_is_said_as_that(
    righting: Righting, mine: FlaskClient
) -> None:
    said = righting.said(me_of(mine), matter="disputed")
    path = f"/my/corrections/{righting.clinic.correct(said)['id']}"
    page = Page.get(mine, path)
    assert page.heading == "They look at whether it is right"
    assert "Others are told once the body has put it right." in page.main
    righting.clinic.correct(said | {"matter": "not_corrected", "reason": HOSTILE})
    page = Page.get(mine, path)
    assert page.heading == "They did not correct it"
    assert HOSTILE in page.main
    assert "Information Commissioner" in page.main


def test_an_officer_reports_a_correction_once(
    righting: Righting, mine: FlaskClient, desk: Callable[..., FlaskClient]
) -> None:
    me, browser = me_of(mine), desk("clinic")
    assert "no correction yet" in Page.get(browser, "/desk/corrections").main
    form: dict[str, str | list[str]] = {
        "subject": righting.town.known_as(me, "clinic"),
        "dataset": "patients",
        "matter": "corrected",
        "categories": [NAME],
        "fields": "Family name\n\nFirst name",
        **boxes("on", UK.today()),
    }
    blank = Page.get(browser, NEW)
    assert blank.submit(NEW).response.status_code == 422
    wrongly = blank.submit(NEW, **form | {"subject": "f" * 64})
    assert "No link stands" in wrongly.main
    assert wrongly.response.status_code == 422
    late = blank.submit(NEW, **form | {"reason": "Why?", "on-day": ""})
    assert len(late.soup.select(".govuk-error-summary li")) == 2
    assert righting.corrections(me) == []

    sent = [blank.submit(NEW, **form).response for _ in range(2)]
    assert {each.status_code for each in sent} == {303}
    (kept,) = righting.corrections(me)  # the same form twice is one correction
    path = sent[0].headers["Location"]
    assert kept.id.hex in path
    assert "Family name, First name" in Page.get(browser, path).main


def test_an_officer_says_whom_the_body_told_and_no_other_body_can(
    righting: Righting, mine: FlaskClient, desk: Callable[..., FlaskClient]
) -> None:
    me, browser = me_of(mine), desk("clinic")
    path = f"/desk/corrections/{righting.clinic.correct(righting.said(me))['id']}"
    page = Page.get(browser, path)
    (tell,) = [link for link in page.links("each") if "/told/" in link]
    today = boxes("told_on", UK.today())
    early = boxes("told_on", UK.today().replace(year=2020))
    assert Page.get(browser, tell).submit(tell, **early).response.status_code == 422
    assert Page.get(browser, tell).submit(tell, **today).response.status_code == 303
    page = Page.get(browser, path)
    assert [link for link in page.links("each") if "/told/" in link] == []
    listed = Page.get(browser, "/desk/corrections").main
    assert "0 of 2 answered." in listed
    assert righting.town.known_as(me, "clinic") in listed
    for other in (desk("council"), desk("clinic", "author")):
        assert other.get(path).status_code in (403, 404)
        assert other.post(tell, data=today).status_code in (403, 404)


def test_whatever_code_a_recipient_has_its_body_can_say_that_it_told_it(
    righting: Righting, mine: FlaskClient, desk: Callable[..., FlaskClient]
) -> None:
    me, browser = me_of(mine), desk("clinic")
    for code in ("EE/GOV/70000001", "a?b#c%2F&", "0" * 32):
        righting.looked(me, code, [NAME], receiver_name="A firm")
    path = f"/desk/corrections/{righting.clinic.correct(righting.said(me))['id']}"
    ways = [link for link in Page.get(browser, path).links("each") if "/told/" in link]
    assert len(ways) == 4
    for way in ways:
        said = Page.get(browser, way).submit(way, **boxes("told_on", UK.today()))
        assert said.response.status_code == 303
    assert not [link for link in Page.get(browser, path).links("each") if "/told/" in link]


@pytest.mark.both
def test_signs_that_no_database_keeps_find_nothing(
    righting: Righting, mine: FlaskClient, desk: Callable[..., FlaskClient]
) -> None:
    me, browser = me_of(mine), desk("clinic")
    path = f"/desk/corrections/{righting.clinic.correct(righting.said(me))['id']}"
    today = boxes("told_on", UK.today())
    assert browser.get(f"{NEW}?question=%00").status_code == 200
    assert browser.get(f"{path}/told/%00").status_code == 404
    assert browser.post(f"{path}/told/%00", data=today).status_code == 404
    form: dict[str, str | list[str]] = {
        "dataset": "patients",
        "matter": "corrected",
        "categories": [NAME],
    }
    for subject in ("\0", "a\0b", "x" * 201):
        page = Page.get(browser, NEW)
        sent = page.submit(NEW, **form, **boxes("on", UK.today()), subject=subject)
        assert sent.response.status_code == 422
        assert "Write the id by which we mean the person to you" in sent.main


def test_an_officer_says_what_came_of_a_dispute(
    righting: Righting, mine: FlaskClient, desk: Callable[..., FlaskClient]
) -> None:
    me, browser = me_of(mine), desk("clinic")
    said = righting.said(me, matter="disputed", since="2026-01-02")
    path = f"/desk/corrections/{righting.clinic.correct(said)['id']}"
    (on,) = [link for link in Page.get(browser, path).links() if "?of=" in link]
    done: dict[str, str | list[str]] = {"matter": "erased", **boxes("on", UK.today())}
    assert Page.get(browser, on).submit(NEW, **done).response.status_code == 303
    (kept,) = righting.corrections(me)
    assert (kept.matter.value, str(kept.since)) == ("erased", "2026-01-02")
    assert [link for link in Page.get(browser, path).links() if "?of=" in link] == []
    again = {**done, "matter": "corrected"}
    assert "Something else was said" in Page.get(browser, on).submit(NEW, **again).main


def test_from_a_question_the_form_knows_who_asked(
    righting: Righting, mine: FlaskClient, desk: Callable[..., FlaskClient]
) -> None:
    me = me_of(mine)
    question = Question(
        token="t",
        citizen_id=me,
        kind=Kind.CORRECTION,
        about=About.HOLDING,
        organisation_id=righting.town.bodies["clinic"],
        subject=righting.town.known_as(me, "clinic"),
        agreement=None,
        blind="b",
        sealed_facts=b"",
        due_on=UK.today(),
    )
    facts = Facts(
        "A set", (("short", "address"), ("wrong", "Street"), ("seen", on_day(UK.today())))
    )
    context = Question.facts_context(me, question.id)
    question.sealed_facts = righting.app.extensions["sealer"].seal(facts.written(), context)
    with righting.town.sessions.writing() as session:
        session.add(question)
    clinic, council = desk("clinic"), desk("council")
    (way,) = [
        link
        for link in Page.get(clinic, f"/desk/questions/{question.id}").links()
        if link.startswith(NEW)
    ]
    assert str(question.subject) not in way
    form = Page.get(clinic, way).fields(NEW)
    assert (form["question"], form["subject"]) == (question.reference, question.subject)
    assert (form["dataset"], form["fields"]) == ("address", "Street")
    assert Page.get(council, way).fields(NEW)["subject"] == ""
    kept = righting.clinic.correct(righting.said(me, question=question.reference))
    links = Page.get(mine, f"/my/corrections/{kept['id']}").links()
    assert f"/my/questions/{question.id.hex}" in links


@pytest.mark.browser
def test_pages_of_corrections_fit_and_have_no_fault(
    righting: Righting, mine: FlaskClient, desk: Callable[..., FlaskClient], browser: Browser
) -> None:
    me, officer = me_of(mine), desk("clinic")
    righting.looked(me, "FIRM-1", [NAME], receiver_name="A firm")
    kept = righting.clinic.correct(righting.said(me))
    assert wrong(browser, mine, f"/my/corrections/{kept['id']}", 320) == []
    path = f"/desk/corrections/{kept['id']}"
    for each in (NEW, path):
        assert wrong(browser, officer, each, 320) == []
