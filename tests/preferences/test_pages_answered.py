"""What a citizen's page says of each body: what it did, in its own words, and no more."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from citizen_portal import clock
from citizen_portal.preferences import actions
from citizen_portal.preferences.models import Effect, Reply, Status
from citizen_portal.region import Region
from tests.preferences.town import about
from tests.preferences.visiting import Visit

HOSTILE = "</blockquote><script>alert(1)</script> <b>Too bad</b>\nline two"

WORDS = {
    Status.RECORDED: "Written down: we are telling it",
    Status.SENT: "Told: has until",
    Status.UNDELIVERED: "Not delivered",
    Status.APPLIED: "Did it from",
    Status.REFUSED: "Said no on",
    Status.NOT_YET: "Not yet: it says until",
    Status.OVERDUE: "Late: had until",
}


def today(here: Visit) -> date:
    """As the portal counts days."""
    region: Region = here.town.app.extensions["region"]
    return region.today()


def behaviour(status: Status, day: date) -> dict[str, Any]:
    """What leads to this status on this day."""
    now = clock.now()
    done: dict[Status, dict[str, Any]] = {
        Status.RECORDED: {},
        Status.SENT: {"told_at": now},
        Status.UNDELIVERED: {"undelivered": True},
        Status.APPLIED: {"reply": Reply.APPLIED, "replied_at": now, "applied_from": day},
        Status.REFUSED: {"reply": Reply.REFUSED, "replied_at": now},
        Status.NOT_YET: {
            "reply": Reply.NOT_YET,
            "replied_at": now,
            "not_until": day + timedelta(days=9),
        },
        Status.OVERDUE: {"due_on": day - timedelta(days=3)},
    }
    return {"undelivered": False} | done[status]


@pytest.mark.parametrize("status", Status)
def test_what_a_body_did_is_said_and_no_more(here: Visit, status: Status) -> None:
    here.save(about("DSA-0001"), answer="no")
    with here.town.sessions.writing() as session:
        session.execute(update(Effect).values(behaviour(status, today(here))))
    page = here.open(about("DSA-0001"))
    rows = page.rows("each")
    assert [words for words in WORDS.values() if words in rows[0]] == [WORDS[status]]
    assert [WORDS[status] in row for row in rows] == [True, True]
    assert ("#do" in page.links()) == (
        status in (Status.OVERDUE, Status.UNDELIVERED, Status.REFUSED)
    )


@pytest.mark.parametrize(("reference", "officers"), [("DSA-0001", True), ("DSA-0002", False)])
def test_of_an_objection_that_no_system_took_it_says_that_officers_can_read_it(
    here: Visit, reference: str, officers: bool
) -> None:
    here.save(about(reference), answer="no")
    with here.town.sessions.writing() as session:
        session.execute(update(Effect).values(behaviour(Status.UNDELIVERED, today(here))))
    page = here.open(about(reference))
    assert ("Its officers can read it on this portal." in page.main) == officers
    assert "2 were not reached." in page.main


def test_a_body_that_took_longer_as_the_law_lets_it_is_not_late(here: Visit) -> None:
    here.save(about("DSA-0001"), answer="no")
    moved = {
        "due_on": today(here) - timedelta(days=3),
        "reply": Reply.NOT_YET,
        "replied_at": clock.now() - timedelta(days=9),
        "not_until": today(here) + timedelta(days=20),
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
    assert "1 refused." in page.main
