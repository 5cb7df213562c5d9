"""One call and its answer, within limits of time, size and shape."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
from yarl import URL

from citizen_portal.fetch import addresses, documents, loop
from citizen_portal.fetch.faults import Fault, Kind

T = TypeVar("T")
CHUNK = 65_536
SMALL = 16_384
"""Bytes up to which a document is parsed where it arrives; larger ones in another thread."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: its document, how many bytes that had, its headers by lower-case name."""

    document: Any
    size: int
    headers: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Calls other systems. Knows no cookie, no proxy, no redirect.

    ``base`` is the registered address of the system; a call goes there and nowhere else.
    ``until`` is a moment of the loop's clock by which everything must be done.
    """

    loopback_hosts: frozenset[str]
    max_bytes: int

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run calls on the loop; the caller goes on at once."""
        return loop.start(work)

    def wait(self, work: Coroutine[Any, Any, T], *, seconds: float) -> T:
        """Run calls and wait for them; raises ``Fault`` when the time is over."""
        return loop.start(_within(work, seconds)).result()

    @staticmethod
    def moment(seconds: float) -> float:
        """The moment that many seconds from now, as ``until`` counts. Only on the loop."""
        return asyncio.get_running_loop().time() + seconds

    async def get(
        self,
        base: str,
        path: str,
        *,
        until: float,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Raises ``Fault``."""
        url = self._url(base, path).with_query(query or {})
        return await self._call("GET", url, until=until, headers=headers)

    async def post(
        self,
        base: str,
        path: str,
        *,
        until: float,
        document: Mapping[str, Any],
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Raises ``Fault``."""
        url = self._url(base, path)
        return await self._call("POST", url, until=until, headers=headers, document=document)

    async def send(
        self, address: str, body: bytes, *, until: float, headers: Mapping[str, str]
    ) -> None:
        """Post bytes to an address, exactly as it is registered; raises ``Fault``.

        Any status from 200 to 299 means that they were taken; what else is said is not read.
        """
        url = self._url("", address)
        async with self._asked("POST", url, until=until, headers=headers, data=body) as response:
            if not 200 <= response.status < 300:
                _check_status(response.status)

    def _url(self, base: str, path: str) -> URL:
        return addresses.checked(base, path, loopback_hosts=self.loopback_hosts)

    async def _call(
        self,
        method: str,
        url: URL,
        *,
        until: float,
        headers: Mapping[str, str] | None,
        document: Mapping[str, Any] | None = None,
    ) -> Reply:
        async with self._asked(
            method, url, until=until, headers=headers, json=document
        ) as response:
            return await self._reply(response)

    @asynccontextmanager
    async def _asked(
        self, method: str, url: URL, *, until: float, **given: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer, as long as there is time; whatever fails until it is read is a ``Fault``."""
        session = loop.home().session(self.loopback_hosts)
        try:
            async with (
                asyncio.timeout_at(until),
                session.request(method, url, allow_redirects=False, **given) as response,
            ):
                yield response
        except TimeoutError:
            raise Fault(Kind.TOO_SLOW) from None
        except (aiohttp.ClientError, OSError) as error:
            raise Fault(_kind(error)) from None

    async def _reply(self, response: aiohttp.ClientResponse) -> Reply:
        _check_status(response.status)
        encoding = response.headers.get("Content-Encoding", "identity").lower()
        if encoding not in {"gzip", "identity"} or not _is_json(response.content_type):
            raise Fault(Kind.UNREADABLE)
        raw = await self._body(response)
        packed = encoding == "gzip"
        document, size = (
            await loop.in_thread(documents.read, raw, packed=packed, max_bytes=self.max_bytes)
            if packed or len(raw) > SMALL
            else documents.read(raw, packed=False, max_bytes=self.max_bytes)
        )
        return Reply(document, size, _by_name(response))

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        if (response.content_length or 0) > self.max_bytes:
            raise Fault(Kind.TOO_LARGE)
        held = bytearray()
        async for chunk in response.content.iter_chunked(CHUNK):
            held += chunk
            if len(held) > self.max_bytes:
                raise Fault(Kind.TOO_LARGE)
        return bytes(held)


async def _within(work: Coroutine[Any, Any, T], seconds: float) -> T:
    try:
        return await asyncio.wait_for(work, seconds)
    except TimeoutError:
        raise Fault(Kind.TOO_SLOW) from None


def _check_status(status: int) -> None:
    if status == 200:
        return
    if 300 <= status < 400:
        raise Fault(Kind.REDIRECT, status=status)
    if status in {401, 403}:
        raise Fault(Kind.TURNED_US_AWAY, status=status)
    raise Fault(Kind.SAID_ERROR if status >= 400 else Kind.UNREADABLE, status=status)


def _is_json(content_type: str) -> bool:
    return content_type == "application/json" or content_type.endswith("+json")


def _by_name(response: aiohttp.ClientResponse) -> dict[str, tuple[str, ...]]:
    return {name.lower(): tuple(response.headers.getall(name)) for name in response.headers}


def _kind(error: Exception) -> Kind:
    if isinstance(error, aiohttp.InvalidURL):
        return Kind.FORBIDDEN_ADDRESS
    if isinstance(error, aiohttp.ClientResponseError):
        return Kind.UNREADABLE  # it did not speak HTTP as it is written
    return Kind.UNREACHABLE
