"""What was lost of one body's, and what that body proves, is no matter of another's."""

from uuid import UUID

from flask import Flask
from sqlalchemy import delete, select
from uuid_utils.compat import uuid7

from citizen_portal.agreements.queries import register_terms
from citizen_portal.preferences.actions import Ground, Held, hear_held, note_read
from citizen_portal.preferences.models import Answer, Choice, Effect
from tests.preferences.asking import NOBODY, Asking
from tests.preferences.test_ahead import asking as asking
from tests.preferences.test_ahead import told as told
from tests.preferences.test_api import STATEMENTS, Caller
from tests.preferences.town import DUE, TODAY, about


def test_what_one_body_proves_is_no_proof_of_the_number_of_another(
    asking: Asking, told: UUID, app: Flask
) -> None:
    university, statement = lost_at_the_university(asking, told, app)
    with asking.sessions.writing() as session:
        note_read(session, asking.bodies["council"], 999)
    assert university.post(STATEMENTS, {"statements": [statement]}).status_code == 200
    said = {"agreement": "DSA-0001", "ids": [NOBODY]}
    assert asking.post(said, by="council").status_code == 503
    assert asking.post(said, by="clinic").status_code == 200


def test_what_one_body_proves_takes_the_place_of_nothing_that_another_was_told(
    asking: Asking, told: UUID, app: Flask
) -> None:
    before = [each.id for each in asking.effects(told)]
    university, statement = lost_at_the_university(asking, told, app)
    assert [each.id for each in asking.effects(told)] == before[:1]
    assert university.post(STATEMENTS, {"statements": [statement]}).status_code == 200
    assert [each.id for each in asking.effects(told)] == before


def lost_at_the_university(asking: Asking, told: UUID, app: Flask) -> tuple[Caller, str]:
    """Its system, and what it holds of what was told to it and is not here any more."""
    theirs = Effect.organisation_id == asking.bodies["university"]
    with asking.sessions.writing() as session:
        statement = session.scalars(select(Effect.statement).where(theirs)).one()
        session.execute(delete(Effect).where(theirs, Effect.citizen_id == told))
    assert statement is not None
    return Caller(app, "university"), statement


def test_an_id_of_another_body_is_passed_over_in_what_a_body_holds(
    asking: Asking, told: UUID
) -> None:
    before = [each.id for each in asking.effects(told)]
    clinic, _ = asking.effects(told)
    held = Held(
        effect_id=uuid7(),
        subject=clinic.subject,
        agreement="DSA-0003",
        version=clinic.version,
        may_use=True,
        objection=False,
        due_on=DUE.other,
        extended_to=DUE.other,
        basis=None,
    )
    with asking.sessions.writing() as session:
        ground = Ground(register_terms(session), TODAY, DUE)
        hear_held(session, asking.bodies["university"], [held], ground)
    assert [each.id for each in asking.effects(told)] == before


def test_who_waits_for_what_one_body_holds_sends_to_the_others(asking: Asking) -> None:
    me = asking.person("clinic", "university")
    asking.choose(me, about("DSA-0002"))
    asking.lose_data("clinic")
    asking.work("preferences.send")
    assert [each.number for each in asking.effects(me)] == [None, 1]


def test_what_others_chose_since_lets_nothing_of_mine_go(asking: Asking) -> None:
    """Not even a choice that has the id of mine, which is an id among a citizen's own."""
    me, other = asking.person("clinic"), asking.person("clinic")
    chosen = asking.choose(me, about("DSA-0002"))
    asking.lose_data("clinic")
    with asking.sessions.writing() as session:
        later = Choice(citizen_id=other, scope="whatever", answer=Answer.NO, number=1)
        later.id = chosen
        session.add(later)
    asking.work("preferences.send")
    assert [each.number for each in asking.effects(me)] == [None]
