"""What happened to a citizen's data, newest first: gathered, narrowed and paged."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal.access.models import Question
from citizen_portal.access.queries.answers import Part, context, linked_bodies, parts
from citizen_portal.access.queries.facts import AccessEvent, Actor
from citizen_portal.access.queries.ids import Named
from citizen_portal.access.queries.kept import unpack
from citizen_portal.access.queries.matching import explained_events
from citizen_portal.agreements.queries import Register
from citizen_portal.bodies.queries import Directory
from citizen_portal.identity.queries import Link
from citizen_portal.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, and the name after which the next page begins; none on the last page."""

    events: tuple[AccessEvent, ...]
    after: str | None


def events(
    session: Session,
    citizen_id: UUID,
    sign_in_id: UUID,
    *,
    directory: Directory,
    register: Register,
    links: Iterable[Link],
    sealer: Sealer,
) -> list[AccessEvent]:
    """The accesses that linked bodies told of in this session, newest first, each once."""
    linked = linked_bodies(links)
    found: dict[str, AccessEvent] = {}
    for part in parts(session, citizen_id, sign_in_id, contents=[Question.ACCESSES]):
        source = directory.sources.get(part.source_id)
        if source is None or source.body_id not in linked:
            continue
        told = explained_events(
            _opened(part, sealer, citizen_id, sign_in_id),
            source_id=part.source_id,
            proven=part.proven,
            directory=directory,
            register=register,
        )
        found.update((event.id, event) for event in told)
    return newest_first(found.values())


def newest_first(found: Iterable[AccessEvent]) -> list[AccessEvent]:
    ordered = sorted(found, key=lambda event: event.id)
    ordered.sort(key=lambda event: event.usage.occurred, reverse=True)
    return ordered


def filter(
    events: Iterable[AccessEvent],
    *,
    body: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
    actor: Actor | Collection[Actor] | None = None,
    unexplained: bool = False,
) -> list[AccessEvent]:
    """Those of a body (it told or it received), of a period with both its days, of an actor."""
    actors = {actor} if isinstance(actor, Actor) else actor
    return [
        event
        for event in events
        if (body is None or body in (event.body_id, event.receiver))
        and (since is None or event.day >= since)
        and (until is None or event.day <= until)
        and (actors is None or event.usage.actor in actors)
        and not (unexplained and event.explained)
    ]


def page(events: Sequence[AccessEvent], *, after: str | None = None, size: int = 50) -> Page:
    """The events that follow the one of that name; from the start if it is there no more."""
    start = 0
    if after is not None:
        start = next((n + 1 for n, event in enumerate(events) if event.id == after), 0)
    shown = tuple(events[start : start + size])
    more = start + size < len(events)
    return Page(shown, shown[-1].id if more and shown else None)


def _opened(part: Part, sealer: Sealer, citizen_id: UUID, sign_in_id: UUID) -> list[Named]:
    """Raises ``CannotOpen`` rather than show less than was answered."""
    if part.sealed is None:
        return []
    name = context(citizen_id, sign_in_id, part.source_id, part.question)
    return unpack(sealer.unseal(part.sealed, name))
