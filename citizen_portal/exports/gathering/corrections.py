"""What bodies put right of a person's data, and what became of it at each who got it before."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from citizen_portal.exports.gathering.known import Known
from citizen_portal.exports.gathering.tables import drawn
from citizen_portal.exports.package import Table
from citizen_portal.questions.actions.spreading import reason_context
from citizen_portal.questions.models.corrections import Correction
from citizen_portal.questions.queries.corrections import Reached, each_with_recipients
from citizen_portal.questions.queries.details import Detail, context
from citizen_portal.sealing import Opened
from citizen_portal.web import cells

Made = list[tuple[Correction, list[Reached]]]


def tables(known: Known, session: Session, opened: Opened) -> tuple[Table, Table]:
    made = each_with_recipients(session, known.copy.citizen_id)
    return (
        drawn("corrections", _corrections(known, made, opened), known.language),
        drawn("correction-recipients", _recipients(known, made, opened), known.language),
    )


def _corrections(known: Known, made: Made, opened: Opened) -> Iterator[tuple[Any, ...]]:
    for number, (one, _) in enumerate(made, start=1):
        written = opened(one.sealed, context(one.id))
        detail = Detail.read(written) if written else None
        yield (
            number,
            known.name(one.organisation_id),
            one.matter.value,
            one.on,
            one.since,
            detail.dataset if detail else None,
            cells.joined(one.categories),
            cells.joined(detail.fields) if detail else None,
            one.question,
            detail.reason if detail else None,
        )


def _recipients(known: Known, made: Made, opened: Opened) -> Iterator[tuple[Any, ...]]:
    for number, (_, reached) in enumerate(made, start=1):
        for each in reached:
            there = each.organisation_id
            yield (
                number,
                known.name(there) if there else each.name or each.code,
                each.status().value,
                each.agreement,
                each.looked,
                each.told_at,
                each.told_on,
                each.replied_at,
                each.applied_from,
                opened(each.sealed_reason, reason_context(each.id)) or None,
            )
