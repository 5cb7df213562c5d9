"""Sources in a process of their own, reached over HTTP, each at a port of its own."""

import asyncio
import multiprocessing
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from aiohttp import web

ROWS = 20
HANGING = "/hanging"
"""Below it a source never answers."""


@contextmanager
def sources(count: int, *, delay: float = 0.0) -> Iterator[list[str]]:
    """The addresses of so many, which answer after so many seconds."""
    sockets = [socket.create_server(("127.0.0.1", 0), backlog=64) for _ in range(count)]
    process = multiprocessing.get_context("fork").Process(
        target=lambda: asyncio.run(_serve(sockets, _routes(delay))), daemon=True
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


def _routes(delay: float) -> list[web.RouteDef]:
    async def find_usage(request: web.Request) -> web.Response:
        await asyncio.sleep(delay)
        row = {"action": "Looked", "receiverCode": "B0001", "receiverSystem": "Desk"}
        rows = [{"logtime": f"2026-05-{n % 28 + 1:02}T10:00:00Z", **row} for n in range(ROWS)]
        headers = {"Portal-Subject": request.query["userCode"]}
        return web.json_response({"totalUsages": ROWS, "usages": rows}, headers=headers)

    async def usage_period(_: web.Request) -> web.Response:
        return web.json_response({"periodStart": "2020-01-01T00:00:00Z"})

    async def holdings(request: web.Request) -> web.Response:
        await asyncio.sleep(delay)
        return web.json_response({"subject": request.query["subject"], "holdings": []})

    async def hang(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    return [
        web.get("/v2/findUsage", find_usage),
        web.get("/v2/usagePeriod", usage_period),
        web.get("/v1/holdings", holdings),
        web.get(f"{HANGING}/{{rest:.*}}", hang),
    ]
