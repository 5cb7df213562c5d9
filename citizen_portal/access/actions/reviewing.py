"""What becomes of events once they are kept: each is reviewed once, counted, and noted as news.

Whatever order they come in: an event is counted in the transaction that marks it as reviewed.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from citizen_portal import bulk
from citizen_portal.access.models import Actor, PushedEvent, Tally
from citizen_portal.access.queries import attention, counted, stored
from citizen_portal.access.queries.facts import AccessEvent, Pattern
from citizen_portal.access.queries.matching import Explainer
from citizen_portal.identity.actions.news import have_told
from citizen_portal.identity.models import Citizen

AT_ONCE = 2_000
"""Events of one citizen that are reviewed together."""
NEWS_FOR = timedelta(days=30)
MOST_NEWS = 100
"""More of it would be the same news."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is counted together, within one day of one citizen."""

    day: date
    source_id: UUID
    receiver_code: str
    receiver_name: str | None
    reference: str
    actor: Actor
    categories: tuple[str, ...]

    @property
    def id(self) -> UUID:
        """Made of what it is, so that a kind has one row whoever counts it first."""
        said = [self.day.isoformat(), self.source_id.hex, self.receiver_code, self.receiver_name]
        text = json.dumps([*said, self.reference, self.actor, self.categories])
        return UUID(bytes=hashlib.blake2b(text.encode(), digest_size=16).digest())


def review(session: Session, citizen_id: UUID, *, explainer: Explainer, today: date) -> int:
    """Review events of one citizen that wait for it; gives how many."""
    # Two workers at one citizen would count the same events twice.
    session.execute(
        select(Citizen.id).where(Citizen.id == citizen_id).with_for_update(key_share=True)
    )
    events = stored.unreviewed(session, citizen_id, explainer=explainer, today=today, most=AT_ONCE)
    days = attention.rules().repeated_actor.within_days + attention.rules().repeated_actor.for_days
    known = counted.history(session, citizen_id, events, days=days)
    patterns = attention.review(events, known, today=today)
    lifted = {one.id: attention.bits(one, patterns.get(one.id, ())) for one in events}
    _count(session, citizen_id, events, lifted)
    _mark(session, citizen_id, lifted)
    _tell(session, citizen_id, events, patterns, today)
    return len(events)


def _tell(
    session: Session,
    citizen_id: UUID,
    events: Sequence[AccessEvent],
    patterns: Mapping[str, frozenset[Pattern]],
    today: date,
) -> None:
    """Have the citizen told that there is news, where they named a mailbox for that.

    Of what happened lately only: a body that sends its past after a link was made is no news.
    """
    lately = [event for event in events if event.day > today - NEWS_FOR]
    odd = [event.id for event in lately if event.usage.emergency or not event.explained]
    new = [event.id for event in lately if Pattern.NEW_BODY in patterns.get(event.id, ())]
    if odd:
        have_told(session, citizen_id, *odd[:MOST_NEWS], kind="access")
    if new:
        have_told(session, citizen_id, *new[:MOST_NEWS], kind="new_body")


def _count(
    session: Session, citizen_id: UUID, events: Sequence[AccessEvent], lifted: dict[str, int]
) -> None:
    times: Counter[Kind] = Counter()
    out: Counter[Kind] = Counter()
    for event in events:
        kind = _kind(event)
        times[kind] += 1
        out[kind] += lifted[event.id] > 0
    bulk.add_up(
        session,
        Tally,
        ("times", "lifted"),
        [
            {
                "citizen_id": citizen_id,
                "id": kind.id,
                "day": kind.day,
                "source_id": kind.source_id,
                "receiver_code": kind.receiver_code,
                "receiver_name": kind.receiver_name,
                "reference": kind.reference,
                "actor": kind.actor,
                "categories": list(kind.categories),
                "times": count,
                "lifted": out[kind],
            }
            for kind, count in times.items()
        ],
    )


def _kind(event: AccessEvent) -> Kind:
    terms = event.explanation.terms
    return Kind(
        day=event.day,
        source_id=event.source_id,
        receiver_code=event.usage.receiver_code,
        receiver_name=event.usage.receiver_name,
        reference=terms.reference if terms else "",
        actor=event.usage.actor,
        categories=event.usage.categories,
    )


def _mark(session: Session, citizen_id: UUID, lifted: dict[str, int]) -> None:
    """As reviewed, with why each stands out."""
    if not lifted:
        return
    table = PushedEvent.__table__
    session.connection().execute(
        update(table)  # type: ignore[arg-type]  # the plain table: many rows in one statement
        .where(table.c.citizen_id == citizen_id, table.c.id == bindparam("of"))
        .values(lifted=bindparam("why")),
        [{"of": UUID(hex=name), "why": why} for name, why in lifted.items()],
    )
