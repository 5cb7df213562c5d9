"""The summary on paper: tagged, of text only, and of what was counted."""

import io
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from citizen_portal.exports.package import Agreement, Asked, Holder, Looks, Missing, Overview, paper
from citizen_portal.exports.verify import Altered, check
from tests.exports import copies, reading
from tests.exports.printed import Printed
from tests.exports.summaries import CITY, OVERVIEW, SIGNER, printed, printing, summed
from tests.exports.world import World

RAW, SUMMARY = copies.written(summed(), SIGNER)


@printing
def test_it_is_in_the_copy_and_the_list_and_the_page_leads_there() -> None:
    files = reading.files(RAW)
    assert files[paper.PATH].startswith(b"%PDF-1.7")
    assert b'<a href="summary.pdf">' in files["index.html"]
    found = check(io.BytesIO(RAW), pinned=list(SIGNER.keys.keys))
    assert found.trusted
    assert found.files == SUMMARY.files == len(files)
    assert paper.PATH.encode() not in files["datapackage.json"]
    assert f"`{paper.PATH}`" in (Path(__file__).parents[2] / "docs" / "copies.md").read_text()


@printing
def test_a_changed_byte_of_it_is_found() -> None:
    start = RAW.index(paper.PATH.encode())
    for at in range(start, start + 20_000, 997):
        changed = bytearray(RAW)
        changed[at] ^= 1
        with pytest.raises(Altered):
            check(io.BytesIO(bytes(changed)), pinned=list(SIGNER.keys.keys))


@printing
@pytest.mark.parametrize("language", ["en", "cy"])
def test_it_is_tagged_and_says_its_language_and_title(language: str) -> None:
    paper_ = printed(language=language)
    assert b"/MarkInfo <</Marked true>>" in paper_.catalogue
    assert b"/StructTreeRoot" in paper_.catalogue
    assert f"/Lang ({language})".encode() in paper_.catalogue
    assert b"/DisplayDocTitle true" in paper_.catalogue
    assert b'pdfuaid:part="1"' in paper_.said
    tags = set(re.findall(rb"/S /(\w+)", paper_.said))
    assert tags >= {b"Document", b"H1", b"H2", b"H3", b"Table", b"TR", b"TH", b"TD", b"L"}


@printing
def test_what_it_says_is_what_was_counted() -> None:
    said = " ".join(printed().text.split())
    assert said.index("What is missing") < said.index("What bodies say they hold on you")
    assert "Made on 17 November 2026, 14:15 GMT." in said
    assert f"{CITY} 1,200 31 4 5 7 1,247" in said
    assert "2026 2025 2024 2023 Earlier Together" in said
    assert f"{CITY} Linked since 10 August 2026 Other Not linked" in said
    assert "DSA-0001, version 2" in said
    assert "To pay once." in said
    assert "Public task" in said
    assert f"{CITY} looks It did not answer. 5 tries." in said
    assert "http://127.0.0.1:8000/verify" in said


@printing
def test_what_was_not_asked_for_is_not_in_it() -> None:
    said = " ".join(printed(Overview(links=[]), missing=()).text.split())
    assert "You are linked to no body." in said
    assert "Accesses that we know of" not in said
    assert "Agreements that touch you" not in said
    assert "We know of nothing that you asked for and did not get." in said


@printing
def test_texts_of_bodies_are_text() -> None:
    paper_ = printed()
    assert "<img src=x onerror=alert(1)>" in paper_.text
    assert "</script><script>alert(1)</script>" in paper_.text
    assert "{{ 7*7 }} %s %(x)s" in paper_.text
    for never in (
        b"/JavaScript",
        b"/JS",
        b"/Launch",
        b"/URI",
        b"/EmbeddedFile",
        b"/Subtype /Image",
    ):
        assert never not in paper_.said


@printing
def test_long_lists_and_texts_are_cut_and_it_says_so() -> None:
    many = Overview(
        holders=[Holder(f"Body {n}", ["x" * 5_000]) for n in range(900)],
        agreements=[Agreement(f"A-{n}", 1, "T" * 900, "P" * 9_000, ["G"] * 99) for n in range(900)],
        looks=[Looks(f"Body {n}", dict.fromkeys(range(1, 9_999, 99), 1)) for n in range(900)],
    )
    missing = [Missing(f"Body {n}", "looks", "too_slow") for n in range(900)]
    paper_ = printed(many, missing=missing)
    assert " ".join(paper_.text.split()).count("870 more are in the other files of this copy.") == 4
    assert paper_.said.count(b"/Type /Page/") <= 20


@printing
def test_what_failed_is_told_before_who_was_not_asked() -> None:
    unasked = [Missing(f"Body {n}", "looks", "not_linked") for n in range(99)]
    said = printed(missing=[*unasked, Missing("Zoo", "looks", "too_slow")]).text
    assert said.index("Zoo") < said.index("Body 0")
    assert "Body 30" not in said


@printing
def test_what_a_body_did_not_give_stands_together() -> None:
    missing = [
        Missing("Zoo", "looks", "too_slow"),
        Missing("Aquarium", "records", "not_shared"),
        Missing("Zoo", "records", "too_slow"),
        Missing("Museum", "looks", "not_linked"),
        Missing("Zoo", "links", "too_many", "Only 9."),
    ]
    said = " ".join(printed(missing=missing).text.split())
    assert "Bodies asked, and missing in whole or in part 1" in said
    assert "Bodies not asked 1" in said
    assert (
        "Zoo looks; records It was too slow, so we stopped. "
        "links There was more than one copy can take from one body. Only 9."
    ) in said
    parts = ("Zoo", "What the bodies that answered do not tell", "Aquarium", "1 body that was not")
    places = [said.index(part) for part in (*parts, "Museum")]
    assert places == sorted(places)


def test_what_is_missing_and_why_stand_on_lines_of_their_own() -> None:
    missing = [Missing("Zoo", "looks", "too_slow")]
    soup = BeautifulSoup(paper.html(summed(), OVERVIEW, missing), "html.parser")
    [what] = soup.select("td p b")
    assert str(what.next_sibling) == "<br/>"


@printing
def test_it_says_where_no_body_was_asked() -> None:
    missing = [Missing("Zoo", "looks", "not_linked")]
    said = " ".join(printed(Overview(holders=[]), missing=missing, asked=Asked()).text.split())
    assert "You were linked to no body, so we asked none." in said
    assert "We asked no body." in said
    assert "gave nothing" not in said
    assert "No body that we asked" not in said


@printing
def test_a_copy_of_a_citizen_is_summed_up(world: World) -> None:
    world.body("clinic")
    world.body("elsewhere", linked=False)
    world.body("markup", "markup")
    health = "https://w3id.org/dpv/legal/eu/gdpr#A9-2-h"
    world.agreement("DSA-0001", discloser="clinic", recipient="elsewhere", article_9=health)
    package = world.package(world.made())
    said = " ".join(Printed(package.read(paper.PATH)).text.split())
    assert f"{world.bodies['clinic'].official_name['en']} Addresses" in said
    assert "DSA-0001, version 1" in said
    assert "To help." in said
    assert "Article 9(2)(h)" in said
    assert "Linked since" in said
    assert "The law holds some uses back for a time. We say this to everybody." in said
