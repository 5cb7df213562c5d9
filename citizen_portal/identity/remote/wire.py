"""How the identity provider is reached: Authlib's own HTTP session, over the loop of ``fetch``.

So one deadline covers names, connection, headers and body, however slowly they drip; addresses
are checked, sizes limited, and neither redirects nor cookies nor proxies are known.
"""

import asyncio
import io
from typing import Any

import aiohttp
import requests
from authlib.integrations.flask_client import FlaskOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from requests.adapters import BaseAdapter
from yarl import URL

from citizen_portal.fetch import Fault, loop
from citizen_portal.fetch.addresses import allowed

MOST_BYTES = 256_000
CHUNK = 65_536
OURS_TO_MAKE = {"content-length", "connection", "transfer-encoding"}
"""Headers that belong to one connection, which aiohttp writes itself."""


class OverFetch(BaseAdapter):
    """Carries requests' calls. ``private_hosts`` may resolve to private or loopback addresses."""

    def __init__(self, *, seconds: float, private_hosts: frozenset[str]) -> None:
        super().__init__()
        self._seconds, self._private_hosts = seconds, private_hosts

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        try:
            return loop.start(self._call(request)).result(self._seconds + 1)
        except TimeoutError as error:
            raise requests.Timeout("too slow") from error
        except Fault as error:
            raise requests.exceptions.InvalidURL("forbidden address") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise requests.ConnectionError("no answer") from error

    def close(self) -> None:
        """Connections belong to the loop."""

    async def _call(self, request: requests.PreparedRequest) -> requests.Response:
        url = URL(str(request.url), encoded=True)
        if _is_address(url) and not allowed(str(url.host), private=url.host in self._private_hosts):
            raise ValueError("this address may not be called")
        headers = {k: v for k, v in request.headers.items() if k.lower() not in OURS_TO_MAKE}
        body = request.body.encode() if isinstance(request.body, str) else request.body
        session = loop.home().session(self._private_hosts)
        async with (
            asyncio.timeout(self._seconds),
            session.request(
                str(request.method), url, headers=headers, data=body, allow_redirects=False
            ) as answer,
        ):
            return _response(request, answer, await _read(answer))


class Session(OAuth2Session):  # type: ignore[misc]
    """Authlib's session: no settings from the environment, no cookies kept, no redirects."""

    def __init__(self, *given: Any, carrier: OverFetch, **named: Any) -> None:
        super().__init__(*given, **named)
        self.trust_env = False
        self.headers["Accept-Encoding"] = "identity"
        self.adapters.clear()
        for scheme in ("https://", "http://"):
            self.mount(scheme, carrier)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: an answer that leads elsewhere is read as it stands, and refused."""


class Client(FlaskOAuth2App):  # type: ignore[misc]
    client_cls = Session


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ValueError("it was asked not to pack its answer")
    held = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        held += chunk
        if len(held) > MOST_BYTES:
            raise ValueError("too large")
    return bytes(held)


def _response(
    request: requests.PreparedRequest, answer: aiohttp.ClientResponse, body: bytes
) -> requests.Response:
    response = requests.Response()
    response.status_code = answer.status
    response.headers.update(answer.headers)
    response.raw = io.BytesIO(body)
    response.url = str(request.url)
    response.request = request
    response.encoding = "utf-8"
    return response


def _is_address(url: URL) -> bool:
    return bool(url.host) and (":" in str(url.host) or str(url.host).replace(".", "").isdigit())
