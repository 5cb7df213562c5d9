"""What is published, as it was published: documents for those who take the register with them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import Agreement, AgreementVersion, LegalPower
from citizen_portal.agreements.queries.terms import Power
from citizen_portal.db import Words

AT_ONCE = 200
"""Documents held in memory together while each is read once."""


@dataclass(frozen=True, slots=True)
class Title:
    reference: str
    title: Words
    ends: date | None


@dataclass(frozen=True, slots=True)
class Published:
    """One version of an agreement, with its document."""

    id: UUID
    reference: str
    number: int
    published_at: datetime
    changed: tuple[str, ...]
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One version of an agreement, without its document."""

    reference: str
    number: int
    published_at: datetime
    in_force_from: date | None
    in_force_to: date | None
    digest: str
    changed: list[str]


def titles(session: Session, *, first: int, count: int) -> list[Title]:
    """Agreements by reference, from the one at ``first`` on."""
    rows = session.execute(
        select(Agreement.reference, Agreement.title, Agreement.ends)
        .order_by(Agreement.reference)
        .offset(first)
        .limit(count)
    )
    return [Title(*row) for row in rows]


def newest(session: Session, *, first: int, count: int) -> list[Published]:
    """The newest version of agreements by reference, from the one at ``first`` on."""
    return list(_read(session, _newest().offset(first).limit(count)))


def newest_of(session: Session, reference: str) -> Published | None:
    return next(_read(session, _newest().where(Agreement.reference == reference)), None)


def each_newest(session: Session) -> Iterator[Published]:
    """The newest version of every agreement, by reference, a few at a time."""
    return _read(session, _newest().execution_options(yield_per=AT_ONCE))


def each_version(session: Session) -> Iterator[Published]:
    """Every version of every agreement, a few at a time."""
    order = (Agreement.reference, AgreementVersion.number)
    return _read(session, _versions().order_by(*order).execution_options(yield_per=AT_ONCE))


def versions_of(session: Session, references: Collection[str]) -> Iterator[Published]:
    """Every version of these agreements, a few at a time."""
    order = (Agreement.reference, AgreementVersion.number)
    wanted = _versions().where(Agreement.reference.in_(references)).order_by(*order)
    return _read(session, wanted.execution_options(yield_per=AT_ONCE))


def publications(session: Session, *, first: int, count: int) -> list[Published]:
    """Versions, the one published last first."""
    order = (AgreementVersion.published_at.desc(), AgreementVersion.id.desc())
    return list(_read(session, _versions().order_by(*order).offset(first).limit(count)))


def version_facts(session: Session) -> Iterator[VersionFacts]:
    """Every version without its document, by reference."""
    rows = session.execute(
        select(
            Agreement.reference,
            AgreementVersion.number,
            AgreementVersion.published_at,
            AgreementVersion.in_force_from,
            AgreementVersion.in_force_to,
            AgreementVersion.digest,
            AgreementVersion.changed,
        )
        .join(Agreement, Agreement.id == AgreementVersion.agreement_id)
        .order_by(Agreement.reference, AgreementVersion.number)
        .execution_options(yield_per=AT_ONCE)
    )
    return (VersionFacts(*row) for row in rows)


def powers(session: Session) -> dict[str, Power]:
    """Legal powers by slug."""
    columns = (LegalPower.slug, LegalPower.name, LegalPower.summary, LegalPower.url)
    rows = session.execute(select(*columns).order_by(LegalPower.slug))
    return {row.slug: Power(*row) for row in rows}


def _versions() -> Select[Any]:
    return select(
        AgreementVersion.id,
        Agreement.reference,
        AgreementVersion.number,
        AgreementVersion.published_at,
        AgreementVersion.changed,
        AgreementVersion.document,
    ).join(Agreement, Agreement.id == AgreementVersion.agreement_id)


def _newest() -> Select[Any]:
    return (
        _versions()
        .where(AgreementVersion.number == Agreement.version)
        .order_by(Agreement.reference)
    )


def _read(session: Session, wanted: Select[Any]) -> Iterator[Published]:
    for id_, reference, number, published_at, changed, document in session.execute(wanted):
        yield Published(id_, reference, number, published_at, tuple(changed), document)
