"""Citizens whose eight bodies have answered, so that their pages are drawn from what is here."""

from collections.abc import Iterator
from dataclasses import replace

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from citizen_portal.identity.models import Citizen, LinkProof, LinkState
from citizen_portal.identity.models import SubjectLink as Link
from tests.benchmarks.portals import signed_in
from tests.dashboard.world import World, usage

BODIES = ("schools", "tax", "benefits", "health", "housing", "licences", "pensions", "voters")
LOOKS = 20
"""That each body tells of."""


def browsers(app: Flask, count: int) -> Iterator[FlaskClient]:
    """Of so many citizens, each signed in and with each answer kept."""
    first = _world(app)
    for name in BODIES:
        first.body(name, link=None)
    for giver, taker in zip(BODIES, BODIES[1:], strict=False):
        first.agreement(f"DSA-{giver}", discloser=giver, recipient=taker)
    for number in range(count):
        world = _world(app) if number else first
        world = replace(world, bodies=first.bodies, sources=first.sources)
        with world.sessions.writing() as session:
            _link(session, world)
        _answer(world)
        yield world.browser


def _world(app: Flask) -> World:
    citizen = Citizen()
    with app.extensions["sessions"].writing() as session:
        session.add(citizen)
    return World(app, citizen, signed_in(app, citizen.id))


def _link(session: Session, world: World) -> None:
    for at, body in enumerate(world.bodies.values()):
        session.add(
            Link(
                citizen_id=world.citizen.id,
                organisation_id=body.id,
                pairwise=f"{world.citizen.id.hex}{at:032}",
                state=LinkState.LINKED,
                proof=LinkProof.CLAIM,
            )
        )


def _answer(world: World) -> None:
    for name, next_one in zip(BODIES, [*BODIES[1:], BODIES[0]], strict=True):
        agreement = None if next_one == BODIES[0] else f"DSA-{name}"
        looks = [usage(n * 7, by=next_one, agreement=agreement) for n in range(LOOKS)]
        world.answered(name, *looks, holds=("Name", "Income"))
