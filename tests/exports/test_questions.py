"""Questions in a copy: what was asked, where it stands, and what was written."""

from citizen_portal.questions.actions import asking
from citizen_portal.questions.actions.asking import Asking
from citizen_portal.questions.models import About, Kind
from citizen_portal.questions.schemas.facts import Facts
from tests.exports.world import World, lines

WHY = "=Why did you look?"


def test_they_are_told_with_the_words_of_both(world: World) -> None:
    world.body("zoo")
    extensions = world.app.extensions
    facts = Facts({"en": "Elephants", "cy": "Eliffantod"}, (("system", "Gate"),))
    with world.sessions.writing() as session:
        made = asking.ask(
            session,
            world.citizen.id,
            Asking(
                token="t",
                kind=Kind.WHY,
                about=About.EVENT,
                organisation_id=world.bodies["zoo"].id,
                subject="known",
                agreement=None,
                blind="blind",
                facts=facts.written(),
                words=WHY,
            ),
            region=extensions["region"],
            seal=extensions["sealer"].seal,
        )
        reference = made.reference
    package = world.package(world.made(parts=["questions"]))

    [question] = lines(package, "questions")
    assert question["reference"] == reference
    assert (question["question_state"], question["thing"]) == ("asked", "Elephants")
    assert "Gate" in question["facts"]
    [message] = lines(package, "question-messages")
    assert (message["text"], message["author"], message["number"]) == (WHY, "citizen", 1)
