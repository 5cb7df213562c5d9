"""Versions: listed, read as they were published, compared side by side, and kept."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import AgreementVersion, PublishedError
from citizen_portal.agreements.schemas import AgreementDocument
from citizen_portal.agreements.words import comparing, labels
from tests.agreements import files

HOSTILE = "<script>alert(1)</script><ins id=x>&amp;\"'"


def publish_three(app: Flask, folder: Path) -> None:
    first = files.agreement(trust=files.answers("value.benefits", "control.choice"))
    second = first | {"contact": "The officer", "retention": "P2Y"}
    third = second | {
        "purpose": {"en": "So that a water bill is lower."},
        "categories": ["Name"],
        "recipients": [{"name": HOSTILE}],
        "trust": files.answers("value.benefits", "control.own_use"),
    }
    for version in (first, second, third):
        files.bring_in_agreements(app, folder, version)


def test_each_version_says_what_changed(app: Flask, tmp_path: Path) -> None:
    publish_three(app, tmp_path)
    soup = files.page(app, "/register/DSA-0001/versions")
    cards = [" ".join(card.get_text(" ").split()) for card in soup.select(".cp-card")]
    assert "3 versions published here" in soup.text
    assert cards[0].startswith("Version 3 Brought in from a file on ")
    assert (
        "5 things changed: Why Who gets it Kinds of data Trust question: Can you say no? "
        "Trust question: Can you see or use the data yourself?"
    ) in cards[0]
    assert "2 things changed: Kept for Who to ask Compare with version 1" in cards[1]
    assert "The first one." in cards[2]
    assert all(len(code.text) == 64 for code in soup.select(".cp-code"))


def test_an_old_version_is_shown_as_it_was_and_marked(app: Flask, tmp_path: Path) -> None:
    publish_three(app, tmp_path)
    soup = files.page(app, "/register/DSA-0001/versions/1")
    assert "This is version 1, as it was published." in soup.text
    assert "So that a bill is lower." in soup.text
    assert "water bill" not in soup.text
    assert "/register/DSA-0001/versions/1/3" in {a["href"] for a in soup.select("main a[href]")}
    newest = files.page(app, "/register/DSA-0001/versions/3")
    assert "as it was published" not in newest.text
    assert "water bill" in newest.text


def test_any_two_are_compared_side_by_side(app: Flask, tmp_path: Path) -> None:
    publish_three(app, tmp_path)
    soup = files.page(app, "/register/DSA-0001/versions/1/3")
    rows = {
        row.th.text: [" ".join(cell.text.split()) for cell in row.select(".cp-compare__text")]
        for row in soup.select("tbody tr")
        if row.th
    }
    assert rows["Why"] == ["So that a bill is lower.", "So that a water bill is lower."]
    assert rows["Kinds of data"] == ["name house address", "name"]
    assert rows["Who gets it"] == ["Agency taker", HOSTILE]
    assert rows["Kept for"] == ["Nothing said", "2 years"]
    assert rows["Trust question: Can you say no?"] == ["Answer to control.choice.", "Nothing said"]
    assert "Title" not in rows
    why = next(row for row in soup.select("tbody tr") if row.th and row.th.text == "Why")
    assert [mark.text for mark in why.select("ins")] == ["water"]
    assert why.select("del") == []
    assert soup.select("tbody script, #x") == []
    assert soup.select("table") == files.page(app, "/register/DSA-0001/versions/3/1").select(
        "table"
    )


def test_a_change_in_the_other_language_alone_is_shown(app: Flask, tmp_path: Path) -> None:
    files.bring_in_agreements(app, tmp_path, files.agreement())
    title = {"en": "Title of DSA-0001", "cy": "Teitl newydd"}
    files.bring_in_agreements(app, tmp_path, files.agreement(title=title))
    soup = files.page(app, "/register/DSA-0001/versions/1/2")
    assert "[cy] Teitl newydd / [en] Title of DSA-0001" in soup.text


def test_of_measures_only_what_differs_is_shown(app: Flask, tmp_path: Path) -> None:
    one = {"id": "a", "what": {"en": "Homes"}, "promised": {"en": "40"}, "due": "2027-01-01"}
    two = {"id": "b", "what": {"en": "Bills"}, "promised": {"en": "5"}}
    found = [{"on": "2026-09-30", "value": 3, "text": {"en": "Three."}}]
    files.bring_in_agreements(app, tmp_path, files.agreement(measures=[one, two]))
    changed = two | {"found": found, "baseline": {"en": "61 a year"}}
    files.bring_in_agreements(app, tmp_path, files.agreement(measures=[one, changed]))
    soup = files.page(app, "/register/DSA-0001/versions/1/2")
    [row] = soup.select("tbody tr")
    assert row.th is not None
    assert row.th.text == "What was promised, and what was found: Bills"
    assert [mark.text.strip() for mark in row.select("ins")] == [
        "Before this agreement: 61 a year\n30 September 2026: Three. (3)"
    ]


def test_the_form_of_the_list_leads_to_the_comparison(app: Flask, tmp_path: Path) -> None:
    publish_three(app, tmp_path)
    client = app.test_client()
    asked = client.get("/register/DSA-0001/versions/compare?then=3&now=1")
    assert asked.headers["Location"] == "/register/DSA-0001/versions/1/3"
    for absurd in ("then=x&now=1", "then=%C2%B2&now=1", "", "then=" + "9" * 40 + "&now=1"):
        response = client.get(f"/register/DSA-0001/versions/compare?{absurd}")
        assert response.headers["Location"] == "/register/DSA-0001/versions"


@pytest.mark.parametrize(
    "path",
    ["DSA-9999/versions", "DSA-9999/versions/1", "DSA-0001/versions/2", "DSA-0001/versions/1/2",
     "DSA-9999/versions/1/1", "DSA-0001/versions/0", "DSA-0001/versions/" + "9" * 30,
     "DSA-0001/versions/-1", "DSA-9999/trust"],
)  # fmt: skip
def test_what_is_not_there_is_a_page_that_says_so(app: Flask, tmp_path: Path, path: str) -> None:
    files.bring_in_agreements(app, tmp_path, files.agreement())
    files.page(app, f"/register/{path}", status=404)


def test_the_matrix_stands_alone(app: Flask, tmp_path: Path) -> None:
    publish_three(app, tmp_path)
    soup = files.page(app, "/register/DSA-0001/trust")
    assert len(soup.select(".cp-qa > div")) == 18
    assert "2 of 18 questions answered" in soup.text


@pytest.mark.parametrize("name", AgreementDocument.model_fields)
def test_each_field_has_a_label(app: Flask, name: str) -> None:
    with app.test_request_context():
        assert labels.field(name)


def test_a_question_that_is_asked_no_more_is_named_by_its_id(app: Flask) -> None:
    with app.test_request_context():
        assert labels.field("trust.old.question") == "Trust question: old.question"


def test_long_texts_are_marked_whole() -> None:
    then, now = comparing.marked("a <b> " * 2_000, "c")
    assert then.startswith("<del>a &lt;b&gt; a")
    assert now == "<ins>c</ins>"


CHANGES = {
    "the document": {"document": {}},
    "the digest": {"digest": "0" * 64},
    "the number": {"number": 9},
    "when it began": {"in_force_from": None},
}


@pytest.mark.both
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_published_version_is_not_edited(
    app: Flask, session: Session, tmp_path: Path, change: dict[str, object]
) -> None:
    files.bring_in_agreements(app, tmp_path, files.agreement())
    version = session.scalars(select(AgreementVersion)).one()
    for name, value in change.items():
        setattr(version, name, value)
    with pytest.raises(PublishedError):
        session.flush()
    session.rollback()
    with pytest.raises(DatabaseError, match="stays as it is"):
        session.execute(update(AgreementVersion).values(**change))


@pytest.mark.both
def test_a_published_version_is_not_deleted(app: Flask, session: Session, tmp_path: Path) -> None:
    files.bring_in_agreements(app, tmp_path, files.agreement())
    session.delete(session.scalars(select(AgreementVersion)).one())
    with pytest.raises(PublishedError):
        session.flush()
    session.rollback()
    for statement in (delete(AgreementVersion), text("DELETE FROM agreement_version")):
        with pytest.raises(DatabaseError, match="stays as it is"):
            session.execute(statement)
        session.rollback()


@pytest.mark.both
def test_its_last_day_may_still_be_set(app: Flask, session: Session, tmp_path: Path) -> None:
    publish_three(app, tmp_path)
    days = session.scalars(select(AgreementVersion.in_force_to).order_by(AgreementVersion.number))
    assert [day is None for day in days] == [False, False, True]
