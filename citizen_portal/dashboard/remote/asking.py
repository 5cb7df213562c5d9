"""Both questions to one source, each ending in one honest outcome."""

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

import structlog

from citizen_portal import clock
from citizen_portal.access import models
from citizen_portal.access.actions import Kept
from citizen_portal.access.models import Outcome
from citizen_portal.access.queries.ids import EventKeys
from citizen_portal.access.queries.kept import pack
from citizen_portal.access.remote import Caller, Line, Told, find_usage, usage_period
from citizen_portal.access.schemas import Window
from citizen_portal.fetch import Fault, Kind
from citizen_portal.fetch.loop import in_thread
from citizen_portal.records import remote as records
from citizen_portal.sealing import Sealer

MANY = 200
"""Rows from which on naming and sealing are done off the loop."""
WINDOW_GRACE = 0.5
"""Seconds for which accesses that are here wait for the period that they are from."""
SPARE = timedelta(seconds=2)
"""After its time and this much more, a question without an outcome was left by its asker."""

log = structlog.get_logger()


class Whose(Protocol):
    """A citizen in a session of theirs."""

    @property
    def citizen_id(self) -> Any: ...
    @property
    def sign_in_id(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Limits:
    seconds: float
    max_rows: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Tools:
    caller: Caller
    sealer: Sealer
    limits: Limits


def blank(who: Whose, source_id: Any, question: models.Question, limits: Limits) -> Kept:
    """A question that is being asked now."""
    now = clock.now()
    overdue = now + timedelta(seconds=limits.seconds) + SPARE
    return Kept(
        citizen_id=who.citizen_id,
        sign_in_id=who.sign_in_id,
        source_id=source_id,
        question=question,
        asked_at=now,
        expires_at=now + timedelta(minutes=limits.minutes),
        facts={"until": overdue.isoformat()},
    )


async def ask_accesses(
    asked: Kept, *, line: Line, keys: EventKeys, tools: Tools, want_window: bool
) -> tuple[Kept, Window | None]:
    """How asking for accesses ended, and the period that the source holds if it was wanted."""
    until = tools.caller.fetcher.moment(tools.limits.seconds)
    period = asyncio.create_task(_period(tools.caller, line, until)) if want_window else None
    try:
        told = await find_usage(tools.caller, line, until=until, max_rows=tools.limits.max_rows)
        window = await _in_time(period) if period else None
        return replace(
            asked,
            answered_at=clock.now(),
            outcome=Outcome.ANSWERED if told.received else Outcome.EMPTY,
            proven=told.proven,
            facts=_facts(told, window),
            sealed=await _sealed(asked, told, keys, tools.sealer),
        ), window
    except Exception as error:  # whatever it is, the citizen is told honestly
        return failed(asked, error), None
    finally:
        if period:
            period.cancel()


async def ask_holdings(asked: Kept, *, line: Line, tools: Tools) -> Kept:
    """How asking for holdings ended."""
    until = tools.caller.fetcher.moment(tools.limits.seconds)
    try:
        found = await records.holdings(tools.caller, line, until=until)
        plain = json.dumps([holding.facts() for holding in found]).encode()
        outcome = Outcome.ANSWERED if found else Outcome.EMPTY
        sealed = asked.seal(tools.sealer, plain)
        return replace(
            asked,
            answered_at=clock.now(),
            outcome=outcome,
            proven=True,
            facts={},
            sealed=sealed,
        )
    except Exception as error:  # whatever it is, the citizen is told honestly
        return failed(asked, error)


def failed(asked: Kept, error: Exception) -> Kept:
    """What a fault makes of a question: not answered, or an answer that we refuse."""
    fault = error if isinstance(error, Fault) else Fault(Kind.UNREADABLE)
    if fault is not error:
        log.error("asking.failed", source=str(asked.source_id), fault=type(error).__name__)
    outcome = Outcome.REFUSED if fault.answer_refused else Outcome.NO_ANSWER
    return replace(asked, outcome=outcome, fault=told_as(fault), answered_at=clock.now())


def told_as(fault: Fault) -> models.Fault:
    """The kind of a fault as it is told: a body that sends us elsewhere names an address that is
    not its own."""
    kind = Kind.FORBIDDEN_ADDRESS if fault.kind is Kind.REDIRECT else fault.kind
    return models.Fault(kind.value)


def _facts(told: Told, window: Window | None) -> dict[str, Any]:
    """Counts and times of the source; nothing personal."""
    facts: dict[str, Any] = {"left_out": told.left_out, "partial": told.partial}
    if window is not None:
        facts["window_from"] = window.start.isoformat()
        facts["window_to"] = window.end.isoformat() if window.end else None
    return facts


async def _sealed(asked: Kept, told: Told, keys: EventKeys, sealer: Sealer) -> bytes:
    def seal() -> bytes:
        return asked.seal(sealer, pack(keys.name_all(asked.source_id, told.pages)))

    return seal() if told.received < MANY else await in_thread(seal)


async def _period(caller: Caller, line: Line, until: float) -> Window | None:
    try:
        return await usage_period(caller, line, until=until)
    except Fault:
        return None


async def _in_time(period: "asyncio.Task[Window | None]") -> Window | None:
    done, _ = await asyncio.wait([period], timeout=WINDOW_GRACE)
    return period.result() if done else None
