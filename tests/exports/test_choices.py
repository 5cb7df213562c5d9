"""Choices in a copy: what was chosen, what bodies made of it, and each receipt as it was signed."""

import io
from uuid import UUID

import pytest
from flask import Flask

from citizen_portal.agreements.models import Say
from citizen_portal.agreements.queries import law, register_terms
from citizen_portal.bodies.queries import directory
from citizen_portal.exports.verify import check_receipt
from citizen_portal.exports.verify.signed import keys_of
from citizen_portal.preferences import actions
from citizen_portal.preferences.actions import Due, Said, Wish
from citizen_portal.preferences.models import Answer, Reply, Scope
from citizen_portal.preferences.queries import Preview, Stands, effects_of
from citizen_portal.preferences.queries.receipts import RECEIPT_KIND, Issuer, document
from tests.exports.world import World, lines

WHY, BECAUSE = "=I live near the gates", "+We count elephants by law"


@pytest.fixture
def chosen(world: World) -> UUID:
    """The citizen objected to DSA-0001, and the zoo refused with its reason."""
    world.body("zoo")
    world.body("museum")
    told = {"choice": Say.OBJECTION, "retention": "P1Y"}
    world.agreement("DSA-0001", discloser="zoo", recipient="museum", **told)
    region, extensions = world.app.extensions["region"], world.app.extensions
    today = region.today()

    def receipt(made: Stands, seen: Preview) -> str:
        with world.sessions.reading() as session:
            issuer = Issuer("http://127.0.0.1:8000", region, law("uk"), "en", "b" * 64)
            said = document(made, seen, issuer=issuer, directory=directory(session))
        return str(extensions["signer"].statement(said, kind=RECEIPT_KIND))

    def seal(choice_id: UUID) -> bytes:
        sealed: bytes = extensions["sealer"].seal(
            WHY.encode(), actions.objection_context(choice_id)
        )
        return sealed

    with world.sessions.writing() as session:
        choice = actions.choose(
            session,
            world.citizen.id,
            Wish(Scope(agreement="DSA-0001"), Answer.NO, seal_reason=seal),
            register=register_terms(session),
            due=Due.by(region, today),
            today=today,
            receipt=receipt,
        )
        zoo = world.bodies["zoo"].id
        [effect] = [
            one for one in effects_of(session, world.citizen.id) if one.organisation_id == zoo
        ]
        said = Said(Reply.REFUSED, reason=BECAUSE)
        actions.acknowledge(session, zoo, effect.id, said, seal=extensions["sealer"].seal)
    return choice


def test_they_are_told_with_what_bodies_made_of_them(world: World, chosen: UUID) -> None:
    package = world.package(world.made(parts=["choices"]))

    [choice] = lines(package, "choices")
    assert (choice["id"], choice["answer"], choice["agreement"]) == (chosen.hex, "no", "DSA-0001")
    assert choice["reason"] == WHY
    answers = {one["body"]: one for one in lines(package, "choice-answers")}
    assert {body: one["standing"] for body, one in answers.items()} == {
        world.bodies["zoo"].official_name["en"]: "refused",
        world.bodies["museum"].official_name["en"]: "recorded",
    }
    assert answers[world.bodies["zoo"].official_name["en"]]["reason"] == BECAUSE


def test_the_last_day_is_the_one_that_the_page_names(world: World, chosen: UUID) -> None:
    region = world.app.extensions["region"]
    last = region.last_day(region.clocks.objection_extended, region.today())
    museum = world.bodies["museum"]
    with world.sessions.writing() as session:
        [effect] = [
            one for one in effects_of(session, world.citizen.id) if one.organisation_id == museum.id
        ]
        said = Said(Reply.NOT_YET, not_until=last, reason=BECAUSE)
        seal = world.app.extensions["sealer"].seal
        actions.acknowledge(session, museum.id, effect.id, said, seal=seal)
    package = world.package(world.made(parts=["choices"]))
    days = {one["body"]: one["due_on"] for one in lines(package, "choice-answers")}
    assert days[museum.official_name["en"]] == last.isoformat()


def test_a_choice_that_a_wider_one_ended_was_not_taken_back(world: World, chosen: UUID) -> None:
    region = world.app.extensions["region"]
    with world.sessions.writing() as session:
        for wish in (Wish(Scope(agreement="DSA-0001"), Answer.YES), Wish(Scope(), Answer.NO)):
            actions.choose(
                session,
                world.citizen.id,
                wish,
                register=register_terms(session),
                due=Due.by(region, region.today()),
                today=region.today(),
                receipt=lambda *_: "signed",
            )
    package = world.package(world.made(parts=["choices"]))
    said = {
        (one["agreement"], bool(one["ended_by"])): one["answer"]
        for one in lines(package, "choices")
    }
    assert said[("DSA-0001", True)] == "ended"
    page = package.read("index.html").decode()
    assert "Ended by your wider choice" in page


def test_no_body_answered_where_none_was_asked(world: World, chosen: UUID) -> None:
    page = world.page(world.made(parts=["choices"]))
    assert "It holds what this portal knows itself." in page.main
    assert "answered" not in page.main


def test_each_receipt_is_in_it_and_good_by_itself(world: World, chosen: UUID, app: Flask) -> None:
    package = world.package(world.made(parts=["choices"]))
    [name] = [one for one in package.namelist() if one.startswith("receipts/")]
    assert name.endswith(f"-{chosen.hex}.jws")
    keys = keys_of(app.extensions["signer"].public())
    receipt = check_receipt(io.BytesIO(package.read(name)), pinned=keys)
    assert (receipt.answer, receipt.agreements) == ("no", ("DSA-0001",))


def test_whoever_chose_nothing_gets_empty_tables(world: World) -> None:
    package = world.package(world.made(parts=["choices"]))
    assert lines(package, "choices") == lines(package, "choice-answers") == []
    assert not [one for one in package.namelist() if one.startswith("receipts/")]


def test_who_does_not_ask_for_them_gets_none(world: World, chosen: UUID) -> None:
    package = world.package(world.made(parts=["links"]))
    assert not [one for one in package.namelist() if "choice" in one or "receipt" in one]
