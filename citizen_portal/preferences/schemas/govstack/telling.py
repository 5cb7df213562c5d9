"""How our agreements and choices are told as policies, data agreements and consent records."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from citizen_portal.agreements.models import Say
from citizen_portal.agreements.queries import Law, Register, Terms
from citizen_portal.agreements.queries.versions import Publication
from citizen_portal.bodies.queries import Directory
from citizen_portal.preferences.queries.records import Record
from citizen_portal.preferences.schemas.govstack import ids, revisions
from citizen_portal.preferences.schemas.govstack.shapes import (
    ConsentRecord,
    Controller,
    DataAgreement,
    Individual,
    Policy,
    Revision,
)
from citizen_portal.region import Region

Kind = Literal["Policy", "DataAgreement"]
LAWFUL = {
    "a": "consent",
    "b": "contract",
    "c": "legal_obligation",
    "d": "vital_interest",
    "e": "public_task",
    "ea": "legitimate_interest",
    "f": "legitimate_interest",
}
"""By the letter of UK GDPR Article 6(1)."""
USUAL = "public_task"
DAYS = {"D": 1, "W": 7}


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells of agreements whose ``publications`` are at hand."""

    url: str
    """The portal's."""
    region: Region
    law: Law
    directory: Directory
    register: Register
    publications: Mapping[str, Sequence[Publication]]
    _hashed: dict[tuple[str, int], tuple[DataAgreement, str]] = field(
        default_factory=dict, init=False, repr=False
    )

    def policy(self, terms: Terms) -> Policy:
        return Policy(
            id=terms.reference,
            name=terms.title["en"],
            version=str(terms.number),
            url=f"{self.url}/register/{terms.reference}/versions/{terms.number}",
            jurisdiction=self.region.jurisdiction,
            data_retention_period_days=_days(terms.retention),
        )

    def agreement(self, terms: Terms) -> DataAgreement:
        newest = terms.number == self.register.versions[terms.reference][0].number
        return DataAgreement(
            id=terms.reference,
            version=str(terms.number),
            controller=self._controller(terms),
            policy=self.policy(terms),
            purpose=terms.purpose["en"],
            lawful_basis=self._lawful_basis(terms),
            dpia=self._publication(terms).dpia or "",
            active=newest and terms.holds_on(self.region.today()),
        )

    def revision(self, kind: Kind, terms: Terms) -> Revision:
        """What a version said, with the version before it and the one after it."""
        versions = self.register.versions[terms.reference]
        at = versions.index(terms)
        around = [versions[at + 1] if at + 1 < len(versions) else None]
        around.append(versions[at - 1] if at else None)
        before, after = (self._revision(kind, each) if each else None for each in around)
        return revisions.chained(self._revision(kind, terms), before=before, after=after)

    def record(self, record: Record) -> ConsentRecord:
        agreement, hashed = self._agreement_with_hash(self._terms_then(record))
        before = None if record.current else record.effect_id
        return ConsentRecord(
            id=str(ids.Named(record.subject, record.agreement, before)),
            data_agreement=agreement,
            data_agreement_revision_hash=hashed,
            individual=Individual(id=record.subject),
            opt_in=record.may_use,
        )

    def whole_record(self, record: Record) -> ConsentRecord:
        """The same with the revision of its agreement."""
        revised = self.revision("DataAgreement", self._terms_then(record))
        return self.record(record).model_copy(update={"data_agreement_revision": revised})

    def record_revision(self, record: Record, before: Record | None) -> Revision:
        """What was chosen, with what was chosen before it."""
        earlier = self._record_revision(before) if before else None
        return revisions.chained(self._record_revision(record), before=earlier)

    def _agreement_with_hash(self, terms: Terms) -> tuple[DataAgreement, str]:
        """Reckoned once: many records of a list name the same agreement."""
        key = terms.reference, terms.number
        if key not in self._hashed:
            hashed = self._revision("DataAgreement", terms).serialized_hash
            self._hashed[key] = self.agreement(terms), hashed
        return self._hashed[key]

    def _record_revision(self, record: Record) -> Revision:
        said = self.record(record).document()
        said["id"] = str(ids.Named(record.subject, record.agreement))
        said["dataAgreement"] = {name: said["dataAgreement"][name] for name in ("id", "version")}
        return revisions.revision(
            "ConsentRecord",
            said["id"],
            record.effect_id.hex,
            said,
            record.made_at,
            by=Individual(id=record.subject),
        )

    def _revision(self, kind: Kind, terms: Terms) -> Revision:
        published = self._publication(terms)
        told: Policy | DataAgreement = (
            self.policy(terms) if kind == "Policy" else self.agreement(terms)
        )
        said = _lasting(told.document()) | {"documentSha256": published.digest}
        key = f"{terms.reference}.{terms.number}"
        return revisions.revision(kind, terms.reference, key, said, published.published_at)

    def _terms_then(self, record: Record) -> Terms:
        """The version that held when the choice was made, of those that were published by then."""
        published = {
            each.number
            for each in self.publications[record.agreement]
            if each.published_at <= record.made_at
        }
        versions = self.register.versions[record.agreement]
        known = [each for each in versions if each.number in published] or [versions[-1]]
        day = record.made_at.astimezone(self.region.zone).date()
        return next((each for each in known if each.holds_on(day)), known[0])

    def _publication(self, terms: Terms) -> Publication:
        found = self.publications[terms.reference]
        return next(each for each in found if each.number == terms.number)

    def _controller(self, terms: Terms) -> Controller | None:
        """Who gives the data, or uses it where nobody gives any; of several the first by slug."""
        found = terms.disclosers or terms.recipients
        bodies = sorted((self.directory.bodies[each] for each in found), key=lambda one: one.slug)
        if not bodies:
            return None
        body = bodies[0]
        named = body.official_name["en"]
        return Controller(id=body.slug, name=named, url=f"{self.url}/bodies/{body.slug}")

    def _lawful_basis(self, terms: Terms) -> str:
        if terms.choice is Say.CONSENT:
            return LAWFUL["a"]
        return LAWFUL.get(self.law.letters.get(terms.lawful_basis or "", ""), USUAL)


def _lasting(said: dict[str, Any]) -> dict[str, Any]:
    """What of it never changes: bodies are renamed, and agreements end."""
    said.pop("active", None)
    if "controller" in said:
        said["controller"] = {"id": said["controller"]["id"]}
    return said


def _days(period: str | None) -> int | None:
    """A period as days; none where it has months or years, which are of no one length."""
    found = re.fullmatch(r"P(\d{1,6})([DW])", period or "")
    return int(found[1]) * DAYS[found[2]] if found else None
