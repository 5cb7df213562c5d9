"""What can happen to a citizen's links to bodies, and to the codes that prove them."""

import base64
from datetime import UTC, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from citizen_portal import audit, clock, jobs
from citizen_portal.bodies.actions import send
from citizen_portal.bodies.models import MessageKind
from citizen_portal.bodies.queries import kept_from
from citizen_portal.errors import TooMany, WrongState
from citizen_portal.identity import queries
from citizen_portal.identity.actions.news import have_told
from citizen_portal.identity.models import (
    Citizen,
    CodeTry,
    LinkChange,
    LinkProof,
    LinkState,
    PairwiseIndex,
    SubjectLink,
    UsedCode,
)
from citizen_portal.sealing import Index, Sealer

LONGEST_CLAIM = 255
MOST_TRIES = 5
TRIES_WITHIN = timedelta(hours=1)


def pairwise(index: Index, citizen_id: UUID, organisation_id: UUID) -> str:
    """The id by which one body knows a citizen: 64 hex characters under that body's own key."""
    key_of_body = index.derive("pairwise key", str(organisation_id))
    return Index(key_of_body).blind("pairwise", str(citizen_id))


def blind_of_code(index: Index, organisation_id: UUID, code: str) -> str:
    """The mark by which an activation code, as bodies compare it, is known when it was used."""
    return index.blind("activation code", str(organisation_id), code)


def note_try(session: Session, citizen_id: UUID) -> None:
    """Count a try at a code, one after the other; raises ``TooMany`` after the most in an hour."""
    since = clock.now() - TRIES_WITHIN
    session.execute(select(Citizen.id).where(Citizen.id == citizen_id).with_for_update())
    tries = select(func.count()).where(CodeTry.citizen_id == citizen_id, CodeTry.at > since)
    if session.scalars(tries).one() >= MOST_TRIES:
        raise TooMany(
            "You have tried %(most)s codes within an hour. Wait an hour, then try again.",
            most=MOST_TRIES,
        )
    session.execute(delete(CodeTry).where(CodeTry.citizen_id == citizen_id, CodeTry.at <= since))
    session.add(CodeTry(citizen_id=citizen_id))


def use_code(session: Session, blind: str) -> bool:
    """Take an activation code for one link; false when it has made one already."""
    try:
        with session.begin_nested():
            session.add(UsedCode(blind=blind))
    except IntegrityError:
        return False
    return True


def link(
    session: Session,
    citizen_id: UUID,
    organisation_id: UUID,
    *,
    pairwise: str,
    state: LinkState,
    proof: LinkProof,
) -> None:
    """Keep what a body answered, and have it told of a link that was made.

    A link that stands is not undone by a later lesser answer. Raises ``WrongState`` where the
    account was closed while the body was asked.
    """
    _refuse_closed(session, citizen_id)
    known = _link_of(session, citizen_id, organisation_id)
    if known is not None and known.state in (LinkState.LINKED, state):
        return
    if known is None:
        known = SubjectLink(
            citizen_id=citizen_id,
            organisation_id=organisation_id,
            pairwise=pairwise,
            state=state,
            proof=proof,
        )
        session.add(known)
    known.state, known.proof, known.since = state, proof, clock.now()
    _index_pairwise(session, known)
    _note_change(session, known)
    tag = "link:made" if state is LinkState.LINKED else "link:refused"
    audit.record(session, tag, actor=citizen_id, organisation=str(organisation_id))
    if state is LinkState.LINKED:
        _tell_of(session, known)
    if state is LinkState.LINKED and proof is LinkProof.CLAIM:
        key = f"linked:{organisation_id}:{known.since.isoformat()}"
        # Who proved it by a code did it themselves and knows.
        have_told(session, citizen_id, key, kind="new_body")


