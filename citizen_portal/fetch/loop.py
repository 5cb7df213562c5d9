"""The event loop on which calls run: one thread per process, started when first needed.

A forked process starts its own. What it inherited is kept aside untouched: closing it would reach
into connections that belong to the parent.
"""

import asyncio
import atexit
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

import aiohttp
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from citizen_portal.fetch.addresses import CheckedResolver

T = TypeVar("T")
P = ParamSpec("P")
PER_HOST = 32
"""Connections to one host: a source that hangs holds up no other."""
KEEP_ALIVE = 30.0
NAMES_FOR = 10
"""Seconds for which a resolved and checked name is remembered."""


class CleanConnector(aiohttp.TCPConnector):
    """Never uses a connection again on which something came that nobody had asked for.

    What came would be taken for the answer to the next call, which is another person's.
    """

    async def _get(self, key: ConnectionKey, traces: list[Trace]) -> Connection | None:
        while (found := await super()._get(key, traces)) is not None:
            if found.protocol is not None and not found.protocol.should_close:
                break
            found.close()
        return found


@dataclass
class Home:
    """What one process has: a loop in its thread, threads for parsing, warm connections."""

    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(2, thread_name_prefix="fetch-parse")
    )
    sessions: dict[frozenset[str], aiohttp.ClientSession] = field(default_factory=dict)

    def session(self, loopback_hosts: frozenset[str]) -> aiohttp.ClientSession:
        """Connections under one policy. Only ever called on the loop."""
        if loopback_hosts not in self.sessions:
            self.sessions[loopback_hosts] = _new_session(loopback_hosts)
        return self.sessions[loopback_hosts]


_home: Home | None = None
_lock = threading.Lock()
_inherited: list[Home | None] = []


def home() -> Home:
    global _home
    with _lock:
        if _home is None:
            _home = Home()
            threading.Thread(target=_home.loop.run_forever, name="fetch-loop", daemon=True).start()
        return _home


def start(work: Coroutine[Any, Any, T]) -> Future[T]:
    """Run on the loop; the caller goes on at once."""
    return asyncio.run_coroutine_threadsafe(work, home().loop)


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run something that takes long off the loop."""
    there = home()
    return await there.loop.run_in_executor(there.threads, lambda: function(*args, **kwargs))


def _new_session(loopback_hosts: frozenset[str]) -> aiohttp.ClientSession:
    connector = CleanConnector(
        resolver=CheckedResolver(loopback_hosts),
        ttl_dns_cache=NAMES_FOR,
        limit=0,
        limit_per_host=PER_HOST,
        keepalive_timeout=KEEP_ALIVE,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=None, connect=None, sock_connect=None),
        headers={"Accept": "application/json", "Accept-Encoding": "gzip"},
        skip_auto_headers=["User-Agent"],
    )


def _forget() -> None:
    global _home, _lock
    _inherited.append(_home)
    _home, _lock = None, threading.Lock()


async def _close_sessions(there: Home) -> None:
    for session in there.sessions.values():
        await session.close()
    there.sessions.clear()


@atexit.register
def _close() -> None:
    global _home
    there, _home = _home, None
    if there is None:
        return
    closing = asyncio.run_coroutine_threadsafe(_close_sessions(there), there.loop)
    try:
        closing.result(timeout=2)
    finally:
        there.loop.call_soon_threadsafe(there.loop.stop)


os.register_at_fork(after_in_child=_forget)
