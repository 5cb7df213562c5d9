"""What a body put right, or looks at, stands beside the set of records that it is about."""

from contextlib import ExitStack
from datetime import date

from citizen_portal.questions.models.corrections import Correction, Matter
from citizen_portal.records.queries import RecordNames
from tests.agreements.files import statements
from tests.dashboard.giving import holding, serve
from tests.dashboard.world import World
from tests.pages import Page


def correct(world: World, record: str, matter: Matter, reference: str = "C-1") -> str:
    body = world.bodies["tax"]
    correction = Correction(
        citizen_id=world.citizen.id,
        organisation_id=body.id,
        subject="0" * 64,
        reference=reference,
        record=record,
        categories=["Income"],
        matter=matter,
        on=date(2026, 11, 20),
    )
    with world.sessions.writing() as session:
        session.add(correction)
    return f"/my/corrections/{correction.id.hex}"


def test_while_a_set_is_disputed_a_note_stands_beside_it(world: World, stack: ExitStack) -> None:
    path = serve(world, stack, holding(world, [{"amount": 1}]))
    record = path.rsplit("/", 1)[1]
    with statements(world.sessions.engine) as before:
        assert "Disputed" not in Page.get(world.browser, "/my/records").main
    disputed = correct(world, record, Matter.DISPUTED)
    corrected = correct(world, record, Matter.CORRECTED, "C-2")
    other = RecordNames(world.app.extensions["index"], world.citizen.id)
    elsewhere = correct(world, other.name(world.sources["tax"].id, "other"), Matter.ERASED, "C-3")

    with statements(world.sessions.engine) as after:
        listed = Page.get(world.browser, "/my/records")
    assert len(after) == len(before)
    for page in (listed, Page.get(world.browser, path)):
        assert "Disputed: the body looks at it since 20 November 2026." in page.main
        assert "Corrected on 20 November 2026." in page.main
        assert {disputed, corrected} <= set(page.links())
        assert elsewhere not in page.links()
