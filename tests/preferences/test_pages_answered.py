"""What a citizen's page says of each body: what it did, in its own words, and no more."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from citizen_portal import clock
from citizen_portal.preferences import actions
from citizen_portal.preferences.models import Effect, Reply
from tests.preferences.town import about
from tests.preferences.visiting import Visit

HOSTILE = "</blockquote><script>alert(1)</script> <b>Too bad</b>\nline two"


REPLIES: dict[str, dict[str, Any]] = {
    "Written down: we are telling it": {},
    "Told: has until": {"told_at": clock.now()},
    "Not delivered": {"undelivered": True},
    "Did it from": {
        "reply": Reply.APPLIED,
        "replied_at": clock.now(),
        "applied_from": clock.now().date(),
    },
    "Said no on": {"reply": Reply.REFUSED, "replied_at": clock.now()},
    "Not yet: it says until": {
        "reply": Reply.NOT_YET,
        "not_until": clock.now().date() + timedelta(days=9),
    },
    "Late: had until": {"due_on": clock.now().date() - timedelta(days=3)},
}


@pytest.mark.parametrize("words", REPLIES)
def test_what_a_body_did_is_said_and_no_more(here: Visit, words: str) -> None:
    here.save(about("DSA-0001"), answer="no")
    with here.town.sessions.writing() as session:
        session.execute(update(Effect).values({"undelivered": False} | REPLIES[words]))
    page = here.open(about("DSA-0001"))
    rows = page.rows("each")
    assert [words in row for row in rows] == [True, True]
    assert ["Did it" in row for row in rows] == [words == "Did it from"] * 2
    assert ("#do" in page.links()) == words.startswith(("Late", "Said no"))


def test_a_body_that_took_longer_as_the_law_lets_it_is_not_late(here: Visit) -> None:
    here.save(about("DSA-0001"), answer="no")
    today = clock.now().date()
    moved = {
        "due_on": today - timedelta(days=3),
        "reply": Reply.NOT_YET,
        "replied_at": clock.now() - timedelta(days=9),
        "not_until": today + timedelta(days=20),
    }
    with here.town.sessions.writing() as session:
        session.execute(update(Effect).values(moved))
    page = here.open(about("DSA-0001"))
    assert ["Not yet: it says until" in row for row in page.rows("each")] == [True, True]
    assert "late" not in page.main.lower()


def test_a_reason_of_a_body_is_text(here: Visit) -> None:
    here.save(about("DSA-0001"), answer="no")
    [effect] = [
        one
        for one in here.town.effects(here.me)
        if one.organisation_id == here.town.bodies["council"]
    ]
    with here.town.sessions.writing() as session:
        actions.acknowledge(
            session,
            effect.organisation_id,
            effect.id,
            actions.Said(Reply.REFUSED, reason=HOSTILE),
            seal=here.town.app.extensions["sealer"].seal,
        )
    page = here.open(about("DSA-0001"))
    words = page.soup.select_one("#each ~ ul blockquote")
    assert words is not None
    assert words.get_text() == HOSTILE
    assert "1 said no." in page.main
