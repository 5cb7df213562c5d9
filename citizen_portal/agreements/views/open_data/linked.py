"""The register as linked data: a DCAT 3 catalogue, each agreement a dataset told in DPV 2 terms.

The context stands in the file, so that nothing has to be fetched to read it. Terms of DPV and of
its personal data (DPV-PD) are used only where they are known to exist; kinds of data under other
names are told as texts.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from citizen_portal.agreements.queries import Power, known_category
from citizen_portal.agreements.queries.published import Published
from citizen_portal.agreements.queries.terms import last_day
from citizen_portal.bodies.queries import Body
from citizen_portal.db import Words
from citizen_portal.region import Licence

USUAL_ITEMS, MOST_ITEMS = 100, 500
DPV = "https://w3id.org/dpv#"
NO_IRI = {ord(letter): f"%{ord(letter):02X}" for letter in "{}|^`"}
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "dpv": DPV,
    "foaf": "http://xmlns.com/foaf/0.1/",
    "pd": "https://w3id.org/dpv/pd#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xhv": "http://www.w3.org/1999/xhtml/vocab#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
RENAMED = {"CriminalOffense": "CriminalOffence"}
"""Kinds of data that DPV-PD 2.3 writes otherwise than before."""
PERSONAL = {"identifiable", "pseudonymised"}
SAY = {
    "objection": "dpv:ObjectingToProcess",
    "opt_out": "dpv:OptingOutFromProcess",
    "consent": "dpv:WithdrawingFromProcess",
}
"""What a person can do, by the choice that an agreement gives."""


def catalogue(
    found: Sequence[Published],
    *,
    bodies: Mapping[str, Body],
    powers: Mapping[str, Power],
    site: str,
    brand: str,
    licence: Licence,
    links: Mapping[str, str],
) -> Any:
    """One page of the catalogue; ``links`` lead to the pages before and after it."""
    teller = _Teller(bodies, powers, site, licence)
    return {
        "@context": CONTEXT,
        "@id": f"{site}/register",
        "@type": "dcat:Catalog",
        "dct:title": {"@value": f"{brand}: agreements to share or use data", "@language": "en"},
        "dct:language": ["en", "cy"],
        "dct:license": {"@id": licence.url},
        **{f"xhv:{relation}": {"@id": address} for relation, address in links.items()},
        "dcat:dataset": [teller.dataset(one) for one in found],
    }


class _Teller:
    """Tells one agreement after the other."""

    def __init__(
        self,
        bodies: Mapping[str, Body],
        powers: Mapping[str, Power],
        site: str,
        licence: Licence,
    ) -> None:
        self.bodies, self.powers, self.site, self.licence = bodies, powers, site, licence

    def dataset(self, one: Published) -> dict[str, Any]:
        said = one.document
        page = f"{self.site}/register/{one.reference}"
        personal = said.get("identifiability") in PERSONAL or bool(said.get("categories"))
        told = {
            "@id": page,
            "@type": ["dcat:Dataset", "dpv:PersonalDataProcess" if personal else "dpv:Process"],
            "dct:identifier": one.reference,
            "dct:title": _said(said["title"]),
            "dct:description": _said(said["what"]),
            "dcat:landingPage": {"@id": page},
            "dcat:version": str(one.number),
            "dct:issued": _day(said.get("published")),
            "dct:modified": _moment(one),
            "dct:license": {"@id": self.licence.url},
            "dct:temporal": _period(said),
            "dct:spatial": [
                {"@type": "dct:Location", "rdfs:label": a} for a in said.get("areas", ())
            ],
            "dcat:distribution": {
                "@type": "dcat:Distribution",
                "dcat:accessURL": {"@id": f"{self.site}/agreements/{one.reference}.json"},
                "dcat:mediaType": {
                    "@id": "https://www.iana.org/assignments/media-types/application/json"
                },
            },
            **self._law(said),
            **self._who(said),
        }
        return {name: value for name, value in told.items() if value not in (None, [], {})}

    def _who(self, said: Mapping[str, Any]) -> dict[str, Any]:
        subjects = said.get("subjects")
        about = {"@type": "dpv:DataSubject", "dct:description": _said(subjects)}
        return {
            "dpv:hasDataController": self._parties(said.get("disclosers", ())),
            "dpv:hasRecipient": self._parties(said.get("recipients", ())),
            "dpv:hasDataProcessor": self._parties(said.get("processors", ())),
            "dpv:hasDataSubject": about if subjects else None,
        }

    def _law(self, said: Mapping[str, Any]) -> dict[str, Any]:
        purpose: dict[str, Any] = {
            "@type": ["dpv:Purpose"],
            "dct:description": _said(said["purpose"]),
        }
        meant = _iri(said.get("purpose_iri", ""))
        if meant.startswith(DPV):
            purpose["@type"].append(meant)
        elif meant:
            purpose["rdfs:seeAlso"] = {"@id": meant}
        grounds = [said[name] for name in ("lawful_basis", "article_9") if name in said]
        say = SAY.get(said["choice"])
        return {
            "dpv:hasPurpose": purpose,
            "dpv:hasLegalBasis": [{"@id": _iri(iri)} for iri in grounds],
            "dpv:hasPersonalData": [_category(name) for name in said.get("categories", ())],
            "dpv:hasEntityInvolvement": {"@type": say} if say else None,
            "dpv:hasStorageCondition": _kept(said.get("retention")),
            "dct:provenance": _texts("dct:ProvenanceStatement", said.get("source")),
            "dct:relation": [
                {"@id": _iri(power.url), "rdfs:label": _said(power.name)}
                for slug in said.get("powers", ())
                if (power := self.powers.get(slug)) is not None and power.url
            ],
        }

    def _parties(self, parties: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
        return [self._party(party) for party in parties]

    def _party(self, party: Mapping[str, str]) -> dict[str, Any]:
        body = self.bodies.get(party.get("organisation", ""))
        if body is None:
            name = party.get("name") or party["organisation"]
            return {"@type": "dpv:Organisation", "foaf:name": name}
        return {
            "@id": f"{self.site}/bodies/{body.slug}",
            "@type": "dpv:Organisation",
            "foaf:name": _said(body.official_name),
            "dct:identifier": body.code,
        }


def _said(words: Words | None) -> list[dict[str, str]]:
    """A text in each of its languages."""
    return [{"@value": text, "@language": code} for code, text in (words or {}).items()]


def _iri(address: str) -> str:
    """A web address without the few letters that no IRI may hold (RFC 3987 §2.2)."""
    return address.translate(NO_IRI)


def _typed(value: str, kind: str) -> dict[str, str]:
    return {"@value": value, "@type": f"xsd:{kind}"}


def _day(day: str | None) -> dict[str, str] | None:
    return _typed(day, "date") if day else None


def _moment(one: Published) -> dict[str, str]:
    return _typed(one.published_at.strftime("%Y-%m-%dT%H:%M:%SZ"), "dateTime")


def _period(said: Mapping[str, Any]) -> dict[str, Any] | None:
    ends = last_day(said)
    days = {
        "dcat:startDate": _day(said.get("starts")),
        "dcat:endDate": _day(ends.isoformat() if ends else None),
    }
    known = {name: value for name, value in days.items() if value}
    return {"@type": "dct:PeriodOfTime", **known} if known else None


def _kept(retention: str | None) -> dict[str, Any] | None:
    if retention is None:
        return None
    return {"@type": "dpv:StorageDuration", "dct:extent": _typed(retention, "duration")}


def _category(name: str) -> dict[str, Any]:
    name = RENAMED.get(name, name)
    if known_category(name):
        return {"@id": f"pd:{name}"}
    return {"@type": "dpv:PersonalData", "rdfs:label": name}


def _texts(kind: str, text: str | None) -> dict[str, Any] | None:
    return {"@type": kind, "rdfs:label": text} if text else None
