"""Which ways are left to link a body: whom to ask for a code, and the body's own sign-in."""

from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from citizen_portal.bodies.models import Organisation
from citizen_portal.identity.actions import MOST_TRIES
from citizen_portal.identity.models import CodeTry
from tests.pages import Page
from tests.records.conftest import CODE, Town
from tests.records.own_sign_in import GO, LINK, a_key


def test_the_body_that_an_address_names_can_be_written_to(
    town: Town, browser: FlaskClient, session: Session
) -> None:
    body = town.body()
    session.execute(update(Organisation).values(contact="ask@body.example"))
    session.commit()

    page = Page.get(browser, f"{LINK}?body={body.id.hex}")

    assert "No code yet?" in page.main
    assert "Write to: ask@body.example" in page.main
    for other in ("", "?body=unknown", f"?body={body.id.hex}0"):
        assert "No code yet?" not in Page.get(browser, f"{LINK}{other}").main


def test_after_the_last_try_the_sign_in_of_a_body_is_still_offered(
    town: Town, browser: FlaskClient, session: Session
) -> None:
    body = town.body(key=a_key())
    session.add_all(CodeTry(citizen_id=town.citizen.id) for _ in range(MOST_TRIES))
    session.commit()

    page = Page.get(browser, LINK).submit(LINK, body=body.id.hex, code=CODE)

    assert page.response.status_code == 429
    assert "Wait an hour, then try again." in page.main
    assert "Wait a while" not in page.main
    assert page.soup.select_one(f"form[action='{GO}'] button")
