"""The facts of an agreement as rows of label and values, each value a text with or without link."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from citizen_portal.agreements.models import AgreementKind
from citizen_portal.agreements.queries import Terms, category, law, purpose
from citizen_portal.agreements.schemas import AgreementDocument, Bilingual, Party
from citizen_portal.agreements.words import terms_of_law
from citizen_portal.bodies.queries import Directory
from citizen_portal.web.pages import day, duration, say


@dataclass(frozen=True, slots=True)
class Value:
    text: str | Markup
    href: str | None = None
    sub: str | Markup = ""


Fact = tuple[str, list[Value]]


def facts(said: AgreementDocument, terms: Terms, bodies: Directory, *, region: str) -> list[Fact]:
    """In the order in which people ask. What is left out is left out; what matters most and is
    missing is said to be missing."""
    own = said.kind is AgreementKind.OWN_USE
    rows = [
        (gettext("Who uses it") if own else gettext("Who gives the data"), said.disclosers),
        (gettext("Who gets it"), said.recipients),
        (gettext("Who runs the machine"), said.processors),
    ]
    parties = [(label, [_party(each, bodies) for each in of]) for label, of in rows]
    if own and said.recipients == said.disclosers:
        del parties[1]
    elif not own:
        parties = [(label, of or _unsaid()) for label, of in parties[:2]] + parties[2:]
    found = [
        *parties,
        *_data(said),
        *_law(said, terms, region),
        *_time(said, terms),
        *_papers(said),
    ]
    return [(label, values) for label, values in found if values]


def _data(said: AgreementDocument) -> list[Fact]:
    how = _texts(said.method, said.access_type)
    if said.frequency:
        how.append(Value(terms_of_law.frequency(said.frequency)))
    known = terms_of_law.identifiability(said.identifiability) if said.identifiability else ""
    iri = said.purpose_iri
    research = gettext("Research or statistics are part of it.") if said.research else ""
    names = [Value(name) for name in said.controllers_as_published]
    return [
        (gettext("Bodies named, as published"), names),
        (gettext("Purpose"), [Value(say(purpose(iri)), iri, research)] if iri else []),
        (gettext("Whose data"), _texts(said.subjects)),
        (gettext("Kinds of data"), _joined(say(category(name)) for name in said.categories)),
        (gettext("Can it point to you?"), [Value(known)] if known else []),
        (gettext("How and how often"), how),
        (gettext("What good is expected"), _texts(said.benefits if said.measures else None)),
    ]


def _law(said: AgreementDocument, terms: Terms, region: str) -> list[Fact]:
    powers = [Value(say(p.name), p.url, say(p.summary)) for p in terms.powers]
    powers += [Value(name) for name in said.powers_as_published]
    known = law(region).grounds
    reasons = [
        Value(say(known[iri]) if iri in known else iri, iri)
        for iri in (said.lawful_basis, said.article_9)
        if iri
    ]
    opt_out = []
    if said.opt_out:
        reason = say(said.opt_out.reason.words())
        opt_out = [Value(terms_of_law.applies(said.opt_out.applies), sub=reason)]
    return [
        (gettext("Legal power"), powers or _unsaid()),
        (gettext("Reason in data law"), reasons or _unsaid()),
        (gettext("Duty to keep a confidence"), _confidence(said)),
        (gettext("National opt-out"), opt_out),
    ]


def _confidence(said: AgreementDocument) -> list[Value]:
    if said.confidentiality is None:
        return []
    text = terms_of_law.confidentiality(said.confidentiality)
    return [Value(text, sub=said.confidentiality_reference or "")]


def _time(said: AgreementDocument, terms: Terms) -> list[Fact]:
    kept = [Value(duration(said.retention))] if said.retention else _unsaid()
    again = terms.looked_at_again
    review = gettext("To be looked at again by %(day)s", day=day(again)) if again else ""
    return [
        (gettext("Kept for"), kept),
        (gettext("From and to"), [Value(_span(said, terms.ends), sub=review)]),
        (gettext("Where"), _joined(said.areas)),
    ]


def _span(said: AgreementDocument, ends: date | None) -> str:
    """``ends`` is its last day, that of its being taken back included."""
    if ends is None:
        begun = gettext("From %(day)s. It states no end.", day=day(said.starts))
        return str(begun if said.starts else gettext("Not stated"))
    return str(gettext("%(starts)s to %(ends)s", starts=day(said.starts), ends=day(ends)))


def _papers(said: AgreementDocument) -> list[Fact]:
    links = [
        (gettext("Check of the risks to people (DPIA)"), said.dpia),
        (gettext("Record of the algorithm used"), said.atrs),
    ]
    return [
        (gettext("Who to ask"), [Value(said.contact)] if said.contact else _unsaid()),
        (gettext("Papers"), [Value(label, url) for label, url in links if url] or _unsaid()),
        (gettext("Notes"), _texts(said.notes)),
        (gettext("Published"), [Value(day(said.published))] if said.published else []),
        (gettext("Taken from"), [Value(said.source)] if said.source else []),
    ]


def _party(party: Party, bodies: Directory) -> Value:
    body = bodies.body_by_slug(party.organisation) if party.organisation else None
    if body is None:
        return Value(party.name or "")
    href = url_for("bodies.entry", slug=body.slug)
    return Value(say(body.name), href, say(body.official_name))


def _joined(texts: Iterable[str]) -> list[Value]:
    text = Markup(", ").join(texts)
    return [Value(text)] if text else []


def _texts(*texts: Bilingual | None) -> list[Value]:
    return [Value(say(text.words())) for text in texts if text]


def _unsaid() -> list[Value]:
    return [Value(gettext("Not stated"))]
