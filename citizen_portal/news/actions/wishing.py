"""A citizen chooses what they are told and how soon, and makes or removes their feed."""

import secrets
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from citizen_portal import audit, clock, jobs
from citizen_portal.identity.models import Citizen
from citizen_portal.news.actions.stopping import digest_of
from citizen_portal.news.models import NewsKind, NewsWish, Rhythm, Told
from citizen_portal.sealing import Index


def choose(
    session: Session, citizen_id: UUID, rhythms: Mapping[NewsKind, Rhythm], *, looks: bool
) -> None:
    """Keep how soon each kind is told; what waits is told at its new rhythm.

    Bodies are looked at for nobody who wants no news of accesses. Who silences news of copies
    has a copy that waits do so anew, as when a mailbox is removed.
    """
    wish = _wish(session, citizen_id)
    before = {kind: wish.rhythm(kind) for kind in rhythms}
    for kind, rhythm in rhythms.items():
        if before[kind] is not rhythm:
            _retime(session, citizen_id, kind, rhythm)
    if rhythms[NewsKind.COPY] is Rhythm.NONE and before[NewsKind.COPY] is not Rhythm.NONE:
        jobs.enqueue(session, "exports.hold_back", citizen=str(citizen_id))
    wish.rhythms = {kind.value: rhythm.value for kind, rhythm in rhythms.items()}
    looks = looks and rhythms[NewsKind.ACCESS] is not Rhythm.NONE
    if looks is not wish.looks:
        wish.looks, wish.looks_since = looks, clock.now() if looks else None
    audit.record(session, "news:chosen", actor=citizen_id)


def make_feed(session: Session, index: Index, citizen_id: UUID) -> str:
    """A new secret address for the feed, in place of the former; the token of it."""
    wish, token = _wish(session, citizen_id), secrets.token_hex(32)
    wish.feed_digest, wish.feed_made_at = digest_of(index, token), clock.now()
    audit.record(session, "feed:made", actor=citizen_id)
    return token


def remove_feed(session: Session, citizen_id: UUID) -> None:
    wish = _wish(session, citizen_id)
    if wish.feed_digest is not None:
        wish.feed_digest = wish.feed_made_at = None
        audit.record(session, "feed:removed", actor=citizen_id)


def begin_look(session: Session, citizen_id: UUID) -> None:
    """Bodies are asked now: not again within a day, whatever becomes of it."""
    mine = update(NewsWish).where(NewsWish.citizen_id == citizen_id)
    session.execute(mine.values(looked_at=clock.now()))


def _retime(session: Session, citizen_id: UUID, kind: NewsKind, rhythm: Rhythm) -> None:
    """News that only wait for a feed go on doing so."""
    waiting = update(Told).where(
        Told.citizen_id == citizen_id,
        Told.kind == kind,
        Told.told_at.is_(None),
        Told.rhythm != Rhythm.NONE,
    )
    session.execute(waiting.values(rhythm=rhythm))


def _wish(session: Session, citizen_id: UUID) -> NewsWish:
    """One row a citizen, made when it is first needed; the citizen is locked meanwhile."""
    session.execute(select(Citizen.id).where(Citizen.id == citizen_id).with_for_update())
    mine = select(NewsWish).where(NewsWish.citizen_id == citizen_id)
    wish = session.scalars(mine).one_or_none()
    if wish is None:
        wish = NewsWish(citizen_id=citizen_id)
        session.add(wish)
    return wish
