"""What a receipt says: who chose what about which sharing, when, by what law, and between whom.

A receipt after ISO/IEC TS 27560:2023 in the terms of the W3C's Data Privacy Vocabulary 2.3. The
context stands in it, so that nothing has to be fetched to read it. It holds no name: whoever has
it can show that the portal gave it, and the portal can tell for whom.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from citizen_portal.agreements.models import Say
from citizen_portal.agreements.queries import Law, Terms, known_category
from citizen_portal.bodies.queries import Directory
from citizen_portal.db import Words
from citizen_portal.preferences.queries.preview import Preview, Reached
from citizen_portal.preferences.queries.rule import Stands
from citizen_portal.region import Region

RECEIPT_KIND = "citizen-portal-receipt+jwt"
DPV = "https://w3id.org/dpv#"
CONFORMS_TO = "https://w3id.org/dpv/schema/dpv-27560#receipt"
CONTEXT = {
    "dct": "http://purl.org/dc/terms/",
    "dpv": DPV,
    "foaf": "http://xmlns.com/foaf/0.1/",
    "pd": "https://w3id.org/dpv/pd#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
OBJECTED = {
    "d": "dpv:VitalInterestObjected",
    "e": "dpv:PublicInterestObjected",
    "ea": "dpv:LegitimateInterestObjected",
    "f": "dpv:LegitimateInterestObjected",
}
"""What an objection makes of the basis that a body leans on, by its letter of Article 6(1)."""


OTHERWISE = {
    Say.OBJECTION: "dpv:ObjectingToProcess",
    Say.OPT_OUT: "dpv:OptingOutFromProcess",
}
"""What people can do without having consented."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who gives the receipt, and how it speaks."""

    url: str
    region: Region
    law: Law
    language: str
    holder: str
    """Stands for the person, in this receipt alone."""


def document(
    made: Stands, seen: Preview, *, issuer: Issuer, directory: Directory
) -> Mapping[str, Any]:
    """The receipt, to be signed."""
    kinds = _kinds(seen)
    return {
        "@context": CONTEXT,
        "@id": f"urn:uuid:{made.choice_id}",
        "@type": "dpv:ConsentReceipt" if Say.CONSENT in kinds else "dpv:DataProcessingRecord",
        "iss": issuer.url,
        "dct:conformsTo": {"@id": CONFORMS_TO},
        "dct:identifier": made.choice_id.hex,
        "dct:language": issuer.language,
        "dct:date": {"@value": made.made_at.isoformat(), "@type": "xsd:dateTime"},
        "dct:publisher": {"@id": issuer.url},
        "dct:subject": made.scope.key,
        "dct:description": made.answer.value,
        "dpv:hasDataSubject": {"@type": "dpv:DataSubject", "dct:identifier": issuer.holder},
        "dpv:hasNotice": {"@id": f"{issuer.url}/privacy", "@type": "dpv:PrivacyNotice"},
        "dpv:hasJurisdiction": {"@id": issuer.region.jurisdiction},
        **_control(kinds, issuer),
        "dpv:hasAuthority": _authority(issuer.region),
        "dpv:hasProcess": [
            _process(each, issuer=issuer, directory=directory) for each in seen.reached
        ],
    }


def _kinds(seen: Preview) -> frozenset[Say]:
    """What the choice was: of the agreements that it changes, or where it changes none, of those
    that it reaches. An objection where it reaches nothing yet."""
    weighed = [each for each in seen.reached if each.changes] or seen.reached
    found = {each.terms.choice for each in weighed if not each.by_law}
    return frozenset(found or {Say.OBJECTION})


def _control(kinds: frozenset[Say], issuer: Issuer) -> Mapping[str, Any]:
    """How to choose otherwise, and by what right: consent is withdrawn (UK GDPR Article 7(3)),
    all else objected to (Article 21)."""
    where, rights = f"{issuer.url}/my/choices", issuer.region.rights
    said: dict[str, Any] = {}
    cited = []
    if Say.CONSENT in kinds:
        said["dpv:hasConsentControl"] = {"@id": where, "@type": "dpv:WithdrawConsent"}
        cited.append(rights.withdraw)
    if involved := [OTHERWISE[kind] for kind in sorted(kinds - {Say.CONSENT})]:
        said["dpv:hasEntityInvolvement"] = {"@id": where, "@type": involved}
        cited.append(rights.object)
    said["dpv:hasRight"] = [{"@id": one.url, "@type": "dpv:DataSubjectRight"} for one in cited]
    return said


def _process(each: Reached, *, issuer: Issuer, directory: Directory) -> Mapping[str, Any]:
    """What holds for one agreement from now on."""
    terms = each.terms
    told = {
        "@type": "dpv:PersonalDataProcess",
        "dct:identifier": terms.reference,
        "dct:hasVersion": str(terms.number),
        "dct:title": _said(terms.title),
        "dpv:hasNotice": {"@id": f"{issuer.url}/register/{terms.reference}"},
        "dpv:hasPurpose": _purpose(terms),
        "dpv:hasLegalBasis": {"@id": terms.lawful_basis} if terms.lawful_basis else None,
        "dpv:hasPersonalData": [_category(name) for name in sorted(terms.categories)],
        "dpv:hasDataController": _organisations(terms.disclosers or terms.recipients, directory),
        "dpv:hasRecipient": _organisations(terms.recipients, directory),
        "dpv:hasDuration": terms.retention,
        "dpv:hasStatus": {"@id": _status(each, issuer.law)},
    }
    return {name: value for name, value in told.items() if value not in (None, [])}


def _status(each: Reached, law: Law) -> str:
    choice, may_use = each.terms.choice, each.after.may_use
    if not choice.refusable:
        return "dpv:CannotOptOutFromProcess"
    if choice is Say.CONSENT:
        if may_use:
            return "dpv:ConsentGiven"
        return "dpv:ConsentWithdrawn" if each.before.may_use else "dpv:ConsentRefused"
    if may_use:
        return "dpv:OptingInToProcess"
    if choice is Say.OPT_OUT:
        return "dpv:OptingOutFromProcess"
    letter = law.letters.get(each.terms.lawful_basis or "", "")
    return OBJECTED.get(letter, "dpv:ObjectingToProcess")


def _purpose(terms: Terms) -> Mapping[str, Any]:
    kinds = ["dpv:Purpose"]
    if terms.purpose_iri and terms.purpose_iri.startswith(DPV):
        kinds.append(terms.purpose_iri)
    return {"@type": kinds, "dct:description": _said(terms.purpose)}


def _category(name: str) -> Mapping[str, Any]:
    if known_category(name):
        return {"@id": f"pd:{name}"}
    return {"@type": "dpv:PersonalData", "dct:title": name}


def _organisations(ids: Iterable[UUID], directory: Directory) -> list[Mapping[str, Any]]:
    bodies = sorted((directory.bodies[each] for each in ids), key=lambda body: body.slug)
    return [
        {
            "@type": "dpv:Organisation",
            "dct:identifier": body.slug,
            "foaf:name": _said(body.official_name),
            **({"dpv:hasContact": body.contact} if body.contact else {}),
        }
        for body in bodies
    ]


def _authority(region: Region) -> Mapping[str, Any]:
    return {
        "@type": "dpv:DataProtectionAuthority",
        "foaf:name": _said(dict(region.authority.name.items())),
        "foaf:homepage": {"@id": region.authority.website},
    }


def _said(text: Words) -> list[Mapping[str, str]]:
    return [{"@value": words, "@language": name} for name, words in sorted(text.items())]
