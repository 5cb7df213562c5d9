"""Every agreement's terms in every version: kept in memory, and versioned.

A version never changes but for its last day, so at a new revision only those are read from the
database that were not there before (docs/decisions/0011).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import Agreement, AgreementVersion, LegalPower
from citizen_portal.agreements.queries.terms import Power, Terms, powers_of, terms_of
from citizen_portal.bodies.queries import REGISTER, database_of, directory, revisions

FEW = 400
"""So many versions are read by their ids, more in one sweep of the table."""


@dataclass(frozen=True, slots=True)
class InUse:
    """What newest versions name, most used first: to choose from."""

    purposes: tuple[str, ...]
    categories: tuple[str, ...]
    powers: tuple[str, ...]


@dataclass(frozen=True)
class Register:
    versions: Mapping[str, tuple[Terms, ...]]
    """By reference, each with its newest version first."""
    powers: Mapping[str, Power]
    revision: int = -1
    """As which it was read; none has this one."""

    def known(self, reference: str) -> bool:
        return reference in self.versions

    def newest(self, reference: str) -> Terms | None:
        versions = self.versions.get(reference, ())
        return versions[0] if versions else None

    def in_force(self, reference: str, on: date) -> Terms | None:
        """The version that was in force on that day; the newest, should two claim it."""
        versions = self.versions.get(reference, ())
        return next((terms for terms in versions if terms.holds_on(on)), None)

    def naming(self, organisation_id: UUID) -> tuple[Terms, ...]:
        """The newest versions that name a body in any role, by title."""
        return self._naming.get(organisation_id, ())

    @cached_property
    def in_use(self) -> InUse:
        """Counted when first asked for, and no more at this revision."""
        newest = [versions[0] for versions in self.versions.values()]
        return InUse(
            purposes=_most(terms.purpose_iri for terms in newest),
            categories=_most(name for terms in newest for name in terms.categories),
            powers=_most(power.slug for terms in newest for power in terms.powers),
        )

    @cached_property
    def _naming(self) -> dict[UUID, tuple[Terms, ...]]:
        newest = [versions[0] for versions in self.versions.values()]
        newest.sort(key=lambda terms: (terms.title["en"].casefold(), terms.reference))
        found: dict[UUID, list[Terms]] = defaultdict(list)
        for terms in newest:
            for organisation_id in terms.disclosers | terms.recipients | terms.processors:
                found[organisation_id].append(terms)
        return {organisation_id: tuple(of) for organisation_id, of in found.items()}


@dataclass(frozen=True, slots=True)
class _Kept:
    """One version as it was read. Which powers it cites is kept apart: a power may be renamed."""

    terms: Terms
    powers: tuple[str, ...]


_registers: WeakKeyDictionary[object, tuple[int, Register]] = WeakKeyDictionary()
_versions: WeakKeyDictionary[object, Mapping[UUID, _Kept]] = WeakKeyDictionary()


def register_terms(session: Session) -> Register:
    """Every agreement's terms; no statement of its own when in memory and the directory was asked.

    What a writing transaction loads is not kept: it may be rolled back.
    """
    number = revisions(session).get(REGISTER, 0)
    database = database_of(session)
    kept = _registers.get(database)
    if kept is not None and kept[0] == number:
        return kept[1]
    loaded, versions = _load(session, _versions.get(database, {}), number)
    if session.info.get("read_only"):
        _versions[database] = versions
        _registers[database] = (number, loaded)
    return loaded


def _load(
    session: Session, before: Mapping[UUID, _Kept], revision: int
) -> tuple[Register, Mapping[UUID, _Kept]]:
    powers = {
        row.slug: Power(row.slug, row.name, row.summary, row.url)
        for row in session.scalars(select(LegalPower))
    }
    rows = session.execute(
        select(AgreementVersion.id, AgreementVersion.in_force_to, Agreement.reference)
        .join(Agreement, Agreement.id == AgreementVersion.agreement_id)
        .order_by(Agreement.reference, AgreementVersion.number.desc())
    ).all()
    new = _read(session, [row.id for row in rows if row.id not in before], powers)
    versions: dict[UUID, _Kept] = {}
    listed: dict[str, list[Terms]] = defaultdict(list)
    for row in rows:
        kept = before.get(row.id) or new[row.id]
        versions[row.id] = _brought_up(kept, row.in_force_to, powers)
        listed[row.reference].append(versions[row.id].terms)
    by_reference = {reference: tuple(of) for reference, of in listed.items()}
    register = Register(MappingProxyType(by_reference), MappingProxyType(powers), revision)
    return register, versions


def _read(session: Session, ids: list[UUID], powers: Mapping[str, Power]) -> dict[UUID, _Kept]:
    if not ids:
        return {}
    version = AgreementVersion
    wanted = select(
        version.id, version.number, version.document, version.in_force_from, version.in_force_to
    )
    if len(ids) <= FEW:
        wanted = wanted.where(version.id.in_(ids))
    bodies = directory(session)
    found = {}
    for row_id, number, document, *held in session.execute(wanted):
        terms = terms_of(document, number, (held[0], held[1]), powers, bodies)
        found[row_id] = _Kept(terms, tuple(document.get("powers", ())))
    return found


def _brought_up(kept: _Kept, last_day: date | None, powers: Mapping[str, Power]) -> _Kept:
    """The same version with what may have changed around it."""
    terms, cited = kept.terms, powers_of(kept.powers, powers)
    if terms.in_force_to == last_day and terms.powers == cited:
        return kept
    return replace(kept, terms=replace(terms, in_force_to=last_day, powers=cited))


def _most(names: Iterable[str | None]) -> tuple[str, ...]:
    """Most used first, then by name."""
    counts = Counter(name for name in names if name is not None)
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))
