"""An agreement as a reader meets it."""

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from tests.agreements import files

MARKUP = "<script>alert(1)</script><b id=x>&amp;\"'"


def measure(**given: Any) -> dict[str, Any]:
    usual = {"id": "homes", "what": {"en": "Homes helped"}, "promised": {"en": "40,000 homes"}}
    return usual | given


def found(value: float | None = None, text: str = "26,500 homes got help.") -> dict[str, Any]:
    said: dict[str, Any] = {"on": "2026-09-30", "text": {"en": text}}
    return said if value is None else said | {"value": value}


STANDINGS = {
    "not measured": (measure(target=5), "Not measured"),
    "not due yet": (measure(due="2099-01-01"), "Not measured"),
    "overdue": (measure(target=5, due="2020-01-01"), "Overdue"),
    "told in words": (measure(found=[found()]), "Told in words"),
    "met": (measure(target=40000, found=[found(40000)]), "Met"),
    "on the way": (measure(target=40000, due="2099-01-01", found=[found(1)]), "On the way"),
    "late": (measure(target=40000, due="2020-01-01", found=[found(1)]), "Not met"),
    "within it": (measure(target=14, worse_above=True, found=[found(14)]), "Within it"),
    "above it": (measure(target=14, worse_above=True, found=[found(19)]), "Not met"),
    "nothing of nothing": (measure(target=0, worse_above=True, found=[found(0)]), "Within it"),
    "below nothing": (measure(target=-5, found=[found(-6)]), "Not met"),
    "the latest counts": (
        measure(target=2, found=[found(3), found(1) | {"on": "2020-01-01"}]),
        "Met",
    ),
}


@pytest.mark.parametrize(("one", "word"), STANDINGS.values(), ids=STANDINGS.keys())
def test_what_was_found_stands_against_what_was_promised(
    app: Flask, tmp_path: Path, one: dict[str, Any], word: str
) -> None:
    files.bring_in_agreements(app, tmp_path, files.agreement(measures=[one]))
    soup = files.page(app, "/register/DSA-0001")
    [row] = soup.select("section[aria-labelledby=good] tbody tr")
    assert row.select("td")[-1].text == word


def test_what_was_promised_of_a_harm_is_the_most_that_it_may_be(app: Flask, tmp_path: Path) -> None:
    harm = measure(about="harm", target=500, worse_above=True, found=[found(310)])
    files.bring_in_agreements(app, tmp_path, files.agreement(measures=[harm]))
    assert "310 found, at most 500 promised" in files.page(app, "/register/DSA-0001").text


def test_how_things_stood_is_said_to_be_before_the_agreement(app: Flask, tmp_path: Path) -> None:
    one = measure(baseline={"en": "61 days"})
    files.bring_in_agreements(app, tmp_path, files.agreement(measures=[one]))
    soup = files.page(app, "/register/DSA-0001")
    assert "Before this agreement: 61 days" in soup.text


def test_an_unanswered_question_is_shown_as_not_answered(app: Flask, tmp_path: Path) -> None:
    trust = files.answers("value.benefits", "control.choice")
    trust["security.minimisation"] = {
        "status": "not_applicable",
        "text": {"en": "It holds counts."},
        "evidence": {"text": {"en": "Read why"}, "url": "https://giver.example/why"},
    }
    files.bring_in_agreements(app, tmp_path, files.agreement(trust=trust))
    soup = files.page(app, "/register/DSA-0001")
    assert "3 of 18 questions answered" in soup.text
    assert len(soup.select(".cp-qa > div")) == 18
    gaps = soup.select(".cp-qa .cp-gap")
    assert len(gaps) == 15
    assert all("Not answered" in gap.text and gap.select_one("svg") for gap in gaps)
    [reason] = soup.select("#security-minimisation dd")
    assert "Does not apply. It holds counts." in " ".join(reason.text.split())
    assert reason.a is not None
    assert reason.a["href"] == "https://giver.example/why"


def test_an_agreement_of_the_uk_register_says_what_it_does_not_say(app: Flask) -> None:
    files.run(app, "import", files.DEA)
    soup = files.page(app, "/register/ISA-0004")
    assert "Stage: not stated." in soup.text
    assert "It gives no counts, so what came of it cannot be checked here." in soup.text
    assert "It does not say what say you have." in soup.text
    assert "3 years 11 months" in soup.text
    assert "It ended on 31 December 2019." in soup.text
    assert "Open Government Licence" in soup.text
    assert len(soup.select(".cp-gap")) == 18
    assert len(files.page(app, "/register").select(".cp-rows h3")) == 4


