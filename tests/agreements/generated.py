"""A register of any size, made by chance but the same each time: for pictures, counts and speed."""

from datetime import date, timedelta
from random import Random
from typing import Any

from citizen_portal.agreements import queries
from tests.agreements import files

KINDS = ("department", "agency", "council", "health", "education", "police", "regulator")
FIRMS = ("private-recipient", "processor")
FIRST = ("North", "South", "East", "West", "Upper", "Lower", "Great", "Little", "New", "Old")
PLACES = ("Avon", "Wren", "Harrow", "Mere", "Stone", "Tide", "Clear", "Bright", "Ash", "Oak")
ENDS = {
    "department": ("Office", "Swyddfa"),
    "agency": ("Agency", "Asiantaeth"),
    "council": ("Council", "Cyngor"),
    "health": ("Hospital", "Ysbyty"),
    "education": ("School", "Ysgol"),
    "police": ("Police", "Heddlu"),
    "regulator": ("Watchdog", "Corff Gwarchod"),
    "private-recipient": ("Data Firm", "Cwmni Data"),
    "processor": ("Computing", "Cyfrifiadura"),
}
TODAY = date(2026, 11, 25)


def register(agreements: int, organisations: int | None = None, *, seed: int = 1) -> dict[str, Any]:
    """A valid register file. A few organisations take part in much, most in little."""
    draw = Random(seed)  # noqa: S311 - made up, and not for keys
    count = organisations or max(8, agreements // 5)
    bodies = [_organisation(n, draw) for n in range(count)]
    slugs = [each["slug"] for each in bodies]
    return {
        "organisations": bodies,
        "agreements": [_agreement(n, slugs, draw) for n in range(1, agreements + 1)],
    }


def _organisation(n: int, draw: Random) -> dict[str, Any]:
    kind = draw.choice(KINDS) if draw.random() < 0.8 else draw.choice(FIRMS)
    place = f"{FIRST[n % 10]} {PLACES[(n // 10) % 10]}" + (f" {n // 100}" if n >= 100 else "")
    english, welsh = ENDS[kind]
    return files.organisation(
        f"body-{n}",
        kind=kind,
        name={"en": f"People of {place} {english}", "cy": f"Pobl {welsh} {place}"},
        official_name={"en": f"{place} {english}", "cy": f"{welsh} {place}"},
        short_name={"en": f"{place} {english}"[:24].strip(), "cy": f"{welsh} {place}"[:24].strip()},
    )


def _agreement(n: int, slugs: list[str], draw: Random) -> dict[str, Any]:
    def some(most: int) -> list[dict[str, str]]:
        reach = 1 - draw.random() ** 0.35  # the first of the list far more often than the last
        start = min(int(len(slugs) * reach), len(slugs) - 1)
        chosen = dict.fromkeys([slugs[start], *draw.choices(slugs, k=draw.randint(0, most - 1))])
        return [{"organisation": slug} for slug in chosen]

    starts = TODAY - timedelta(days=draw.randint(-60, 1500))
    own = draw.random() < 0.1
    disclosers = some(1 if own else 2)
    return files.agreement(
        f"DSA-{n:04}",
        kind="own_use" if own else "sharing",
        disclosers=disclosers,
        recipients=disclosers if own else some(3),
        starts=starts.isoformat(),
        ends=(starts + timedelta(days=900)).isoformat() if draw.random() < 0.3 else None,
        review=(TODAY + timedelta(days=draw.randint(-300, 600))).isoformat(),
        trust=_trust(draw),
        measures=[_measure(m, draw) for m in range(draw.randint(0, 3))],
        emergency=None,
    )


def _trust(draw: Random) -> dict[str, Any]:
    asked = sorted(queries.question_ids())
    answers = files.answers(*draw.sample(asked, draw.randint(0, len(asked))))
    for answer in answers.values():
        if draw.random() < 0.1:
            answer["status"] = "not_applicable"
        elif draw.random() < 0.4:
            answer["evidence"] = {"text": {"en": "Read it"}}
    return answers


def _measure(m: int, draw: Random) -> dict[str, Any]:
    due = TODAY + timedelta(days=draw.randint(-500, 300))
    found = {"on": due.isoformat(), "value": draw.randint(0, 20), "text": {"en": "Found."}}
    return {
        "id": f"measure-{m}",
        "what": {"en": f"Measure {m}"},
        "promised": {"en": "Ten"},
        "target": 10,
        "worse_above": draw.random() < 0.3,
        "due": due.isoformat(),
        "found": [found] if draw.random() < 0.6 else [],
    }
