"""Everything that ``/my`` says, as facts: the five answers and what stands behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from citizen_portal.access.queries import CALENDAR, AccessEvent, SourceAnswer, SourceState
from citizen_portal.agreements.queries import Terms
from citizen_portal.bodies.queries import Body, Directory
from citizen_portal.dashboard.queries.holds import Holds, group
from citizen_portal.dashboard.queries.sharing import Shared, shared, touched
from citizen_portal.identity.queries import Link


@dataclass(frozen=True, slots=True)
class Seen:
    """How far back the lists go that were shown to us."""

    since: date | None
    """The first day that some body's list holds."""
    later: tuple[tuple[Body, date], ...]
    """Bodies whose lists begin on a later day, by that day."""


@dataclass(frozen=True, slots=True)
class Overview:
    asked_at: datetime | None
    done: bool
    """Nothing is being asked any more."""
    holds: Holds
    attention: tuple[AccessEvent, ...]
    """What is not explained or was an emergency, newest first."""
    shared: Shared
    looks: int
    seen: Seen
    last: date | None
    """Day of the newest access."""
    first: date | None
    choices: tuple[tuple[Terms, int], ...]
    """Agreements that were used, with how often; those that let the citizen refuse come first."""

    @property
    def routine(self) -> int:
        return self.looks - len(self.attention)

    @property
    def refusable(self) -> int:
        return sum(terms.refusable for terms, _ in self.choices)


def overview(
    answers: Sequence[SourceAnswer],
    events: Sequence[AccessEvent],
    *,
    directory: Directory,
    links: Sequence[Link],
) -> Overview:
    """``events`` newest first, as ``access.queries.events`` gives them."""
    asked = [answer.asked_at for answer in answers if answer.asked_at]
    return Overview(
        asked_at=max(asked, default=None),
        done=all(answer.state is not SourceState.ASKING for answer in answers),
        holds=group(answers, directory=directory, links=links),
        attention=tuple(event for event in events if event.stands_out),
        shared=shared(events, directory),
        looks=len(events),
        seen=seen(answers, directory),
        first=events[-1].day if events else None,
        last=events[0].day if events else None,
        choices=_choices(events),
    )


def _choices(events: Sequence[AccessEvent]) -> tuple[tuple[Terms, int], ...]:
    found = touched(events)
    return tuple(sorted(found, key=lambda each: not each[0].refusable))  # stable


def seen(answers: Sequence[SourceAnswer], directory: Directory) -> Seen:
    """From which day looks can be seen. A body counts that holds something, and said from when."""
    begins: dict[UUID, date] = {}
    for answer in answers:
        source = directory.sources.get(answer.source_id)
        told = answer.state is SourceState.ANSWERED and answer.window_from
        if source is None or not told:
            continue
        day = told.astimezone(CALENDAR).date()
        begins[source.body_id] = min(day, begins.get(source.body_id, day))
    since = min(begins.values(), default=None)
    later = [(directory.bodies[id], day) for id, day in begins.items() if since and day > since]
    return Seen(since, tuple(sorted(later, key=lambda each: (each[1], each[0].slug))))


def mark(answers: Sequence[SourceAnswer]) -> tuple[tuple[str, str], ...]:
    """What a waiting page compares to see whether something arrived: no names, no contents."""
    return tuple(sorted((str(answer.source_id), answer.state.value) for answer in answers))
