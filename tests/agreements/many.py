"""A large invented register: any number of agreements between any number of bodies."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import cycle, islice, product
from typing import Any

from citizen_portal.agreements import actions, queries
from citizen_portal.agreements.schemas import AgreementDocument
from tests.agreements import files

PLACES = (
    "Ashmere", "Birchford", "Claydon", "Dunmoor", "Elmsted", "Fallowby", "Glenrow", "Hartwell",
    "Inverdale", "Jessop", "Kilnsea", "Larkhill", "Mosswick", "Nethercot", "Oakhanger",
    "Pebworth", "Quarley", "Rushden", "Saltby", "Thornley", "Upwood", "Vellow", "Wexcombe",
    "Yarrow", "Zeals",
)  # fmt: skip
THINGS = [
    "library cards",
    "allotments",
    "parking permits",
    "bin rounds",
    "dog licences",
    "fishing rods",
    "market stalls",
    "street lamps",
    "swimming lessons",
    "music halls",
    "taxi badges",
    "tree planting",
    "footpaths",
    "bus passes",
    "burial plots",
    "cycle lanes",
    "ferry tickets",
    "noise reports",
    "pest visits",
    "sports pitches",
    "skip hire",
    "food stalls",
    "boat moorings",
    "camp sites",
    "lost property",
    "choir grants",
    "museum loans",
    "garden waste",
    "bridge tolls",
    "weather stations",
    "bee hives",
    "chimney sweeps",
    "canal locks",
    "orchard maps",
    "ice rinks",
]
WAYS = ("Sharing", "Checking", "Matching", "Counting", "Sending")
ANSWERS = (
    "The people of {place} who ask for {thing} gain from it. Each look is written down.",
    "Only the lines that are needed are sent. A machine checks name and address.",
    "A panel with lay members decided, after an open talk with people who use {thing}.",
    "The council of {place} pays if it goes wrong, and says so within three days.",
)
CATEGORIES = ("Name", "BirthDate", "PhysicalAddress", "Location", "Transaction", "EmailAddress")
PURPOSES = ("ServiceProvision", "PublicBenefit", "ImprovePublicServices", "LegalCompliance")
FIRST = date(2024, 1, 1)


def organisations(count: int) -> list[dict[str, Any]]:
    return [
        files.organisation(
            f"council-{n:04}",
            kind="council",
            name={"en": f"People who run {place} {n}", "cy": f"Pobl sy'n rhedeg {place} {n}"},
            official_name={"en": f"{place} Borough {n}", "cy": f"Bwrdeistref {place} {n}"},
            short_name={"en": f"{place} {n}"},
        )
        for n, place in enumerate(islice(cycle(PLACES), count))
    ]


def agreements(count: int, bodies: list[str]) -> Iterator[dict[str, Any]]:
    asked = sorted(queries.question_ids())
    kinds = cycle(product(THINGS, WAYS, PLACES))
    for n, (thing, way, place) in enumerate(islice(kinds, count)):
        said = [text.format(place=place, thing=thing) for text in ANSWERS]
        yield files.agreement(
            f"BIG-{n:05}",
            title={"en": f"{way} {thing} in {place}", "cy": f"{thing} yn {place} ({way})"},
            what={"en": f"One council tells another in {place} who has {thing}."},
            purpose={"en": f"So that {thing} go to people who need them, with less paper."},
            disclosers=[{"organisation": bodies[n % len(bodies)]}],
            recipients=[{"organisation": bodies[(n * 7 + 1) % len(bodies)]}],
            powers=["dea-35"],
            categories=[CATEGORIES[n % 6], CATEGORIES[(n + 2) % 6]],
            purpose_iri=f"https://w3id.org/dpv#{PURPOSES[n % 4]}",
            stage="exploration" if n % 5 == 0 else "service_delivery",
            starts=(FIRST + timedelta(days=n % 700)).isoformat(),
            ends=(FIRST + timedelta(days=900 + n % 1400)).isoformat() if n % 3 else None,
            trust={
                question: {"text": {"en": said[place % 4], "cy": said[place % 4]}}
                for place, question in enumerate(asked[: n % 19])
            },
        )


def entries(agreement_count: int, body_count: int) -> actions.Entries:
    """Ready for ``actions.import_register``; checked one by one, as a file would be."""
    bodies = organisations(body_count)
    documents = agreements(agreement_count, [str(body["slug"]) for body in bodies])
    return actions.Entries(
        organisations=tuple(
            {
                "slug": body["slug"],
                "kind": body["kind"],
                "name": body["name"],
                "official_name": body["official_name"],
                "short_name": body["short_name"],
                "code_scheme": body["code"]["scheme"],
                "code": body["code"]["value"],
            }
            for body in bodies
        ),
        powers=({"slug": "dea-35", "name": {"en": "Act"}, "summary": {"en": "It lets them."}},),
        agreements=tuple(AgreementDocument.model_validate(one).document() for one in documents),
    )
