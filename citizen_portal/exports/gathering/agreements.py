"""Agreements that touch a person: as a table, and each version as it was published."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal.agreements.queries import Terms
from citizen_portal.agreements.queries.published import versions_of
from citizen_portal.db import Words
from citizen_portal.exports import words
from citizen_portal.exports.gathering.known import Known
from citizen_portal.exports.gathering.tables import drawn
from citizen_portal.exports.package import Document, Table
from citizen_portal.web import cells

Version = tuple[str, int]
"""A reference and a number."""


def touching(known: Known, explaining: Collection[Version]) -> list[Terms]:
    """Those that explain an access in the copy, and those in force by which a chosen body may
    pass data on today; by reference and version."""
    found = {
        (terms.reference, terms.number): terms
        for link in known.chosen
        for newest in known.register.naming(link.organisation_id)
        for terms in known.register.versions[newest.reference]
        if link.organisation_id in terms.disclosers and terms.holds_on(known.today)
    }
    for reference, number in explaining:
        for terms in known.register.versions.get(reference, ()):
            if terms.number == number:
                found[reference, number] = terms
    return [found[version] for version in sorted(found)]


def table(
    known: Known,
    touching: Iterable[Terms],
    explaining: Collection[Version],
    reasons: Mapping[str, Words],
) -> Table:
    rows = (_row(known, terms, explaining, reasons) for terms in touching)
    return drawn("agreements", rows, known.language)


def grounds(known: Known, terms: Terms, reasons: Mapping[str, Words]) -> list[str]:
    """The laws that allow it, and its reasons in data law: ``reasons`` has words for these."""
    laws = [power.name for power in terms.powers]
    laws += [reasons.get(iri, {"en": iri}) for iri in (terms.lawful_basis, terms.article_9) if iri]
    return [words.in_language(law, known.language) for law in laws]


def documents(session: Session, touching: Iterable[Terms], language: str) -> Iterator[Document]:
    wanted = {(terms.reference, terms.number): terms for terms in touching}
    for one in versions_of(session, {reference for reference, _ in wanted}):
        terms = wanted.get((one.reference, one.number))
        if terms is not None:
            yield Document(
                path=f"agreements/{one.reference}-v{one.number}.json",
                title=f"{one.reference}: {words.in_language(terms.title, language)}",
                media_type="application/json",
                data=json.dumps(one.document, ensure_ascii=False, indent=1).encode(),
            )


def _row(
    known: Known, terms: Terms, explaining: Collection[Version], reasons: Mapping[str, Words]
) -> tuple[Any, ...]:
    language = known.language
    return (
        terms.reference,
        terms.number,
        words.in_language(terms.title, language),
        words.in_language(terms.what, language),
        words.in_language(terms.purpose, language),
        cells.joined(grounds(known, terms, reasons)),
        _names(known, terms.disclosers),
        _names(known, terms.recipients),
        cells.joined(sorted(terms.categories)),
        terms.in_force_from,
        terms.in_force_to,
        terms.choice.value,
        (terms.reference, terms.number) in explaining,
    )


def _names(known: Known, bodies: Iterable[UUID]) -> str:
    there = known.directory.bodies
    return cells.joined(sorted(known.name(body) for body in bodies if body in there))
