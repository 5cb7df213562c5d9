"""Corrections in a copy: what bodies put right, and what became of it at each recipient."""

from datetime import date

from citizen_portal.questions.models.corrections import Correction, Matter, Recipient
from citizen_portal.questions.queries.details import Detail, context
from tests.exports.world import World, lines


def test_they_are_told_with_who_got_the_data(world: World) -> None:
    world.body("zoo")
    made = Correction(
        citizen_id=world.citizen.id,
        organisation_id=world.bodies["zoo"].id,
        subject="known",
        reference="C-1",
        record="0" * 64,
        categories=["Name"],
        matter=Matter.CORRECTED,
        on=date(2026, 11, 20),
    )
    detail = Detail("visits", ("=Name",), None)
    made.sealed = world.app.extensions["sealer"].seal(detail.written(), context(made.id))
    with world.sessions.writing() as session:
        session.add(made)
        session.flush()
        for body, code, name in ((world.bodies["zoo"].id, "ZOO", None), (None, "F", "A firm")):
            session.add(
                Recipient(
                    citizen_id=world.citizen.id,
                    correction_id=made.id,
                    organisation_id=body,
                    code=code,
                    name=name,
                )
            )
    package = world.package(world.made(parts=["questions"]))

    [correction] = lines(package, "corrections")
    assert (correction["matter"], correction["dataset"]) == ("corrected", "visits")
    assert (correction["fields"], correction["kinds"]) == ("=Name", "Name")
    recipients = lines(package, "correction-recipients")
    assert [each["recipient_state"] for each in recipients] == ["not_told", "not_told"]
    assert recipients[1]["recipient"] == "A firm"
