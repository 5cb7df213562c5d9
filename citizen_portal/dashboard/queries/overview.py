"""Everything that ``/my`` says, as facts: the five answers and what stands behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cached_property
from uuid import UUID

from citizen_portal.access.queries import AccessEvent, Beyond, Looks, SourceAnswer, SourceState
from citizen_portal.agreements.queries import Terms
from citizen_portal.bodies.queries import Body, Directory
from citizen_portal.dashboard.queries.holds import Holds, group
from citizen_portal.dashboard.queries.sharing import (
    Ongoing,
    Shared,
    ongoing,
    shared,
    touched,
)
from citizen_portal.identity.queries import Link


@dataclass(frozen=True, slots=True)
class Seen:
    """How far back the lists go that were shown to us."""

    since: date | None
    """The first day that some body's list holds."""
    later: tuple[tuple[Body, date], ...]
    """Bodies whose lists begin on a later day, by that day."""


@dataclass(frozen=True)
class Overview:
    asked_at: datetime | None
    done: bool
    """Nothing is being asked any more."""
    holds: Holds
    attention: tuple[AccessEvent, ...]
    """What stands out, newest first."""
    lifted: int
    """How many stand out, of which ``attention`` holds the newest."""
    looks: int
    seen: Seen
    last: date | None
    """Day of the newest access."""
    first: date | None
    counted: Sequence[Looks]
    beyond: Sequence[Beyond]
    directory: Directory

    @cached_property
    def shared(self) -> Shared:
        return shared(self.counted, self.directory, self.beyond)

    @cached_property
    def ongoing(self) -> tuple[Ongoing, ...]:
        """Standing subscriptions to the citizen's data, and files about many."""
        return ongoing(self.counted, self.directory)

    @cached_property
    def choices(self) -> tuple[tuple[Terms, int], ...]:
        """Agreements that were used, with how often: the most used first."""
        return touched(self.counted)

    def known(self, count: int) -> bool:
        """Whether a count can be told: while bodies are still being asked, 0 is none."""
        return self.done or count > 0

    @property
    def routine(self) -> int:
        return self.looks - self.lifted


def overview(
    answers: Sequence[SourceAnswer],
    looks: Sequence[Looks],
    attention: Sequence[AccessEvent],
    *,
    directory: Directory,
    links: Sequence[Link],
    zone: tzinfo,
    beyond: Sequence[Beyond] = (),
) -> Overview:
    """``attention`` is what stands out, newest first; ``beyond`` what ``looks`` leaves out."""
    every: Sequence[Looks | Beyond] = (*looks, *beyond)
    asked = [answer.asked_at for answer in answers if answer.asked_at]
    return Overview(
        asked_at=max(asked, default=None),
        done=all(answer.state is not SourceState.ASKING for answer in answers),
        holds=group(answers, directory=directory, links=links),
        attention=tuple(attention),
        lifted=max(sum(one.lifted for one in every), len(attention)),
        looks=sum(one.times for one in every),
        seen=seen(answers, directory, zone),
        first=min((one.first for one in every), default=None),
        last=max((one.day for one in every), default=None),
        counted=looks,
        beyond=beyond,
        directory=directory,
    )


def seen(answers: Sequence[SourceAnswer], directory: Directory, zone: tzinfo) -> Seen:
    """From which day looks can be seen. A body counts that holds something, and said from when."""
    begins: dict[UUID, date] = {}
    for answer in answers:
        source = directory.sources.get(answer.source_id)
        told = answer.state in (SourceState.ANSWERED, SourceState.SENDS) and answer.window_from
        if source is None or not told:
            continue
        day = told.astimezone(zone).date()
        begins[source.body_id] = min(day, begins.get(source.body_id, day))
    since = min(begins.values(), default=None)
    later = [(directory.bodies[id], day) for id, day in begins.items() if since and day > since]
    return Seen(since, tuple(sorted(later, key=lambda each: (each[1], each[0].slug))))


def mark(answers: Sequence[SourceAnswer]) -> tuple[tuple[str, str], ...]:
    """What a waiting page compares to see whether something arrived: no names, no contents."""
    return tuple(sorted((str(answer.source_id), answer.state.value) for answer in answers))
