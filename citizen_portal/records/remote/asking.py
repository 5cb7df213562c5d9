"""Asking bodies whether they know a person, which data they hold on them, and for records."""

from collections.abc import Iterator, Mapping
from typing import Any

from citizen_portal.access.remote import Caller, Line, check_subject
from citizen_portal.errors import Unavailable
from citizen_portal.fetch import Fault, Fetcher, Kind
from citizen_portal.identity.models import LinkState
from citizen_portal.records import schemas
from citizen_portal.signing import Signer

A_LITTLE = 0.2
"""Seconds beyond its time after which a call that did not end by itself is let go."""


async def holdings(caller: Caller, line: Line, *, until: float) -> tuple[schemas.Holding, ...]:
    """Which datasets a source holds on one person; empty only if it says so. Raises ``Fault``."""
    reply = await caller.fetcher.get(
        line.base_url,
        "/v1/holdings",
        until=until,
        query={"subject": line.pairwise},
        headers=caller.headers(audience=line.audience, subject=line.pairwise),
    )
    check_subject(reply, line.pairwise)
    return schemas.holdings(reply.document, subject=line.pairwise)


async def record_page(
    caller: Caller,
    line: Line,
    dataset: str,
    *,
    until: float,
    cursor: str | None = None,
    limit: int = schemas.MOST_ROWS,
) -> schemas.RecordPage:
    """One page of what a source holds on one person in one dataset. Raises ``Fault``."""
    reply = await caller.fetcher.get(
        line.base_url,
        f"/v1/records/{dataset}",
        until=until,
        query={"subject": line.pairwise, "limit": str(limit)}
        | ({"cursor": cursor} if cursor else {}),
        headers=caller.headers(audience=line.audience, subject=line.pairwise),
    )
    check_subject(reply, line.pairwise)
    return schemas.record_page(reply.document, subject=line.pairwise, dataset=dataset, limit=limit)


def wait_for_page(
    caller: Caller,
    line: Line,
    dataset: str,
    *,
    seconds: float,
    cursor: str | None = None,
    limit: int = schemas.MOST_ROWS,
) -> schemas.RecordPage:
    """The same for who must wait for it. Raises ``Fault``, at the latest when the time is over."""

    async def ask() -> schemas.RecordPage:
        until = caller.fetcher.moment(seconds)
        return await record_page(caller, line, dataset, until=until, cursor=cursor, limit=limit)

    return caller.fetcher.wait(ask(), seconds=seconds + A_LITTLE)


def walk(
    caller: Caller, line: Line, dataset: str, *, seconds: float, max_rows: int
) -> Iterator[schemas.RecordPage]:
    """Page after page of one dataset on one person, each asked when it is wanted.

    ``seconds`` is for each page. Raises ``Fault``; what was given before that still holds. It
    stops at ``max_rows``: then the last page says where the next one would begin.
    """
    cursor, rows, met = None, 0, set[str]()
    while rows < max_rows:
        limit = min(schemas.MOST_ROWS, max_rows - rows)
        page = wait_for_page(caller, line, dataset, seconds=seconds, cursor=cursor, limit=limit)
        if page.next in met:
            raise Fault(Kind.UNREADABLE)  # it leads in circles
        yield page
        if page.next is None:
            return
        cursor, rows = page.next, rows + len(page.rows)
        met.add(cursor)


def ask_link(
    fetcher: Fetcher,
    signer: Signer,
    *,
    base_url: str,
    issuer: str,
    audience: str,
    pairwise: str,
    code: str | None = None,
    claim: Mapping[str, str] | None = None,
    statement: str | None = None,
    seconds: float = 5.0,
) -> LinkState:
    """Ask a body whether a code it issued, or a verified claim, is of a person it knows; or
    whether it stands by a statement of its own, named by its ``jti``.

    Waits for the answer; raises ``Unavailable`` when the body does not answer as it must.
    """
    stated = {"code": code, "claim": claim, "statement": statement}
    given = {name: said for name, said in stated.items() if said is not None}
    caller = Caller(fetcher, signer, issuer)
    line = Line(base_url, audience, pairwise)
    try:
        asked = _linked_within(caller, line, given, seconds)
        return fetcher.wait(asked, seconds=seconds + 1)
    except Fault:
        raise Unavailable("The body did not answer as it should. Nothing was changed.") from None


async def _linked_within(
    caller: Caller, line: Line, given: Mapping[str, Any], seconds: float
) -> LinkState:
    return await link_asked(caller, line, given, until=caller.fetcher.moment(seconds))


async def link_asked(
    caller: Caller, line: Line, given: Mapping[str, Any], *, until: float
) -> LinkState:
    """What a body says of a code, a claim or a statement. Raises ``Fault``."""
    reply = await caller.fetcher.post(
        line.base_url,
        "/v1/links",
        until=until,
        document=given,
        headers=caller.headers(audience=line.audience, subject=line.pairwise),
    )
    check_subject(reply, line.pairwise)
    return schemas.link_state(reply.document, subject=line.pairwise)
