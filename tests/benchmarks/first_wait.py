"""One source hanging against each answering, on `/my`: `python -m tests.benchmarks.first_wait`.

Both are timed in turn, in one run, each with a session that has just begun.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

from aiohttp import web
from flask import Flask
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.identity import actions
from tests.access import world
from tests.benchmarks.fan_out import holdings, linked, portal, served, usage_period, usages

SOURCES = 8
ROUNDS = 15
SLACK_MS = 100


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, served(SOURCES + 1, routes()) as addresses:
        answering, hanging = addresses[:-1], f"{addresses[-1]}/hanging"
        app = portal(Path(folder))
        first_wait = app.extensions["settings"].first_wait_ms
        with app.extensions["sessions"].write() as session:
            good = linked(session, answering)
            bad = linked(session, [*answering[:-1], hanging])
            times: dict[UUID, list[float]] = {good: [], bad: []}
            for turn in range(ROUNDS + 2):
                for citizen_id in (good, bad):
                    taken = timed(app, session, citizen_id)
                    if turn >= 2:  # the first warm connections and caches
                        times[citizen_id].append(taken * 1000)
    quick, slow = (statistics.median(times[each]) for each in (good, bad))
    print(f"/my: {quick:.0f} ms with {SOURCES} answering, {slow:.0f} ms with one hanging")
    print(f"added {slow - quick:.0f} ms (bar: {first_wait} + {SLACK_MS})")
    return 0 if slow - quick <= first_wait + SLACK_MS else 1


def timed(app: Flask, session: Session, citizen_id: UUID) -> float:
    """Seconds that the first page of a new session takes, from sign-in on."""
    proof = actions.Proof(assurance="", auth_time=clock.now())
    started = actions.start(session, citizen_id, proof=proof)
    session.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{citizen_id}:{started.sign_in.id}:{started.token}"
        cookie["_fresh"] = True
    start = time.perf_counter()
    world.asker(app).begin(world.Who(citizen_id, started.sign_in.id))
    page = client.get("/my")
    taken = time.perf_counter() - start
    assert page.status_code == 200
    return taken


def routes() -> list[web.RouteDef]:
    return [
        web.get("/v2/findUsage", find_usage),
        web.get("/v2/usagePeriod", usage_period),
        web.get("/v1/holdings", holdings),
        web.get("/hanging/{rest:.*}", hang),
    ]


async def find_usage(request: web.Request) -> web.Response:
    return usages(request)


async def hang(_: web.Request) -> web.Response:
    await asyncio.Event().wait()
    return web.Response()


if __name__ == "__main__":
    sys.exit(main())
