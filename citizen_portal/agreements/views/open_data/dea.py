"""The register in the shape of the UK register under the Digital Economy Act 2017, Part 5.

That register's controllers are those who disclose; its processors are those who receive, receiving
controllers among them. Its fields hold texts: what an agreement does not say is an empty text.
``schemas.dea`` reads the same shape.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from citizen_portal.agreements.queries import Power
from citizen_portal.agreements.queries.published import Published, Title
from citizen_portal.agreements.queries.terms import last_day

USUAL_ITEMS, MOST_ITEMS = 50, 500
LONGEST = 8000
"""Letters of one text that ``schemas.dea`` takes."""


def index(found: Sequence[Title], *, page: int, items: int, site: str, today: date) -> Any:
    """One page of the list. ``found`` may hold one more than a page: then there is a next one."""
    links: dict[str, Any] = {"page_size": items, "current_page": page}
    if len(found) > items:
        links["next"] = page_address(site, page + 1, items)
    if page > 1:
        links["previous"] = page_address(site, page - 1, items)
    return {
        "agreements": [
            {
                "data": {
                    "id": one.reference,
                    "name": one.title["en"],
                    "isa_status": status(one.ends, today),
                },
                "link": address(site, one.reference),
            }
            for one in found[:items]
        ],
        "links": links,
    }


def entry(
    one: Published,
    *,
    names: Mapping[str, str],
    powers: Mapping[str, Power],
    site: str,
    today: date,
) -> Any:
    """One agreement. ``names`` gives official names by slug."""
    said = one.document
    receive = [*said.get("recipients", ()), *said.get("processors", ())]
    lets = [powers[slug].name["en"] for slug in said.get("powers", ()) if slug in powers]
    return {
        "data": _data(said, today),
        "links": {"index": f"{site}/agreements.json"},
        "controllers": _named(
            [
                *_parties(said.get("disclosers", ()), names),
                *said.get("controllers_as_published", ()),
            ]
        ),
        "powers": _named([*lets, *said.get("powers_as_published", ())]),
        "processors": _named(_parties(receive, names)),
    }


def address(site: str, reference: str) -> str:
    return f"{site}/agreements/{reference}.json"


def page_address(site: str, page: int, items: int) -> str:
    return f"{site}/agreements.json?page={page}&items={items}"


def status(ends: date | None, today: date) -> str:
    return "Complete" if ends is not None and ends < today else "Active"


def _data(said: Mapping[str, Any], today: date) -> dict[str, str]:
    benefits, method = _benefits(said), _english(said, "method")
    return {
        "id": said["reference"],
        "name": _english(said, "title"),
        "purpose": _english(said, "purpose"),
        "benefits": benefits,
        "information_sharing_benefits": benefits,
        "disclosed_information": _english(said, "disclosed"),
        "method": method,
        "information_sharing_method": method,
        "contact": said.get("contact", ""),
        "start_date": said.get("starts", ""),
        "end_date": _iso(last_day(said)),
        "review_date": said.get("review", ""),
        "retention_period": said.get("retention", ""),
        "isa_status": status(last_day(said), today),
        "notes": _english(said, "notes"),
    }


def _benefits(said: Mapping[str, Any]) -> str:
    """Expected benefits in words; where there are only measures, what those promise."""
    if "benefits" in said:
        return _english(said, "benefits")
    text = ""
    for each in said.get("measures", ()):
        promise = f"{_stop(each['what']['en'])} {each['promised']['en']}"
        if each.get("about", "benefit") == "benefit" and len(text) + len(promise) < LONGEST:
            text = f"{text} {promise}".strip()
    return text


def _stop(text: str) -> str:
    return text if text.endswith((".", "!", "?", ":")) else f"{text}:"


def _english(said: Mapping[str, Any], field: str) -> str:
    words = said.get(field)
    return words["en"] if words else ""


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _parties(parties: Iterable[Mapping[str, str]], names: Mapping[str, str]) -> list[str]:
    slugs = ((party.get("organisation", ""), party) for party in parties)
    return [names.get(slug, slug) if slug else party["name"] for slug, party in slugs]


def _named(names: Iterable[str]) -> list[dict[str, Any]]:
    """Each name once, in its order."""
    return [{"data": {"name": name}} for name in dict.fromkeys(names)]
