"""Texts that try to be more than text, typed at the desk: inert on each of its pages."""

import pytest
from sqlalchemy.orm import Session

from tests.agreements import desk as made
from tests.agreements import hostile
from tests.agreements.desk import Desk, SignIn
from tests.pages import Page, police

WHERE = {"what": "what-en", "contact": "contact", "value-benefits": "trust-value-benefits-text-en"}
"""A page of each kind of box, and the box."""


@pytest.fixture
def desk(session: Session) -> Desk:
    return made.desk(session)


@pytest.mark.parametrize("text", hostile.SHOWN.values(), ids=list(hostile.SHOWN))
def test_a_text_is_text_wherever_the_desk_shows_it(
    officer_in: SignIn, session: Session, desk: Desk, text: str
) -> None:
    draft = made.drafted(session, desk)
    at = f"/desk/drafts/{draft.id}"
    client = officer_in(desk.author)
    plain = " ".join(text.split())
    for key, box in WHERE.items():
        sent = Page.get(client, f"{at}/{key}").submit(f"{at}/{key}", **{box: text})
        assert sent.response.status_code == 303, (key, sent.main)
        again = Page.get(client, f"{at}/{key}").soup.select_one(f"[name={box}]")
        assert again is not None
        shown = again.get_text() if again.name == "textarea" else str(again["value"])
        assert " ".join(shown.split()) == plain
    for page in ("", "/preview", "/review", "/history"):
        seen = Page.get(client, at + page)
        assert not seen.soup.select("main script, main iframe, main style, main img"), page
        police(seen.response.text, private=False)
        if page == "/preview":
            assert plain in " ".join(seen.soup.get_text().split())
