"""The first page on PostgreSQL with and without the second wall, on the same rows."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask

from tests import make, walled
from tests.benchmarks.portals import portal, signed_in
from tests.benchmarks.rows import Case, Place
from tests.benchmarks.sizes import size

PAGES = size(100, 5)
"""Of one round."""


@contextmanager
def second_wall(place: Place) -> Iterator[list[Case]]:
    plain = portal(place)
    citizen = make.citizen()
    with plain.extensions["sessions"].writing() as session:
        session.add(citizen)
    browser = signed_in(plain, citizen.id)
    with browser.session_transaction() as kept:
        who = str(kept["_user_id"])
    keys = plain.extensions["settings"].keys_folder
    walled.build(plain.extensions["sessions"], walled.wall_of(keys))
    roles = {
        "database_roles": walled.ROLES,
        "database_url": walled.as_role(place.url, "portal_web"),
    }
    behind = portal(place, **roles)
    yield [Case(_pages(behind, who), _pages(plain, who), rounds=7)]
    for app in (plain, behind):
        app.extensions["sessions"].engine.dispose()


def _pages(app: Flask, who: str) -> Callable[[], float]:
    """Milliseconds of a page."""
    browser = app.test_client()
    with browser.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = who, True

    def way() -> float:
        start = time.perf_counter()
        for _ in range(PAGES):
            assert browser.get("/my").status_code == 200
        return (time.perf_counter() - start) * 1000 / PAGES

    return way
