"""What went wrong with data at bodies, as a person was told of it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from citizen_portal.exports.gathering.known import Known
from citizen_portal.exports.gathering.tables import drawn
from citizen_portal.exports.package import Table
from citizen_portal.exports.words import in_language
from citizen_portal.incidents.queries import Told, incidents_of
from citizen_portal.web import cells

EVERY = slice(0, 10_000)
"""Incidents about one person: more than bodies have."""


def table(known: Known, session: Session) -> Table:
    told = incidents_of(session, known.copy.citizen_id, EVERY)
    return drawn("incidents", _rows(known, told), known.language)


def _rows(known: Known, told: list[Told]) -> Iterator[tuple[Any, ...]]:
    for number, one in enumerate(told, start=1):
        said = (one.what, one.likely, one.done, one.advice, one.contact)
        yield (
            number,
            known.name(one.organisation_id),
            one.reference,
            one.reported_at,
            one.happened_from,
            one.happened_to,
            one.found_on,
            cells.joined(one.categories),
            one.affected,
            *(in_language(words, known.language) for words in said),
            _updates(one, known.language),
            one.closed_on,
        )


def _updates(one: Told, language: str) -> str | None:
    lines = [f"{each['on']}: {in_language(each['text'], language)}" for each in one.updates]
    return "\n".join(lines) or None
