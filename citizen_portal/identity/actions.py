"""What can happen to citizens, their sessions and their links to bodies."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from citizen_portal import audit, clock, jobs
from citizen_portal.errors import TooMany, WrongState
from citizen_portal.identity import queries
from citizen_portal.identity.models import (
    AccountIndex,
    Citizen,
    CodeTry,
    LinkChange,
    LinkProof,
    LinkState,
    PairwiseIndex,
    SignIn,
    SubjectLink,
    UsedCode,
)
from citizen_portal.sealing import Index, Sealer

LONGEST_CLAIM = 255
BIRTHDATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOST_TRIES = 5
TRIES_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Proof:
    """How surely, and when, somebody proved to the identity provider who they are."""

    assurance: str
    auth_time: datetime
    provider_session: str | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """A session just begun, and the one moment at which its token is known."""

    sign_in: SignIn
    token: str


def digest(token: str) -> str:
    """What is kept of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def pairwise(index: Index, citizen_id: UUID, organisation_id: UUID) -> str:
    """The id by which one body knows a citizen: 64 hex characters under that body's own key."""
    key_of_body = index.derive("pairwise key", str(organisation_id))
    return Index(key_of_body).blind("pairwise", str(citizen_id))


def is_adult(birthdate: object, *, on: date, age: int) -> bool:
    """Whether a claim shows so many years lived on that day; what cannot be read shows nothing."""
    if not isinstance(birthdate, str) or not BIRTHDATE.fullmatch(birthdate):
        return False
    try:
        born = date.fromisoformat(birthdate)
    except ValueError:
        return False
    had_birthday = (on.month, on.day) >= (born.month, born.day)
    return on.year - born.year - (0 if had_birthday else 1) >= age


def find_or_make_citizen(session: Session, index: Index, *, issuer: str, subject: str) -> UUID:
    """The citizen of an account; two first sign-ins at once end with one citizen."""
    blind = index.blind("account", issuer, subject)
    known = queries.citizen_of(session, blind)
    if known is not None:
        return known
    citizen = Citizen()
    try:
        with session.begin_nested():
            session.add(citizen)
            session.flush()
            session.add(AccountIndex(blind=blind, citizen_id=citizen.id))
    except IntegrityError:
        return session.scalars(
            select(AccountIndex.citizen_id).where(AccountIndex.blind == blind)
        ).one()
    return citizen.id


def start(session: Session, citizen_id: UUID, *, proof: Proof) -> Started:
    """Begin a session of a citizen."""
    token = secrets.token_urlsafe(32)
    sign_in = SignIn(
        citizen_id=citizen_id,
        token_digest=digest(token),
        assurance=proof.assurance,
        auth_time=proof.auth_time,
        provider_session=proof.provider_session,
    )
    session.add(sign_in)
    audit.record(session, "citizen:signed-in", actor=citizen_id, sign_in=str(sign_in.id))
    return Started(sign_in, token)


def step_up(session: Session, citizen_id: UUID, sign_in_id: UUID, *, proof: Proof) -> Started:
    """Note that a citizen has just proved again who they are; the token changes with it.

    The session keeps its age: proving oneself again does not make it last longer.
    """
    sign_in = session.scalars(_live(citizen_id).where(SignIn.id == sign_in_id)).one_or_none()
    if sign_in is None:
        raise WrongState("You have been signed out. Sign in again to go on.")
    token = secrets.token_urlsafe(32)
    sign_in.token_digest = digest(token)
    sign_in.assurance, sign_in.auth_time = proof.assurance, proof.auth_time
    sign_in.last_seen_at = clock.now()
    audit.record(session, "citizen:stepped-up", actor=citizen_id, sign_in=str(sign_in.id))
    return Started(sign_in, token)


def end(session: Session, citizen_id: UUID, sign_in_id: UUID) -> bool:
    """End one session at once, and have its answers forgotten; whether there was one to end."""
    return _end(session, citizen_id, [sign_in_id], tag="citizen:signed-out")


def end_others(session: Session, citizen_id: UUID, *, but: UUID) -> None:
    """End each session of a citizen except the one named."""
    others = session.scalars(_live(citizen_id).where(SignIn.id != but)).all()
    _end(session, citizen_id, [one.id for one in others], tag="sign-in:ended-elsewhere")


def note_seen(session: Session, citizen_id: UUID, sign_in_id: UUID) -> None:
    seen = update(SignIn).where(SignIn.citizen_id == citizen_id, SignIn.id == sign_in_id)
    session.execute(seen.values(last_seen_at=clock.now()))


def forget_sessions(session: Session, *, older_than: timedelta) -> None:
    """Delete what is left of sessions that are over: nobody is told later when they were here.

    Concerns every citizen: for the worker alone.
    """
    old = SignIn.started_at < clock.now() - older_than
    session.execute(delete(SignIn).where(or_(old, SignIn.revoked_at.is_not(None))))
    session.execute(delete(CodeTry).where(CodeTry.at <= clock.now() - TRIES_WITHIN))


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
    """Keep what a body answered. A link that stands is not undone by a later lesser answer."""
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
    """Not where a link stands, and not where the citizen ended one: they would wonder."""
    state = queries.link_state(session, citizen_id, organisation_id)
    return state not in (LinkState.LINKED, LinkState.UNLINKED)


def claim_context(citizen_id: UUID, organisation_id: UUID) -> str:
    return f"claim:{citizen_id}:{organisation_id}"


def unlink(session: Session, citizen_id: UUID, organisation_id: UUID) -> None:
    """End a link: the body is not asked about this citizen any more."""
    known = _link_of(session, citizen_id, organisation_id)
    if known is None or known.state is LinkState.UNLINKED:
        raise WrongState("You are not linked to this body.")
    known.state, known.since = LinkState.UNLINKED, clock.now()
    _index_pairwise(session, known)
    _note_change(session, known)
    audit.record(session, "link:ended", actor=citizen_id, organisation=str(organisation_id))


def _live(citizen_id: UUID) -> Select[SignIn]:
    return select(SignIn).where(SignIn.citizen_id == citizen_id, SignIn.revoked_at.is_(None))


def _end(session: Session, citizen_id: UUID, ids: list[UUID], *, tag: str) -> bool:
    rows = session.scalars(_live(citizen_id).where(SignIn.id.in_(ids))).all()
    for row in rows:
        row.revoked_at, row.sealed_hint = clock.now(), None
        audit.record(session, tag, actor=citizen_id, sign_in=str(row.id))
        jobs.enqueue(session, "access.forget_session", citizen=str(citizen_id), sign_in=str(row.id))
    return bool(rows)


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