def _tell_of(session: Session, link: SubjectLink) -> None:
    """The body learns that the person can be told of now, and from when on accesses are wanted."""
    made_at = link.since.astimezone(UTC)
    told = {
        "subject": link.pairwise,
        "since": made_at.isoformat().replace("+00:00", "Z"),
        "replay_from": kept_from(session, link.organisation_id, made_at.date()).isoformat(),
    }
    send(session, link.organisation_id, MessageKind.LINK_CREATED, told)
    citizen, organisation = str(link.citizen_id), str(link.organisation_id)
    jobs.enqueue(session, "preferences.linked", citizen=citizen, organisation=organisation)


def ask_by_claim(
    session: Session,
    sealer: Sealer,
    citizen_id: UUID,
    organisation_id: UUID,
    *,
    claim: str,
    value: object,
) -> None:
    """Have a body asked whether it knows the citizen by a verified claim, if they are not linked.

    The value stands sealed in the job, for this citizen and this body, until the body answered.
    """
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_CLAIM:
        return
    if not may_ask_by_claim(session, citizen_id, organisation_id):
        return
    sealed = sealer.seal(value.encode(), claim_context(citizen_id, organisation_id))
    jobs.enqueue(
        session,
        "records.link_by_claim",
        citizen=str(citizen_id),
        organisation=str(organisation_id),
        claim=claim,
        sealed=base64.b64encode(sealed).decode(),
    )


def may_ask_by_claim(session: Session, citizen_id: UUID, organisation_id: UUID) -> bool:
    """Not where a link stands, and not where the citizen ended one: they would wonder.

    Nor of somebody who has gone.
    """
    if session.scalar(queries.here(citizen_id)) is None:
        return False
    state = queries.link_state(session, citizen_id, organisation_id)
    return state not in (LinkState.LINKED, LinkState.UNLINKED)


def claim_context(citizen_id: UUID, organisation_id: UUID) -> str:
    return f"claim:{citizen_id}:{organisation_id}"


def unlink(session: Session, citizen_id: UUID, organisation_id: UUID) -> None:
    """End a link: the body is not asked about this citizen any more, and is told so.

    Why it ended is not told: a body has no business with that.
    """
    known = _link_of(session, citizen_id, organisation_id)
    if known is None or known.state is LinkState.UNLINKED:
        raise WrongState("You are not linked to this body.")
    if known.state is LinkState.LINKED:
        send(session, organisation_id, MessageKind.LINK_ENDED, {"subject": known.pairwise})
    known.state, known.since = LinkState.UNLINKED, clock.now()
    _index_pairwise(session, known)
    _note_change(session, known)
    audit.record(session, "link:ended", actor=citizen_id, organisation=str(organisation_id))


def _refuse_closed(session: Session, citizen_id: UUID) -> None:
    """The account is held open until this transaction is over."""
    if session.scalar(queries.here(citizen_id).with_for_update(read=True)) is None:
        raise WrongState("This account is closed already.")


def _link_of(session: Session, citizen_id: UUID, organisation_id: UUID) -> SubjectLink | None:
    return session.scalars(
        select(SubjectLink)
        .where(SubjectLink.citizen_id == citizen_id, SubjectLink.organisation_id == organisation_id)
        .with_for_update()
    ).one_or_none()


def _index_pairwise(session: Session, link: SubjectLink) -> None:
    """The directory knows the pairwise ids of standing links, and of those alone."""
    known = session.get(PairwiseIndex, (link.organisation_id, link.pairwise))
    if link.state is LinkState.LINKED and known is None:
        session.add(
            PairwiseIndex(
                organisation_id=link.organisation_id,
                pairwise=link.pairwise,
                citizen_id=link.citizen_id,
            )
        )
    elif link.state is not LinkState.LINKED and known is not None:
        session.delete(known)


def _note_change(session: Session, link: SubjectLink) -> None:
    session.add(
        LinkChange(
            citizen_id=link.citizen_id,
            organisation_id=link.organisation_id,
            state=link.state,
            proof=link.proof,
        )
    )
