"""Incidents in a copy: those of which this person was told, in the body's own words."""

from datetime import date

from citizen_portal.db import Words
from citizen_portal.incidents.models import Incident, IncidentLine
from tests import make
from tests.exports.world import World, lines


def incident(world: World, reference: str, what: Words) -> Incident:
    return Incident(
        organisation_id=world.bodies["zoo"].id,
        reference=reference,
        what=what,
        likely=make.words("Letters from strangers."),
        done=make.words("Changed the locks."),
        advice=make.words("=Look at your letters"),
        contact=make.words("help@zoo.example"),
        categories=["Name", "Address"],
        happened_from=date(2026, 11, 2),
        happened_to=None,
        found_on=date(2026, 11, 4),
        affected=120,
        updates=[{"on": "2026-11-09", "text": make.words("Found the papers.")}],
    )


def test_those_that_one_was_told_of_are_there(world: World) -> None:
    world.body("zoo")
    mine = incident(world, "INC-1", make.words("Papers were lost."))
    of_others = incident(world, "INC-2", make.words("A list was seen."))
    with world.sessions.writing() as session:
        session.add_all([mine, of_others])
        session.flush()
        line = IncidentLine(citizen_id=world.citizen.id, told_on=date(2026, 11, 5))
        line.id = mine.id
        session.add(line)
    package = world.package(world.made(parts=["questions"]))

    [told] = lines(package, "incidents")
    assert (told["reference"], told["what"], told["affected"]) == (
        "INC-1",
        "Papers were lost.",
        120,
    )
    assert (told["kinds"], told["happened_from"]) == ("Name; Address", "2026-11-02")
    assert told["advice"] == "=Look at your letters"
    assert told["updates"] == "2026-11-09: Found the papers."
    assert told["closed_on"] is None
