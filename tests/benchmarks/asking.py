"""Sources being asked: many against one, and one that hangs against none that does."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from flask import Flask

from tests.access import world
from tests.benchmarks.portals import portal, signed_in
from tests.benchmarks.rows import Case, Place
from tests.benchmarks.sizes import size
from tests.benchmarks.sources import HANGING, sources

MANY, DELAY = size(35, 5), 0.1
FEW = 8
ROUNDS, WARM = 15, 2
PATIENCE = 15
"""Seconds; a source is given up after ten."""


@contextmanager
def fan_out(place: Place) -> Iterator[list[Case]]:
    with sources(MANY, delay=DELAY) as addresses:
        app = portal(place)
        one, many = _linked(app, addresses[:1]), _linked(app, addresses)
        yield [Case(_answered(app, many), _answered(app, one), rounds=ROUNDS, warm=WARM)]
        app.extensions["sessions"].engine.dispose()


@contextmanager
def first_wait(place: Place) -> Iterator[list[Case]]:
    with sources(FEW + 1) as addresses:
        app = portal(place)
        good = _linked(app, addresses[:FEW])
        bad = _linked(app, [*addresses[1:FEW], addresses[FEW] + HANGING])
        asked: list[world.Who] = []
        slow, quick = (_first_page(app, one, asked) for one in (bad, good))
        yield [Case(slow, quick, rounds=ROUNDS, warm=WARM)]
        for who in asked:  # the one that hangs is given up, and then nobody writes any more
            world.asker(app).wait(who, PATIENCE)
        app.extensions["sessions"].engine.dispose()


def _linked(app: Flask, addresses: Sequence[str]) -> UUID:
    """A citizen who is linked to a body at each address."""
    with app.extensions["sessions"].write() as session:
        who = world.somebody(session)
        for address in addresses:
            world.source_at(session, address, who)
    return who.citizen_id


def _answered(app: Flask, citizen_id: UUID) -> Callable[[], float]:
    """Milliseconds until a new session of theirs has each answer."""

    def way() -> float:
        with app.extensions["sessions"].write() as session:
            who = world.signed_in(session, citizen_id)
        start = time.perf_counter()
        world.asker(app).begin(who)
        done = world.asker(app).wait(who, 10)
        taken = (time.perf_counter() - start) * 1000
        states = {answer.state for answer in world.answers(app, who).values()}
        assert done
        assert not states & {"did_not_answer", "asking"}, states
        return taken

    return way


def _first_page(app: Flask, citizen_id: UUID, asked: list[world.Who]) -> Callable[[], float]:
    """Milliseconds that the first page of a new session takes, from sign-in on."""

    def way() -> float:
        browser = signed_in(app, citizen_id)
        with browser.session_transaction() as kept:
            sign_in_id = UUID(str(kept["_user_id"]).split(":")[1])
        who = world.Who(citizen_id, sign_in_id)
        asked.append(who)
        start = time.perf_counter()
        world.asker(app).begin(who)
        page = browser.get("/my")
        taken = (time.perf_counter() - start) * 1000
        assert page.status_code == 200
        return taken

    return way