def hostile(words: dict[str, str]) -> dict[str, Any]:
    """An agreement with these words in each field that takes words."""
    return files.agreement(
        title=words, what=words, purpose=words, disclosed=words, choice_reason=words,
        subjects=words, method=words, access_type=words, harm_of_not_sharing=words, notes=words,
        benefits=words, contact=MARKUP, source=MARKUP, areas=[MARKUP], categories=[MARKUP],
        powers=["law"], powers_as_published=[MARKUP], controllers_as_published=[MARKUP],
        processors=[{"name": MARKUP}], opt_out={"applies": "no", "reason": words},
        confidentiality="none", confidentiality_reference=MARKUP,
        trust={"value.benefits": {"text": words, "evidence": {"text": words}}},
        questions=[{"id": "own", "ask": words, "answer": {"text": words}}],
        withdrawn={"on": "2026-02-01", "reason": words}, ends="2026-03-01",
        emergency={"reasons": words, "review_due": "2026-04-01",
                   "reviewed": {"on": "2026-04-01", "text": words}},
        measures=[
            measure(what=words, promised=words, method=words, baseline=words, target=1,
                    found=[{"on": "2026-01-01", "value": 2, "text": words}])
        ],
    )  # fmt: skip


def test_text_from_files_is_text_on_every_page(app: Flask, tmp_path: Path) -> None:
    words = {"en": MARKUP, "cy": MARKUP}
    body = files.organisation("giver", name=words, official_name=words, contact=MARKUP)
    power = {"slug": "law", "name": words, "summary": words, "url": "https://law.example/?a&b"}
    said = hostile(words)
    content = files.whole(legal_powers=[power], agreements=[said], rules=[])
    content["organisations"][0] = body
    content["sources"][0] |= {"name": words, "description": words}
    content["sources"][0]["not_reported"] = [{"what": words, "law": words}]
    files.bring_in(app, tmp_path, files.whole(rules=[]))
    files.bring_in(app, tmp_path, content)
    register = (
        "",
        "/DSA-0001",
        "/DSA-0001/versions/2",
        "/DSA-0001/versions/1/2",
        "/DSA-0001/trust",
    )
    bodies = ("", "/giver", "/taker", f"?q={MARKUP}")
    for path in (*(f"/register{end}" for end in register), *(f"/bodies{end}" for end in bodies)):
        for language in ("en", "cy"):
            response = app.test_client().get(path, headers={"Accept-Language": language})
            soup = BeautifulSoup(response.text, "html.parser")
            assert response.status_code == 200
            assert "alert(1)" in soup.text
            assert not [script for script in soup.select("script") if "alert" in script.text]
            assert not soup.select("b#x")


def test_a_text_without_welsh_is_marked_as_english(app: Flask, tmp_path: Path) -> None:
    files.bring_in_agreements(app, tmp_path, files.agreement())
    response = app.test_client().get("/register/DSA-0001", headers={"Accept-Language": "cy"})
    soup = BeautifulSoup(response.text, "html.parser")
    assert soup.h1 is not None
    assert soup.h1.text == "Teitl DSA-0001"
    assert '<span lang="en">So that a bill is lower.</span>' in response.text
    assert "Pwy sy’n elwa?" in soup.text


def test_each_field_that_is_filled_is_shown(app: Flask, tmp_path: Path) -> None:
    said = files.agreement(
        powers=["dea-35"], lawful_basis="https://w3id.org/dpv/legal/eu/gdpr#A6-1-e",
        article_9="https://w3id.org/dpv#Other", subjects={"en": "Council tax payers"},
        method={"en": "Over a wire"}, access_type={"en": "One question"}, frequency="bulk",
        retention="P2Y6M", ends="2028-01-31", review="2027-02-01", areas=["Avonshire"],
        contact="The data officer", identifiability="pseudonymised", confidentiality="consent",
        confidentiality_reference="Ref 7", dpia="https://giver.example/dpia",
        opt_out={"applies": "yes", "reason": {"en": "It is for planning"}},
        harm_of_not_sharing={"en": "A second form"}, atrs="https://giver.example/atrs",
        purpose_iri="https://w3id.org/dpv#ServiceProvision", notes={"en": "A note"},
        processors=[{"name": "A machine firm"}], published="2026-01-02", source="Elsewhere",
    )  # fmt: skip
    files.bring_in_agreements(app, tmp_path, said)
    soup = files.page(app, "/register/DSA-0001")
    facts = " ".join(soup.select(".govuk-summary-list")[0].text.split())
    for text in (
        "Act", "Public task", "https://w3id.org/dpv#Other", "Council tax payers", "Over a wire",
        "One question", "In large files", "2 years 6 months", "1 January 2026 to 31 January 2028",
        "1 February 2027", "Avonshire", "The data officer", "names are replaced", "Ref 7",
        "It is for planning", "to give you a service", "A note", "A machine firm", "2 January 2026",
        "Elsewhere", "name, house address",
    ):  # fmt: skip
        assert text in facts, text
    links = {link["href"] for link in soup.select("dd a")}
    assert {said["dpia"], said["atrs"], said["purpose_iri"], "/bodies/giver"} <= links


def test_a_use_inside_a_body_says_so(app: Flask, tmp_path: Path) -> None:
    files.bring_in_agreements(
        app, tmp_path, files.agreement("OWN-0001", kind="own_use", recipients=None)
    )
    soup = files.page(app, "/register/OWN-0001")
    assert "This is a use inside one body." in soup.text
    assert "Who uses it" in soup.text


@pytest.mark.parametrize("path", ["/register/DSA-9999", "/register/%3Cb%3E", "/register/a/b"])
def test_what_is_not_there_is_a_page_that_says_so(app: Flask, path: str) -> None:
    files.page(app, path, status=404)
