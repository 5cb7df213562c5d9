"""A copy in few words, from what was gathered for its tables; nothing is asked again."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from citizen_portal.access.queries import AccessEvent
from citizen_portal.agreements.queries import Terms
from citizen_portal.db import Words
from citizen_portal.exports import words
from citizen_portal.exports.gathering.agreements import grounds
from citizen_portal.exports.gathering.asking import Answer
from citizen_portal.exports.gathering.known import Known
from citizen_portal.exports.models import Part
from citizen_portal.exports.package import Agreement, Holder, Linked, Looks, Overview
from citizen_portal.identity.models import LinkState


@dataclass
class Seen:
    """What there was, counted while the tables are written; no row is kept."""

    kinds: dict[UUID, list[str]] = field(default_factory=dict)
    looks: dict[UUID, Counter[int]] = field(default_factory=dict)

    def hold(self, known: Known, answers: Iterable[Answer]) -> None:
        for answer in answers:
            names = [words.in_language(one.name, known.language) for one in answer.held]
            if names:
                self.kinds.setdefault(answer.asked.source.body_id, []).extend(names)

    def look(self, known: Known, event: AccessEvent) -> None:
        year = event.usage.occurred.astimezone(known.zone).year
        self.looks.setdefault(event.body_id, Counter())[year] += 1


def overview(
    known: Known, seen: Seen, touching: Iterable[Terms], reasons: Mapping[str, Words]
) -> Overview:
    return Overview(
        holders=_holders(known, seen) if known.has(Part.RECORDS) else None,
        links=_links(known) if known.has(Part.LINKS) else None,
        agreements=[_agreement(known, terms, reasons) for terms in touching]
        if known.has(Part.AGREEMENTS)
        else None,
        looks=_looks(known, seen) if known.has(Part.ACCESSES) else None,
    )


def _holders(known: Known, seen: Seen) -> list[Holder]:
    found = [Holder(known.name(body), kinds) for body, kinds in seen.kinds.items()]
    return sorted(found, key=lambda each: each.body)


def _links(known: Known) -> list[Linked]:
    return [
        Linked(known.name(link.organisation_id), link.state is LinkState.LINKED, link.since)
        for link in known.links
    ]


def _agreement(known: Known, terms: Terms, reasons: Mapping[str, Words]) -> Agreement:
    def said(text: Words) -> str:
        return words.in_language(text, known.language)

    laws = grounds(known, terms, reasons)
    return Agreement(terms.reference, terms.number, said(terms.title), said(terms.purpose), laws)


def _looks(known: Known, seen: Seen) -> list[Looks]:
    """The body with the most first."""
    found = [Looks(known.name(body), years) for body, years in seen.looks.items()]
    return sorted(found, key=lambda each: (-each.all, each.body))
