"""A register of 5,000 agreements and 1,000 organisations: counted, drawn and shown."""

from pathlib import Path

import pytest
from flask import Flask

from citizen_portal.agreements.queries.register import register_terms
from citizen_portal.agreements.queries.scorecard import count
from tests.agreements import files, generated
from tests.agreements.test_picture import hold_labels_apart

PAGES = ("/register/scorecard", "/register/picture", "/register/picture?kind=council")


@pytest.fixture(scope="module")
def large(shared_app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("large")
    files.bring_in(shared_app, folder, generated.register(5000, organisations=1000))
    return shared_app


def test_it_is_counted_whole(large: Flask) -> None:
    with large.extensions["sessions"].reading() as session:
        card = count(register_terms(session), today=generated.TODAY)

    assert card.whole.agreements > 4500


def test_its_labels_do_not_overlap(large: Flask) -> None:
    hold_labels_apart(large)


@pytest.mark.parametrize("page", PAGES)
def test_its_pages_ask_the_database_no_more_than_those_of_a_small_one(
    app: Flask, large: Flask, tmp_path: Path, page: str
) -> None:
    files.bring_in(app, tmp_path, generated.register(25, organisations=30))

    assert asked(large, page) == asked(app, page)


def asked(app: Flask, page: str) -> list[str]:
    """What a page asks of the database once the register is in memory."""
    client = app.test_client()
    client.get(page)
    with files.statements(app.extensions["sessions"].engine) as seen:
        assert client.get(page).status_code == 200
    return seen
