"""A translation that no person has read through says so on each of its pages."""

from pathlib import Path

import pytest
from flask import Flask

from citizen_portal.web.pages import drafts
from tests.pages import Page

NOTICE = "Drafft yw’r Gymraeg hon"


@pytest.mark.parametrize("path", ["/", "/register", "/accessibility", "/register/scorecard"])
def test_welsh_pages_say_that_their_words_are_a_draft(app: Flask, path: str) -> None:
    client = app.test_client()
    english = Page.get(client, path)
    client.get("/language/cy")
    welsh = Page.get(client, path)

    footer = welsh.soup.find("footer")
    assert footer is not None
    assert NOTICE in footer.text
    assert "/accessibility#draft" in welsh.links()
    assert NOTICE not in english.soup.text
    assert "draft" not in english.soup.find("footer").text  # type: ignore[union-attr]


def test_the_link_leads_to_how_to_say_what_is_wrong(app: Flask) -> None:
    client = app.test_client()
    client.get("/language/cy")

    assert Page.get(client, "/accessibility").soup.find("h2", id="draft")


def test_a_page_that_could_not_be_found_says_it_too(app: Flask) -> None:
    client = app.test_client()
    client.get("/language/cy")

    assert NOTICE in Page.get(client, "/register/DSA-9999", status=404).soup.text


@pytest.mark.parametrize(
    ("reviewed", "expected"),
    [("none", {"cy"}), ("2027-01-31", set()), ("soon", {"cy"}), ("''", {"cy"})],
)
def test_only_a_day_ends_the_draft(tmp_path: Path, reviewed: str, expected: set[str]) -> None:
    file = tmp_path / "review.yaml"
    file.write_text(f"cy:\n  reviewed: {reviewed}\n", encoding="utf-8")

    assert drafts(file) == expected


def test_once_it_is_read_through_pages_say_nothing(app: Flask) -> None:
    app.jinja_env.globals["drafts"] = frozenset[str]()
    client = app.test_client()
    client.get("/language/cy")

    assert NOTICE not in Page.get(client, "/accessibility").soup.text
