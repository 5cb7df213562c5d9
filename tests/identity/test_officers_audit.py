"""``/desk/audit``: what officers and systems of one's own body did, in words."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from citizen_portal import audit, clock
from citizen_portal.audit import AuditEntry
from citizen_portal.bodies.models import Organisation
from citizen_portal.identity.desk import wording
from citizen_portal.identity.models import Citizen, Officer
from citizen_portal.identity.queries.done import Kind, kind_of
from tests import make
from tests.agreements.files import statements
from tests.pages import Page

OfCitizens = (
    "account",
    "ask",
    "case",
    "channel",
    "choice",
    "citizen",
    "copy",
    "feed",
    "link",
    "news",
    "sign-in",
)
DRAFT = "0" * 32
Browser = Callable[[Officer], FlaskClient]


@pytest.fixture
def officer(session: Session) -> Officer:
    return an_officer(session, name="Ann Field")


def an_officer(session: Session, *, at: Organisation | None = None, **given: Any) -> Officer:
    body = at or make.body()
    session.add(body)
    session.flush()
    officer = make.officer(body, **given)
    session.add(officer)
    session.commit()
    return officer


def note(
    session: Session, tag: str, by: Officer | None, body: UUID | None = None, **about: Any
) -> None:
    if by is not None:
        body = by.organisation_id
    audit.record(session, tag, actor=by.id if by else None, for_body=body, **about)
    session.commit()


def rows(page: Page) -> list[str]:
    return page.rows("list")


def test_each_thing_that_can_be_done_has_words_and_one_kind(app: Flask) -> None:
    of_desk = {tag for tag in audit.TAGS if tag.partition(":")[0] not in OfCitizens}

    assert set(wording.TAGS) == of_desk
    assert {kind_of(tag) for tag in of_desk} == set(Kind)
    assert {kind_of(tag) for tag in audit.TAGS - of_desk} == {None}
    with app.test_request_context():
        in_english = {tag: words() for tag, words in wording.TAGS.items()}
    with app.test_request_context(headers={"Accept-Language": "cy"}):
        in_welsh = {tag: words() for tag, words in wording.TAGS.items()}
    assert all(in_english[tag] != in_welsh[tag] for tag in of_desk)


def test_what_was_done_is_told_the_newest_first_with_who_and_where(
    officer_in: Browser, officer: Officer, session: Session
) -> None:
    body = officer.organisation_id
    gone = an_officer(session, organisation_id=body, name="Bo Hill", removed_at=clock.now())
    note(session, "officer:added", None, body, officer=str(gone.id), roles=["author", "publisher"])
    note(session, "body:client-added", None, body, client="agency-1")
    note(session, "draft:begun", None, body, client="agency-1", draft=DRAFT)
    note(session, "preference:answered", None, body, client="agency-1", reply="refused")
    note(session, "question:answered", None, body)
    note(session, "draft:changed", gone, reference="DSA-0001", draft=DRAFT, fields=["why"])
    note(session, "draft:confirmed", officer, reference="DSA-0001")

    page = Page.get(officer_in(officer), "/desk/audit")

    starts = [
        "Signed in Ann Field",
        "Confirmed what an agreement says about the body : DSA-0001 Ann Field",
        "Changed a draft : DSA-0001 Bo Hill",
        "Answered a person’s question A computer system of this body",
        "Answered an objection or another choice of a person The computer system agency-1",
        "Began a draft : The draft The computer system agency-1",
        "Let a computer system act for the body agency-1 The person who runs this portal",
        "Added an officer to the list Bo Hill: writes drafts, publishes The person who runs",
    ]
    assert [row[: len(start)] for row, start in zip(rows(page), starts, strict=True)] == starts
    assert page.links("list")[:3] == [
        "/desk/agreements/DSA-0001",
        f"/desk/drafts/{DRAFT}",
        f"/desk/drafts/{DRAFT}",
    ]


def test_the_page_says_for_whom_it_is_and_has_no_way_for_citizens(
    officer_in: Browser, officer: Officer
) -> None:
    page = Page.get(officer_in(officer), "/desk/audit")

    text = page.soup.get_text(" ")
    assert "For officers of People who do thing" in text
    assert "You are Ann Field." in text
    assert "Leave this page" not in text
    robots = page.soup.find("meta", attrs={"name": "robots"})
    assert robots is not None
    assert "noindex" in str(robots)
    assert page.links()[-1] != "/my"
    menu = [link.get_text() for link in page.soup.select(".cp-menu a")]
    assert menu == ["Desk", "Agreements", "What was done", "Sign out"]


def test_officers_of_two_bodies_read_each_for_which_they_are(
    officer_in: Browser, session: Session
) -> None:
    bodies = [make.body(), make.body()]
    officers = [an_officer(session, at=body) for body in bodies]
    for body, officer in zip(bodies, officers, strict=True):
        text = Page.get(officer_in(officer), "/desk/audit").soup.get_text(" ")
        assert f"For officers of {body.name['en']} ({body.official_name['en']})" in text


def test_nothing_of_another_body_nor_of_a_citizen_stands_on_the_list(
    officer_in: Browser,
    signed_in: Callable[[Citizen], FlaskClient],
    officer: Officer,
    session: Session,
) -> None:
    other = an_officer(session, name="Other Body")
    note(session, "draft:begun", other, reference="OTHER-1", draft=DRAFT)
    note(session, "draft:begun", officer, reference="OWN-1", draft=DRAFT)
    note(session, "register:imported", None)
    signed_in(make.citizen())
    browser = officer_in(officer)

    for address in ("/desk/audit", f"/desk/audit?officer={other.id.hex}", "/desk/audit?kind=x"):
        text = browser.get(address).text
        assert "OTHER-1" not in text, address
        assert "Other Body" not in text, address
        assert "Brought files onto" not in text, address
    assert "OWN-1" in browser.get("/desk/audit").text


def test_the_list_is_narrowed_by_officer_kind_and_period(
    officer_in: Browser, officer: Officer, session: Session
) -> None:
    colleague = an_officer(session, organisation_id=officer.organisation_id, name="Bo Hill")
    note(session, "draft:begun", colleague, reference="OLD-1", draft=DRAFT)
    old = session.scalars(select(AuditEntry)).one()
    old.at = clock.now() - timedelta(days=40)
    session.commit()
    note(session, "draft:begun", colleague, reference="NEW-1", draft=DRAFT)
    note(session, "draft:begun", officer, reference="NEW-2", draft=DRAFT)
    browser = officer_in(officer)

    def found(**fields: str) -> set[str]:
        page = Page.get(browser, "/desk/audit").submit("/desk/audit#list", **fields)
        return {ref for ref in ("OLD-1", "NEW-1", "NEW-2") if any(ref in row for row in rows(page))}

    assert found() == {"OLD-1", "NEW-1", "NEW-2"}
    assert found(officer=colleague.id.hex) == {"OLD-1", "NEW-1"}
    assert found(kind="agreements", when="30-days") == {"NEW-1", "NEW-2"}
    assert found(officer=colleague.id.hex, when="7-days") == {"NEW-1"}
    assert found(when=f"{old.at:%Y-%m}") == {"OLD-1"}
    page = Page.get(browser, "/desk/audit?kind=officers")
    assert "Nothing like that is on the list." in page.main
    assert page.links("list")[-1] == "/desk/audit#list"


@pytest.mark.parametrize(
    "query",
    ["officer=x", "kind=x", "when=2026-13", "when=9999-12", "when=0000-00", "when=x", "after=x"]
    + ["after=2026-01-01_" + "0" * 32, "after=2026-01-01T00:00:00_" + "0" * 32],
)
def test_what_cannot_be_read_in_an_address_counts_as_not_set(
    officer_in: Browser, officer: Officer, query: str
) -> None:
    page = Page.get(officer_in(officer), f"/desk/audit?{query}")

    assert any("Signed in" in row for row in rows(page))
    (note,) = page.soup.select(".cp-note[role=status]")
    assert "something that we do not understand" in note.text
    assert query.partition("=")[2] not in page.main.split()


def test_fifty_stand_on_a_page_and_each_once_over_the_pages(
    officer_in: Browser, officer: Officer, session: Session
) -> None:
    same = clock.now() - timedelta(hours=2)
    for number in range(120):
        audit.record(
            session,
            "draft:begun",
            actor=officer.id,
            for_body=officer.organisation_id,
            reference=f"R-{number:03}.",
        )
    session.flush()
    for entry in session.scalars(select(AuditEntry)):
        entry.at = same  # the hardest case: the moment alone does not order them
    session.commit()
    browser = officer_in(officer)

    def met(address: str, way: str) -> list[tuple[str, list[str]]]:
        page = Page.get(browser, address)
        assert "On this page: " in page.main
        here = [row.split(": ")[1].split(".")[0] for row in rows(page)]
        link = page.soup.select_one(f"#list ~ nav a[rel={way}]")
        return [(address, here), *(met(str(link["href"]), way) if link else [])]

    forth = met("/desk/audit?kind=agreements", "next")
    back = met(forth[-1][0], "prev")
    refs = [ref for _, here in forth for ref in here]
    assert refs == [f"R-{number:03}" for number in reversed(range(120))]
    assert [here for _, here in back] == [here for _, here in reversed(forth)]
    assert [address.endswith("#list") for address, _ in (*forth, *back)].count(False) == 1


def test_the_page_asks_the_database_four_things_however_long_the_list(
    app: Flask, officer_in: Browser, officer: Officer, session: Session
) -> None:
    browser, engine = officer_in(officer), app.extensions["sessions"].engine
    browser.get("/desk/audit")  # which notes that it was read
    with statements(engine) as few:
        browser.get("/desk/audit")
    for _ in range(60):
        note(session, "draft:begun", officer, reference="R", draft=DRAFT)
    with statements(engine) as many:
        browser.get("/desk/audit")

    assert len(few) == len(many) == 4, many


def test_reading_is_noted_once_an_hour_and_each_file_that_is_taken(
    officer_in: Browser, officer: Officer, session: Session
) -> None:
    browser = officer_in(officer)

    def noted(tag: str) -> int:
        mine = (AuditEntry.tag == tag, AuditEntry.actor_id == officer.id)
        session.rollback()
        return session.scalar(select(func.count()).select_from(AuditEntry).where(*mine)) or 0

    for _ in range(3):
        browser.get("/desk/audit")
        browser.get("/desk/audit.json")
    assert (noted("audit:read"), noted("audit:exported")) == (1, 3)

    for entry in session.scalars(select(AuditEntry)):
        entry.at -= timedelta(minutes=61)
    session.commit()
    page = Page.get(browser, "/desk/audit")
    assert noted("audit:read") == 2
    assert any(row.startswith("Read this list Ann Field") for row in rows(page))


def test_text_of_officers_is_text(officer_in: Browser, officer: Officer, session: Session) -> None:
    hostile = "<script>alert(1)</script>\u202e{{7*7}}"
    other = an_officer(session, organisation_id=officer.organisation_id, name=hostile)
    note(session, "draft:begun", None, officer.organisation_id, client=hostile, draft='"><b>')

    page = Page.get(officer_in(other), "/desk/audit")

    assert page.soup.select("script:not([src]), b:not([class])") == []
    assert any("<script>alert(1)</script>" in row and "{{7*7}}" in row for row in rows(page))
