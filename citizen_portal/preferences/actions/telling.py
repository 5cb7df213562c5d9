"""Bodies are told what a citizen's choices mean for them: what changed, and nothing else."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Uuid, bindparam, update
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from citizen_portal import clock, jobs
from citizen_portal.agreements.queries import Terms
from citizen_portal.db import ask, connected, put
from citizen_portal.identity import queries as identity
from citizen_portal.preferences.models import Effect, Reply
from citizen_portal.preferences.queries import (
    Stands,
    Told,
    decide,
    is_objection,
    newest_no,
    parties,
    told,
    without_choice,
)
from citizen_portal.preferences.queries.effects import Key
from citizen_portal.region import Region


@dataclass(frozen=True, slots=True)
class Due:
    """The last days on which a body may answer."""

    objection: date
    objection_extended: date
    other: date

    @classmethod
    def by(cls, region: Region, today: date) -> Self:
        """Counted from today: those of the law end on a day on which bodies work."""
        clocks = region.clocks
        return cls(
            region.last_day(clocks.objection, today),
            region.last_day(clocks.objection_extended, today),
            clocks.choice.ends(today),
        )

    def of(self, *, objection: bool) -> tuple[date, date]:
        """The last day, and to which it may be moved."""
        return (self.objection, self.objection_extended) if objection else (self.other, self.other)


@dataclass(frozen=True, slots=True)
class Known:
    """A citizen as bodies know them: each linked body's id of them, and what it was last told."""

    citizen_id: UUID
    links: Mapping[UUID, str]
    told: Mapping[Key, Told]


@dataclass(frozen=True, slots=True)
class Changes:
    """What bodies are to be told, and what it takes the place of."""

    made: list[dict[str, Any]] = field(default_factory=list)
    """Rows of effects."""
    replaced: list[dict[str, UUID]] = field(default_factory=list)
    """Whose effect, and which."""


_HELD = identity.here(bindparam("citizen", type_=Uuid)).with_for_update(key_share=True)


def hold(session: Session, citizen_id: UUID) -> bool:
    """Whether the citizen is still there; nothing else is chosen for them meanwhile."""
    return ask(session, _HELD, citizen=citizen_id).scalar() is not None


def tell_what_changed(
    session: Session,
    citizen_id: UUID,
    agreements: Iterable[Terms],
    standing: Mapping[str, Stands],
    links: Mapping[UUID, str],
    due: Due,
    *,
    choice: Stands | None = None,
) -> None:
    """Have each linked body told of each of these agreements for which something else holds now.

    ``standing`` is what stands after the choice, ``choice`` the one just made, if there is one.
    """
    known, changes = Known(citizen_id, links, told(session, citizen_id)), Changes()
    for terms in agreements:
        weigh(changes, known, terms, standing, due, choice=choice)
    tell(session, changes)


def weigh(
    changes: Changes,
    known: Known,
    terms: Terms,
    standing: Mapping[str, Stands],
    due: Due,
    *,
    choice: Stands | None = None,
    other_terms: bool = False,
) -> None:
    """Add what each body is to be told of one agreement, where that is something else than before.

    An objection that a body refused is made anew under ``other_terms``, and for a no that came
    after it: the grounds hold for what was weighed.
    """
    decision = decide(terms, standing)
    last_no = newest_no(terms, standing)
    by, made = choice or decision.by, _effect(known.citizen_id, terms, decision.may_use, due)
    for organisation_id in sorted(parties(terms) & known.links.keys()):
        before = known.told.get((organisation_id, terms.reference))
        same = decision.may_use == (before.may_use if before else without_choice(terms))
        if same and not (before and _weigh_again(before, last_no, other_terms=other_terms)):
            continue
        if before:
            changes.replaced.append({"citizen": known.citizen_id, "replaced": before.id})
        changes.made.append(
            made(
                id=uuid7(),
                organisation_id=organisation_id,
                choice_id=by.choice_id if by else None,
                subject=known.links[organisation_id],
                version=next_version(before, choice),
            )
        )


def _weigh_again(before: Told, last_no: int, *, other_terms: bool) -> bool:
    return before.refused and (other_terms or last_no > before.version)


def _effect(citizen_id: UUID, terms: Terms, may_use: bool, due: Due) -> Callable[..., Any]:
    """What each body is told alike of one agreement."""
    objection = is_objection(terms, may_use)
    due_on, extended_to = due.of(objection=objection)
    return partial(
        dict,
        citizen_id=citizen_id,
        agreement=terms.reference,
        may_use=may_use,
        objection=objection,
        due_on=due_on,
        extended_to=extended_to,
        current=True,
        made_at=clock.now(),
        undelivered=False,
        reply=Reply.NONE,
    )


def next_version(before: Told | None, choice: Stands | None = None) -> int:
    """Higher than what the body has, also where old data was put back here: it counts the
    milliseconds."""
    return max(before.version + 1 if before else 0, choice.number if choice else clock.in_ms())


_REPLACED = (
    update(Effect)
    .where(Effect.citizen_id == bindparam("citizen"), Effect.id == bindparam("replaced"))
    .values(current=False)
)


def tell(session: Session, changes: Changes) -> None:
    """What a body was told before is no longer the last word; the new one goes off soon."""
    if changes.replaced:
        connected(session).execute(_REPLACED, changes.replaced)
    if changes.made:
        jobs.enqueue_once(session, "preferences.send")
    put(session, Effect, changes.made)
