"""Whether a body may use the data of those whom it names, by what stands now.

Only people with a choice come back from the database; the rule settles them here. An id that means
nobody counts as one without a choice.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from citizen_portal import bulk
from citizen_portal.agreements.models import Say
from citizen_portal.agreements.queries import Terms, register_terms
from citizen_portal.errors import NotFound, Unavailable, WrongState
from citizen_portal.identity.models import LinkState, SubjectLink
from citizen_portal.preferences.models import Answer, Effect, Followed, Reply, Scope, Standing
from citizen_portal.preferences.models.effects import TOLD_NO
from citizen_portal.preferences.queries.feed import behind
from citizen_portal.preferences.queries.rule import (
    Refusable,
    deciding,
    keys_over,
    parties,
    without_choice,
)

MOST_IDS = 100_000
"""Ids that one check may have."""
FEW = 1_000
"""So many ids are looked for one by one among those whom a body was told not to use."""
Said = tuple[str, Answer, int]
"""The key of a scope, what was chosen, and its number."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a body asked, and for each id in its order whether the data may be used."""

    organisation_id: UUID
    terms: Terms
    ids: Sequence[str]
    answers: Sequence[bool]

    @property
    def allowed(self) -> list[str]:
        return list(compress(self.ids, self.answers))


@dataclass(frozen=True, slots=True)
class _Spoken:
    """As much of a choice as the rule weighs; its number says no more than which was later."""

    scope: Scope
    answer: Answer
    number: int


def ask(
    session: Session, organisation_id: UUID, reference: str, ids: Sequence[str], *, today: date
) -> Checked:
    """What a body is answered. Raises ``NotFound``, ``WrongState``, and ``Unavailable`` while
    choices may be missing."""
    terms = agreement_of(session, organisation_id, reference, today)
    if incomplete(session, organisation_id, terms):
        raise Unavailable(
            "Choices are being brought up to date after a restore. Until that is done nobody is"
            " told what may be used."
        )
    return checked(session, organisation_id, terms, ids)


def agreement_of(session: Session, organisation_id: UUID, reference: str, today: date) -> Terms:
    """The agreement that a body asks about, as it is in force.

    Raises ``NotFound`` where it does not name the body, ``WrongState`` where it is not in force.
    """
    register = register_terms(session)
    terms = register.in_force(reference, today) or register.newest(reference)
    if terms is None or organisation_id not in parties(terms) | terms.processors:
        raise NotFound("There is no such agreement that names your body.")
    if not terms.holds_on(today):
        raise WrongState("This agreement is not in force today.")
    return terms


def incomplete(session: Session, organisation_id: UUID, terms: Terms) -> bool:
    """Whether choices may be missing here: old data was put back, and a body knows of later ones.

    Its own list counts, and that of each body of the agreement.
    """
    asked = parties(terms) | {organisation_id}
    return bool(behind(session, asked, itself=organisation_id))


def checked(session: Session, organisation_id: UUID, terms: Terms, ids: Sequence[str]) -> Checked:
    """Whether this body may use the data of each of these people under an agreement."""
    usual = without_choice(terms)
    others: set[str] = set()
    if terms.choice.refusable:
        settled = _settled(terms, session.execute(_choices(session, organisation_id, terms, ids)))
        others = {name for name, may_use in settled.items() if may_use is not usual}
    if terms.choice.refusable and usual:
        others |= set(session.scalars(_no_longer_linked(session, organisation_id, terms, ids)))
    if terms.choice is Say.OBJECTION and others:
        others -= set(session.scalars(_turned_down(organisation_id, terms)))
    return Checked(organisation_id, terms, ids, [usual is not (name in others) for name in ids])


