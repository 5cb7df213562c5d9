"""Pages of a large register against a small one: `python -m tests.benchmarks.register_pages`.

Both are asked in turn, in one run, for the same pages; the median of each is set against the other.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from flask import Flask

from citizen_portal import clock
from citizen_portal.agreements import actions
from tests.agreements import many
from tests.benchmarks.fan_out import portal

SMALL, LARGE = (25, 20), (5_000, 1_000)
"""Agreements and bodies."""
ROUNDS = 40
WARM = 5
BAR = 2.0
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


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        apps = [
            filled(Path(folder) / str(agreements), agreements, bodies)
            for agreements, bodies in (SMALL, LARGE)
        ]
        ratios = [compared(apps, path) for path in PAGES]
    worst = max(ratios)
    print(f"worst {worst:.2f}x (bar: {BAR}x, {LARGE[0]} agreements against {SMALL[0]})")
    return 0 if worst <= BAR else 1


def compared(apps: list[Flask], path: str) -> float:
    small, large = measured(apps, path)
    print(f"{path:58} {small:6.1f} ms  {large:6.1f} ms  {large / small:5.2f}x", flush=True)
    return large / small


def filled(folder: Path, agreements: int, bodies: int) -> Flask:
    folder.mkdir()
    app = portal(folder)
    with app.extensions["sessions"].writing() as session:
        entries = many.entries(agreements, bodies)
        actions.import_register(session, entries, today=clock.today("Europe/London"))
    return app


def measured(apps: list[Flask], path: str) -> list[float]:
    """The median of each, in milliseconds; asked in turn, so that both meet the same noise."""
    times: list[list[float]] = [[] for _ in apps]
    clients = [app.test_client() for app in apps]
    for turn in range(ROUNDS + WARM):
        for client, taken in zip(clients, times, strict=True):
            start = time.perf_counter()
            response = client.get(path)
            if turn >= WARM:
                taken.append((time.perf_counter() - start) * 1000)
            assert response.status_code == 200, path
    return [statistics.median(taken) for taken in times]


if __name__ == "__main__":
    sys.exit(main())
