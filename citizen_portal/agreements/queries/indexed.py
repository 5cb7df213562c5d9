"""The words by which one agreement is found, column by column of the text index."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from citizen_portal.agreements.models import SEARCHED
from citizen_portal.agreements.queries.categories import category
from citizen_portal.agreements.queries.parties import ROLES
from citizen_portal.db import Words
from citizen_portal.words import words

MOST_LETTERS = 60_000
"""Of one column: eight of them stay under PostgreSQL's limit of one megabyte for a text index."""
Said = Mapping[str, Any]


def indexed(
    document: Said, organisations: Mapping[str, Iterable[Words]], powers: Mapping[str, Words]
) -> dict[str, str]:
    """What goes into each column of ``models.AgreementText``.

    ``organisations`` are by slug, each with its names; ``powers`` are names by slug.
    """
    reference = document["reference"]
    parts = {
        "title": [{"en": f"{reference} {reference.replace('-', '')}"}, document["title"]],
        "said": [document[field] for field in ("what", "purpose", "disclosed")],
        "named": list(_named(document, organisations, powers)),
        "answers": list(_answers(document)),
    }
    return {name: _column(parts[name.removesuffix("_cy")], _language(name)) for name in SEARCHED}


def _language(name: str) -> str:
    return "cy" if name.endswith("_cy") else "en"


def _column(texts: Iterable[Words], language: str) -> str:
    found = (" ".join(words(text[language])) for text in texts if text.get(language))
    return " ".join(found)[:MOST_LETTERS]


def _named(
    document: Said, organisations: Mapping[str, Iterable[Words]], powers: Mapping[str, Words]
) -> Iterator[Words]:
    for field in ROLES:
        for party in document.get(field, ()):
            yield from organisations.get(party.get("organisation", ""), ())
            if "name" in party:
                yield {"en": party["name"]}
    yield from (category(name) for name in document.get("categories", ()))
    yield from (powers[slug] for slug in document.get("powers", ()) if slug in powers)
    for field in ("powers_as_published", "controllers_as_published", "areas"):
        yield from ({"en": name} for name in document.get(field, ()))


def _answers(document: Said) -> Iterator[Words]:
    for field in ("subjects", "harm_of_not_sharing", "benefits"):
        if field in document:
            yield document[field]
    for measure in document.get("measures", ()):
        yield measure["what"]
    asked = [*document.get("trust", {}).values()]
    asked += [own["answer"] for own in document.get("questions", ()) if "answer" in own]
    yield from (answer["text"] for answer in asked)
