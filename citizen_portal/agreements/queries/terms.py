"""What one version of an agreement allows, and when: read from its document."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from citizen_portal.agreements.models import AgreementKind, Identifiability, Say, Stage
from citizen_portal.agreements.queries.trust import question_ids
from citizen_portal.bodies.queries import Directory
from citizen_portal.db import Words

Days = tuple[date | None, date | None]
"""The first and the last day of a version; none where the register does not say."""


@dataclass(frozen=True, slots=True)
class Power:
    slug: str
    name: Words
    summary: Words
    url: str | None


@dataclass(frozen=True, slots=True)
class Found:
    on: date
    value: float | None
    text: Words
    evidence: str | None


@dataclass(frozen=True, slots=True)
class Measure:
    """What was promised and what was found, latest last."""

    id: str
    about: Literal["benefit", "harm", "bias"]
    what: Words
    promised: Words
    target: float | None
    worse_above: bool
    personal: bool
    method: Words | None
    baseline: Words | None
    due: date | None
    found: tuple[Found, ...]

    @property
    def latest(self) -> Found | None:
        return self.found[-1] if self.found else None

    @property
    def kept(self) -> bool | None:
        """Whether what was found is what was promised; none where numbers do not tell."""
        latest = self.latest
        if latest is None or latest.value is None or self.target is None:
            return None
        return latest.value <= self.target if self.worse_above else latest.value >= self.target


@dataclass(frozen=True, slots=True)
class Emergency:
    """That an agreement was made without time for the usual way."""

    review_due: date
    reviewed_on: date | None


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of an agreement."""

    reference: str
    number: int
    kind: AgreementKind
    title: Words
    what: Words
    purpose: Words
    stage: Stage
    choice: Say
    choice_reason: Words | None
    powers: tuple[Power, ...]
    lawful_basis: str | None
    article_9: str | None
    """Its reason in data law for special kinds of data."""
    disclosers: frozenset[UUID]
    recipients: frozenset[UUID]
    processors: frozenset[UUID]
    categories: frozenset[str]
    purpose_iri: str | None
    identifiability: Identifiability | None
    exemption: str | None
    starts: date | None
    ends: date | None
    """Its last day, the day of its withdrawal included."""
    review: date | None
    withdrawn_on: date | None
    emergency: Emergency | None
    published_on: date | None
    """As the document says."""
    in_force_from: date | None
    """The first day of this version; none when the register does not say."""
    in_force_to: date | None
    """Its last day; none while it goes on."""
    measures: tuple[Measure, ...]
    benefits: Words | None
    retention: str | None
    answers: frozenset[str]
    """Ids of the trust matrix's questions that have an answer."""
    proved: frozenset[str]
    """Those of them that come with evidence."""
    asked: int
    excused: frozenset[str] = frozenset()
    """Those of the answers that say that the question does not apply, and why."""
    harm_of_not_sharing: Words | None = None
    frequency: str | None = None
    access_type: Words | None = None

    @property
    def looked_at_again(self) -> date | None:
        """The day by which it is reviewed, if it lives to see it."""
        seen = self.review and (self.ends is None or self.review <= self.ends)
        return self.review if seen else None

    @property
    def refusable(self) -> bool:
        return self.choice.refusable

    @property
    def answered(self) -> int:
        return len(self.answers)

    def holds_on(self, day: date) -> bool:
        begun = self.in_force_from is None or self.in_force_from <= day
        return begun and (self.in_force_to is None or day <= self.in_force_to)


def terms_of(
    said: Mapping[str, Any], number: int, held: Days, powers: Mapping[str, Power], bodies: Directory
) -> Terms:
    return Terms(
        reference=said["reference"],
        number=number,
        kind=AgreementKind(said.get("kind", AgreementKind.SHARING)),
        title=said["title"],
        what=said["what"],
        purpose=said["purpose"],
        stage=Stage(said["stage"]),
        choice=Say(said["choice"]),
        choice_reason=said.get("choice_reason"),
        powers=powers_of(said.get("powers", ()), powers),
        lawful_basis=said.get("lawful_basis"),
        article_9=said.get("article_9"),
        disclosers=_organisations(said.get("disclosers", ()), bodies),
        recipients=_organisations(said.get("recipients", ()), bodies),
        processors=_organisations(said.get("processors", ()), bodies),
        categories=frozenset(said.get("categories", ())),
        purpose_iri=said.get("purpose_iri"),
        identifiability=_identifiability(said.get("identifiability")),
        exemption=said.get("exemption"),
        starts=day_of(said.get("starts")),
        ends=last_day(said),
        review=day_of(said.get("review")),
        withdrawn_on=day_of(said.get("withdrawn", {}).get("on")),
        emergency=_emergency(said.get("emergency")),
        published_on=day_of(said.get("published")),
        in_force_from=held[0],
        in_force_to=held[1],
        measures=tuple(_measure(entry) for entry in said.get("measures", ())),
        benefits=said.get("benefits"),
        harm_of_not_sharing=said.get("harm_of_not_sharing"),
        frequency=said.get("frequency"),
        access_type=said.get("access_type"),
        retention=said.get("retention"),
        asked=len(question_ids()),
        **_answers(said.get("trust", {})),
    )


def _answers(trust: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    given = question_ids() & trust.keys()
    return {
        "answers": given,
        "proved": frozenset(one for one in given if "evidence" in trust[one]),
        "excused": frozenset(one for one in given if trust[one].get("status") == "not_applicable"),
    }


def _identifiability(known: str | None) -> Identifiability | None:
    return Identifiability(known) if known else None


def powers_of(slugs: Iterable[str], powers: Mapping[str, Power]) -> tuple[Power, ...]:
    return tuple(powers[slug] for slug in slugs if slug in powers)


def _organisations(parties: Iterable[Mapping[str, str]], bodies: Directory) -> frozenset[UUID]:
    """Those of our list; a party known by name only can match no access."""
    found = (bodies.body_by_slug(party.get("organisation", "")) for party in parties)
    return frozenset(body.id for body in found if body is not None)


def _measure(entry: Mapping[str, Any]) -> Measure:
    return Measure(
        id=entry["id"],
        about=entry.get("about", "benefit"),
        what=entry["what"],
        promised=entry["promised"],
        target=entry.get("target"),
        worse_above=entry.get("worse_above", False),
        personal=entry.get("personal", True),
        method=entry.get("method"),
        baseline=entry.get("baseline"),
        due=day_of(entry.get("due")),
        found=tuple(sorted(map(_found, entry.get("found", ())), key=lambda each: each.on)),
    )


def _found(entry: Mapping[str, Any]) -> Found:
    return Found(
        on=date.fromisoformat(entry["on"]),
        value=entry.get("value"),
        text=entry["text"],
        evidence=entry.get("evidence"),
    )


def _emergency(entry: Mapping[str, Any] | None) -> Emergency | None:
    if entry is None:
        return None
    reviewed = entry.get("reviewed", {})
    return Emergency(date.fromisoformat(entry["review_due"]), day_of(reviewed.get("on")))


def last_day(document: Mapping[str, Any]) -> date | None:
    """The last day of an agreement: its end or, if that comes first, its withdrawal."""
    withdrawn = document.get("withdrawn", {})
    days = (day_of(document.get("ends")), day_of(withdrawn.get("on")))
    return min(filter(None, days), default=None)


def day_of(text: str | None) -> date | None:
    """A day as documents write it; ``None`` where they leave it out."""
    return date.fromisoformat(text) if text else None
