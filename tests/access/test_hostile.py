"""Whatever a body sends, it ends in one honest state."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from citizen_portal.access.models import Fault, Outcome, Question
from citizen_portal.access.queries import SourceState
from citizen_portal.settings import Settings
from tests.access import world
from tests.fakes.body import MANNERS, MARKUP, hostile

ANSWERED = (Outcome.ANSWERED, None)
EMPTY = (Outcome.EMPTY, None)


def no_answer(fault: Fault) -> tuple[Outcome, Fault]:
    return Outcome.NO_ANSWER, fault


def refused(fault: Fault) -> tuple[Outcome, Fault]:
    return Outcome.REFUSED, fault


UNREADABLE = refused(Fault.UNREADABLE)
TOO_LARGE = refused(Fault.TOO_LARGE)
OTHER_SUBJECT = refused(Fault.OTHER_SUBJECT)
TOO_SLOW = no_answer(Fault.TOO_SLOW)
UNREACHABLE = no_answer(Fault.UNREACHABLE)
SAID_ERROR = no_answer(Fault.SAID_ERROR)
TURNED_AWAY = no_answer(Fault.TURNED_US_AWAY)

ENDS = {
    "honest": (ANSWERED, ANSWERED),
    "packed": (ANSWERED, ANSWERED),
    "says-nothing": (EMPTY, EMPTY),
    "no-proof": (ANSWERED, ANSWERED),
    "markup": (ANSWERED, ANSWERED),
    "other-subject": (OTHER_SUBJECT, OTHER_SUBJECT),
    "other-row": (ANSWERED, OTHER_SUBJECT),
    "huge": (TOO_LARGE, TOO_LARGE),
    "endless": (TOO_LARGE, TOO_LARGE),
    "not-json": (UNREADABLE, UNREADABLE),
    "html": (UNREADABLE, UNREADABLE),
    "wrong-types": (UNREADABLE, UNREADABLE),
    "wrong-flag": (UNREADABLE, UNREADABLE),
    "turning": (UNREADABLE, UNREADABLE),
    "tomorrow": (UNREADABLE, ANSWERED),
    "control": (UNREADABLE, UNREADABLE),
    "no-zone": (UNREADABLE, UNREADABLE),
    "far-time": (UNREADABLE, UNREADABLE),
    "long-text": (UNREADABLE, UNREADABLE),
    "minus": (UNREADABLE, UNREADABLE),
    "counts-only": (UNREADABLE, UNREADABLE),
    "empty-object": (UNREADABLE, UNREADABLE),
    "twice": (UNREADABLE, UNREADABLE),
    "not-a-number": (UNREADABLE, UNREADABLE),
    "infinite": (UNREADABLE, UNREADABLE),
    "surrogate": (UNREADABLE, UNREADABLE),
    "nul": (UNREADABLE, UNREADABLE),
    "latin": (UNREADABLE, UNREADABLE),
    "deep": (UNREADABLE, UNREADABLE),
    "bomb": (TOO_LARGE, TOO_LARGE),
    "not-gzip": (UNREADABLE, UNREADABLE),
    "brotli": (UNREADABLE, UNREADABLE),
    "redirect": (refused(Fault.FORBIDDEN_ADDRESS), refused(Fault.FORBIDDEN_ADDRESS)),
    "says-401": (TURNED_AWAY, TURNED_AWAY),
    "says-403": (TURNED_AWAY, TURNED_AWAY),
    "says-404": (SAID_ERROR, SAID_ERROR),
    "says-500": (SAID_ERROR, SAID_ERROR),
    "says-204": (UNREADABLE, UNREADABLE),
    "not-http": (UNREADABLE, UNREADABLE),
    "garbage": (UNREADABLE, UNREADABLE),
    "bad-chunks": (UNREADABLE, UNREADABLE),
    "half-chunks": (UNREACHABLE, UNREACHABLE),
    "two-lengths": (UNREADABLE, UNREADABLE),
    "odd-length": (UNREADABLE, UNREADABLE),
    "odd-header": (UNREADABLE, UNREADABLE),
    "upgrade": (UNREADABLE, UNREADABLE),
    "many-headers": (UNREADABLE, UNREADABLE),
    "slow-drip": (TOO_SLOW, TOO_SLOW),
    "slow-headers": (TOO_SLOW, TOO_SLOW),
    "hangs": (TOO_SLOW, TOO_SLOW),
    "closes": (UNREACHABLE, UNREACHABLE),
    "breaks-off": (UNREACHABLE, UNREACHABLE),
    "answers-twice": (ANSWERED, ANSWERED),
    "never-ends-paging": (ANSWERED, ANSWERED),
}


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """A short wait where time is what ends it; elsewhere a busy machine must not."""
    told = getattr(request.node, "callspec", None)
    by_time = told is not None and TOO_SLOW in ENDS[told.params["manner"]]
    return settings.model_copy(update={"ask_seconds": 1.0 if by_time else 20.0})


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with hostile() as address:
        yield address


def test_each_manner_has_its_end() -> None:
    assert ENDS.keys() == MANNERS.keys()


@pytest.mark.parametrize("manner", ENDS)
def test_it_ends_honestly(
    app: Flask,
    session: Session,
    address: str,
    manner: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    who = world.somebody(session)
    source = world.source_at(session, f"{address}/{manner}", who)

    answer = world.ask(app, who)[source.id]

    accesses, holdings = ENDS[manner]
    assert answer.outcomes == {Question.ACCESSES: accesses, Question.HOLDINGS: holdings}
    if accesses[0] is not Outcome.ANSWERED:
        assert world.events(app, who) == []
    if holdings[0] is not Outcome.ANSWERED:
        assert answer.holdings == ()
    assert "asking.failed" not in capsys.readouterr().err  # each fault was foreseen


def test_an_answer_without_proof_is_shown_as_not_proven(
    app: Flask, session: Session, address: str
) -> None:
    who = world.somebody(session)
    proven = world.source_at(session, f"{address}/honest", who)
    unproven = world.source_at(session, f"{address}/no-proof", who)

    found = world.ask(app, who)

    assert (found[proven.id].proven, found[unproven.id].proven) == (True, False)
    assert {event.source_id: event.proven for event in world.events(app, who)} == {
        proven.id: True,
        unproven.id: False,
    }


def test_markup_stays_text(app: Flask, session: Session, address: str) -> None:
    who = world.somebody(session)
    source = world.source_at(session, f"{address}/markup", who)

    answer = world.ask(app, who)[source.id]

    assert world.actions_of(world.events(app, who)) == [MARKUP]
    assert answer.holdings[0]["name"] == {"en": MARKUP}


def test_what_was_not_asked_for_is_not_taken_for_the_next_answer(
    app: Flask, session: Session, address: str
) -> None:
    """Bytes left on a warm connection must not reach the next citizen."""
    first, second = world.somebody(session), world.somebody(session)
    source = world.source_at(session, f"{address}/answers-twice", first)
    world.link(session, second, source.organisation_id)
    for who in (first, second, first, second):
        world.asker(app).again(who, source.id)
        assert world.asker(app).wait(who, world.PATIENCE)
        answer = world.answers(app, who)[source.id]
        assert answer.state in {SourceState.ANSWERED, SourceState.DID_NOT_ANSWER}
        assert answer.proven or answer.state is SourceState.DID_NOT_ANSWER


def test_a_source_that_repeats_a_page_is_heard_once_and_called_partial(
    app: Flask, session: Session, address: str
) -> None:
    who = world.somebody(session)
    source = world.source_at(session, f"{address}/never-ends-paging", who)

    answer = world.ask(app, who)[source.id]

    assert answer.partial
    assert answer.left_out == 10**6 - 1000
    assert len(world.events(app, who)) == 1000
