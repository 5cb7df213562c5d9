"""The register as a list: searched by word, filtered, a page at a time."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import (
    Agreement,
    AgreementParty,
    Choice,
    PartyRole,
    Stage,
)
from citizen_portal.agreements.queries.terms import Terms, register_terms
from citizen_portal.agreements.queries.trust import question_ids

PAGE = 20
MOST_WORDS = 8
LONGEST_WORD = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for; each part that is set narrows the list."""

    text: str = ""
    organisation: UUID | None = None
    stage: Stage | None = None
    choice: Choice | None = None
    answers: Literal["", "full", "gaps"] = ""
    """Whether each question of the trust matrix has an answer, or some have none."""
    page: int = 1


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


def listing(session: Session, wanted: Wanted) -> Listing:
    """One page of the register, by title; a page past the end is the last one."""
    conditions = _conditions(wanted)
    count = session.scalar(select(func.count()).select_from(Agreement).where(*conditions)) or 0
    pages = max(1, -(-count // PAGE))
    page = min(max(1, wanted.page), pages)
    references = session.execute(
        select(Agreement.id, Agreement.reference)
        .where(*conditions)
        .order_by(Agreement.title_sort, Agreement.reference)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return Listing(_lines(session, references.all()), count, page, pages)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        Agreement.search_text.contains(word, autoescape=True) for word in _words(wanted.text)
    ]
    if wanted.organisation is not None:
        party = AgreementParty.organisation_id == wanted.organisation
        parties = select(AgreementParty.agreement_id).where(party)
        conditions.append(Agreement.id.in_(parties))
    if wanted.stage is not None:
        conditions.append(Agreement.stage == wanted.stage)
    if wanted.choice is not None:
        conditions.append(Agreement.choice == wanted.choice)
    if wanted.answers == "full":
        conditions.append(Agreement.answered >= len(question_ids()))
    elif wanted.answers == "gaps":
        conditions.append(Agreement.answered < len(question_ids()))
    return conditions


def _words(text: str) -> list[str]:
    """The words to find, folded as the text that is searched."""
    return [word[:LONGEST_WORD] for word in text.casefold().split()[:MOST_WORDS]]


def _lines(session: Session, found: Sequence[tuple[UUID, str]]) -> tuple[Line, ...]:
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
    parties: dict[tuple[UUID, PartyRole], list[PartyName]] = defaultdict(list)
    for agreement_id, role, organisation_id, name in rows:
        parties[agreement_id, role].append(PartyName(organisation_id, name))
    return parties
