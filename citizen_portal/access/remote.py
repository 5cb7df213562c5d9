"""Asking sources: the client for Estonia's Data Tracker 2.1.0, with proof of who asks for whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from citizen_portal import clock
from citizen_portal.access import schemas
from citizen_portal.access.queries.facts import Usage
from citizen_portal.access.schemas.answers import CLOCKS_DIFFER
from citizen_portal.fetch import Fault, Fetcher, Kind, Reply
from citizen_portal.fetch.loop import in_thread
from citizen_portal.signing import Signer

PAGE = 1000
"""Rows asked for at once; a source may give fewer."""
LARGE = 50_000
"""Bytes from which on a page is read off the loop."""
BYTES_IN_ALL = 4
"""Times the limit for one answer that the pages of one question may have together."""


@dataclass(frozen=True, slots=True)
class Caller:
    """How the portal calls: with its key, under its name."""

    fetcher: Fetcher
    signer: Signer
    issuer: str

    def headers(self, *, audience: str, subject: str | None = None) -> dict[str, str]:
        """The portal's proof for one call: for this body, about this subject, for a minute."""
        token = self.signer.token(
            {"iss": self.issuer, "aud": audience, "sub": subject or self.issuer}
        )
        return {"Authorization": f"Bearer {token}"}


@dataclass(frozen=True, slots=True)
class Line:
    """Where a body answers, the name it expects in tokens, and whom it knows by which id."""

    base_url: str
    audience: str
    """The body's slug in our register."""
    pairwise: str


@dataclass(slots=True)
class Told:
    """What a source told of its accesses to one person's data, page by page."""

    pages: list[list[Usage]] = field(default_factory=list)
    proven: bool = True
    total: int | None = None
    received: int = 0
    size: int = 0
    cut: bool = False
    """Whether we stopped at a limit of ours while there was more."""

    @property
    def left_out(self) -> int | None:
        """How many more the source counts than it gave; none if it does not count."""
        return None if self.total is None else max(0, self.total - self.received)

    @property
    def partial(self) -> bool:
        return self.cut or bool(self.left_out)


async def find_usage(
    caller: Caller,
    line: Line,
    *,
    until: float,
    max_rows: int,
    since: datetime | None = None,
    before: datetime | None = None,
) -> Told:
    """The accesses a source knows of, in the order it gave them; raises ``Fault``.

    The end of the period is frozen before the first page, so that new rows cannot shift the
    pages. Paging goes on while pages are full, while the source counts more than it gave, and,
    where it does not count, until a page is empty: it may give less at once than we ask.
    """
    end = before or clock.now()
    period = _period(since, end)
    told = Told()
    while told.received < max_rows and not told.cut:
        limit = min(PAGE, max_rows - told.received)
        paging = {"offset": str(told.received), "limit": str(limit)}
        reply = await _ask_personally(caller, line, until=until, query=period | paging)
        page = await _read(reply)
        _check_period(page, since, end)
        told.proven = check_subject(reply, line.pairwise) and told.proven
        told.total = page.total
        if not page.usages or page.usages == (told.pages[-1] if told.pages else None):
            break  # no more, or a source that pays no heed to the offset
        _add(told, page, reply.size, caller=caller, max_rows=max_rows)
        if len(page.usages) < limit and page.total is not None and told.received >= page.total:
            break
    if told.total and not told.pages:
        raise Fault(Kind.UNREADABLE)  # it counts accesses and shows none
    return told


async def usage_period(caller: Caller, line: Line, *, until: float) -> schemas.Window:
    """From when to when the source keeps accesses; raises ``Fault``."""
    headers = caller.headers(audience=line.audience)
    reply = await caller.fetcher.get(line.base_url, "/v2/usagePeriod", until=until, headers=headers)
    return schemas.window(reply.document)


async def heartbeat(caller: Caller, line: Line, *, until: float) -> bool:
    """Whether the source says that it is well; raises ``Fault``."""
    headers = caller.headers(audience=line.audience)
    reply = await caller.fetcher.get(line.base_url, "/v2/heartbeat", until=until, headers=headers)
    return schemas.alive(reply.document)


def check_subject(reply: Reply, pairwise: str) -> bool:
    """Raises ``Fault`` for an answer about another than was asked about.

    Gives whether the source says whom its answer is about; one that does not say proves nothing.
    """
    said = reply.headers.get("portal-subject", ())
    if any(subject != pairwise for subject in said):
        raise Fault(Kind.OTHER_SUBJECT)
    return bool(said)


async def _ask_personally(
    caller: Caller, line: Line, *, until: float, query: Mapping[str, str]
) -> Reply:
    headers = caller.headers(audience=line.audience, subject=line.pairwise)
    return await caller.fetcher.get(
        line.base_url,
        "/v2/findUsage",
        until=until,
        query={"userCode": line.pairwise, **query},
        headers={**headers, "X-Road-UserId": line.pairwise},
    )


async def _read(reply: Reply) -> schemas.UsagePage:
    if reply.size < LARGE:
        return schemas.usage_page(reply.document)
    return await in_thread(schemas.usage_page, reply.document)


def _check_period(page: schemas.UsagePage, since: datetime | None, end: datetime) -> None:
    """Raises ``Fault`` for rows outside the period that was asked: nobody can have looked later
    than now, and what did not happen yet must not be explained."""
    for usage in page.usages:
        if usage.occurred > end + CLOCKS_DIFFER or (since and usage.occurred < since):
            raise Fault(Kind.UNREADABLE)


def _add(told: Told, page: schemas.UsagePage, size: int, *, caller: Caller, max_rows: int) -> None:
    """Take a page in, up to our limits; what stands beyond them is counted and left."""
    taken = page.usages[: max_rows - told.received]
    told.pages.append(taken)
    told.received += len(taken)
    told.size += size
    full = told.received >= max_rows or told.size >= caller.fetcher.max_bytes * BYTES_IN_ALL
    more = page.total is None or page.total > told.received or len(taken) < len(page.usages)
    told.cut = full and more


def _period(since: datetime | None, before: datetime) -> dict[str, str]:
    period = {"periodEnd": _stamp(before)}
    return period | ({"periodStart": _stamp(since)} if since else {})


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
