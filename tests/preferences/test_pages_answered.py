"""What a citizen's page says of each body: what it did, in its own words, and no more."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from citizen_portal import clock
from citizen_portal.preferences import actions
from citizen_portal.preferences.models import Effect, Reply, Status
from citizen_portal.preferences.queries.bodies import statuses
from citizen_portal.preferences.queries.receipts import RECEIPT_KIND
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


@pytest.mark.parametrize(
    ("reference", "answer", "days", "words"),
    [
        ("DSA-0002", "no", 0, "Did it from"),
        ("DSA-0002", "no", 2, "Says it will, from"),
        ("DSA-0003", "yes", 0, "May use it from"),
        ("DSA-0003", "yes", 2, "May use it from"),
    ],
)
def test_what_is_still_to_come_is_not_said_to_be_done(
    here: Visit, reference: str, answer: str, days: int, words: str
) -> None:
    here.save(about(reference), answer=answer)
    applied = behaviour(Status.APPLIED, today(here) + timedelta(days=days))
    with here.town.sessions.writing() as session:
        session.execute(update(Effect).values(applied))
    page = here.open(about(reference))
    assert [words in row for row in page.rows("each")] == [True, True]
    dates = [row[-1] for row in page.table("days")]
    assert [words in cell for cell in dates] == [days > 0] * 2


def test_a_choice_that_was_taken_back_is_proved_like_one_that_stands(here: Visit) -> None:
    here.save(about("DSA-0002"), answer="no")
    page = here.save(about("DSA-0002"), answer="as_before")
    assert page.heading == "You took back your choice about “Title of DSA-0002”"
    assert "Today: May be used." in page.main
    assert len(page.rows("each")) == 2
    receipt = here.browser.get(f"{here.address(about('DSA-0002'))}/receipt").text
    opened = here.town.app.extensions["signer"].opened(receipt, kind=RECEIPT_KIND)
    assert opened["dct:description"] == "as_before"
    with here.town.sessions.writing() as session:
        late = behaviour(Status.OVERDUE, today(here))
        session.execute(update(Effect).where(Effect.current).values(late))
    assert ["Late: had until" in row for row in here.open(about("DSA-0002")).rows("each")] == [
        True,
        True,
    ]


def test_where_nobody_had_to_be_told_of_it_one_chooses_anew(here: Visit) -> None:
    here.save(about("DSA-0002"), answer="yes")
    page = here.save(about("DSA-0002"), answer="as_before")
    assert page.heading == "Say no to “Title of DSA-0002”"


def test_a_no_that_may_not_be_refused_stays_open_and_is_late(here: Visit) -> None:
    here.save(about("DSA-0002"), answer="no")
    here.town.work("preferences.send")
    said = update(Effect).values(behaviour(Status.REFUSED, today(here)))
    sentence = "It said no, but it may not refuse this: your no holds."
    with here.town.sessions.writing() as session:
        session.execute(said)
    row = here.open(about("DSA-0002")).rows("each")[0]
    assert WORDS[Status.REFUSED] in row
    assert sentence in row

    with here.town.sessions.writing() as session:
        session.execute(update(Effect).values(due_on=today(here) - timedelta(days=3)))
        session.flush()
        late = [each.overdue for each in statuses(session, today(here))]
    row = here.open(about("DSA-0002")).rows("each")[0]
    assert WORDS[Status.OVERDUE] in row
    assert f"{sentence} 3 days late." in row
    assert any(late)


def test_only_what_a_body_may_refuse_is_settled_by_a_refusal() -> None:
    day = date(2026, 11, 20)
    for objection, may_use in ((True, False), (False, True), (False, False)):
        effect = Effect(
            citizen_id=uuid4(),
            organisation_id=uuid4(),
            subject="9d1c",
            agreement="DSA-0001",
            may_use=may_use,
            objection=objection,
            version=1,
            due_on=day,
            extended_to=day,
        )
        effect.answer(Reply.REFUSED)
        assert effect.status(day) is Status.REFUSED
        settled = effect.status(day + timedelta(days=1)) is Status.REFUSED
        assert settled is (objection or may_use)


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
    assert "You can also go to a court." in page.main
    assert "1 refused." in page.main
