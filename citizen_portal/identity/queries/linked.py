"""What can be asked about a citizen's links to bodies, and about codes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, Select, bindparam, func, select
from sqlalchemy.orm import Session

from citizen_portal.db import ask
from citizen_portal.identity.models import (
    Citizen,
    LinkChange,
    LinkProof,
    LinkState,
    SubjectLink,
    UsedCode,
)


@dataclass(frozen=True, slots=True)
class Link:
    """What a body answered when it was asked whether it knows this citizen."""

    organisation_id: UUID
    pairwise: str
    state: LinkState
    proof: LinkProof
    since: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history of a citizen's links."""

    organisation_id: UUID
    state: LinkState
    proof: LinkProof
    at: datetime


_LINKS = (
    select(
        SubjectLink.organisation_id,
        SubjectLink.pairwise,
        SubjectLink.state,
        SubjectLink.proof,
        SubjectLink.since,
    )
    .where(SubjectLink.citizen_id == bindparam("citizen"), SubjectLink.state != LinkState.UNLINKED)
    .order_by(SubjectLink.since, SubjectLink.id)
)


def links(session: Session, citizen_id: UUID) -> tuple[Link, ...]:
    """A citizen's links in every state but unlinked, the oldest first."""
    return tuple(Link(*row) for row in ask(session, _LINKS, citizen=citizen_id))


_KNOWN = select(SubjectLink.organisation_id, SubjectLink.pairwise).where(
    SubjectLink.citizen_id == bindparam("citizen"), SubjectLink.state == LinkState.LINKED
)


def known_at(session: Session, citizen_id: UUID) -> Mapping[UUID, str]:
    """The bodies that know a citizen, each with the id by which it does."""
    return dict(ask(session, _KNOWN, citizen=citizen_id).all())


_PAIRWISE = select(SubjectLink.citizen_id, SubjectLink.organisation_id, SubjectLink.pairwise).where(
    SubjectLink.citizen_id.in_(bindparam("citizens", expanding=True)),
    SubjectLink.state == LinkState.LINKED,
)


def linked_of_each(
    session: Session, citizen_ids: Collection[UUID]
) -> Mapping[UUID, Mapping[UUID, str]]:
    """Of some citizens the bodies that know them, each with the id by which it does. For the
    worker alone."""
    found: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    for citizen_id, organisation_id, pairwise in ask(session, _PAIRWISE, citizens=citizen_ids):
        found[citizen_id][organisation_id] = pairwise
    return found


def linked_bodies(links: Iterable[Link]) -> Mapping[UUID, Link]:
    """The links that stand, by body; only linked bodies are ever asked or told."""
    return {link.organisation_id: link for link in links if link.state is LinkState.LINKED}


def here(citizen_id: UUID | BindParameter[UUID]) -> Select[UUID]:
    """Finds a citizen who has not closed their account; for the caller to lock as it needs."""
    return select(Citizen.id).where(Citizen.id == citizen_id, Citizen.closed_as.is_(None))


def here_of(citizen_ids: Collection[UUID]) -> Select[UUID]:
    """The same of several, in one order, so that no two who lock them wait for each other."""
    asked = select(Citizen.id).where(Citizen.id.in_(citizen_ids), Citizen.closed_as.is_(None))
    return asked.order_by(Citizen.id)


def link_state(session: Session, citizen_id: UUID, organisation_id: UUID) -> LinkState | None:
    """How a citizen's link to one body stands, if there ever was one."""
    return session.scalar(
        select(SubjectLink.state).where(
            SubjectLink.citizen_id == citizen_id, SubjectLink.organisation_id == organisation_id
        )
    )


def link_history(session: Session, citizen_id: UUID, *, most: int = 100) -> tuple[Change, ...]:
    """What became of a citizen's links, the newest first."""
    rows = session.execute(
        select(LinkChange.organisation_id, LinkChange.state, LinkChange.proof, LinkChange.at)
        .where(LinkChange.citizen_id == citizen_id)
        .order_by(LinkChange.at.desc(), LinkChange.id.desc())
        .limit(most)
    )
    return tuple(Change(*row) for row in rows)


def code_was_used(session: Session, blind: str) -> bool:
    """Whether an activation code has made a link."""
    return bool(
        session.scalar(select(func.count()).select_from(UsedCode).where(UsedCode.blind == blind))
    )
