"""Answers are written in groups: what comes during one commit goes into the next."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from citizen_portal.access import actions
from citizen_portal.access.actions import Kept
from citizen_portal.access.schemas import Window
from citizen_portal.bodies import actions as bodies
from citizen_portal.db import Sessions, on_behalf
from citizen_portal.reach import of_citizen

TRIES = 3
PAUSE = 0.2

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Note:
    """Something to be written, and what to do once that was tried."""

    kept: Sequence[Kept]
    window: Window | None = None
    answered: bool = False
    """Whether it is news that the source answered."""
    then: Callable[[bool], None] = lambda _: None
    """Called in the end, with whether it was kept."""


@dataclass
class Keeper:
    """Writes notes in the order they come. Only ever used on the loop."""

    sessions: Sessions
    threads: Executor
    _waiting: list[Note] = field(default_factory=list)
    _writing: asyncio.Task[None] | None = None

    def put(self, note: Note) -> None:
        self._waiting.append(note)
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                kept = await self._commit(batch)
                for note in batch:
                    _tell(note, kept=kept)
        finally:
            self._writing = None

    async def _commit(self, batch: list[Note]) -> bool:
        """Whether the batch was kept, at the first or at a later try."""
        loop = asyncio.get_running_loop()
        for attempt in range(TRIES):
            try:
                await loop.run_in_executor(self.threads, write, self.sessions, batch)
            except Exception as error:  # whatever it is, later notes must be kept
                log.error("answers.not_kept", fault=type(error).__name__, count=len(batch))
                await asyncio.sleep(PAUSE * (attempt + 1))
            else:
                return True
        return False


def _tell(note: Note, *, kept: bool) -> None:
    try:
        note.then(kept)
    except Exception as error:  # one that listens badly must not keep others from hearing
        log.error("answers.not_told", fault=type(error).__name__)


def write(sessions: Sessions, batch: Sequence[Note]) -> None:
    """One transaction for all of them."""
    by_citizen: dict[UUID, list[Kept]] = {}
    for kept in (kept for note in batch for kept in note.kept):
        by_citizen.setdefault(kept.citizen_id, []).append(kept)
    with sessions.writing() as session:
        for citizen_id, own in sorted(by_citizen.items()):
            on_behalf(session, of_citizen(citizen_id))
            actions.keep(session, own)
        for note in batch:
            _tell_of_source(session, note)


def _tell_of_source(session: Session, note: Note) -> None:
    for kept in note.kept[:1]:
        told_at = kept.answered_at or kept.asked_at
        if note.window is not None:
            bodies.note_window(
                session,
                kept.source_id,
                window_from=note.window.start,
                window_to=note.window.end,
                told_at=told_at,
            )
        if note.answered:
            took = (told_at - kept.asked_at) / timedelta(milliseconds=1)
            bodies.note_answer(
                session, kept.source_id, at=told_at, ms=round(took), proven=kept.proven
            )
