"""Many citizens at once, over HTTP, on a portal as it is served; and what a page costs a core."""

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import requests
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

from tests.benchmarks.household import browsers
from tests.benchmarks.portals import Server, cookie, portal, served, served_bare
from tests.benchmarks.processes import cpu_ms
from tests.benchmarks.rows import Case, Place
from tests.benchmarks.sizes import size

CITIZENS, SECONDS = size(200, 6), size(60, 4)
THINKING = (2.0, 8.0) if SECONDS == 60 else (0.1, 0.5)
"""Seconds for which somebody reads a page."""
PAGE = "/my"
WALK = (PAGE, "/my/access", PAGE, "/my/choices", PAGE, "/register")
AT_ONCE, PAGES = 8, size(50, 5)


@contextmanager
def browsing(place: Place) -> Iterator[list[Case]]:
    app = portal(place)
    cookies = [cookie(app, browser) for browser in browsers(app, CITIZENS)]
    with served(app) as server:

        def slow() -> float:
            return asyncio.run(_browsed(server, cookies))

        yield [Case(slow, rounds=3, warm=0, server=server.pid)]


async def _browsed(server: Server, cookies: Sequence[str]) -> float:
    """Milliseconds within which 95 of 100 pages came."""
    until = time.monotonic() + SECONDS
    chance = random.Random(20)  # noqa: S311 - when they turn a page, the same each time
    people = (_person(server, one, until, random.Random(chance.random())) for one in cookies)  # noqa: S311
    took = [seconds for each in await asyncio.gather(*people) for seconds in each]
    return statistics.quantiles(took, n=20)[-1] * 1000


async def _person(server: Server, cookie: str, until: float, chance: random.Random) -> list[float]:
    """Seconds that each of their dashboards took; raises where any page is not there."""
    took: list[float] = []
    async with ClientSession(
        server.address,
        cookie_jar=DummyCookieJar(),
        headers={"Cookie": cookie},
        timeout=ClientTimeout(30),
    ) as browser:
        await asyncio.sleep(chance.uniform(0, sum(THINKING) / 2))  # as often as pages are turned
        turn = chance.randrange(len(WALK))
        while time.monotonic() < until:
            path = WALK[turn % len(WALK)]
            start = time.perf_counter()
            async with browser.get(path, allow_redirects=False) as response:
                await response.read()
                assert response.status == 200, f"{path} is answered with {response.status}"
            if path == PAGE:
                took.append(time.perf_counter() - start)
            turn += 1
            await asyncio.sleep(chance.uniform(*THINKING))
    return took


@contextmanager
def rate(place: Place) -> Iterator[list[Case]]:
    app = portal(place)
    cookies = [cookie(app, browser) for browser in browsers(app, AT_ONCE)]
    with served(app) as server, served_bare(app, cookies[0], PAGE) as bare:
        yield [
            Case(
                _core(server, cookies),
                _core(bare, cookies),
                rounds=9,
                server=server.pid,
                limit_server=bare.pid,
            )
        ]


def _core(server: Server, cookies: Sequence[str]) -> Callable[[], float]:
    """How long a core works for one page."""

    def way() -> float:
        before = cpu_ms(server.pid)
        with ThreadPoolExecutor(len(cookies)) as people:
            list(people.map(lambda one: _open(server, one), cookies))
        return (cpu_ms(server.pid) - before) / (len(cookies) * PAGES)

    return way


def _open(server: Server, cookie: str) -> None:
    with requests.Session() as browser:
        browser.headers["Cookie"] = cookie
        for _ in range(PAGES):
            browser.get(server.address + PAGE, timeout=30).raise_for_status()
