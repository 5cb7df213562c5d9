"""What can happen to events that bodies send: taken once, kept for whom they name, or refused.

The identity of an event is (source, source_ref). Whether somebody is linked under a person's id
changes nothing that the sender can see.
"""

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from citizen_portal import bulk, clock, jobs
from citizen_portal.access.models import (
    Actor,
    PushedEvent,
    Received,
    Refusal,
    Result,
    Role,
    Trigger,
)
from citizen_portal.bodies import actions as bodies
from citizen_portal.identity.models import PairwiseIndex
from citizen_portal.sealing import Index

AT_ONCE = 5_000
"""Values that one statement may ask for."""
SALT = 16
"""Bytes of salt, so that nobody can find out by trying what a published hash was made of."""

Key = tuple[UUID, str]


@dataclass(frozen=True, slots=True, order=True)
class RowFault:
    """What is wrong with one row of a batch, counted from 1. Repeats no value."""

    number: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sent:
    """One row without fault, as ``schemas/pushed.py`` found it."""

    number: int
    source_id: UUID
    row: Mapping[str, Any]
    occurred: datetime
    recorded: datetime | None
    canonical: bytes
    """What its hash is made of, and what "the same content" means."""

    @property
    def key(self) -> Key:
        return self.source_id, self.row["source_ref"]


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
    people = _people(session, sender.organisation_id, {each.row["subject"] for each in firsts})
    new, again, other = _identified(session, firsts, people, now)
    faults += [_other_content(each) for each in other]
    claimed = _claimed(session, [each.key for each in again if each.row["subject"] in people])
    wanted = [each for each in new if each.row["subject"] in people]
    wanted += [each for each in again if each.key in claimed]
    _keep(session, wanted, people, index, now)
    _tell_of_sources(session, new, now)
    return Taken(len(sent) - len(faults), len(new), tuple(sorted(faults)))


def note_refusals(
    session: Session, sender: Sender, batch: UUID, faults: Iterable[RowFault]
) -> None:
    """Keep what was refused of a batch, for its sender to read."""
    alike = {**asdict(sender), "batch": batch, "at": clock.now()}
    rows = [{**alike, **asdict(each)} for each in faults]
    if rows:
        session.execute(insert(Refusal), rows)


def event_id(index: Index, key: Key) -> UUID:
    """The id of an event, made of its identity: it tells neither when it came nor what others are.

    So the same event has the same id whenever and however often it is kept.
    """
    return UUID(bytes=index.derive("pushed event", key[0].hex, key[1])[:16])


def leaf(salt: bytes, canonical: bytes) -> bytes:
    """The salted hash of an event (RFC 6962 §2.1 marks leaves by a zero byte)."""
    return hashlib.sha256(b"\0" + salt + canonical).digest()


def _once(sent: Sequence[Sent]) -> tuple[list[Sent], list[RowFault]]:
    """Each event of a batch once; a second one with other content is a fault."""
    firsts: dict[Key, Sent] = {}
    faults = []
    for each in sent:
        first = firsts.setdefault(each.key, each)
        if first.canonical != each.canonical:
            faults.append(_other_content(each))
    return list(firsts.values()), faults


def _other_content(each: Sent) -> RowFault:
    return RowFault(each.number, "source_ref", "was received before with other content")


def _people(session: Session, organisation_id: UUID, subjects: set[str]) -> dict[str, UUID]:
    """Of these ids the ones by which the body knows somebody who is linked to it."""
    found: dict[str, UUID] = {}
    for some in _in_parts(sorted(subjects)):
        rows = session.execute(
            select(PairwiseIndex.pairwise, PairwiseIndex.citizen_id).where(
                PairwiseIndex.organisation_id == organisation_id,
                bulk.among(session, PairwiseIndex.pairwise, some),
            )
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
        salt, kept = salts[at * SALT : (at + 1) * SALT], each.row["subject"] in people
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
        elif not kept:
            again.append(each)
    return new, again, other


def _standing(session: Session, keys: Iterable[Key]) -> dict[Key, tuple[bytes, bytes, bool]]:
    columns = (Received.source_ref, Received.salt, Received.leaf, Received.kept)
    found = {}
    for source_id, of in _by_source(keys).items():
        for some in _in_parts(of):
            wanted = bulk.among(session, Received.source_ref, some)
            rows = session.execute(select(*columns).where(Received.source_id == source_id, wanted))
            found.update({(source_id, row[0]): (row[1], row[2], row[3]) for row in rows})
    return found


def _claimed(session: Session, keys: Iterable[Key]) -> set[Key]:
    """Those that came once for nobody, now that somebody is linked; each is claimed once."""
    refs = _by_source(keys)
    return {
        (source_id, ref)
        for source_id, of in refs.items()
        for some in _in_parts(of)
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


def _by_source(keys: Iterable[Key]) -> dict[UUID, list[str]]:
    refs: dict[UUID, list[str]] = {}
    for source_id, ref in sorted(keys):
        refs.setdefault(source_id, []).append(ref)
    return refs


RECEIVED = ("source_id", "source_ref", "salt", "leaf", "kept", "occurred_on", "accepted_on")
KEPT = (
    "citizen_id",
    "id",
    "source_id",
    "source_ref",
    "occurred_at",
    "recorded_at",
    "accepted_at",
    "role",
    "actor",
    "actor_handle",
    "trigger",
    "result",
    "emergency",
    "action",
    "receiver_code",
    "receiver_name",
    "system",
    "agreement",
    "legal_power",
    "processor",
    "categories",
    "trace_id",
)


def _keep(
    session: Session,
    sent: Sequence[Sent],
    people: Mapping[str, UUID],
    index: Index,
    now: datetime,
) -> None:
    """The rows of each citizen side by side. What needs attention, a job finds out."""
    if not sent:
        return
    rows = [
        (people[each.row["subject"]], event_id(index, each.key), *_columns(each, now))
        for each in sent
    ]
    bulk.insert(session, PushedEvent, KEPT, sorted(rows, key=lambda row: row[:2]))
    jobs.enqueue_once(session, "access.review")


def _columns(each: Sent, now: datetime) -> tuple[Any, ...]:
    """The columns from ``source_id`` on.

    Of a matter of somebody else's only the bodies, the power and the time are kept.
    """
    row = each.row
    role = Role(row.get("role") or Role.SELF)
    when = (*each.key, each.occurred, each.recorded, now, role)
    get = row.get
    if role is not Role.SELF:
        nothing = (Actor.NOT_STATED, None, Trigger.NOT_STATED, Result.NOT_STATED, False)
        names = ("", row["receiver_code"], get("receiver_name"), "", get("agreement"))
        return (*when, *nothing, *names, get("legal_power"), None, [], None)
    return (
        *when,
        Actor(get("actor_kind") or Actor.NOT_STATED),
        get("actor_handle"),
        Trigger(get("trigger") or Trigger.NOT_STATED),
        Result(get("outcome") or Result.NOT_STATED),
        bool(get("emergency")),
        row["action"],
        row["receiver_code"],
        get("receiver_name"),
        row["system"],
        get("agreement"),
        get("legal_power"),
        get("processor"),
        list(dict.fromkeys(get("categories") or ())),
        get("trace_id"),
    )


def _tell_of_sources(session: Session, new: Sequence[Sent], now: datetime) -> None:
    """That these sources told us of something counts as their last answer."""
    told = Counter(each.source_id for each in new)
    for source_id in sorted(told):
        bodies.note_answer(session, source_id, at=now)
        bodies.note_events(session, source_id, day=now.date(), count=told[source_id])


def _in_parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
