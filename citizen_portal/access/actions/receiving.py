"""What can happen to events that bodies send: taken once, kept for whom they name, or refused.

The identity of an event is (source, source_ref). Whether somebody is linked under a person's id
changes nothing that the sender can see. Whom a withheld event names is not even looked up.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from citizen_portal import bulk, clock
from citizen_portal.access.actions import holding
from citizen_portal.access.actions.keeping import Sent, event_id, keep
from citizen_portal.access.models import Received, Refusal
from citizen_portal.access.queries.identities import Key, by_source, in_parts
from citizen_portal.access.queries.trees import leaf
from citizen_portal.bodies import actions as bodies
from citizen_portal.identity.models import PairwiseIndex
from citizen_portal.sealing import Index

MOST_REFUSALS = 100_000
"""Reports of refused rows that are kept for one body."""
MOST_TOLD = 10_000
"""Faults of one batch that are all kept; beyond that there is one for each row."""
SALT = 16
"""Bytes of salt, so that nobody can find out by trying what a published hash was made of."""
OTHER_CONTENT = "source_ref", "was received before with other content"
TOO_LATE = "withheld", "was received before without being withheld"
HELD_ONCE = "source_ref", "was withheld once, and what it said is not known here any more"
REFUSED = ("id", "organisation_id", "client_id", "batch", "at", "number", "field", "reason")
"""In this order ``note_refusals`` gives them."""
RECEIVED = ("source_id", "source_ref", "salt", "leaf", "kept", "occurred_on", "accepted_on")
"""In this order ``_identified`` gives them."""

__all__ = ["RowFault", "Sender", "Sent", "Taken", "event_id", "leaf", "note_refusals", "receive"]


@dataclass(frozen=True, slots=True, order=True)
class RowFault:
    """What is wrong with one row of a batch, counted from 1. Repeats no value."""

    number: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sender:
    """The body and the system of it that sent a batch."""

    organisation_id: UUID
    client_id: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch: how many rows stand, how many of them are new, what was refused."""

    accepted: int
    new: int
    faults: tuple[RowFault, ...]


def receive(
    session: Session, sender: Sender, sent: Sequence[Sent], *, index: Index, now: datetime
) -> Taken:
    """Take a batch in. The same event again changes nothing; other content is refused."""
    firsts, faults = _once(sent)
    firsts, lost = holding.apart(session, firsts)
    refused = dict.fromkeys((each.key for each in lost), HELD_ONCE)
    shown = {each.row["subject"] for each in firsts if each.hold is None}
    people = people_of(session, sender.organisation_id, shown)
    new, again, other = _identified(session, firsts, people, now)
    refused |= dict.fromkeys((each.key for each in other), OTHER_CONTENT)
    claimed = _claimed(session, [each.key for each in again if _names(each, people)])
    late = holding.never_withheld(session, firsts, new)
    refused |= dict.fromkeys((each.key for each in late), TOO_LATE)
    holding.begin(session, sender.organisation_id, sender.client_id, new)
    open_ = [each for each in new if each.hold is None]
    wanted = [each for each in open_ if _names(each, people)]
    wanted += [each for each in again if each.key in claimed]
    keep(session, wanted, people, index, now, shown_from=holding.released(session, claimed))
    _tell_of_sources(session, open_, now)
    faults |= {RowFault(one.number, *refused[one.key]) for one in sent if one.key in refused}
    wrong = {fault.number for fault in faults}
    return Taken(len(sent) - len(wrong), len(new), tuple(sorted(faults)))


def note_refusals(
    session: Session, sender: Sender, batch: UUID, faults: Sequence[RowFault]
) -> None:
    """Keep what was refused of a batch, for its sender to read, and let go of its oldest reports.

    Of a batch with very many faults only the first of each row. A body has the newest
    ``MOST_REFUSALS`` reports; what one batch adds, one batch removes.
    """
    if not faults:
        return
    told = faults if len(faults) <= MOST_TOLD else _first_of_rows(faults)
    alike = (sender.organisation_id, sender.client_id, batch, clock.now())
    rows = [(uuid7(), *alike, each.number, each.field, each.reason) for each in told]
    bulk.insert(session, Refusal, REFUSED, rows)
    own = select(Refusal.id).where(Refusal.organisation_id == sender.organisation_id)
    beyond = own.order_by(Refusal.id.desc()).offset(MOST_REFUSALS).limit(len(rows))
    session.execute(delete(Refusal).where(Refusal.id.in_(beyond)))


