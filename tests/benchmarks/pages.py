"""Public pages of a large register against those of a small one."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask

from citizen_portal import clock
from citizen_portal.agreements import actions
from tests.agreements import many
from tests.benchmarks.portals import portal
from tests.benchmarks.rows import Case, Place
from tests.benchmarks.sizes import size

SMALL, LARGE = (25, 20), (size(5_000, 50), size(1_000, 30))
"""Agreements and bodies."""
ROUNDS, WARM = 40, 5
PAGES = (
    "/register",
    "/register?sort=answered",
    "/register?q=library+cards",
    "/register?q=council",
    "/register?q=library&stage=service_delivery&status=holds",
    "/register?body=council-0003&sort=ending",
    "/register?data=Name&sort=newest",
    "/register/BIG-00012",
    "/register/BIG-00012/versions",
    "/register/BIG-00012/trust",
    "/register/scorecard",
    "/register/picture",
    "/register/picture?kind=council",
    "/bodies",
    "/bodies?q=council+0003",
    "/bodies/council-0003",
)


@contextmanager
def register_pages(place: Place) -> Iterator[Iterator[Case]]:
    small, large = (_filled(place, *each) for each in (SMALL, LARGE))
    yield (
        Case(_timed(large, path), _timed(small, path), path, rounds=ROUNDS, warm=WARM)
        for path in PAGES
    )


def _filled(place: Place, agreements: int, bodies: int) -> Flask:
    app = portal(place.beside(f"with-{agreements}"))
    with app.extensions["sessions"].writing() as session:
        entries = many.entries(agreements, bodies)
        actions.import_register(session, entries, today=clock.today("Europe/London"))
    return app


def _timed(app: Flask, path: str) -> Callable[[], float]:
    browser = app.test_client()

    def way() -> float:
        start = time.perf_counter()
        response = browser.get(path)
        taken = (time.perf_counter() - start) * 1000
        assert response.status_code == 200, path
        return taken

    return way
