"""`/my` with each source answered, against what drawing it takes at the least."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient

from tests.agreements.files import statements as counting
from tests.benchmarks.bare import Watched, bare, watched
from tests.benchmarks.household import browsers
from tests.benchmarks.portals import portal
from tests.benchmarks.rows import Case, Place

PAGE = "/my"
ROUNDS = 60
NONCE = re.compile(r'nonce="[^"]+"')


@contextmanager
def dashboard(place: Place) -> Iterator[list[Case]]:
    app = portal(place)
    [browser] = browsers(app, 1)
    page = watched(app, browser, PAGE)
    limit = bare(app, page, PAGE).test_client()
    engine = app.extensions["sessions"].engine
    with counting(engine) as asked:
        _check_same(page, limit.get(PAGE).text)
    assert asked == [], "the bare view asks by the driver alone"
    yield [Case(timed(browser), timed(limit), rounds=ROUNDS, warm=5)]
    engine.dispose()


@contextmanager
def statements(place: Place) -> Iterator[list[Case]]:
    app = portal(place)
    [browser] = browsers(app, 1)
    engine = app.extensions["sessions"].engine

    def asked() -> float:
        with counting(engine) as seen:
            assert browser.get(PAGE).status_code == 200
        return len(seen)

    yield [Case(asked, rounds=1)]
    engine.dispose()


def timed(browser: FlaskClient) -> Callable[[], float]:
    def way() -> float:
        start = time.perf_counter()
        response = browser.get(PAGE)
        taken = (time.perf_counter() - start) * 1000
        assert response.status_code == 200
        return taken

    return way


def _check_same(page: Watched, text: str) -> None:
    ours, bare = (NONCE.sub("", one) for one in (page.text, text))
    assert ours == bare, "it is not the same page"
