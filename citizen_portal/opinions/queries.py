"""Rounds of views: those in public, a body's own, one's own view, and what officers may read."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import Draft, DraftState, Stage
from citizen_portal.agreements.queries import register_terms
from citizen_portal.db import Words
from citizen_portal.errors import NotFound
from citizen_portal.opinions.models import Round, View, Vote

Asked = tuple[Words, Words, Words]
"""What an agreement is called, what it does and why, as people are asked about it."""


def rounds(session: Session, rows: "slice[int, int, None]", *, today: date) -> Sequence[Round]:
    """Those that have begun, the ones that go on first, then by their last day."""
    return session.scalars(
        select(Round)
        .where(Round.opens_on <= today)
        .order_by(Round.final, Round.closes_on.desc(), Round.id)
        .offset(rows.start)
        .limit(rows.stop - rows.start)
    ).all()


def count_of(session: Session, *, today: date) -> int:
    return session.scalar(select(func.count(Round.id)).where(Round.opens_on <= today)) or 0


def round_of(session: Session, round_id: UUID, *, today: date) -> Round:
    """One that has begun; raises ``NotFound``."""
    found = session.get(Round, round_id)
    if found is None or found.opens_on > today:
        raise NotFound("There are no views to give here.")
    return found


def newest_about(session: Session, reference: str, *, today: date) -> Round | None:
    """The last round about an agreement that has begun."""
    return session.scalars(
        select(Round)
        .where(Round.reference == reference, Round.opens_on <= today)
        .order_by(Round.opens_on.desc(), Round.id.desc())
        .limit(1)
    ).one_or_none()


def own_rounds(session: Session, organisation_id: UUID) -> Sequence[Round]:
    """A body's, the last begun first."""
    own = select(Round).where(Round.organisation_id == organisation_id)
    return session.scalars(own.order_by(Round.opens_on.desc(), Round.id.desc())).all()


def own_round(session: Session, organisation_id: UUID, round_id: UUID) -> Round:
    """Raises ``NotFound``."""
    found = session.scalars(
        select(Round).where(Round.organisation_id == organisation_id, Round.id == round_id)
    ).one_or_none()
    if found is None:
        raise NotFound("Your body has asked for no such views.")
    return found


def askable(session: Session, organisation_id: UUID, *, today: date) -> dict[str, Asked]:
    """What a body may ask about: its agreements at the exploration stage, and its open drafts."""
    found: dict[str, Asked] = {
        terms.reference: (terms.title, terms.what, terms.purpose)
        for terms in register_terms(session).naming(organisation_id)
        if terms.stage is Stage.EXPLORATION and (terms.ends is None or terms.ends >= today)
    }
    drafts = select(Draft.reference, Draft.document).where(
        Draft.organisation_id == organisation_id,
        Draft.state.in_((DraftState.DRAFTING, DraftState.IN_REVIEW)),
    )
    for reference, said in session.execute(drafts.order_by(Draft.reference)):
        if all(said.get(name) for name in ("title", "what", "purpose")):
            found.setdefault(reference, (said["title"], said["what"], said["purpose"]))
    return found


def vote_of(session: Session, round_id: UUID, blind: str) -> Vote | None:
    return session.get(Vote, (round_id, blind))


def counted(session: Session, round_id: UUID) -> dict[View, int]:
    found = session.execute(
        select(Vote.view, func.count()).where(Vote.round_id == round_id).group_by(Vote.view)
    )
    return {View(view): count for view, count in found}


def reasons(session: Session, round_id: UUID, *, before: date) -> Sequence[Vote]:
    """Why people think so: in the order of their hashes, which is none, and of days that are over,
    so that nobody learns when somebody wrote."""
    return session.scalars(
        select(Vote)
        .where(Vote.round_id == round_id, Vote.day < before, Vote.sealed_reason.is_not(None))
        .order_by(Vote.blind)
    ).all()


def to_count(session: Session, *, today: date) -> list[UUID]:
    """Rounds that have begun, are not counted for the last time, and were not counted today."""
    waiting = select(Round.id).where(
        ~Round.final,
        Round.opens_on < today,
        func.coalesce(Round.counted_on, date.min) < today,
    )
    return list(session.scalars(waiting.order_by(Round.id)))