def _choices(
    session: Session, organisation_id: UUID, terms: Refusable, ids: Sequence[str]
) -> Select[*tuple[Any, ...]]:
    """What people chose who are linked to this body: from the fewer to the more, be it the ids or
    the choices. Perhaps also of people whom it did not ask about.

    Links and choices of one person lie together, wherever that is; the directory of ids may not.
    """
    chose = Standing.scope.in_(keys_over(terms))
    wanted = (
        select(SubjectLink.pairwise, Standing.scope, Standing.answer, Standing.number)
        .join(Standing, Standing.citizen_id == SubjectLink.citizen_id)
        .where(chose, SubjectLink.state == LinkState.LINKED)
    )
    some = select(Standing.scope).where(chose).limit(len(ids) + 1).subquery()
    if (session.scalar(select(func.count()).select_from(some)) or 0) <= len(ids):
        own = bulk.by_no_index(session, SubjectLink.organisation_id)
        return wanted.where(own == organisation_id)
    return wanted.where(
        SubjectLink.organisation_id == organisation_id,
        bulk.among(session, SubjectLink.pairwise, ids),
    )


def _settled(terms: Refusable, rows: Iterable[Sequence[Any]]) -> Mapping[str, bool]:
    """For each id with a choice whether the data may be used. Those who chose alike, once."""
    by_name: dict[str, list[Said]] = defaultdict(list)
    for name, key, answer, number in rows:
        by_name[name].append((key, answer, number))
    known: dict[tuple[Said, ...], bool] = {}
    settled = {}
    for name, choices in by_name.items():
        alike = _in_turn(choices)
        if alike not in known:
            known[alike] = _may_use(terms, alike)
        settled[name] = known[alike]
    return settled


def _in_turn(choices: Sequence[Said]) -> tuple[Said, ...]:
    """The same choices with small numbers: which was later, and which were made together."""
    if len(choices) == 1:
        key, answer, _ = choices[0]
        return ((key, answer, 0),)
    choices = sorted(choices)
    turns = {number: turn for turn, number in enumerate(sorted({said[2] for said in choices}))}
    return tuple((key, answer, turns[number]) for key, answer, number in choices)


def _may_use(terms: Refusable, choices: Iterable[Said]) -> bool:
    spoken = {key: _Spoken(Scope.of(key), answer, number) for key, answer, number in choices}
    by = deciding(terms, spoken)
    return without_choice(terms) if by is None else by.answer is Answer.YES


def _told_no(organisation_id: UUID, terms: Refusable) -> Select[str]:
    """Whom a body was last told not to use under an agreement."""
    return select(Effect.subject).where(
        Effect.organisation_id == organisation_id, Effect.agreement == terms.reference, TOLD_NO
    )


def _no_longer_linked(
    session: Session, organisation_id: UUID, terms: Refusable, ids: Sequence[str]
) -> Select[str]:
    """Whom a body was told not to use, and who ended their link since: it holds on.

    A processor is never told: for it, whom a body was told of for which it acts. Perhaps also
    people whom it did not ask about.
    """
    if organisation_id not in parties(terms):
        told = exists().where(
            Effect.citizen_id == SubjectLink.citizen_id,
            Effect.agreement == terms.reference,
            Effect.organisation_id.in_(parties(terms)),
            TOLD_NO,
        )
        ended = select(SubjectLink.pairwise).where(
            SubjectLink.organisation_id == organisation_id,
            SubjectLink.state == LinkState.UNLINKED,
            told,
        )
        return _of_few(session, ended, SubjectLink.pairwise, ids)
    linked = exists().where(
        SubjectLink.citizen_id == Effect.citizen_id,
        SubjectLink.organisation_id == organisation_id,
        SubjectLink.pairwise == Effect.subject,
        SubjectLink.state == LinkState.LINKED,
    )
    gone = _told_no(organisation_id, terms).where(~linked)
    return _of_few(session, gone, Effect.subject, ids)


def _of_few(
    session: Session, found: Select[str], name: InstrumentedAttribute[str], ids: Sequence[str]
) -> Select[str]:
    return found.where(bulk.among(session, name, ids)) if len(ids) <= FEW else found


def _turned_down(organisation_id: UUID, terms: Terms) -> Select[str]:
    """Whose objection this body has weighed and refused; nobody's while it was not yet told anew
    of those under other terms."""
    other_terms = exists().where(
        Followed.agreement == terms.reference, Followed.version != terms.number
    )
    weighed = (Effect.objection, Effect.reply == Reply.REFUSED, ~other_terms)
    return _told_no(organisation_id, terms).where(*weighed)
