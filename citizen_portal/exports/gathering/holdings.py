"""What kinds of data bodies say they hold on a person. No values."""

from collections.abc import Iterable, Iterator
from typing import Any

from citizen_portal.exports import words
from citizen_portal.exports.gathering.asking import Answer
from citizen_portal.exports.gathering.known import Known
from citizen_portal.exports.gathering.tables import drawn
from citizen_portal.exports.package import Table
from citizen_portal.web import cells


def table(known: Known, answers: Iterable[Answer]) -> Table:
    return drawn("holdings", _rows(known, answers), known.language)


def _rows(known: Known, answers: Iterable[Answer]) -> Iterator[tuple[Any, ...]]:
    for answer in answers:
        source = answer.asked.source
        for holding in answer.held:
            yield (
                known.name(source.body_id),
                words.in_language(source.name, known.language),
                holding.dataset,
                words.in_language(holding.name, known.language),
                cells.joined(holding.categories),
                holding.since,
                holding.retention,
            )
