"""One source hanging against each answering, on `/my`: `python -m tests.benchmarks.first_wait`.

Both are timed in turn, in one run, each with a session that has just begun.
"""

import asyncio
import multiprocessing
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from aiohttp import web
from flask import Flask
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.identity import actions
from tests.access import world
from tests.benchmarks.fan_out import holdings, linked, portal, usage_period

SOURCES = 8
ROUNDS = 15
SLACK_MS = 100


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, sources() as (answering, hanging):
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


@contextmanager
def sources() -> Iterator[tuple[list[str], str]]:
    """Addresses of sources that answer at once, and of one that hangs; in another process."""
    sockets = [socket.create_server(("127.0.0.1", 0), backlog=64) for _ in range(SOURCES + 1)]
    process = multiprocessing.get_context("fork").Process(
        target=lambda: asyncio.run(serve(sockets)), daemon=True
    )
    process.start()
    try:
        addresses = [f"http://127.0.0.1:{each.getsockname()[1]}" for each in sockets]
        yield addresses[:-1], f"{addresses[-1]}/hanging"
    finally:
        process.terminate()
        process.join()
        for each in sockets:
            each.close()


async def serve(sockets: list[socket.socket]) -> None:
    app = web.Application()
    app.router.add_get("/v2/findUsage", find_usage)
    app.router.add_get("/v2/usagePeriod", usage_period)
    app.router.add_get("/v1/holdings", holdings)
    app.router.add_get("/hanging/{rest:.*}", hang)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    for each in sockets:
        await web.SockSite(runner, each).start()
    await asyncio.Event().wait()


async def find_usage(request: web.Request) -> web.Response:
    row = {"action": "Looked", "receiverCode": "B0001", "receiverSystem": "Desk"}
    usages = [{"logtime": f"2026-05-{n % 28 + 1:02}T10:00:00Z", **row} for n in range(20)]
    headers = {"Portal-Subject": request.query["userCode"]}
    return web.json_response({"totalUsages": 20, "usages": usages}, headers=headers)


async def hang(_: web.Request) -> web.Response:
    await asyncio.Event().wait()
    return web.Response()


if __name__ == "__main__":
    sys.exit(main())
