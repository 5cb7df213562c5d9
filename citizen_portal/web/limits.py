"""Who may do how much, at the edge: a person, a system, or an address that nobody has named yet.

A limit on an address never meets somebody who is signed in, so that no stranger who shares it can
lock them out; what people and systems do counts for themselves alone.
"""

import threading
from collections import OrderedDict
from ipaddress import ip_address, ip_network

import structlog
from flask import Flask, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

from citizen_portal import clock, limits
from citizen_portal.errors import TooMany
from citizen_portal.limits import Limit, Span
from citizen_portal.web import parts
from citizen_portal.web.transactions import aside

TEN_MINUTES, MINUTE, HOUR = 600, 60, 3600
REMEMBERED = 20_000
"""Counts that a process keeps at the same time; those that began first are forgotten first."""
HOUSEHOLD = 64
"""Bits of an IPv6 address that are one household's or firm's; they choose the rest themselves."""

log = structlog.get_logger()


class Counter:
    """What one process has let through since it last told the database, and whom it refuses."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: OrderedDict[str, int] = OrderedDict()
        self._refused: OrderedDict[str, Span] = OrderedDict()

    def due(self, limit: Limit, span: Span) -> int:
        """How many are to be told to the database, this one included; mostly none."""
        with self._lock:
            used = self._used.pop(span.key, 0) + 1
            if used >= limit.share:
                return used
            self._used[span.key] = used
            _shorten(self._used)
            return 0

    def refuses(self, span: Span) -> bool:
        with self._lock:
            return span.key in self._refused

    def refuse(self, span: Span) -> None:
        """From now on, until the span is over: a flood that is refused costs no statement."""
        with self._lock:
            over = [key for key, kept in self._refused.items() if kept.ends_at <= clock.now()]
            for key in over:
                del self._refused[key]
            self._refused[span.key] = span
            _shorten(self._refused)


def _shorten(kept: OrderedDict[str, int] | OrderedDict[str, Span]) -> None:
    while len(kept) > REMEMBERED:
        kept.popitem(last=False)


def init_app(app: Flask, *, trusted_proxies: int) -> None:
    app.extensions["counter"] = Counter()
    if trusted_proxies:
        given = ProxyFix(app.wsgi_app, x_for=trusted_proxies, x_proto=0, x_host=0)
        app.wsgi_app = given  # type: ignore[method-assign]


def count(limit: Limit, who: str, refusal: TooMany) -> None:
    """Count one more, or raise. Not while the request's own transaction writes."""
    if not limit.most:
        return
    counter: Counter = current_app.extensions["counter"]
    span = limit.span(parts.index(), who)
    if not counter.refuses(span):
        used = counter.due(limit, span)
        if not used or _told(span, used) <= limit.most:
            return
        counter.refuse(span)
        log.warning("limit.reached", fault=limit.name)
    refusal.later = span.left()
    raise refusal


def count_person(person: str) -> None:
    """One form of somebody who is signed in; raises ``TooMany``."""
    limit = Limit("person", parts.settings().limit_person, TEN_MINUTES)
    said = TooMany("You did very much in a short time. Wait ten minutes, then try again.")
    count(limit, person, said)


def count_client(client_id: str) -> None:
    """One call of a system; raises ``TooMany``."""
    limit = Limit("client", parts.settings().limit_client, MINUTE)
    said = TooMany("There were too many calls. Call again after the seconds under Retry-After.")
    count(limit, client_id, said)


def count_feed(digest: str) -> None:
    """One reading of a feed; raises ``TooMany``."""
    limit = Limit("feed", parts.settings().limit_feed, HOUR)
    said = TooMany("This feed was read too often. Read it once an hour at most.")
    count(limit, digest, said)


def count_stranger(what: str) -> None:
    """One request of somebody unknown, by where it comes from; raises ``TooMany``."""
    address = caller()
    if address is None:
        return
    limit = Limit(what, parts.settings().limit_address, TEN_MINUTES)
    said = TooMany("Very many came from your network at once. Wait ten minutes, then try again.")
    count(limit, address, said)


def caller() -> str | None:
    """The public address of who calls, as far as it is theirs alone.

    None where it says nothing of them: a proxy that ``trusted_proxies`` does not name, or a network
    of our own. Those who come by it would be counted as one.
    """
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return None
    address = getattr(address, "ipv4_mapped", None) or address
    if not address.is_global:
        return None
    if address.version == 6:
        return str(ip_network((address, HOUSEHOLD), strict=False))
    return str(address)


def _told(span: Span, used: int) -> int:
    """How many there are now. A database that cannot be written refuses nobody: it has its own way
    to say that it is away, and signing in does not need it yet."""
    try:
        with aside() as counting:
            return limits.add(counting, span, used)
    except SQLAlchemyError as error:
        log.error("limit.not_counted", fault=type(error).__name__)
        return 0
