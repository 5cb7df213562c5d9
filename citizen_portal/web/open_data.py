"""How open data is answered: to anybody and any site, kept by caches, sent again only when new.

Each answer has a tag (RFC 9110 §8.8.3) made of what decides it. It is weak, since the same data may
be written in other bytes after an update.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from flask import Response, request

from citizen_portal.web import asked, parts
from citizen_portal.web.headers import OPEN

SECONDS = 300
"""How long a cache may show an answer before it asks whether there is a new one."""
MOST_PAGES = 100_000
POLICY = "default-src 'none'; frame-ancestors 'none'"
PORTAL = version("citizen-portal")


@dataclass(frozen=True)
class Content:
    """What is sent: texts or bytes, at once or piece by piece."""

    body: str | bytes | Iterable[bytes]
    mime: str
    size: int | None = None
    links: tuple[tuple[str, str], ...] = ()
    """Address and relation, for the Link header (RFC 8288)."""


def answer_by(made_of: Iterable[object], make: Callable[[], Content | None]) -> Response:
    """What ``make`` makes, unless who asks has it already; a plain 404 if it makes nothing.

    ``made_of`` is what decides the answer beside the address and the portal itself.
    """
    tag = _tag(made_of)
    if request.if_none_match.contains_weak(tag):
        return _cached(Response(status=304), tag)
    content = make()
    if content is None:
        return missing()
    response = Response(content.body, mimetype=content.mime)
    if content.size is not None:
        response.content_length = content.size
    for address, relation in content.links:
        response.headers.add("Link", f'<{address}>; rel="{relation}"')
    return _cached(response, tag)


def missing() -> Response:
    """That there is no such thing, as a machine reads it (RFC 9457)."""
    status = HTTPStatus.NOT_FOUND
    problem = {"type": "about:blank", "title": status.phrase, "status": status.value}
    body = json.dumps(problem)
    return Response(body, status=status, content_type="application/problem+json")


def open_to_all(response: Response) -> Response:
    """Any site's scripts may read it (Fetch, CORS protocol), also with a tag of their own."""
    headers = response.headers
    headers.update(OPEN)
    headers["Access-Control-Expose-Headers"] = "ETag, Link"
    headers["Content-Security-Policy"] = POLICY
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        headers["Access-Control-Allow-Headers"] = "If-None-Match"
    return response


def written(value: Any) -> str:
    """JSON as it is sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def number(name: str, otherwise: int, most: int) -> int:
    """A number that the address asks for, from 1 on; what is none is as if it were not asked."""
    given = asked.number(request.args.get(name, ""))
    return min(max(1, otherwise if given is None else given), most)


def around(path: str, page: int, more: bool, **kept: object) -> dict[str, str]:
    """Addresses of the pages before and after this one, by relation."""
    at = f"{parts.settings().public_url}{path}?page="
    rest = "".join(f"&{name}={value}" for name, value in kept.items())
    links = {"prev": f"{at}{page - 1}{rest}"} if page > 1 else {}
    return links | ({"next": f"{at}{page + 1}{rest}"} if more else {})


def _tag(made_of: Iterable[object]) -> str:
    settings = parts.settings()
    whole = (PORTAL, settings.public_url, settings.brand, *made_of, request.full_path)
    return hashlib.sha256("\n".join(map(str, whole)).encode()).hexdigest()[:24]


def _cached(response: Response, tag: str) -> Response:
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    return response
