"""What happened to a citizen's data, newest first, as sources told it for this session."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from citizen_portal.access.models import Question
from citizen_portal.access.queries.answers import QuestionState, context
from citizen_portal.access.queries.attention import History, review
from citizen_portal.access.queries.facts import AccessEvent, Looks
from citizen_portal.access.queries.ids import Named
from citizen_portal.access.queries.kept import unpack
from citizen_portal.access.queries.matching import Explainer, explained_events
from citizen_portal.identity.queries import Link, linked_bodies
from citizen_portal.sealing import Sealer


def events(
    kept: Iterable[QuestionState],
    citizen_id: UUID,
    sign_in_id: UUID,
    *,
    explainer: Explainer,
    links: Iterable[Link],
    sealer: Sealer,
    today: date,
) -> list[AccessEvent]:
    """The accesses that linked bodies told of in this session, newest first, each once; of what was
    kept for it, with its contents."""
    linked = linked_bodies(links)
    found: dict[str, AccessEvent] = {}
    for state in kept:
        source = explainer.directory.sources.get(state.source_id)
        linked_source = source is not None and source.body_id in linked
        if state.question is not Question.ACCESSES or not linked_source:
            continue
        told = explained_events(
            _opened(state, sealer, citizen_id, sign_in_id),
            source_id=state.source_id,
            proven=state.proven,
            explainer=explainer,
        )
        found.update((event.id, event) for event in told)
    return newest_first(_lifted(found, today))


def _lifted(found: Mapping[str, AccessEvent], today: date) -> Iterable[AccessEvent]:
    """The same, each with what lifts it among the others."""
    patterns = review(found.values(), History(), today=today)
    lifted = {name: found[name]._replace(patterns=of) for name, of in patterns.items()}
    return {**found, **lifted}.values()


def kinds(events: Iterable[AccessEvent]) -> list[Looks]:
    """The same counted: those of one kind with their days together, as ``counted.looks`` has it."""
    found: dict[tuple[Any, ...], list[AccessEvent]] = {}
    for event in events:
        usage, terms = event.usage, event.explanation.terms
        who = usage.receiver_code, usage.receiver_name, usage.actor
        found.setdefault((event.source_id, *who, terms and terms.reference), []).append(event)
    return [_counted(of) for of in found.values()]


def _counted(alike: Sequence[AccessEvent]) -> Looks:
    newest = max(alike, key=lambda one: one.day)
    return newest.look._replace(
        times=len(alike),
        lifted=sum(one.stands_out for one in alike),
        since=min(one.day for one in alike),
    )


def newest_first(found: Iterable[AccessEvent]) -> list[AccessEvent]:
    ordered = sorted(found, key=lambda event: event.id)
    ordered.sort(key=lambda event: event.usage.occurred, reverse=True)
    return ordered


def _opened(
    state: QuestionState, sealer: Sealer, citizen_id: UUID, sign_in_id: UUID
) -> list[Named]:
    """Raises ``CannotOpen`` rather than show less than was answered."""
    if state.sealed is None:
        return []
    name = context(citizen_id, sign_in_id, state.source_id, state.question)
    return unpack(sealer.unseal(state.sealed, name))
