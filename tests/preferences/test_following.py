"""Bodies learn what choices mean where a link is new, or the register changed under them."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event

from citizen_portal import clock
from citizen_portal.identity import actions as identity
from citizen_portal.preferences.actions import Said, acknowledge
from citizen_portal.preferences.models import Answer, Effect, Reply, Scope
from tests.preferences.asking import Asking
from tests.preferences.town import RESEARCH, SERVICE, Town, about, between

FOLLOW = "preferences.follow_register"


@pytest.fixture
def town(app: Flask) -> Town:
    town = Town(app)
    town.work(FOLLOW)
    return town


@pytest.mark.both
def test_a_new_agreement_under_a_wide_no_is_told_of(town: Town) -> None:
    me = town.person("university")
    choice = town.choose(me, Scope(purpose=RESEARCH))
    town.publish("DSA-0007", "clinic", "university", "opt_out", RESEARCH)
    town.work(FOLLOW)
    assert town.told(me)["DSA-0007", "university"] is False
    assert {each.choice_id for each in town.effects(me)} == {choice}

    count = len(town.effects(me, current=False))
    town.work(FOLLOW)
    assert len(town.effects(me, current=False)) == count


def test_an_agreement_that_may_be_refused_from_now_on_is_told_of(town: Town) -> None:
    me = town.person("university")
    town.choose(me, Scope())
    assert ("DSA-0004", "university") not in town.told(me)
    town.publish("DSA-0004", "clinic", "university", "objection", RESEARCH)
    town.work(FOLLOW)
    assert town.told(me)["DSA-0004", "university"] is False


def test_where_consent_is_needed_from_now_on_what_was_told_no_longer_holds(town: Town) -> None:
    me = town.person("university")
    town.choose(me, about("DSA-0002"))
    town.choose(me, about("DSA-0002"), Answer.AS_BEFORE)
    assert town.told(me)["DSA-0002", "university"] is True
    town.publish("DSA-0002", "clinic", "university", "consent", RESEARCH)
    town.work(FOLLOW)
    assert town.told(me)["DSA-0002", "university"] is False


@pytest.mark.both
def test_a_body_that_is_linked_later_learns_what_stands(town: Town) -> None:
    me = town.person("clinic")
    town.choose(me, Scope())
    assert ("DSA-0002", "university") not in town.told(me)
    with town.sessions.writing() as session:
        town.link(session, me, "university")
    town.work("preferences.linked")
    assert town.told(me)["DSA-0002", "university"] is False


def test_a_body_that_is_linked_again_is_told_once_more(town: Town) -> None:
    me = town.person("university")
    town.choose(me, about("DSA-0002"))
    town.work("preferences.send")
    [before] = town.effects(me)
    with town.sessions.writing() as session:
        identity.unlink(session, me, town.bodies["university"])
        town.link(session, me, "university")
    town.work("preferences.linked")
    town.work("preferences.send")
    [after] = town.effects(me)
    assert (after.id, after.version) == (before.id, before.version)
    assert (before.number, after.number) == (1, 2)


def test_what_others_were_told_and_of_others_is_not_sent_again_for_a_new_link(town: Town) -> None:
    me, other = town.person("clinic", "university"), town.person("university")
    town.work("preferences.linked")
    for one in (other, me):
        town.choose(one, about("DSA-0002"))
        town.work("preferences.send")
    with town.sessions.writing() as session:
        identity.unlink(session, me, town.bodies["university"])
        town.link(session, me, "university")
    town.work("preferences.linked")
    town.work("preferences.send")
    assert [each.number for each in town.effects(other)] == [1]
    assert [each.number for each in town.effects(me)] == [1, 3]


@pytest.mark.parametrize("answered", [False, True])
def test_a_body_that_is_linked_again_has_its_days_anew_unless_it_answered(
    town: Town, answered: bool
) -> None:
    me = town.person("clinic")
    town.choose(me, about("DSA-0001"))
    town.work("preferences.send")
    [effect] = town.effects(me)
    old = date(2020, 1, 1)
    with town.sessions.writing() as session:
        kept = session.get_one(Effect, (me, effect.id))
        kept.due_on = kept.extended_to = old
        kept.told_at = clock.now()
        if answered:
            kept.answer(Reply.REFUSED)
        identity.unlink(session, me, town.bodies["clinic"])
        town.link(session, me, "clinic")
    town.work("preferences.linked")

    [effect] = town.effects(me)
    assert (effect.due_on == old) is answered
    assert (effect.extended_to == old) is answered
    assert (effect.told_at is None) is not answered
    assert effect.reply is (Reply.REFUSED if answered else Reply.NONE)
    assert effect.number is None


@pytest.mark.both
def test_a_refusal_holds_for_the_terms_that_were_weighed(app: Flask) -> None:
    town = Asking(app)
    town.work(FOLLOW)
    me = town.person("clinic", "council")
    town.choose(me, about("DSA-0001"))
    town.refuse(me, "clinic")
    town.work(FOLLOW)
    assert town.may_use(me, "DSA-0001")
    before, council = town.effects(me)

    terms = between("DSA-0001", "clinic", "council", "objection", SERVICE)
    town.bring_in({**terms, "purpose": {"en": "Sell adverts."}})
    assert not town.may_use(me, "DSA-0001")  # nor before the clinic is told
    town.work(FOLLOW)

    after, same = town.effects(me)
    assert (after.reply, after.objection, after.may_use) == (Reply.NONE, True, False)
    assert after.version > before.version
    assert after.choice_id == before.choice_id
    assert same.id == council.id
    assert not town.may_use(me, "DSA-0001")

    town.refuse(me, "clinic")
    town.work(FOLLOW)
    assert town.effects(me)[0].id == after.id
    assert town.may_use(me, "DSA-0001")


@pytest.mark.both
def test_a_later_no_is_weighed_anew_also_where_a_narrower_one_decides(app: Flask) -> None:
    town = Asking(app)
    me = town.person("clinic", "council")
    town.choose(me, about("DSA-0001"))
    town.refuse(me, "clinic")
    before, council = town.effects(me)

    wide = town.choose(me, Scope(organisation_id=town.bodies["clinic"]))
    after, same = town.effects(me)[:2]
    assert (after.choice_id, after.reply, after.objection) == (wide, Reply.NONE, True)
    assert after.version > before.version
    assert same.id == council.id
    assert not town.may_use(me, "DSA-0001")

    town.refuse(me, "clinic")
    town.choose(me, about("DSA-0001"), Answer.AS_BEFORE)
    assert town.effects(me)[0].id == after.id  # the wider no was weighed
    assert town.may_use(me, "DSA-0001")


def test_a_refusal_of_what_was_replaced_opens_nothing(app: Flask) -> None:
    town = Asking(app)
    me = town.person("clinic")
    town.choose(me, about("DSA-0001"))
    for answer in (Answer.YES, Answer.NO):
        town.choose(me, about("DSA-0001"), answer)
    first, _, last = town.effects(me, current=False)
    with town.sessions.writing() as session:
        kept = acknowledge(
            session,
            first.organisation_id,
            first.id,
            Said(Reply.REFUSED, reason="We must go on."),
            seal=app.extensions["sealer"].seal,
        )
        assert kept.reply is Reply.REFUSED
    assert [(each.id, each.reply) for each in town.effects(me)] == [(last.id, Reply.NONE)]
    assert not town.may_use(me, "DSA-0001")


@pytest.mark.both
def test_however_many_citizens_follow_no_more_is_asked(town: Town) -> None:
    engine = town.sessions.engine
    asked: list[str] = []

    def following(count: int, reference: str) -> int:
        people = [town.person() for _ in range(count)]
        for one in people:
            town.choose(one, Scope(purpose=RESEARCH))
        town.publish(reference, "clinic", "university", "opt_out", RESEARCH)
        town.work(FOLLOW)
        asked.clear()
        town.publish(reference, "clinic", "university", "consent", RESEARCH)
        town.publish(reference, "clinic", "university", "objection", RESEARCH)
        town.work(FOLLOW)
        times = len(asked)
        told = [town.told(one) for one in people]
        assert all(each[reference, "clinic"] is False for each in told)
        return times

    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    few = following(2, "DSA-0008")
    assert following(9, "DSA-0009") == few
