"""The register as a list: its order, search, filters, pages and what it costs."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from citizen_portal.agreements import queries
from tests.agreements import files


def titles(soup: BeautifulSoup) -> list[str]:
    return [link.text for link in soup.select(".cp-rows h3 a")]


def test_the_list_is_in_the_order_of_titles(app: Flask, tmp_path: Path) -> None:
    files.bring_in_agreements(
        app,
        tmp_path,
        files.agreement("DSA-0001", title={"en": "beta"}),
        files.agreement("DSA-0003", title={"en": "Alpha"}),
        files.agreement("DSA-0002", title={"en": "Alpha"}),
    )
    soup = files.page(app, "/register")
    assert titles(soup) == ["Alpha", "Alpha", "beta"]
    assert [link["href"] for link in soup.select(".cp-rows h3 a")][:2] == [
        "/register/DSA-0002",
        "/register/DSA-0003",
    ]
    assert "3 agreements on this register" in soup.text
    assert "People of giver" in soup.text
    assert "0 of 18 answered" in soup.text


SEARCHES = {
    "a word of the title": ("q=council", {"Council help"}),
    "a word in capitals": ("q=COUNCIL", {"Council help"}),
    "two words in any order": ("q=help+council", {"Council help"}),
    "a word in Welsh": ("q=cyngor", {"Council help"}),
    "a word of the purpose": ("q=research", {"Heart study"}),
    "a reference": ("q=DSA-0002", {"Heart study"}),
    "a wildcard": ("q=%25", set()),
    "another wildcard": ("q=c_uncil", set()),
    "a word that is nowhere": ("q=zebra", set()),
    "a NUL": ("q=%00", {"Council help", "Heart study"}),
    "a body": ("body=third", {"Heart study"}),
    "a part of a body's name": ("body=third", {"Heart study"}),
    "a body that we do not know": ("body=nobody", set()),
    "a stage": ("stage=exploration", {"Heart study"}),
    "an unknown stage": ("stage=zebra", {"Council help", "Heart study"}),
    "a choice": ("choice=consent", {"Heart study"}),
    "each question answered": ("answers=full", {"Council help"}),
    "gaps": ("answers=gaps", {"Heart study"}),
    "several at once": ("q=help&stage=exploration", set()),
    "an absurd page": ("page=-1&q=council", {"Council help"}),
    "a page past the end": ("page=99999&q=council", {"Council help"}),
    "no page at all": ("page=%C2%B2&q=council", {"Council help"}),
}


@pytest.mark.parametrize(("query", "expected"), SEARCHES.values(), ids=SEARCHES.keys())
def test_the_list_is_searched_and_filtered(
    app: Flask, tmp_path: Path, query: str, expected: set[str]
) -> None:
    content = files.whole(rules=[])
    content["organisations"].append(files.organisation("third"))
    content["agreements"] = [
        files.agreement(
            "DSA-0001",
            title={"en": "Council help", "cy": "Cymorth cyngor"},
            trust=files.answers(*queries.question_ids()),
        ),
        files.agreement(
            "DSA-0002",
            title={"en": "Heart study"},
            purpose={"en": "For research."},
            stage="exploration",
            choice="consent",
            recipients=[{"organisation": "third"}],
            trust=files.answers("value.benefits"),
        ),
    ]
    files.bring_in(app, tmp_path, content)
    soup = files.page(app, f"/register?{query}")
    assert set(titles(soup)) == expected


def test_the_list_is_paged_and_keeps_what_was_asked(app: Flask, tmp_path: Path) -> None:
    many = [files.agreement(f"DSA-{n:04}", title={"en": f"Title {n:02}"}) for n in range(1, 46)]
    files.bring_in_agreements(app, tmp_path, *many)
    seen: list[str] = []
    address: Any = "/register?" + urlencode({"q": "title", "stage": "service_delivery"})
    while address:
        soup = files.page(app, str(address))
        assert len(titles(soup)) <= 20
        seen += titles(soup)
        link = soup.select_one("a[rel=next]")
        address = link["href"] if link else None
    assert seen == [f"Title {n:02}" for n in range(1, 46)]


COSTS = {
    "/register": 4,  # what changed, how many, which, their parties
    "/register?q=title": 4,
    "/register?q=title&stage=service_delivery&body=giver&sort=ending&page=2": 4,
    "/register?q=title+zebra": 5,  # nothing has each word, so some of them
    "/register?q=zebra": 2,
    "/register/DSA-0001": 5,  # what changed, the document, its versions, who confirmed it, views
    "/register/DSA-0001/versions": 2,
    "/register/DSA-0001/versions/1": 4,
    "/register/DSA-0001/versions/1/1": 2,
    "/register/DSA-0001/trust": 3,
    "/bodies": 1,
    "/bodies?q=giver": 1,
    "/bodies/giver": 3,  # what changed, its numbers of looks, its incidents
}


def test_the_list_asks_no_more_for_many_than_for_one(app: Flask, tmp_path: Path) -> None:
    engine = app.extensions["sessions"].engine
    files.bring_in_agreements(
        app, tmp_path, *[files.agreement(f"DSA-{n:04}") for n in range(1, 31)]
    )
    for path, asked in COSTS.items():
        files.page(app, path)
        with files.statements(engine) as seen:
            files.page(app, path)
        assert len(seen) == asked, (path, seen)


def test_an_empty_register_says_so(app: Flask) -> None:
    soup = files.page(app, "/register")
    assert "0 agreements on this register" in soup.text
