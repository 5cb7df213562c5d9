"""What the desk says of an answer: why it cannot stand, what the law wants; lists of a draft."""

import pytest
from sqlalchemy.orm import Session

from tests.agreements import desk as made
from tests.agreements.desk import Desk, SignIn, post
from tests.pages import Page, police


@pytest.fixture
def desk(session: Session) -> Desk:
    return made.desk(session)


BAD = {
    "no English": ("title", {"title-en": ""}, "Write this in English"),
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
        "Write this in English",
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


PROMISE = {
    "measure-what-en": "Homes helped",
    "measure-promised-en": "40,000 homes",
    "measure-target": "40,000",
    "measure-not_personal": "yes",
    "measure-due-day": "31",
    "measure-due-month": "3",
    "measure-due-year": "2027",
}
RESULT = {
    "outcome-on-day": "30",
    "outcome-on-month": "9",
    "outcome-on-year": "2026",
    "outcome-value": "26500",
    "outcome-text-en": "26,500 homes got help.",
}


def test_a_promise_and_what_was_found(officer_in: SignIn, session: Session, desk: Desk) -> None:
    draft = made.drafted(session, desk)
    at = f"/desk/drafts/{draft.id}/list/measures"
    edit, found = f"{at}/homes-helped", f"{at}/homes-helped/found"
    client = officer_in(desk.author)
    post(client, f"{at}/new", f"{at}/new", **PROMISE)
    post(client, found, found, **RESULT)
    post(client, edit, edit, **{"measure-promised-en": "41,000 homes"})
    result = {"on": "2026-09-30", "value": 26500.0, "text": {"en": "26,500 homes got help."}}
    assert made.reload(session, draft.id).document["measures"] == [
        {
            "id": "homes-helped",
            "what": {"en": "Homes helped"},
            "promised": {"en": "41,000 homes"},
            "target": 40000.0,
            "personal": False,
            "due": "2027-03-31",
            "found": [result],
        }
    ]
    for text in ("many", "2,5", "inf", "NaN"):
        bad = Page.get(client, found).submit(found, **{"outcome-value": text})
        assert bad.response.status_code == 422, text
        assert "Write a number" in bad.main


def test_a_question_of_ones_own(officer_in: SignIn, session: Session, desk: Desk) -> None:
    draft = made.drafted(session, desk)
    at = f"/desk/drafts/{draft.id}/list/questions"
    client = officer_in(desk.author)
    post(client, f"{at}/new", f"{at}/new", **{"question-ask-en": "Does the letter scare people?"})
    assert made.reload(session, draft.id).document["questions"] == [
        {"id": "does-the-letter-scare-people", "ask": {"en": "Does the letter scare people?"}}
    ]


def test_a_result_of_a_day_to_come_is_refused(
    officer_in: SignIn, session: Session, desk: Desk
) -> None:
    draft = made.drafted(session, desk)
    at = f"/desk/drafts/{draft.id}/list/measures"
    client = officer_in(desk.author)
    post(client, f"{at}/new", f"{at}/new", **PROMISE)
    found = f"{at}/homes-helped/found"
    page = Page.get(client, found).submit(found, **RESULT | {"outcome-on-year": "2999"})
    assert page.response.status_code == 422
    assert "This day has not come yet" in page.main


def test_a_promise_may_be_called_new(officer_in: SignIn, session: Session, desk: Desk) -> None:
    draft = made.drafted(session, desk)
    at = f"/desk/drafts/{draft.id}/list/measures"
    client = officer_in(desk.author)
    post(client, f"{at}/new", f"{at}/new", **PROMISE | {"measure-what-en": "New"})
    [measure] = made.reload(session, draft.id).document["measures"]
    assert measure["id"].startswith("new-")
    sent = Page.get(client, f"{at}/{measure['id']}/found")
    refused = client.post(f"{at}/new/found", data=sent.fields(f"{at}/{measure['id']}/found"))
    assert refused.status_code == 404


def test_what_a_page_does_not_offer_cannot_be_chosen(
    officer_in: SignIn, session: Session, desk: Desk
) -> None:
    draft = made.drafted(session, desk)
    at = f"/desk/drafts/{draft.id}"
    for key, field, value in (
        ("ground", "lawful_basis", "https://elsewhere.example/ground"),
        ("powers", "powers", "no-such-law"),
        ("stage", "stage", "not_stated"),
    ):
        page = Page.get(officer_in(desk.author), f"{at}/{key}").submit(
            f"{at}/{key}", **{field: value}
        )
        assert page.response.status_code == 422, key
        assert "Choose one of these" in page.main
