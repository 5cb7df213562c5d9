"""Asking 35 sources of 100 ms each against asking one: `python -m tests.benchmarks.fan_out`.

Both are timed in turn, in one run, from `begin` until each answer is kept and may be shown. The
sources are a server in another process, reached over HTTP, each on a port of its own.
"""

import asyncio
import multiprocessing
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from aiohttp import web
from flask import Flask
from sqlalchemy.orm import Session

from citizen_portal import sealing, signing
from citizen_portal.app import create_app
from citizen_portal.db import Base
from citizen_portal.identity.remote import keys as sign_in_keys
from citizen_portal.settings import Settings
from tests.access import world

SOURCES = 35
DELAY = 0.1
ROUNDS = 15
ROWS = 20
BAR = 1.6


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, served(SOURCES, routes()) as addresses:
        app = portal(Path(folder))
        with app.extensions["sessions"].write() as session:
            one, many = linked(session, addresses[:1]), linked(session, addresses)
            times: dict[UUID, list[float]] = {one: [], many: []}
            for turn in range(ROUNDS + 2):
                for citizen_id in (one, many):
                    taken = timed(app, session, citizen_id)
                    if turn >= 2:  # the first warm connections and caches
                        times[citizen_id].append(taken)
    single, fan = (statistics.median(times[each]) for each in (one, many))
    ratio = statistics.median(b / a for a, b in zip(times[one], times[many], strict=True))
    print(f"one source {single * 1000:.0f} ms, {SOURCES} sources {fan * 1000:.0f} ms")
    print(f"ratio {ratio:.2f} (median of {ROUNDS} pairs; bar {BAR})")
    return 0 if ratio <= BAR else 1


def timed(app: Flask, session: Session, citizen_id: UUID) -> float:
    """Seconds until a new session of this citizen has each answer."""
    who = world.signed_in(session, citizen_id)
    start = time.perf_counter()
    world.asker(app).begin(who)
    done = world.asker(app).wait(who, 10)
    taken = time.perf_counter() - start
    states = {answer.state for answer in world.answers(app, who).values()}
    assert done
    assert not states & {"did_not_answer", "asking"}, states
    return taken


def linked(session: Session, addresses: list[str]) -> UUID:
    """A citizen who is linked to a body at each address."""
    who = world.somebody(session)
    for address in addresses:
        world.source_at(session, address, who)
    return who.citizen_id


def portal(folder: Path, database_url: str = "") -> Flask:
    for module in (sealing, signing, sign_in_keys):
        module.create(folder)
    app = create_app(
        Settings(
            environment="development",
            secret_key="a secret for benchmarks only, long enough",
            database_url=database_url or f"sqlite:///{folder}/bench.db",
            queue_file=folder / "queue.db",
            keys_folder=folder,
            export_store=f"{folder}-copies",
            private_addresses="127.0.0.1",
            log_level="ERROR",
        )
    )
    Base.metadata.create_all(app.extensions["sessions"].engine)
    return app


@contextmanager
def served(count: int, routes: Sequence[web.RouteDef]) -> Iterator[list[str]]:
    """The addresses of so many sources, served by a process of their own."""
    sockets = [socket.create_server(("127.0.0.1", 0), backlog=64) for _ in range(count)]
    process = multiprocessing.get_context("fork").Process(
        target=lambda: asyncio.run(_serve(sockets, routes)), daemon=True
    )
    process.start()
    try:
        yield [f"http://127.0.0.1:{each.getsockname()[1]}" for each in sockets]
    finally:
        process.terminate()
        process.join()
        for each in sockets:
            each.close()


async def _serve(sockets: Sequence[socket.socket], routes: Sequence[web.RouteDef]) -> None:
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    for each in sockets:
        await web.SockSite(runner, each).start()
    await asyncio.Event().wait()


def routes() -> list[web.RouteDef]:
    return [
        web.get("/v2/findUsage", find_usage),
        web.get("/v2/usagePeriod", usage_period),
        web.get("/v1/holdings", holdings),
    ]


async def find_usage(request: web.Request) -> web.Response:
    await asyncio.sleep(DELAY)
    return usages(request)


def usages(request: web.Request) -> web.Response:
    row = {"action": "Looked", "receiverCode": "B0001", "receiverSystem": "Desk"}
    rows = [{"logtime": f"2026-05-{n % 28 + 1:02}T10:00:00Z", **row} for n in range(ROWS)]
    headers = {"Portal-Subject": request.query["userCode"]}
    return web.json_response({"totalUsages": ROWS, "usages": rows}, headers=headers)


async def usage_period(_: web.Request) -> web.Response:
    return web.json_response({"periodStart": "2020-01-01T00:00:00Z"})


async def holdings(request: web.Request) -> web.Response:
    await asyncio.sleep(DELAY)
    return web.json_response({"subject": request.query["subject"], "holdings": []})


if __name__ == "__main__":
    sys.exit(main())
