"""Asking the chosen bodies, a few at once: what they hold, and who looked."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future, as_completed
from dataclasses import dataclass

import structlog

from citizen_portal.access.models import Question
from citizen_portal.access.queries import EventKeys
from citizen_portal.access.queries.answers import questions
from citizen_portal.access.queries.kept import pack
from citizen_portal.access.remote import Caller, Told, find_usage
from citizen_portal.exports.gathering.known import Asked, Known
from citizen_portal.exports.models import Part
from citizen_portal.fetch import Fault, Kind
from citizen_portal.fetch.loop import in_thread
from citizen_portal.records import remote as records
from citizen_portal.records.schemas import Holding

AT_ONCE = 4
"""Sources asked at the same time: their answers are in memory until they are packed."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Packed:
    """The accesses that a source told of, small until they are read."""

    rows: bytes
    count: int
    proven: bool
    partial: bool
    cut: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What one source answered, or why it did not. None: it was not asked that."""

    asked: Asked
    holdings: tuple[Holding, ...] | Fault | None
    accesses: Packed | Fault | None

    @property
    def held(self) -> tuple[Holding, ...]:
        return self.holdings if isinstance(self.holdings, tuple) else ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a source is given: seconds for a call and for all of its records, and rows in all."""

    seconds: float
    source_seconds: float
    max_rows: int


def ask_all(known: Known, caller: Caller, keys: EventKeys, limits: Limits) -> Iterator[Answer]:
    """Each chosen source's answer, as they come."""
    few = asyncio.Semaphore(AT_ONCE)
    futures: list[Future[Answer]] = [
        caller.fetcher.start(_ask(asked, known, caller, keys, limits, few))
        for asked in known.askable()
    ]
    try:
        for future in as_completed(futures):
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


async def _ask(
    asked: Asked,
    known: Known,
    caller: Caller,
    keys: EventKeys,
    limits: Limits,
    few: asyncio.Semaphore,
) -> Answer:
    async with few:
        until = caller.fetcher.moment(limits.seconds)
        holdings: tuple[Holding, ...] | Fault | None = None
        accesses: Packed | Fault | None = None
        if known.has(Part.RECORDS):
            try:
                holdings = await records.holdings(caller, asked.line, until=until)
            except Exception as error:  # whatever it is, the copy says that it is missing
                holdings = _fault(asked, error)
        if known.has(Part.ACCESSES) and Question.ACCESSES in questions(asked.source):
            until = caller.fetcher.moment(limits.seconds)
            try:
                told = await find_usage(
                    caller, asked.line, until=until, max_rows=limits.max_rows, since=known.start
                )
                accesses = await in_thread(_packed, told, asked, keys)
            except Exception as error:  # likewise
                accesses = _fault(asked, error)
        return Answer(asked, holdings, accesses)


def _packed(told: Told, asked: Asked, keys: EventKeys) -> Packed:
    named = keys.name_all(asked.source.id, told.pages)
    return Packed(pack(named), len(named), told.proven, told.partial, told.cut)


def _fault(asked: Asked, error: Exception) -> Fault:
    if isinstance(error, Fault):
        return error
    log.error("asking.failed", source=str(asked.source.id), fault=type(error).__name__)
    return Fault(Kind.UNREADABLE)
