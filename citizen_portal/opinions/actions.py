"""A body asks for views, closes and replies; people say what they think; the worker counts."""

from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from citizen_portal import audit
from citizen_portal.counts import rounded
from citizen_portal.db import Words
from citizen_portal.errors import NotFound, WrongState
from citizen_portal.identity import queries as identity
from citizen_portal.opinions.models import Round, View, Vote
from citizen_portal.opinions.queries import askable, counted, own_round, own_rounds, vote_of
from citizen_portal.sealing import Index, Seal


def blind(index: Index, citizen_id: UUID, round_id: UUID) -> str:
    """Stands for a citizen in one round. It cannot be turned back, nor compared between rounds."""
    return index.blind("view", str(round_id), str(citizen_id))


def context(round_id: UUID, blinded: str) -> str:
    """What a reason is sealed for."""
    return f"view-reason:{round_id}:{blinded}"


def ask(
    session: Session,
    organisation_id: UUID,
    reference: str,
    *,
    opens_on: date,
    closes_on: date,
    today: date,
    by: UUID,
) -> Round:
    """Ask the public about an agreement that is not in use yet. Raises ``NotFound`` where it is
    none that this body may ask about, ``WrongState`` while it asks about it already."""
    asked = askable(session, organisation_id, today=today).get(reference)
    if asked is None:
        raise NotFound("There is no such agreement of your body that is explored or drafted.")
    begun = own_rounds(session, organisation_id)
    if any(one.reference == reference and not one.final for one in begun):
        raise WrongState("Your body asks for views on this agreement already.")
    title, what, purpose = asked
    made = Round(
        organisation_id=organisation_id,
        reference=reference,
        title=title,
        what=what,
        purpose=purpose,
        opens_on=opens_on,
        closes_on=closes_on,
    )
    session.add(made)
    audit.record(session, "views:asked", actor=by, for_body=organisation_id, reference=reference)
    return made


def close(
    session: Session, organisation_id: UUID, round_id: UUID, *, today: date, by: UUID
) -> None:
    """End a round today, before its last day."""
    found = own_round(session, organisation_id, round_id)
    if found.final:
        raise WrongState("These views are closed already.")
    found.closes_on = min(found.closes_on, today)
    found.opens_on = min(found.opens_on, today)
    count(session, found, today=today, final=True)
    about = {"reference": found.reference}
    audit.record(session, "views:closed", actor=by, for_body=organisation_id, **about)


def reply(
    session: Session, organisation_id: UUID, round_id: UUID, words: Words, *, today: date, by: UUID
) -> None:
    """What the body says to those views, for anybody to read; may be written anew."""
    found = own_round(session, organisation_id, round_id)
    if not found.final:
        raise WrongState("Reply once the views are closed and counted.")
    found.reply, found.replied_on = words, today
    about = {"reference": found.reference}
    audit.record(session, "views:replied", actor=by, for_body=organisation_id, **about)


def say(
    session: Session,
    found: Round,
    blinded: str,
    view: View,
    reason: str,
    *,
    today: date,
    seal: Seal,
) -> None:
    """Keep what somebody thinks, in place of what they said before. Noted nowhere else: an entry
    beside it would say whose it is. Raises ``WrongState`` outside the days of the round."""
    if not found.open_on(today):
        raise WrongState("These views are closed. Yours was not kept.")
    sealed = seal(reason.encode(), context(found.id, blinded)) if reason else None
    vote = vote_of(session, found.id, blinded)
    if vote is None:
        session.add(
            Vote(round_id=found.id, blind=blinded, view=view, sealed_reason=sealed, day=today)
        )
    else:
        vote.view, vote.sealed_reason, vote.day = view, sealed, today


def hold(session: Session, citizen_id: UUID) -> None:
    """Their account is not closed meanwhile. Raises ``WrongState`` where it was."""
    here = identity.here(citizen_id).with_for_update(key_share=True)
    if session.scalar(here) is None:
        raise WrongState("This account is closed already.")


def take_back(session: Session, index: Index, citizen_id: UUID) -> None:
    """Whoever closes their account says no more what they think, where it is still asked: they may
    come back as somebody new, and say it again."""
    going_on = session.scalars(select(Round.id).where(~Round.final)).all()
    mine = {blind(index, citizen_id, round_id) for round_id in going_on}
    session.execute(delete(Vote).where(Vote.round_id.in_(going_on), Vote.blind.in_(mine)))


def count(session: Session, found: Round, *, today: date, final: bool) -> None:
    """Bring what is told to what stands now: at most once a day, and at the end."""
    counts = counted(session, found.id)
    found.counts = {view.value: rounded(counts.get(view, 0)) for view in View}
    found.counted_on, found.final = today, final