def _first_of_rows(faults: Iterable[RowFault]) -> Sequence[RowFault]:
    firsts: dict[int, RowFault] = {}
    for each in faults:
        firsts.setdefault(each.number, each)
    return list(firsts.values())


def _once(sent: Sequence[Sent]) -> tuple[list[Sent], set[RowFault]]:
    """Each event of a batch once; a second one with other content is a fault."""
    firsts: dict[Key, Sent] = {}
    faults = set()
    for each in sent:
        first = firsts.setdefault(each.key, each)
        if first.canonical != each.canonical or bool(first.hold) != bool(each.hold):
            faults.add(RowFault(each.number, *OTHER_CONTENT))
    return list(firsts.values()), faults


def _names(each: Sent, people: Mapping[str, UUID]) -> bool:
    return each.row["subject"] in people


def people_of(session: Session, organisation_id: UUID, subjects: set[str]) -> dict[str, UUID]:
    """Of these ids the ones by which the body knows somebody who is linked to it.

    Here and not a query, for it locks: a link that ends meanwhile ends after this transaction.
    """
    found: dict[str, UUID] = {}
    for some in in_parts(sorted(subjects)):
        rows = session.execute(
            select(PairwiseIndex.pairwise, PairwiseIndex.citizen_id)
            .where(
                PairwiseIndex.organisation_id == organisation_id,
                bulk.among(session, PairwiseIndex.pairwise, some),
            )
            .order_by(PairwiseIndex.pairwise)
            .with_for_update(read=True)
        )
        found.update(dict(rows.all()))
    return found


def _identified(
    session: Session, sent: Sequence[Sent], people: Mapping[str, UUID], now: datetime
) -> tuple[list[Sent], list[Sent], list[Sent]]:
    """The new ones; those that came before and were kept for nobody; those with other content.

    Whoever comes first with an identity has it, even where two batches come at the same moment:
    what is new is what then stands there with our salt.
    """
    salts = secrets.token_bytes(SALT * len(sent))
    rows = []
    for at, each in enumerate(sent):
        salt = salts[at * SALT : (at + 1) * SALT]
        kept = each.hold is not None or _names(each, people)
        hashed = leaf(salt, each.canonical)
        rows.append((*each.key, salt, hashed, kept, each.occurred.date(), now.date()))
    bulk.insert_new(session, Received, RECEIVED, sorted(rows))
    mine = {row[:2]: row[2] for row in rows}
    standing = _standing(session, mine)
    new, again, other = [], [], []
    for each in sent:
        salt, hashed, kept = standing[each.key]
        if salt == mine[each.key]:
            new.append(each)
        elif leaf(salt, each.canonical) != hashed:
            other.append(each)
        elif not kept and each.hold is None:
            again.append(each)
    return new, again, other


def _standing(session: Session, keys: Iterable[Key]) -> dict[Key, tuple[bytes, bytes, bool]]:
    columns = (Received.source_ref, Received.salt, Received.leaf, Received.kept)
    found = {}
    for source_id, some in by_source(keys):
        wanted = bulk.among(session, Received.source_ref, some)
        rows = session.execute(select(*columns).where(Received.source_id == source_id, wanted))
        found.update({(source_id, row[0]): (row[1], row[2], row[3]) for row in rows})
    return found


def _claimed(session: Session, keys: Iterable[Key]) -> set[Key]:
    """Those that came once for nobody, now that somebody is linked; each is claimed once."""
    return {
        (source_id, ref)
        for source_id, some in by_source(keys)
        for ref in session.scalars(
            update(Received)
            .where(
                Received.source_id == source_id,
                bulk.among(session, Received.source_ref, some),
                Received.kept.is_(False),
            )
            .values(kept=True)
            .returning(Received.source_ref)
        )
    }


def _tell_of_sources(session: Session, new: Sequence[Sent], now: datetime) -> None:
    """That these sources told us of something counts as their last answer."""
    told = Counter(each.source_id for each in new)
    for source_id in sorted(told):
        bodies.note_answer(session, source_id, at=now)
        bodies.note_events(session, source_id, day=now.date(), count=told[source_id])
