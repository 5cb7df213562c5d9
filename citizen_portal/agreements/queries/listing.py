"""The register as a list: searched by word, filtered, sorted, a page at a time."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import Agreement, AgreementParty, PartyRole
from citizen_portal.agreements.queries import search
from citizen_portal.agreements.queries.register import register_terms
from citizen_portal.agreements.queries.search import Sought, sought
from citizen_portal.agreements.queries.terms import Terms
from citizen_portal.agreements.queries.wanted import Order, Wanted, conditions
from citizen_portal.paging import paged

PAGE = 20
Statements = tuple[Select[int], Callable[[int], Select[UUID, str]]]
"""One that counts, and one that fetches a page, given how many come before it."""


@dataclass(frozen=True, slots=True)
class PartyName:
    """A party; one of our list has an organisation, which gives the name in each language."""

    organisation_id: UUID | None
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    terms: Terms
    givers: tuple[PartyName, ...]
    getters: tuple[PartyName, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    lines: tuple[Line, ...]
    count: int
    page: int
    pages: int
    some_words: bool = False
    """Nothing had each of the words; these have some of them."""


def listing(session: Session, wanted: Wanted, *, today: date) -> Listing:
    """One page of the register; a page past the end is the last one."""
    asked = sought(wanted.text)
    if wanted.text.strip() and not asked.words:  # signs only, which are in no text
        return Listing((), 0, 1, 1)
    found = _listed(session, wanted, asked, every=True, today=today)
    if found.count == 0 and len(asked.words) > 1:
        found = _listed(session, wanted, asked, every=False, today=today)
        return replace(found, some_words=found.count > 0)
    return found


def _listed(
    session: Session, wanted: Wanted, asked: Sought, *, every: bool, today: date
) -> Listing:
    hits = search.hits(session, asked, every=every) if asked.words else None
    narrowed = list(conditions(wanted, today=today))
    if hits is not None and wanted.order is Order.BEST and not narrowed and not asked.references:
        counted, fetch = _best_of_all(hits)
    else:
        counted, fetch = _ordered(wanted, asked, hits, narrowed, today)
    count = session.scalar(counted) or 0
    page, pages, chosen = paged(count, wanted.page, PAGE)
    rows = session.execute(fetch(chosen.start)).all() if count else ()
    return Listing(_lines(session, rows), count, page, pages)


def _best_of_all(hits: search.Hits) -> Statements:
    """Nothing but words is asked: the text index counts and picks before a row is looked up,
    which is what keeps a word that thousands of agreements have quick."""

    def fetch(skipped: int) -> Select[UUID, str]:
        chosen = hits.ranked.order_by("rank", "number").limit(PAGE).offset(skipped)
        best = search.agreements(chosen)
        rows = select(Agreement.id, Agreement.reference)
        return rows.join(best, best.c.agreement_id == Agreement.id).order_by(
            best.c.rank, best.c.number
        )

    return hits.counted, fetch


def _ordered(
    wanted: Wanted,
    asked: Sought,
    hits: search.Hits | None,
    narrowed: Iterable[ColumnElement[bool]],
    today: date,
) -> Statements:
    chosen = select(Agreement.id, Agreement.reference).where(*narrowed)
    rank = None
    if hits is not None:
        found = search.agreements(hits.ranked)
        chosen = chosen.join(found, found.c.agreement_id == Agreement.id)
        rank = found.c.rank
    order = _order(wanted.order, asked, rank, today)
    counted = chosen.with_only_columns(func.count(), maintain_column_froms=True)
    return counted, lambda skipped: chosen.order_by(*order).limit(PAGE).offset(skipped)


def _order(order: Order, asked: Sought, rank: Any, today: date) -> list[Any]:
    by: dict[Order, list[Any]] = {
        Order.BEST: [] if rank is None else [rank],
        Order.TITLE: [],
        Order.NEWEST: [Agreement.published_on.desc().nulls_last()],
        Order.ENDING: [
            case((Agreement.ends >= today, 0), (Agreement.ends.is_(None), 1), else_=2),
            Agreement.ends,
        ],
        Order.ANSWERED: [Agreement.answered.desc()],
    }
    first = []
    if asked.references:
        first.append(case((Agreement.reference.in_(asked.references), 0), else_=1))
    return [*first, *by[order], Agreement.title_sort, Agreement.reference]


def _lines(session: Session, found: Sequence[Row[UUID, str]]) -> tuple[Line, ...]:
    register = register_terms(session)
    parties = _parties(session, [agreement_id for agreement_id, _ in found])
    return tuple(
        Line(
            terms=terms,
            givers=tuple(parties[agreement_id, PartyRole.DISCLOSER]),
            getters=tuple(parties[agreement_id, PartyRole.RECIPIENT]),
        )
        for agreement_id, reference in found
        if (terms := register.newest(reference)) is not None
    )


def _parties(
    session: Session, agreements: Sequence[UUID]
) -> dict[tuple[UUID, PartyRole], list[PartyName]]:
    """The parties of each agreement in the order in which it names them."""
    parties: dict[tuple[UUID, PartyRole], list[PartyName]] = defaultdict(list)
    if not agreements:
        return parties
    rows = session.execute(
        select(
            AgreementParty.agreement_id,
            AgreementParty.role,
            AgreementParty.organisation_id,
            AgreementParty.name,
        )
        .where(AgreementParty.agreement_id.in_(agreements))
        .order_by(AgreementParty.agreement_id, AgreementParty.role, AgreementParty.position)
    )
    for agreement_id, role, organisation_id, name in rows:
        parties[agreement_id, role].append(PartyName(organisation_id, name))
    return parties
