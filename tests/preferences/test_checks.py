"""May we use this data? What a body's system is answered, by what people chose."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from citizen_portal import clock
from citizen_portal.audit import AuditEntry
from citizen_portal.bodies.models import Scope
from citizen_portal.identity.models import SubjectLink
from citizen_portal.preferences import actions
from citizen_portal.preferences.models import Answer, Effect
from citizen_portal.preferences.models import Scope as About
from citizen_portal.preferences.queries.checks import unpacked
from tests.agreements.files import statements
from tests.bodies import systems
from tests.databases import everything
from tests.preferences.asking import NOBODY, PATH, Asking, ended
from tests.preferences.town import RESEARCH, SERVICE, about

ACTS = [{"organisation": "hermit"}]
"""Who processes for the others."""


@pytest.fixture
def town(app: Flask) -> Asking:
    return Asking(app)


@pytest.mark.both
@pytest.mark.parametrize(
    ("reference", "answer", "allowed"),
    [
        ("DSA-0001", None, True),
        ("DSA-0002", None, True),
        ("DSA-0003", None, False),
        ("DSA-0004", None, True),
        ("DSA-0001", Answer.NO, False),
        ("DSA-0002", Answer.NO, False),
        ("DSA-0003", Answer.NO, False),
        ("DSA-0003", Answer.YES, True),
    ],
)
def test_what_people_chose_is_what_bodies_are_answered(
    town: Asking, reference: str, answer: Answer | None, allowed: bool
) -> None:
    me, other = town.person(), town.person()
    if answer is not None:
        town.choose(me, about(reference), answer)
    mine, theirs = (town.known_as(one, "clinic") for one in (me, other))

    said = town.ask(reference, mine, NOBODY, theirs)

    usual = [] if reference == "DSA-0003" else [NOBODY, theirs]
    assert said["allowed"] == ([mine] if allowed else []) + usual
    assert said["allowed_count"] == len(said["allowed"])
    assert said["agreement"] == reference
    if not allowed:
        assert mine not in json.dumps(said)


@pytest.mark.both
@pytest.mark.parametrize("scope", [About(), About(purpose=RESEARCH), About(purpose=SERVICE)])
def test_a_wider_choice_holds_where_it_reaches(town: Asking, scope: About) -> None:
    me = town.person()
    town.choose(me, scope)
    reached = scope.purpose in (None, RESEARCH)
    assert town.may_use(me, "DSA-0002") is not reached
    town.choose(me, about("DSA-0002"), Answer.YES)
    assert town.may_use(me, "DSA-0002")


def test_a_choice_that_is_taken_back_counts_no_more(town: Asking) -> None:
    me = town.person()
    town.choose(me, about("DSA-0002"))
    town.choose(me, about("DSA-0002"), Answer.AS_BEFORE)
    assert town.may_use(me, "DSA-0002")


@pytest.mark.both
def test_an_objection_holds_until_this_body_has_turned_it_down(town: Asking) -> None:
    me = town.person()
    town.choose(me, about("DSA-0001"))
    town.refuse(me, "clinic")

    assert town.may_use(me, "DSA-0001", by="clinic")
    assert not town.may_use(me, "DSA-0001", by="council")
    town.choose(me, about("DSA-0001"), Answer.AS_BEFORE)
    town.choose(me, about("DSA-0001"))
    assert not town.may_use(me, "DSA-0001", by="clinic"), "a new objection is weighed anew"


@pytest.mark.parametrize("reference", ["DSA-0002", "DSA-0003"])
def test_an_opt_out_or_a_lacking_consent_cannot_be_turned_down(
    town: Asking, reference: str
) -> None:
    me = town.person()
    if reference == "DSA-0003":
        town.choose(me, about(reference), Answer.YES)
    town.choose(me, about(reference), Answer.NO)
    town.refuse(me, "clinic")
    assert not town.may_use(me, reference)


@pytest.mark.both
def test_a_no_outlives_the_link_and_a_yes_does_not(town: Asking) -> None:
    me = town.person()
    town.choose(me, about("DSA-0002"))
    town.choose(me, about("DSA-0003"), Answer.YES)
    town.unlink(me, "clinic")
    assert not town.may_use(me, "DSA-0002")
    assert not town.may_use(me, "DSA-0003")


@pytest.mark.both
def test_a_no_outlives_the_link_of_a_processor_too(town: Asking) -> None:
    town.publish("DSA-0002", "clinic", "university", "opt_out", RESEARCH, processors=ACTS)
    me, other = town.person(), town.person()
    town.choose(me, about("DSA-0002"))
    town.unlink(other, "hermit")
    assert town.may_use(other, "DSA-0002", by="hermit")
    with statements(town.sessions.engine) as linked:
        assert not town.may_use(me, "DSA-0002", by="hermit")
    town.unlink(me, "hermit")
    with statements(town.sessions.engine) as unlinked:
        assert not town.may_use(me, "DSA-0002", by="hermit")
    assert len(linked) == len(unlinked)


@pytest.mark.parametrize("choices", [1, 2])
def test_an_id_is_good_at_its_own_body_alone(town: Asking, choices: int) -> None:
    """Whether the ids or the choices are the fewer."""
    me, *others = (town.person() for _ in range(choices))
    for one in (me, *others):
        town.choose(one, about("DSA-0003"), Answer.YES)
    assert town.ask("DSA-0003", town.known_as(me, "clinic"), by="university")["allowed"] == []


def test_an_id_of_a_link_that_ended_elsewhere_means_nobody(town: Asking) -> None:
    town.publish("DSA-0002", "clinic", "university", "opt_out", RESEARCH, processors=ACTS)
    me = town.person()
    town.choose(me, about("DSA-0002"))
    town.unlink(me, "clinic")
    theirs = town.known_as(me, "clinic")
    assert town.ask("DSA-0002", theirs, by="hermit")["allowed"] == [theirs]


def test_a_no_to_a_body_that_left_the_agreement_binds_its_processor_no_more(town: Asking) -> None:
    me = town.person("university", "hermit")
    town.choose(me, About(organisation_id=town.bodies["university"]))
    town.publish("DSA-0002", "clinic", "council", "opt_out", RESEARCH, processors=ACTS)
    town.work("preferences.follow_register")
    assert town.told(me)["DSA-0002", "university"] is False
    assert town.may_use(me, "DSA-0002", by="hermit"), "while it is linked"
    town.unlink(me, "hermit")
    assert town.may_use(me, "DSA-0002", by="hermit")


def test_a_link_under_the_same_id_at_another_body_is_none_here(town: Asking) -> None:
    me = town.person()
    town.choose(me, about("DSA-0002"))
    town.unlink(me, "clinic")
    with town.sessions.writing() as session:
        at_another = (
            SubjectLink.citizen_id == me,
            SubjectLink.organisation_id == town.bodies["council"],
        )
        same = update(SubjectLink).where(*at_another).values(pairwise=town.known_as(me, "clinic"))
        assert session.execute(same.returning(SubjectLink.id)).one()
    assert not town.may_use(me, "DSA-0002")


def test_what_another_body_was_told_under_the_same_id_binds_not_this_one(town: Asking) -> None:
    me = town.person()
    town.choose(me, about("DSA-0002"))
    town.unlink(me, "clinic")
    assert not town.may_use(me, "DSA-0002")
    told = Effect.citizen_id == me, Effect.organisation_id == town.bodies["clinic"]
    with town.sessions.writing() as session:
        another = update(Effect).where(*told).values(organisation_id=town.bodies["council"])
        session.execute(another)
    assert town.may_use(me, "DSA-0002")


def test_ids_come_back_in_their_order_and_as_often_as_they_were_sent(town: Asking) -> None:
    no, *others = (town.known_as(one, "clinic") for one in town.people(4))
    town.choose(town.people(1)[0], about("DSA-0002"))
    sent = [others[1], others[0], others[1], others[2]]
    assert town.ask("DSA-0002", *sent, no)["allowed"] == [*sent, no]


def test_where_there_is_no_choice_the_answer_says_why(town: Asking) -> None:
    said = town.ask("DSA-0004", NOBODY)
    assert (said["choice"], said["choice_reason"]) == ("none", {"en": "The law demands it."})
    said = town.ask("DSA-0002", NOBODY)
    assert (said["choice"], said["choice_reason"]) == ("opt_out", None)


@pytest.mark.parametrize(("reference", "by"), [("DSA-9999", "clinic"), ("DSA-0002", "council")])
def test_an_agreement_that_is_not_there_and_one_of_others_look_alike(
    town: Asking, reference: str, by: str
) -> None:
    response = town.post({"agreement": reference, "ids": [NOBODY]}, by=by)
    assert response.status_code == 404
    assert response.json == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such agreement that names your body.",
    }
    assert town.checks() == []


def test_an_agreement_that_is_over_allows_nothing(town: Asking) -> None:
    town.publish("DSA-0005", "clinic", "university", "opt_out", RESEARCH, ends=ended())
    response = town.post({"agreement": "DSA-0005", "ids": [NOBODY]})
    assert response.status_code == 409
    assert town.checks() == []


@pytest.mark.both
@pytest.mark.parametrize("behind", ["clinic", "university"])
def test_while_choices_may_be_missing_nobody_is_told_anything(town: Asking, behind: str) -> None:
    town.lose_data(behind)
    response = town.post({"agreement": "DSA-0002", "ids": [NOBODY]})
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 60
    assert town.checks() == []
    ok = 200 if behind == "university" else 503
    assert town.post({"agreement": "DSA-0001", "ids": [NOBODY]}).status_code == ok
    with town.sessions.writing() as session:
        actions.end(session, town.bodies[behind], 0)
    assert town.ask("DSA-0002", NOBODY)["allowed"] == [NOBODY]


def test_an_answer_is_good_for_a_day_and_no_longer_than_the_agreement(town: Asking) -> None:
    today = town.app.extensions["region"].today()
    town.publish("DSA-0005", "clinic", "university", "opt_out", RESEARCH, ends=today.isoformat())
    now = datetime.now(UTC)

    usual = datetime.fromisoformat(town.ask("DSA-0002", NOBODY)["good_until"])
    ending = datetime.fromisoformat(town.ask("DSA-0005", NOBODY)["good_until"])

    assert timedelta(hours=24) <= usual - now < timedelta(hours=24, minutes=5)
    zone = town.app.extensions["region"].zone
    assert ending.astimezone(zone).replace(tzinfo=None) == datetime.combine(
        today + timedelta(days=1), datetime.min.time()
    )


@pytest.mark.both
def test_a_check_is_kept_with_its_answer_sealed_and_on_the_list_of_the_body(town: Asking) -> None:
    me = town.person()
    town.choose(me, about("DSA-0002"))
    mine = town.known_as(me, "clinic")
    said = town.ask("DSA-0002", mine, NOBODY)

    (check,) = town.checks()
    assert (check.id.hex, check.sent, check.allowed) == (said["check"], 2, 1)
    assert check.day == clock.today("Europe/London")
    sealer = town.app.extensions["sealer"]
    assert check.sealed is not None
    plain = sealer.unseal(check.sealed, f"preference-check:{check.id}")
    assert unpacked(plain) == {mine: False, NOBODY: True}
    with town.sessions.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.tag == "check:made")).one()
        kept = everything(session)
    assert entry.organisation_id == town.bodies["clinic"]
    assert entry.about["client"].startswith("clinic")
    assert (entry.about["count"], entry.about["allowed"]) == (2, 1)
    assert NOBODY not in kept


def test_without_its_scope_a_system_asks_nothing(town: Asking) -> None:
    other = systems.connect(town.app, "clinic", Scope.EVENTS).headers(town.app)
    client = town.app.test_client(use_cookies=False)
    response = client.post(PATH, headers=other, json={"agreement": "DSA-0002", "ids": [NOBODY]})
    assert response.status_code == 403
