"""Codes as people type them."""

import pytest
from flask.testing import FlaskClient

from citizen_portal.records.forms import normalised
from tests.pages import Page
from tests.records.conftest import Town


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("abcd-2345-efgh", "ABCD2345EFGH"),
        ("ABCD\u20132345\u00a0EFGH", "ABCD2345EFGH"),
        ("\uff21\uff22\uff23\uff242345", "ABCD2345"),
        ("ABCD2345\0", None),
        ("1234567", None),
        ("A" * 81, None),
    ],
)
def test_codes_are_read_as_people_type_them(typed: str, code: str | None) -> None:
    assert normalised(typed) == code


def test_a_body_without_a_welsh_name_is_offered_under_its_english_one(
    town: Town, browser: FlaskClient
) -> None:
    town.body(name={"en": "Plain <b>"}, official_name={"en": "Official"})
    browser.get("/language/cy")

    page = Page.get(browser, "/my/account/link")

    label = page.soup.select_one("label.govuk-radios__label")
    assert label is not None
    assert label.get_text() == "Official (Plain <b>)"
