"""Writes a large register as files: `python -m tests.benchmarks.large_register FOLDER`.

Realistic in size: each agreement answers at least twelve questions of the trust matrix in two
languages and promises two or three measures. The same numbers write the same files.
"""

import json
import random
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from citizen_portal.agreements.queries import question_ids, themes

MOST = 24_000_000
"""Bytes of one file, well below what an import takes."""
KINDS = ("department", "agency", "council", "council", "council", "health", "education", "police")
CATEGORIES = ("Name", "BirthDate", "PhysicalAddress", "Income", "OfficialID", "School", "Tax")
PURPOSES = (
    "ServiceProvision",
    "FraudPreventionAndDetection",
    "PublicBenefit",
    "ScientificResearch",
)
ENGLISH = """people who pay benefits tell your council each week so that a bill is lower without a
second form and nobody has to prove the same thing twice it is checked by an officer before any
letter goes out the list is kept for one year then deleted we count how many homes were helped how
long it took and how often we were wrong figures are published by ward and by age group"""
WELSH = """mae pobl sy’n talu budd-daliadau yn dweud wrth eich cyngor bob wythnos er mwyn gostwng
bil heb ail ffurflen ac nid oes raid i neb brofi’r un peth ddwywaith mae swyddog yn gwirio cyn i
unrhyw lythyr fynd allan cedwir y rhestr am flwyddyn yna caiff ei dileu ŵyr ŷd tŷ dŵr"""


def write(folder: Path, *, agreements: int = 5000, organisations: int = 1000) -> list[Path]:
    """Write the register into the folder; returns its files, to be imported together."""
    chance = random.Random(20)  # noqa: S311 - texts for a trial, the same each time
    slugs = [f"body-{n:04}" for n in range(organisations)]
    first = {
        "organisations": [organisation(n, slug) for n, slug in enumerate(slugs)],
        "legal_powers": [power(n) for n in range(60)],
        "sources": [source(slug) for slug in slugs[: organisations // 10]],
    }
    files = [put(folder / "register-000.json", first)]
    entries = (agreement(chance, n, slugs) for n in range(1, agreements + 1))
    for number, share in enumerate(shares(entries), 1):
        files.append(put(folder / f"register-{number:03}.json", {"agreements": share}))
    return files


def shares(entries: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The entries in lists that each fit into one file."""
    share: list[dict[str, Any]] = []
    size = 0
    for entry in entries:
        length = len(json.dumps(entry, ensure_ascii=False, indent=1).encode()) * 5 // 4
        if share and size + length > MOST:
            yield share
            share, size = [], 0
        share.append(entry)
        size += length
    yield share


def put(file: Path, content: object) -> Path:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return file


def organisation(n: int, slug: str) -> dict[str, Any]:
    return {
        "slug": slug,
        "kind": KINDS[n % len(KINDS)],
        "name": {"en": f"People who do work {n}", "cy": f"Pobl sy’n gwneud gwaith {n}"},
        "official_name": {"en": f"Office for Work {n}", "cy": f"Swyddfa Gwaith {n}"},
        "short_name": {"en": f"Work {n}", "cy": f"Gwaith {n}"},
        "code": {"scheme": "sample", "value": f"{n:06}"},
        "website": f"https://{slug}.example/",
        "contact": f"data@{slug}.example",
    }


def power(n: int) -> dict[str, Any]:
    return {
        "slug": f"power-{n}",
        "name": {"en": f"Sharing Act, section {n}", "cy": f"Deddf Rhannu, adran {n}"},
        "summary": {"en": f"It lets bodies share for purpose {n}."},
        "url": f"https://www.legislation.gov.uk/ukpga/2017/30/section/{n}",
    }


def source(slug: str) -> dict[str, Any]:
    return {
        "slug": f"{slug}-main",
        "organisation": slug,
        "name": {"en": "Main register"},
        "description": {"en": "What it needs for its work."},
        "protocol": "none",
    }


def agreement(chance: random.Random, n: int, slugs: list[str]) -> dict[str, Any]:
    giver, *getters = chance.sample(slugs, 4)
    months = chance.randrange(12), chance.randrange(1, 12)
    return {
        "reference": f"DSA-{n:04}",
        "title": said(chance, 6),
        "stage": chance.choice(("service_delivery", "exploration")),
        "what": said(chance, 14),
        "purpose": said(chance, 14),
        "purpose_iri": f"https://w3id.org/dpv#{chance.choice(PURPOSES)}",
        "powers": [f"power-{each}" for each in chance.sample(range(60), 2)],
        "lawful_basis": "https://w3id.org/dpv/legal/eu/gdpr#A6-1-e",
        "disclosers": [{"organisation": giver}],
        "recipients": [{"organisation": each} for each in getters[:2]],
        "processors": [{"organisation": getters[2]}, {"name": f"Machine works {n % 97}"}],
        "subjects": said(chance, 6),
        "categories": sorted(chance.sample(CATEGORIES, 4)),
        "disclosed": said(chance, 16),
        "method": said(chance, 10),
        "frequency": chance.choice(("bulk", "subscription", "on_request")),
        "retention": f"P{chance.randrange(1, 9)}Y",
        "starts": f"2025-{months[0] + 1:02}-01",
        "ends": f"2029-{months[1]:02}-28",
        "review": f"2027-{months[1]:02}-15",
        "contact": f"data@{giver}.example",
        "identifiability": "identifiable",
        "choice": "objection",
        "choice_reason": said(chance, 12),
        "harm_of_not_sharing": said(chance, 14),
        "dpia": f"https://{giver}.example/dpia/{n}",
        "trust": answers(chance, giver),
        "measures": [measure(chance, each) for each in range(chance.choice((2, 3)))],
        "published": f"2025-{months[0] + 1:02}-01",
    }


def answers(chance: random.Random, giver: str) -> dict[str, Any]:
    asked = [question.id for theme in themes() for question in theme.questions]
    chosen = chance.sample(asked, chance.randrange(12, len(question_ids()) + 1))
    evidence = {"text": {"en": "Read the report"}, "url": f"https://{giver}.example/report"}
    return {
        question: {"text": said(chance, 35)} | ({"evidence": evidence} if at % 2 else {})
        for at, question in enumerate(chosen)
    }


def measure(chance: random.Random, n: int) -> dict[str, Any]:
    found = [
        {"on": f"2026-0{half}-30", "value": chance.randrange(50_000), "text": said(chance, 12)}
        for half in (3, 6)
    ]
    return {
        "id": f"measure-{n}",
        "about": ("benefit", "harm", "bias")[n],
        "what": said(chance, 7),
        "promised": said(chance, 6),
        "target": chance.randrange(50_000),
        "method": said(chance, 14),
        "baseline": said(chance, 8),
        "due": f"2027-0{n + 1}-28",
        "found": found,
    }


def said(chance: random.Random, words: int) -> dict[str, str]:
    languages = (("en", ENGLISH), ("cy", WELSH))
    return {
        language: " ".join(chance.choices(of.split(), k=words)).capitalize() + "."
        for language, of in languages
    }


if __name__ == "__main__":
    for path in write(Path(sys.argv[1])):
        print(path, f"{path.stat().st_size / 1e6:.1f} MB")
