"""Asking bodies whether they know a person, and which data they hold on them. No values."""

from collections.abc import Mapping
from typing import Any

from citizen_portal.access.remote import Caller, Line, check_subject
from citizen_portal.errors import Unavailable
from citizen_portal.fetch import Fault, Fetcher
from citizen_portal.identity.models import LinkState
from citizen_portal.records import schemas
from citizen_portal.signing import Signer


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
        return fetcher.wait(_ask_link(caller, line, given, seconds), seconds=seconds + 1)
    except Fault:
        raise Unavailable("The body did not answer as it should. Nothing was changed.") from None


async def _ask_link(
    caller: Caller, line: Line, given: Mapping[str, Any], seconds: float
) -> LinkState:
    reply = await caller.fetcher.post(
        line.base_url,
        "/v1/links",
        until=caller.fetcher.moment(seconds),
        document=given,
        headers=caller.headers(audience=line.audience, subject=line.pairwise),
    )
    check_subject(reply, line.pairwise)
    return schemas.link_state(reply.document, subject=line.pairwise)
