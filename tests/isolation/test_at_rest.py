"""What whoever takes the database away can read, and what not: by the class of each column."""

import secrets
from datetime import timedelta
from pathlib import Path

import pytest

from citizen_portal import clock
from citizen_portal.identity import actions as identity
from citizen_portal.identity.models import Role
from tests.classes import classed, of
from tests.databases import Databases, in_clear
from tests.incidents.reporting import incident
from tests.isolation.decoding import found
from tests.isolation.people import look
from tests.isolation.resting import (
    keys_of,
    plain_hashes,
    prefixes,
    said_by_people,
    sealed,
    taken,
    told_by_bodies,
    values,
    written,
)
from tests.isolation.world import World
from tests.pages import Page
from tests.questions.asking import action

ISSUER = "https://sign-in.example"
BY_ITS_DOOR = "officer_sign_in.sealed_hint"
"""Written when an officer comes from the provider: ``tests/identity/test_at_rest.py``."""
OF_BODIES = {"hold.source_ref", "incident.reference"}
"""A body's own names of things: documents ask for such as say nothing, and this world's do."""
SAID_IN_PUBLIC = "incident"
"""Whatever a body writes of an incident is for everybody; this one writes marks."""
HELD = f"Held back {secrets.token_hex(6)}"
GONE = f"GONE{secrets.token_hex(6)}"


@pytest.fixture(scope="module")
def kept(filled_world: World, databases: Databases) -> World:
    """The world, with what waits for the worker, an account that was closed, and a question that
    was asked on its page."""
    world, one = filled_world, filled_world.one
    for someone in world.people:
        someone.browser = world.enter(someone)
        someone.browser.get("/my")
    _withhold(world)
    told = incident("INC-WAITS", subjects=[each.known["clinic"] for each in world.people])
    world.call("clinic", "POST", "/api/v1/incidents", told)
    asked = {"agreement": "DSA-0002", "ids": [each.known["university"] for each in world.people]}
    world.call("university", "POST", "/api/v1/preference-checks", asked)
    links = Page.get(one.browser, f"/my/access/{one.named['look'][0]}").links()
    form = Page.get(one.browser, next(each for each in links if "/my/ask/" in each))
    form.submit(action(form), kind="why", words=f"Why {one.canary}?")
    with world.app.extensions["sessions"].writing() as session:
        index = world.app.extensions["index"]
        gone = identity.find_or_make_citizen(session, index, issuer=ISSUER, subject=GONE)
        identity.close(session, gone, envelope=world.app.extensions["closed_envelope"])
    return world


def _withhold(world: World) -> None:
    approvers = [str(world.officer("clinic", Role.HOLD_APPROVER).id) for _ in range(2)]
    until = (clock.now() + timedelta(days=30)).date().isoformat()
    law = {"basis": "crime-and-tax", "protects": "inquiry", "until": until}
    row = look(world.one.canary, world.one.known["clinic"], "waits", action=HELD)
    sent = {"events": [row | {"withheld": law | {"approvers": approvers}}]}
    assert world.call("clinic", "POST", "/api/v1/access-events", sent)["accepted"] == 1


def test_what_is_classed_as_sealed_was_sealed_by_a_key_of_the_portal(
    kept: World, keys_folder: Path
) -> None:
    ours = prefixes(keys_folder)
    marks = {each.canary for each in kept.people}
    for one in of("sealed"):
        held = [each for value in values(kept, one) for each in sealed(value)]
        assert held or one.name == BY_ITS_DOOR, one.name
        for each in held:
            assert each[:5] in ours, one.name
            assert not found(marks, each), one.name


def test_marks_of_people_stand_in_columns_that_are_classed_as_clear_alone(kept: World) -> None:
    """Else a column is classed wrongly, or what stands there is not what should."""
    marks = {mark for each in kept.people for mark in (each.canary, each.address)}
    marked = set()
    for one in classed():
        if one.kind == "sealed" or one.table == SAID_IN_PUBLIC:
            continue
        if any(found(marks, written(value)) for value in values(kept, one)):
            marked.add((one.name, one.kind))
    assert {name for name, kind in marked if kind == "clear"} > {"pushed_event.action"}
    assert {name for name, kind in marked if kind != "clear"} <= OF_BODIES


def test_what_is_keyed_or_a_digest_holds_nothing_that_went_into_it(kept: World) -> None:
    known, plain = set(), set()
    for each in kept.people:
        names = (each.canary, each.address, each.id.hex, str(each.id))
        known |= {*names, *keys_of(each)}
        plain |= {hashed for name in names for hashed in plain_hashes(name)}
        plain |= plain_hashes(ISSUER, each.canary) | plain_hashes("account", ISSUER, each.canary)
    for one in of("keyed", "digest"):
        held = {written(value).decode("latin-1") for value in values(kept, one)}
        assert not {value for value in held if any(name in value for name in known)}, one.name
        assert not held & plain, one.name


def test_what_is_signed_names_nobody_but_to_the_body_it_is_for(kept: World) -> None:
    names = {
        name for each in kept.people
        for name in (each.canary, each.id.hex, str(each.id), *each.known.values())
    }  # fmt: skip
    receipts, statements = of("signed")
    shown = [found(names, written(value)) for value in values(kept, receipts)]
    assert shown
    assert not any(shown), receipts.name
    shown = [found(names, written(value)) for value in values(kept, statements)]
    assert shown
    assert {len(each) for each in shown} == {1}, statements.name
    assert set().union(*shown) <= {name for each in kept.people for name in each.known.values()}


def test_whoever_takes_the_database_reads_none_of_this(kept: World) -> None:
    """Its files with their log, or a dump; and each file that the portal wrote beside it."""
    raw = taken(kept)
    for each in kept.people:
        closed = [each.address, *told_by_bodies(each), *said_by_people(each), *keys_of(each)]
        assert in_clear(closed, raw) == []
    assert in_clear([HELD, GONE], raw) == []
    clear = [f"Opened {each.canary}" for each in kept.people]
    assert in_clear(clear, raw) == clear, "or nothing could be found there at all"
