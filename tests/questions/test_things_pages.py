"""What can be asked about beside a look: a set of records, an agreement, a choice; and of whom."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from citizen_portal.identity.actions import unlink
from citizen_portal.identity.models import Citizen
from citizen_portal.preferences.models import Answer, Scope
from citizen_portal.questions.models import About, Kind, Question
from tests import make
from tests.pages import Page
from tests.preferences.town import Town
from tests.preferences.visiting import Visit
from tests.questions.asking import Asker, Desk, action


@pytest.fixture
def here(app: Flask, signed_in: Callable[[Citizen], FlaskClient]) -> Visit:
    """A citizen of the town, where officers of the clinic and of the council answer."""
    town = Town(app)
    with town.sessions.writing() as session:
        for slug in ("clinic", "council"):
            body = make.body()
            body.id = town.bodies[slug]
            session.add(make.officer(body, ["case_worker"]))
    citizen = Citizen()
    citizen.id = town.person("clinic", "council", "university")
    return Visit(town, citizen.id, signed_in(citizen))


def kept(here: Visit) -> list[Question]:
    with here.town.sessions.reading() as session:
        return list(session.scalars(select(Question).order_by(Question.id)))


def _ask(here: Visit, shown: Page, **fields: str) -> Page:
    """By the one step of the thing's own page."""
    link = next(one for one in shown.links() if one.startswith("/my/ask/"))
    page = Page.get(here.browser, link)
    return page.submit(action(page), **fields)


def test_an_agreement_is_asked_about_at_one_of_its_bodies_and_objected_to_by_choice(
    here: Visit,
) -> None:
    shown = Page.get(here.browser, "/register/DSA-0001")
    unsaid = _ask(here, shown, kind="why")
    assert unsaid.response.status_code == 422
    assert "Say who shall answer" in unsaid.main
    council = here.town.bodies["council"]
    sent = _ask(here, shown, kind="why", body=council.hex)
    assert sent.response.status_code == 303, sent.main
    objects = _ask(here, shown, kind="objection", body=council.hex)
    assert objects.response.headers["Location"] == here.address(Scope(agreement="DSA-0001"))

    (question,) = kept(here)
    assert (question.about, question.agreement) == (About.AGREEMENT, "DSA-0001")
    assert question.organisation_id == council
    assert question.subject == here.town.known_as(here.me, "council")
    assert "You asked on" in Page.get(here.browser, "/register/DSA-0001").main
    stranger = Page.get(here.town.app.test_client(), "/register/DSA-0001")
    assert not [one for one in stranger.links() if one.startswith("/my/ask/")]


def test_the_same_asked_of_two_bodies_waits_at_each(here: Visit) -> None:
    shown = Page.get(here.browser, "/register/DSA-0001")
    asked = [here.town.bodies[slug] for slug in ("council", "clinic", "council")]
    for body in asked:
        assert _ask(here, shown, kind="why", body=body.hex).response.status_code == 303

    assert [question.organisation_id for question in kept(here)] == asked[:2]


def test_a_choice_is_asked_about_at_the_body_that_was_told(here: Visit) -> None:
    scope = Scope(agreement="DSA-0002")
    here.town.choose(here.me, scope, Answer.NO)
    sent = _ask(here, here.open(scope), kind="complaint")
    assert sent.response.status_code == 303, sent.main
    (question,) = kept(here)
    assert (question.about, question.kind) == (About.CHOICE, Kind.COMPLAINT)
    assert question.organisation_id == here.town.bodies["clinic"], "the university takes none here"
    assert "You asked on" in here.open(scope).main
    name = here.address(Scope(agreement="DSA-0003")).rsplit("/", 1)[1]
    assert here.browser.get(f"/my/ask/choice/{name}").status_code == 404
    assert here.browser.get(f"/my/ask/agreement/{name}").status_code == 404


@pytest.mark.parametrize(
    ("linked", "by", "answers"),
    [
        (("clinic", "council"), "council", "council"),
        (("clinic",), "council", "clinic"),
        (("clinic", "firm"), "firm", "clinic"),
        (("clinic", "council"), "elsewhere", "clinic"),
        (("clinic", "council"), "clinic", "clinic"),
    ],
)
def test_the_controller_that_looked_answers_where_it_knows_the_person_and_no_processor(
    come: Callable[..., Asker], linked: tuple[str, ...], by: str, answers: str
) -> None:
    me = come(*linked)
    question = me.ask(me.looked(by=by), kind="complaint")
    assert question.organisation_id == me.desk.bodies[answers]
    assert question.subject == me.desk.pushing.pairwise(me.me, answers)


def test_a_body_that_is_linked_no_more_is_not_asked_with_a_page_from_before(
    desk: Desk, me: Asker
) -> None:
    page = me.form(me.looked())
    with desk.sessions.writing() as writing:
        unlink(writing, me.me, desk.bodies["council"])
    assert page.submit(action(page), kind="why").response.status_code == 409
    assert me.questions() == []
