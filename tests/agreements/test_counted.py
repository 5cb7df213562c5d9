"""What scorecards count: numbers equal their rows, whatever the register and day; and quickly."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from citizen_portal.agreements.queries.counted import LISTERS, PAGE, counted
from citizen_portal.agreements.queries.register import Register, register_terms
from citizen_portal.agreements.queries.scorecard import Tally, count, facts
from tests.agreements import files, generated
from tests.agreements.test_scorecard import numbers
from tests.pages import Page
from tests.thorough import times

TODAY = date(2026, 11, 25)


def test_long_lists_have_pages(app: Flask, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path, generated.register(40))
    client = app.test_client()
    whole = numbers(Page.get(client, "/register/scorecard"))["Questions answered"]
    wanted = int(whole.split()[0])
    seen: list[str] = []
    address: str | None = "/register/scorecard/-/answered"
    while address:
        page = Page.get(client, address)
        seen += page.links("list")[: len(page.soup.select("ul.cp-rows > li"))]
        onward = page.soup.select_one("a[rel=next]")
        address = str(onward["href"]) if onward else None

    assert wanted > 2 * PAGE
    assert len(seen) == len(set(seen)) == wanted
    far = Page.get(client, "/register/scorecard/-/answered?page=99999")
    assert far.soup.select("ul.cp-rows > li")


def loaded(app: Flask, folder: Path, content: dict[str, Any]) -> Register:
    files.bring_in(app, folder, content)
    with app.extensions["sessions"].reading() as session:
        return register_terms(session)


@pytest.mark.parametrize("seed", range(3))
def test_numbers_are_the_numbers_of_their_rows_for_each_organisation_and_day(
    app: Flask, tmp_path: Path, seed: int
) -> None:
    register = loaded(app, tmp_path, generated.register(60, seed=seed))

    @settings(max_examples=times(12, 25))
    @given(st.dates(date(2022, 1, 1), date(2030, 1, 1)))
    def each_number_equals_its_rows(today: date) -> None:
        card = count(register, today=today)
        for body_id in (None, *card.bodies):
            tally = card.bodies[body_id] if body_id else card.whole
            listed = {
                key: sum(1 for _ in counted(key, card.terms_of(body_id), today=today))
                for key in LISTERS
            }
            assert listed["agreements"] == tally.agreements
            for fact in facts(tally):
                assert listed[fact.key] == fact.n
                assert listed[fact.rest] == fact.of - fact.n

    each_number_equals_its_rows()


def test_what_is_not_in_an_organisations_scorecard_does_not_name_it(
    app: Flask, tmp_path: Path
) -> None:
    register = loaded(app, tmp_path, generated.register(60))
    card = count(register, today=TODAY)

    for body_id in card.bodies:
        named = {
            terms.reference
            for terms in card.terms
            if body_id in terms.disclosers or body_id in terms.recipients
        }
        assert {terms.reference for terms in card.terms_of(body_id)} == named


def test_tallies_add_up() -> None:
    one, two = Tally(agreements=1, asked=18, answered=3), Tally(agreements=2, asked=36, due=1)

    assert one + two == Tally(agreements=3, asked=54, answered=3, due=1)
