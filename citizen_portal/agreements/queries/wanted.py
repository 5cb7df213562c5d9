"""What is asked of the register's list, as conditions on its rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select

from citizen_portal.agreements.models import (
    Agreement,
    AgreementFacet,
    AgreementParty,
    FacetKind,
    Identifiability,
    Say,
    Stage,
)
from citizen_portal.agreements.queries.standing import Standing
from citizen_portal.agreements.queries.trust import question_ids

Condition = ColumnElement[bool]


class Order(StrEnum):
    BEST = "best"
    """By how well the words fit; by title where no words are given."""
    TITLE = "title"
    NEWEST = "newest"
    ENDING = "ending"
    """Ends soonest; then those that state no end; those that have ended come last."""
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for; each part that is set narrows the list."""

    text: str = ""
    organisations: frozenset[UUID] | None = None
    """Those that have one of these bodies as a party; an empty set fits nothing."""
    purpose: str = ""
    category: str = ""
    power: str = ""
    stage: Stage | None = None
    choice: Say | None = None
    identifiability: Identifiability | None = None
    standing: Standing | None = None
    emergency: bool = False
    answers: Literal["", "full", "gaps"] = ""
    """Whether each question of the trust matrix has an answer, or some have none."""
    order: Order = Order.BEST
    page: int = 1


def conditions(wanted: Wanted, *, today: date) -> Iterator[Condition]:
    yield from _parties(wanted)
    for kind in FacetKind:
        value = {
            FacetKind.PURPOSE: wanted.purpose,
            FacetKind.CATEGORY: wanted.category,
            FacetKind.POWER: wanted.power,
        }[kind]
        if value:
            yield _has(kind, value)
    for column, wish in (
        (Agreement.stage, wanted.stage),
        (Agreement.choice, wanted.choice),
        (Agreement.identifiability, wanted.identifiability),
    ):
        if wish is not None:
            yield column == wish
    if wanted.standing is not None:
        yield stands(wanted.standing, today)
    if wanted.emergency:
        yield Agreement.emergency.is_(True)
    if wanted.answers:
        gaps = Agreement.answered < len(question_ids())
        yield gaps if wanted.answers == "gaps" else ~gaps


def _parties(wanted: Wanted) -> Iterator[Condition]:
    if wanted.organisations is None:
        return
    if not wanted.organisations:
        yield false()
        return
    party = AgreementParty.organisation_id.in_(wanted.organisations)
    yield Agreement.id.in_(select(AgreementParty.agreement_id).where(party))


def _has(kind: FacetKind, value: str) -> Condition:
    facet = and_(AgreementFacet.kind == kind, AgreementFacet.value == value)
    return Agreement.id.in_(select(AgreementFacet.agreement_id).where(facet))


def stands(standing: Standing, today: date) -> Condition:
    """The same as ``standing_on`` says of the terms, for the database."""
    withdrawn = and_(Agreement.withdrawn_on.is_not(None), Agreement.withdrawn_on <= today)
    kept = or_(Agreement.withdrawn_on.is_(None), Agreement.withdrawn_on > today)
    ended = and_(Agreement.ends.is_not(None), Agreement.ends < today)
    going = or_(Agreement.ends.is_(None), Agreement.ends >= today)
    begun = or_(Agreement.starts.is_(None), Agreement.starts <= today)
    found: dict[Standing, Condition] = {
        Standing.WITHDRAWN: withdrawn,
        Standing.ENDED: and_(kept, ended),
        Standing.TO_COME: and_(kept, going, Agreement.starts > today),
        Standing.HOLDS: and_(kept, going, begun),
    }
    return found[standing]
