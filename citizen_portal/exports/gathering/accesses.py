"""Who looked and who shared: what bodies sent us, then what they told when they were asked.

Accesses that are withheld by law are in neither: a copy is the same whether there are any or not.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy.orm import Session

from citizen_portal.access.queries import AccessEvent, stored
from citizen_portal.access.queries.kept import unpack
from citizen_portal.access.queries.matching import Explainer
from citizen_portal.exports.gathering.asking import Answer, Packed
from citizen_portal.exports.gathering.known import Known
from citizen_portal.exports.gathering.tables import drawn
from citizen_portal.exports.package import Table
from citizen_portal.web import cells

WINDOW = 2_000
"""Stored events in memory at once."""
SENT, TOLD = "sent", "told"


def table(
    known: Known,
    answers: Iterable[Answer],
    *,
    session: Session,
    met: Callable[[AccessEvent], None],
) -> Table:
    """``met`` is told of each access as it is written."""
    return drawn("accesses", _rows(known, answers, session, met), known.language)


def _rows(
    known: Known, answers: Iterable[Answer], session: Session, met: Callable[[AccessEvent], None]
) -> Iterator[tuple[Any, ...]]:
    explainer = Explainer(known.directory, known.register, known.zone)
    for event in _sent(known, session, explainer):
        met(event)
        yield _row(known, event, SENT)
    for event in _told(answers, explainer):
        met(event)
        yield _row(known, event, TOLD)


def _sent(known: Known, session: Session, explainer: Explainer) -> Iterator[AccessEvent]:
    """The newest first, a window at a time, all as of one moment."""
    sources = [source.id for source in known.sources if source.sends]
    before = None
    while True:
        window = stored.window(
            session,
            known.copy.citizen_id,
            sources=sources,
            explainer=explainer,
            today=known.today,
            before=before,
            since=known.start,
            size=WINDOW,
        )
        yield from window.events
        before = window.older
        if before is None:
            return


def _told(answers: Iterable[Answer], explainer: Explainer) -> Iterator[AccessEvent]:
    for answer in answers:
        if isinstance(answer.accesses, Packed):
            source, proven = answer.asked.source.id, answer.accesses.proven
            for name, usage in unpack(answer.accesses.rows):
                yield explainer.event(name, usage, source_id=source, proven=proven)


def _row(known: Known, event: AccessEvent, told: str) -> tuple[Any, ...]:
    usage, found = event.usage, event.explanation
    return (
        event.id,
        usage.occurred,
        known.name(event.body_id),
        known.name(event.recipient_id) if event.recipient_id else usage.receiver_name,
        usage.receiver_code,
        usage.processor,
        usage.action,
        usage.system,
        cells.joined(usage.categories),
        usage.role.value,
        usage.actor.value,
        usage.trigger.value,
        usage.result.value,
        usage.emergency,
        found.terms.reference if found.terms else None,
        found.terms.number if found.terms else None,
        found.cites,
        found.why_not.value if found.why_not else None,
        usage.legal_power,
        event.stands_out,
        event.shown_from,
        told,
        event.proven,
    )
