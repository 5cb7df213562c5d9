"""Questions in a copy: what was asked, where it stands, and what was written."""

from citizen_portal.questions.actions import asking
from citizen_portal.questions.actions.asking import Asking
from citizen_portal.questions.models import About, Kind
from citizen_portal.questions.schemas.facts import Facts
from tests.agreements.files import statements
from tests.exports.world import World, lines

WHY = "=Why did you look?"


def ask(world: World, token: str, words: str = WHY) -> str:
    extensions = world.app.extensions
    facts = Facts({"en": "Elephants", "cy": "Eliffantod"}, (("system", "Gate"),))
    with world.sessions.writing() as session:
        made = asking.ask(
            session,
            world.citizen.id,
            Asking(
                token=token,
                kind=Kind.WHY,
                about=About.EVENT,
                organisation_id=world.bodies["zoo"].id,
                subject="known",
                agreement=None,
                blind="blind",
                facts=facts.written(),
                words=words,
            ),
            region=extensions["region"],
            seal=extensions["sealer"].seal,
        )
        return made.reference


def test_they_are_told_with_the_words_of_both(world: World) -> None:
    world.body("zoo")
    reference = ask(world, "t")
    package = world.package(world.made(parts=["questions"]))

    [question] = lines(package, "questions")
    assert question["reference"] == reference
    assert (question["question_state"], question["thing"]) == ("asked", "Elephants")
    assert "Gate" in question["facts"]
    [message] = lines(package, "question-messages")
    assert (message["text"], message["author"], message["number"]) == (WHY, "citizen", 1)


def test_what_was_written_about_several_is_read_in_one_statement(world: World) -> None:
    world.body("zoo")
    said = {ask(world, str(number), f"{WHY} {number}"): f"{WHY} {number}" for number in range(3)}
    with statements(world.sessions.engine) as seen:
        package = world.package(world.made(parts=["questions"]))

    told = {line["reference"]: line["text"] for line in lines(package, "question-messages")}
    assert told == said
    assert sum("FROM question_message" in statement for statement in seen) == 1
