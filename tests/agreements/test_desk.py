"""The desk through its pages: from the first word to the register, and what stops it."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import Agreement, Draft, DraftState
from citizen_portal.agreements.queries.steps import draft_steps
from citizen_portal.identity.models import Role
from tests import make
from tests.agreements import desk as made
from tests.agreements import files
from tests.agreements.desk import Desk, SignIn, post
from tests.pages import Page, police, said


@pytest.fixture
def desk(session: Session) -> Desk:
    return made.desk(session)


def steps() -> Iterator[str]:
    for section in draft_steps().sections:
        yield from (step.key for step in section.steps)


def test_an_agreement_is_begun_written_reviewed_and_published(
    officer_in: SignIn, session: Session, desk: Desk
) -> None:
    author = officer_in(desk.author)
    fields = {"name-en": "Council tax help", "name-cy": "Help treth gyngor"}
    begun = post(author, "/desk/drafts/new", "/desk/drafts/new", **fields)
    assert begun.heading == "Council tax help"
    draft = session.scalars(select(Draft)).one()
    session.commit()
    at = f"/desk/drafts/{draft.id}"

    refused = post(author, at, f"{at}/send")
    assert refused.response.status_code == 422
    assert "Which data: This is needed" in refused.main

    made.fill(author, at)
    sent = post(author, at, f"{at}/send")
    assert "In review" in sent.main

    mine = Page.get(author, f"{at}/review")
    assert "another officer must publish it" in mine.main
    assert mine.soup.find("form", action=f"{at}/publish") is None

    published = post(officer_in(desk.publisher), f"{at}/review", f"{at}/publish")
    assert published.response.request.path == "/register/DSA-0001"
    assert "Council tax help" in published.heading


def test_who_wrote_it_cannot_publish_it_by_a_form_of_their_own(
    app: Flask, officer_in: SignIn, session: Session, desk: Desk
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    draft = made.in_review(session, desk)
    response = officer_in(desk.author).post(
        f"/desk/drafts/{draft.id}/publish", data={"seen": str(draft.revision)}
    )
    assert response.status_code == 403
    assert session.scalars(select(Agreement)).all() == []


def test_an_officer_of_a_body_that_is_not_named_meets_nothing(
    app: Flask, officer_in: SignIn, session: Session, desk: Desk
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    draft = made.in_review(session, desk)
    stranger = officer_in(desk.of_stranger)
    assert draft.reference not in stranger.get("/desk").text
    met = 0
    for rule in app.url_map.iter_rules():
        if "draft_id" not in rule.arguments:
            continue
        values = {"draft_id": draft.id, "key": "title", "entry_id": "new"}
        url = rule.build({name: values[name] for name in rule.arguments})[1]  # type: ignore[index]
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            assert stranger.open(url, method=method).status_code == 404, f"{method} {url}"
            met += 1
    assert met >= 15
    session.expire_all()
    assert made.reload(session, draft.id).state is DraftState.IN_REVIEW


def test_a_named_body_reads_and_confirms_and_does_not_write(
    officer_in: SignIn, session: Session, desk: Desk
) -> None:
    draft = made.in_review(session, desk)
    at = f"/desk/drafts/{draft.id}"
    client = officer_in(desk.of_taker)
    assert "The giver office" in Page.get(client, f"{at}/review").main
    assert client.get(f"{at}/title").status_code == 404

    unsaid = Page.get(client, f"{at}/review").submit(f"{at}/confirm", say="no")
    assert unsaid.response.status_code == 422
    assert "Say what is not so" in unsaid.main
    disputed = post(client, f"{at}/review", f"{at}/confirm", say="no", reason="We keep it longer.")
    assert "Says it is not so" in disputed.main
    assert "We keep it longer." in disputed.main
    confirmed = post(client, f"{at}/review", f"{at}/confirm", say="yes")
    assert "Confirmed on" in confirmed.main


def test_without_the_role_nothing_can_be_done(
    app: Flask, officer_in: SignIn, session: Session, desk: Desk
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    draft = made.in_review(session, desk)
    at = f"/desk/drafts/{draft.id}"
    idle = officer_in(make.officer(desk.giver, (Role.CASE_WORKER,)))
    for path in (
        "/desk/drafts/new",
        f"{at}/publish",
        f"{at}/return",
        f"{at}/confirm",
        f"{at}/title",
    ):
        assert idle.post(path).status_code == 403, path
    assert idle.get(f"{at}/review").status_code == 200


def test_returning_needs_a_reason_and_the_writer_reads_it(
    officer_in: SignIn, session: Session, desk: Desk
) -> None:
    draft = made.in_review(session, desk)
    at = f"/desk/drafts/{draft.id}"
    publisher = officer_in(desk.publisher)
    refused = Page.get(publisher, f"{at}/review").submit(f"{at}/return", reason="  ")
    assert refused.response.status_code == 422
    post(publisher, f"{at}/review", f"{at}/return", reason="Which councils?")
    seen = Page.get(officer_in(desk.author), at)
    assert "Which councils?" in seen.main
    assert f"Returned by {desk.publisher.name}" in seen.main


def test_two_windows_on_one_question_lose_nothing(
    officer_in: SignIn, session: Session, desk: Desk
) -> None:
    draft = made.drafted(session, desk)
    page = f"/desk/drafts/{draft.id}/contact"
    first, second = officer_in(desk.author), officer_in(desk.publisher)
    opened = Page.get(first, page)
    post(second, page, page, contact="theirs@giver.example")

    clash = opened.submit(page, contact="mine@giver.example")
    assert clash.response.status_code == 409
    assert "theirs@giver.example" in clash.main
    assert desk.publisher.name in clash.main
    box = clash.soup.select_one("input[name=contact]")
    assert box is not None
    assert box["value"] == "mine@giver.example"
    assert made.reload(session, draft.id).document["contact"] == "theirs@giver.example"

    saved = clash.submit(page)
    assert saved.response.status_code == 303
    assert made.reload(session, draft.id).document["contact"] == "mine@giver.example"
    history = Page.get(first, f"/desk/drafts/{draft.id}/history")
    assert desk.publisher.name in history.main


def test_a_colleague_who_saved_elsewhere_is_named_with_what_they_saved(
    officer_in: SignIn, session: Session, desk: Desk
) -> None:
    draft = made.drafted(session, desk)
    at = f"/desk/drafts/{draft.id}"
    first, second = officer_in(desk.author), officer_in(desk.publisher)
    opened = Page.get(first, f"{at}/contact")
    post(second, f"{at}/retention", f"{at}/retention", **{"retention-number": "5"})
    opened.submit(f"{at}/contact", contact="mine@giver.example")
    told = Page.get(first, at)
    assert f"{desk.publisher.name} saved “How long it is kept” meanwhile." in said(told.soup)


@pytest.mark.parametrize("key", list(steps()))
def test_each_question_has_a_page_that_holds(
    officer_in: SignIn, session: Session, desk: Desk, key: str
) -> None:
    draft = made.drafted(session, desk)
    client = officer_in(desk.author)
    response = client.get(f"/desk/drafts/{draft.id}/{key}")
    page = Page.get(client, response.headers.get("Location", f"/desk/drafts/{draft.id}/{key}"))
    assert page.heading
    with client.session_transaction() as cookie:
        cookie["language"] = "cy"
    welsh = Page.get(client, response.headers.get("Location", f"/desk/drafts/{draft.id}/{key}"))
    assert welsh.heading != page.heading


BAD = {
    "no English": ("title", {"title-en": ""}, "Write this in English too"),
    "too long": ("what", {"what-en": "x" * 100_000}, "at most 8000 characters"),
    "turned text": ("what", {"what-en": "abc\u202ecba"}, "turn text around"),
    "NUL": ("what", {"what-en": "abc\x00"}, "cannot be shown"),
    "no such day": ("dates", {"starts-day": "30", "starts-month": "2"}, "Write a date that exists"),
    "a day in words": ("dates", {"starts-month": "May"}, "Write a date that exists"),
    "no address": ("papers", {"dpia": "javascript:alert(1)"}, "begins with https://"),
    "no number": ("retention", {"retention-number": "two"}, "Write a whole number"),
    "proof without words": (
        "value-benefits",
        {
            "trust-value-benefits-text-en": "A.",
            "trust-value-benefits-evidence-url": "https://a.example",
        },
        "Write this in English too",
    ),
}


@pytest.mark.parametrize(("key", "fields", "words"), BAD.values(), ids=list(BAD))
def test_what_cannot_stand_is_said_at_its_field_and_kept_on_the_page(
    officer_in: SignIn, session: Session, desk: Desk, key: str, fields: dict[str, str], words: str
) -> None:
    draft = made.drafted(session, desk)
    before = dict(draft.document)
    at = f"/desk/drafts/{draft.id}/{key}"
    page = Page.get(officer_in(desk.author), at).submit(at, **fields)
    assert page.response.status_code == 422
    assert words in page.main
    police(page.response.text, private=False)
    for name, value in fields.items():
        box = page.soup.select_one(f"[name={name}]")
        assert box is not None
        text = box.get_text().removeprefix("\n")
        shown = box.get("value") if box.name == "input" else text
        assert shown == value.replace("\x00", "")
    assert made.reload(session, draft.id).document == before


def test_the_law_is_said_where_the_choice_is_made(
    officer_in: SignIn, session: Session, desk: Desk
) -> None:
    draft = made.drafted(session, desk, choice="none")
    at = f"/desk/drafts/{draft.id}"
    client = officer_in(desk.author)
    assert "On this ground people can object" in Page.get(client, f"{at}/choice").main
    refused = post(client, at, f"{at}/send")
    assert refused.response.status_code == 422
    assert "On this ground people can object" in refused.main
    post(client, f"{at}/choice", f"{at}/choice", exemption="required-by-law")
    assert "On this ground people can object" not in Page.get(client, f"{at}/choice").main
    post(client, f"{at}/choice", f"{at}/choice", choice="consent", exemption="")
    assert "is seldom free" in Page.get(client, f"{at}/choice").main


def test_parties_are_found_on_our_list_or_added_by_name(
    officer_in: SignIn, session: Session, desk: Desk
) -> None:
    draft = made.drafted(session, desk, recipients=None)
    page = f"/desk/drafts/{draft.id}/parties/recipients"
    client = officer_in(desk.author)
    found = Page.get(client, page).submit(page, find=desk.taker.official_name["en"])
    assert found.response.status_code == 422
    added = found.submit(page)
    assert added.response.status_code == 303
    none = Page.get(client, page).submit(page, find="A charity far away")
    assert "Nothing on our list has this name" in none.main
    none.submit(page)
    assert made.reload(session, draft.id).document["recipients"] == [
        {"organisation": "taker"},
        {"name": "A charity far away"},
    ]
    gone = Page.get(client, page).submit(f"{page}/remove")
    assert gone.response.status_code == 303
    assert made.reload(session, draft.id).document["recipients"] == [{"name": "A charity far away"}]


def test_a_promise_and_what_was_found(officer_in: SignIn, session: Session, desk: Desk) -> None:
    draft = made.drafted(session, desk)
    at = f"/desk/drafts/{draft.id}/list/measures"
    client = officer_in(desk.author)
    post(
        client,
        f"{at}/new",
        f"{at}/new",
        **{
            "measure-what-en": "Homes helped",
            "measure-promised-en": "40,000 homes",
            "measure-target": "40,000",
            "measure-not_personal": "yes",
            "measure-due-day": "31",
            "measure-due-month": "3",
            "measure-due-year": "2027",
        },
    )
    found = f"{at}/homes-helped/found"
    post(
        client,
        found,
        found,
        **{
            "outcome-on-day": "30",
            "outcome-on-month": "9",
            "outcome-on-year": "2026",
            "outcome-value": "26500",
            "outcome-text-en": "26,500 homes got help.",
        },
    )
    edit = f"{at}/homes-helped"
    post(client, edit, edit, **{"measure-promised-en": "41,000 homes"})
    assert made.reload(session, draft.id).document["measures"] == [
        {
            "id": "homes-helped",
            "what": {"en": "Homes helped"},
            "promised": {"en": "41,000 homes"},
            "target": 40000.0,
            "personal": False,
            "due": "2027-03-31",
            "found": [
                {"on": "2026-09-30", "value": 26500.0, "text": {"en": "26,500 homes got help."}}
            ],
        }
    ]
    bad = Page.get(client, found).submit(found, **{"outcome-value": "many"})
    assert bad.response.status_code == 422
    assert "Write a number" in bad.main


def test_a_question_of_ones_own(officer_in: SignIn, session: Session, desk: Desk) -> None:
    draft = made.drafted(session, desk)
    at = f"/desk/drafts/{draft.id}/list/questions"
    client = officer_in(desk.author)
    post(client, f"{at}/new", f"{at}/new", **{"question-ask-en": "Does the letter scare people?"})
    assert made.reload(session, draft.id).document["questions"] == [
        {"id": "does-the-letter-scare-people", "ask": {"en": "Does the letter scare people?"}}
    ]


def test_a_published_agreement_is_changed_withdrawn_and_confirmed_from_the_desk(
    officer_in: SignIn, session: Session, desk: Desk
) -> None:
    made.published(session, desk)
    client = officer_in(desk.author)
    page = "/desk/agreements/DSA-0001"
    assert "has not confirmed it" in Page.get(client, page).main
    assert "Confirmed on" in post(client, page, f"{page}/confirm").main
    asked = post(client, page, f"{page}/withdraw")
    assert asked.heading == "When and why is it withdrawn?"
    assert "A change is being drafted." in Page.get(client, page).main


def test_days_that_are_near_or_past_stand_on_the_desk(
    officer_in: SignIn, session: Session, desk: Desk
) -> None:
    due = {"id": "homes", "what": {"en": "Homes"}, "promised": {"en": "9"}, "due": "2026-02-28"}
    made.published(session, desk, review="2026-03-01", measures=[due])
    days = Page.get(officer_in(desk.of_taker), "/desk").rows("days")
    assert [row.split(" Late")[0] for row in days] == ["28 February 2026", "1 March 2026"]
    assert "A result is due : Homes" in days[0]


def test_the_desk_costs_a_fixed_number_of_statements(
    app: Flask, officer_in: SignIn, session: Session, desk: Desk
) -> None:
    client = officer_in(desk.author)
    counts = []
    for _ in range(2):
        for _ in range(3):
            made.drafted(session, desk)
        client.get("/desk")
        with files.statements(app.extensions["sessions"].engine) as asked:
            client.get("/desk")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 4
