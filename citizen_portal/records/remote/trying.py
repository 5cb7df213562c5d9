"""Trying out a body's service before people depend on it: asked as the portal asks, about nobody.

The sample person is of no body, so that each answer is known beforehand. What is wrong is said by
address and in words; nothing of what was answered is.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

from joserfc.jwk import KeySet

from citizen_portal.access import remote
from citizen_portal.access.remote import Caller, Line
from citizen_portal.fetch import Fault, Kind
from citizen_portal.identity.models import LinkState
from citizen_portal.records.remote import asking
from citizen_portal.signing import Signer

SAMPLE = "5e1f" * 16
"""Stands for no person; documented, so that a body may let it be."""
NO_CODE, NO_DATASET = "SELF-TEST-CODE", "self-test"
LINKS, OF_NOBODY = "links", "a token about the portal itself"
ROWS = 100
WORDS = {
    Kind.UNREACHABLE: "nothing answers there",
    Kind.TOO_SLOW: "it took too long",
    Kind.TOO_LARGE: "the answer is too large",
    Kind.OTHER_SUBJECT: "it answers about somebody else",
    Kind.FORBIDDEN_ADDRESS: "this may not be called: public https, or PORTAL_PRIVATE_ADDRESSES",
    Kind.REDIRECT: "it redirects, which is not followed",
}
NOTHING_THERE = frozenset({Kind.UNREACHABLE, Kind.FORBIDDEN_ADDRESS})
Paths = Mapping[str, Callable[[dict[str, str]], Awaitable[object]]]


@dataclass(frozen=True, slots=True)
class Tried:
    """One thing that was tried, and what is wrong with it; nothing where it is as it must be."""

    what: str
    wrong: str | None = None


async def try_service(caller: Caller, line: Line, *, seconds: float) -> AsyncIterator[Tried]:
    """Each of the six addresses: whether it answers the portal, and nobody else."""
    trials: dict[str, Callable[[Caller, Line, float], Awaitable[str | None]]] = {
        "heartbeat says that it is well": _heartbeat,
        "usagePeriod says how far back it keeps": _period,
        "findUsage says that nobody looked at the sample person": _usage,
        "holdings says that it holds nothing on the sample person": _holdings,
        "records has nothing on the sample person": _records,
        "links matches nobody with a code that nobody was sent": _links,
    }
    for what, trial in trials.items():
        wrong, nothing_there = None, False
        try:
            wrong = await trial(caller, line, caller.fetcher.moment(seconds))
        except Fault as fault:
            wrong, nothing_there = in_words(fault), fault.kind in NOTHING_THERE
        yield Tried(what, wrong)
        if nothing_there:
            return
    for name, ask in _personal(caller, line, seconds).items():
        tokens = _wrong_tokens(caller, line)
        if name == LINKS:
            tokens.pop(OF_NOBODY)  # whom a call to link is about is said by its token alone
        wrong = await _let_in(ask, tokens)
        yield Tried(f"{name} refuses whoever is not the portal", wrong)


def in_words(fault: Fault) -> str:
    if fault.kind in WORDS:
        return WORDS[fault.kind]
    if fault.status == 401:
        return "it answers 401: does it have this portal's keys, address, and its own slug?"
    if fault.status is not None:
        return f"it answers {fault.status}"
    return "the answer is not shaped as docs/connect.md says"


async def _heartbeat(caller: Caller, line: Line, until: float) -> str | None:
    well = await remote.heartbeat(caller, line, until=until)
    return None if well else "it says that it is not"


async def _period(caller: Caller, line: Line, until: float) -> str | None:
    await remote.usage_period(caller, line, until=until)
    return None


async def _usage(caller: Caller, line: Line, until: float) -> str | None:
    told = await remote.find_usage(caller, line, until=until, max_rows=ROWS)
    if told.received:
        return "it tells of accesses to the data of a person who does not exist"
    return None if told.proven else "it does not say whom the answer is about (Portal-Subject)"


async def _holdings(caller: Caller, line: Line, until: float) -> str | None:
    found = await asking.holdings(caller, line, until=until)
    return "it holds something on a person who does not exist" if found else None


async def _records(caller: Caller, line: Line, until: float) -> str | None:
    try:
        page = await asking.record_page(caller, line, NO_DATASET, until=until)
    except Fault as fault:
        if fault.status == 404:
            return None
        raise
    return "it gives records of a person who does not exist" if page.rows else None


async def _links(caller: Caller, line: Line, until: float) -> str | None:
    state = await asking.link_asked(caller, line, {"code": NO_CODE}, until=until)
    if state is LinkState.NOT_MATCHED:
        return None
    return f"it answers {state.value}, to a code that nobody was sent"


def _personal(caller: Caller, line: Line, seconds: float) -> Paths:
    """The addresses about a person, each asked with headers that are handed in."""
    fetcher, base = caller.fetcher, line.base_url

    def get(path: str, **query: str) -> Callable[[dict[str, str]], Awaitable[object]]:
        return lambda headers: fetcher.get(
            base, path, until=fetcher.moment(seconds), query=query, headers=headers
        )

    def links(headers: dict[str, str]) -> Awaitable[object]:
        given = {"code": NO_CODE}
        until = fetcher.moment(seconds)
        return fetcher.post(base, "/v1/links", until=until, document=given, headers=headers)

    return {
        "findUsage": get("/v2/findUsage", userCode=SAMPLE),
        "holdings": get("/v1/holdings", subject=SAMPLE),
        "records": get(f"/v1/records/{NO_DATASET}", subject=SAMPLE, limit="1"),
        LINKS: links,
    }


async def _let_in(
    ask: Callable[[dict[str, str]], Awaitable[object]], tokens: Mapping[str, str | None]
) -> str | None:
    """Which wrong tokens were not turned away, each with what was answered instead of 401."""
    wrong = []
    for what, token in tokens.items():
        proof = {} if token is None else {"Authorization": f"Bearer {token}"}
        try:
            await ask({"X-Road-UserId": SAMPLE, **proof})
        except Fault as fault:
            if fault.status != 401:
                wrong.append(f"{what}: {in_words(fault)}")
        else:
            wrong.append(f"{what}: it answers 200")
    return f"must answer 401 to {'; to '.join(wrong)}" if wrong else None


def _wrong_tokens(caller: Caller, line: Line) -> dict[str, str | None]:
    signer = caller.signer
    forger = Signer(KeySet.generate_key_set("OKP", "Ed25519", count=1))
    good = {"iss": caller.issuer, "aud": line.audience, "sub": SAMPLE}
    return {
        "a call without a token": None,
        "a token of another key": forger.token(good),
        "a token for another body": signer.token(good | {"aud": f"not-{line.audience}"}),
        "a token of another portal": signer.token(good | {"iss": "https://portal.invalid"}),
        OF_NOBODY: signer.token(good | {"sub": caller.issuer}),
        "a token that is over": signer.token(good, lifetime=-60),
        "a token of another type": signer.token(good, kind="link-request+jwt"),
    }
