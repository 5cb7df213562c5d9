"""The one rule for who has to be told of a correction: whoever got the data, or may have.

1. Whoever a look that we keep shows: it was sent to us by a source of the body, it gave data of one
   of these kinds (or does not say of which) in the citizen's own matter to somebody else than the
   body itself, and it was not refused.
2. Whoever an agreement names: one by which the body gives data of one of these kinds, in force on
   any day since the data was wrong (on any day at all, where the body does not say since when).
   Not one that needs a yes which was not given, nor one to which the citizen said no before the
   data was wrong, unless a body refused: what was passed on before a no is still there.

Looks that are only pulled are kept nowhere, so that they cannot be asked here; that is what the
second part is for (docs/decisions/0037).
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo
from uuid import UUID

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import Session

from citizen_portal.access.models import PushedEvent, Result, Role
from citizen_portal.agreements.models import AgreementKind
from citizen_portal.agreements.queries import Register, Terms
from citizen_portal.bodies.queries import Body, Directory
from citizen_portal.preferences.queries import Stands, decide, standing, told

Place = UUID | tuple[str, str]
"""A body of our list; of another its code with the name."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was put right: whose data, which kinds, and since when it was wrong."""

    body: Body
    categories: frozenset[str]
    since: date | None
    today: date


@dataclass(frozen=True, slots=True)
class Got:
    """One who got the data, or may have, and how that is known."""

    code: str
    body: Body | None = None
    name: str | None = None
    agreement: str | None = None
    looked: bool = False

    @property
    def place(self) -> Place:
        return self.body.id if self.body else (self.code, self.name or "")


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known beside the looks."""

    directory: Directory
    register: Register
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the citizen chose, and the agreements under which a body refused a no."""

    standing: Mapping[str, Stands]
    refused: frozenset[str]


def recipients(session: Session, citizen_id: UUID, wrong: Wrong, ground: Ground) -> list[Got]:
    """Each once: those of our list by name, then others."""
    found: dict[Place, Got] = {}
    for got in _looked(session, citizen_id, wrong, ground):
        found[got.place] = got
    chosen = Chosen(standing(session, citizen_id), _refused(session, citizen_id))
    for got in _agreed(wrong, ground, chosen):
        before = found.get(got.place, got)
        found[got.place] = replace(before, agreement=before.agreement or got.agreement)
    return sorted(found.values(), key=_turn)


def _turn(one: Got) -> tuple[bool, str, str]:
    return one.body is None, one.body.name["en"] if one.body else one.name or "", one.code


def _looked(session: Session, citizen_id: UUID, wrong: Wrong, ground: Ground) -> Iterator[Got]:
    sources = [source.id for source in ground.directory.sources_of(wrong.body.id)]
    kinds = cast(PushedEvent.categories, String)
    asked = (
        select(PushedEvent.receiver_code, func.max(PushedEvent.receiver_name), kinds)
        .where(
            PushedEvent.citizen_id == citizen_id,
            PushedEvent.source_id.in_(sources),
            PushedEvent.role == Role.SELF,
            PushedEvent.result != Result.REFUSED,
            PushedEvent.receiver_code != wrong.body.code,
        )
        .group_by(PushedEvent.receiver_code, kinds)
    )
    if wrong.since is not None:
        first = datetime.combine(wrong.since, time.min, ground.zone)
        asked = asked.where(PushedEvent.occurred_at >= first)
    if wrong.categories:
        named = [
            kinds.contains(json.dumps(each), autoescape=True) for each in sorted(wrong.categories)
        ]
        asked = asked.where(or_(kinds == "[]", *named))
    for code, name, _ in session.execute(asked.order_by(PushedEvent.receiver_code)):
        body = ground.directory.body_by_code(wrong.body.code_scheme, code)
        yield Got(code, body, None if body else name, looked=True)


def _agreed(wrong: Wrong, ground: Ground, chosen: Chosen) -> Iterator[Got]:
    for versions in ground.register.versions.values():
        newest = versions[0]
        if _kept_back(newest, chosen, wrong.since):
            continue
        for organisation_id in sorted(_named(versions, wrong) - {wrong.body.id}):
            body = ground.directory.bodies.get(organisation_id)
            if body is not None:
                yield Got(body.code, body, agreement=newest.reference)


def _kept_back(newest: Terms, chosen: Chosen, since: date | None) -> bool:
    """Whether nothing can have been passed on under an agreement since the data was wrong."""
    decision = decide(newest, chosen.standing)
    if not newest.choice.refusable or decision.may_use or newest.reference in chosen.refused:
        return False
    return decision.by is None or (since is not None and decision.by.made_at.date() <= since)


def _refused(session: Session, citizen_id: UUID) -> frozenset[str]:
    found = told(session, citizen_id).items()
    return frozenset(agreement for (_, agreement), last in found if last.refused)


def _named(versions: Collection[Terms], wrong: Wrong) -> frozenset[UUID]:
    fitting = [terms.recipients for terms in versions if _fits(terms, wrong)]
    return frozenset().union(*fitting)


def _fits(terms: Terms, wrong: Wrong) -> bool:
    begun = terms.in_force_from is None or terms.in_force_from <= wrong.today
    over = (
        wrong.since is not None
        and terms.in_force_to is not None
        and terms.in_force_to < wrong.since
    )
    return (
        terms.kind is not AgreementKind.OWN_USE
        and wrong.body.id in terms.disclosers
        and bool(terms.categories & wrong.categories)
        and begun
        and not over
    )
