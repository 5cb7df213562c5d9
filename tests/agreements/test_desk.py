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
from tests.pages import Page, said


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


def test_a_reason_of_several_lines_arrives_whole(
    officer_in: SignIn, session: Session, desk: Desk
) -> None:
    draft = made.in_review(session, desk)
    at = f"/desk/drafts/{draft.id}"
    post(officer_in(desk.publisher), f"{at}/review", f"{at}/return", reason="First.\r\nSecond.")
    assert "First. Second." in Page.get(officer_in(desk.author), at).main


def test_the_second_officer_reads_word_by_word_what_a_change_changes(
    officer_in: SignIn, session: Session, desk: Desk
) -> None:
    made.published(session, desk)
    draft = made.changed(session, desk, what={"en": "The people who pay benefits tell anybody."})
    page = Page.get(officer_in(desk.publisher), f"/desk/drafts/{draft.id}/review")
    assert [said(each) for each in page.soup.select("ins")] == ["words that came", "anybody."]
    assert page.soup.select("del")[1:]


def test_it_is_said_when_only_one_language_was_changed(
    officer_in: SignIn, session: Session, desk: Desk
) -> None:
    made.published(session, desk)
    title = made.WHOLE["title"] | {"en": "Another name"}
    draft = made.changed(session, desk, title=title)
    page = Page.get(officer_in(desk.publisher), f"/desk/drafts/{draft.id}/review")
    assert "Changed in one language only: Title" in page.main


def test_it_is_said_when_no_officer_is_left_who_can_publish(
    officer_in: SignIn, session: Session, desk: Desk
) -> None:
    draft = made.drafted(session, desk)
    made.written_by_both(session, draft, desk)
    page = Page.get(officer_in(desk.author), f"/desk/drafts/{draft.id}/review")
    assert "Ask the person who runs this portal" in page.main


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
    assert f"{desk.publisher.name} saved “Kept for” meanwhile." in said(told.soup)


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


def test_a_published_agreement_is_changed_withdrawn_and_confirmed_from_the_desk(
    officer_in: SignIn, session: Session, desk: Desk
) -> None:
    made.published(session, desk)
    client = officer_in(desk.of_taker)
    page = "/desk/agreements/DSA-0001"
    assert "Confirmed on" in Page.get(officer_in(desk.author), page).main
    assert "has not confirmed it" in Page.get(client, page).main
    assert "Confirmed on" in post(client, page, f"{page}/confirm").main
    asked = post(client, page, f"{page}/withdraw")
    assert asked.heading == "When and why is it taken back?"
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


def test_what_the_foot_says_of_asking_bodies_is_not_said_to_officers(
    officer_in: SignIn, desk: Desk
) -> None:
    for path, told in (("/register", True), ("/desk", False)):
        foot = Page.get(officer_in(desk.author), path).soup.select(".cp-foot")[0]
        assert ("We ask bodies when you sign in" in foot.text) is told
