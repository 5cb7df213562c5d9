"""The answers that a question offers to choose from, each with its words."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext

from citizen_portal.agreements.desk import here
from citizen_portal.agreements.models import Identifiability, Say, Stage
from citizen_portal.agreements.models.rights import fitting
from citizen_portal.agreements.queries import register_terms
from citizen_portal.agreements.queries.categories import categories, category, purpose, purposes
from citizen_portal.agreements.queries.steps import Asked
from citizen_portal.agreements.words import terms_of_law, wording
from citizen_portal.web.pages import plain
from citizen_portal.web.transactions import db

Document = Mapping[str, Any]
Option = tuple[str, str, str]
"""The value, its words, and what it means."""


def options(asked: Asked, document: Document) -> list[Option]:
    """What may be chosen; what the draft says already is among it, whatever it is."""
    offered = MAKERS[asked.options](document) if asked.options else []
    said = document.get(asked.member)
    chosen = said if isinstance(said, list) else [said] if isinstance(said, str) else []
    known = {value for value, _, _ in offered}
    return offered + [
        (value, value, "") for value in chosen if asked.options and value not in known
    ]


def _stage(_: Document) -> list[Option]:
    stages = (Stage.EXPLORATION, Stage.SERVICE_DELIVERY)
    return [(each.value, wording.stage(each).name, wording.stage(each).long) for each in stages]


def _choice(_: Document) -> list[Option]:
    says = (Say.OBJECTION, Say.OPT_OUT, Say.CONSENT, Say.NONE)
    words = [(each.value, wording.choice_short(each)) for each in says]
    return [(value, said[:1].upper() + said[1:], "") for value, said in words]


def _powers(_: Document) -> list[Option]:
    powers = register_terms(db()).powers.values()
    found = [(power.slug, plain(power.name), plain(power.summary)) for power in powers]
    return sorted(found, key=lambda option: option[1].casefold())


def _grounds(*, sensitive: bool) -> list[Option]:
    said = here.laws()
    return [
        (iri, plain(words), "")
        for iri, words in said.grounds.items()
        if (iri not in said.letters) is sensitive
    ]


def _exemptions(document: Document) -> list[Option]:
    """Those that take the right away on the ground that the draft names; each, if it names none."""
    law = here.laws()
    fit = {one.id for one in fitting(law.basis(document), frozenset(law.exemptions.values()))}
    return [
        (key, plain(words.name), plain(words.text))
        for key, words in law.exemption_words.items()
        if key in fit or "lawful_basis" not in document
    ]


def _categories(_: Document) -> list[Option]:
    found = [(name, plain(category(name)), "") for name in categories()]
    return sorted(found, key=lambda option: option[1].casefold())


def _purposes(_: Document) -> list[Option]:
    found = [(iri, plain(purpose(iri)), "") for iri in purposes()]
    return sorted(found, key=lambda option: option[1].casefold())


def _from(words: Callable[[str], str], *values: str) -> list[Option]:
    return [(value, words(value), "") for value in values]


def _status(_: Document) -> list[Option]:
    return [
        ("answered", gettext("It applies"), ""),
        ("not_applicable", gettext("It does not apply"), gettext("Say why, in the answer.")),
    ]


def _about(_: Document) -> list[Option]:
    return [
        ("benefit", gettext("Good that comes of it"), ""),
        ("harm", gettext("Harm that it may do"), ""),
        ("bias", gettext("Whether it is fair to each group"), ""),
    ]


MAKERS: dict[str, Callable[[Document], list[Option]]] = {
    "stage": _stage,
    "choice": _choice,
    "powers": _powers,
    "grounds": lambda _: _grounds(sensitive=False),
    "grounds_9": lambda _: _grounds(sensitive=True),
    "exemptions": _exemptions,
    "categories": _categories,
    "purpose": _purposes,
    "identifiability": lambda _: _from(terms_of_law.identifiability, *Identifiability),
    "confidentiality": lambda _: _from(
        terms_of_law.confidentiality, "direct_care", "consent", "by_law", "section_251", "none"
    ),
    "applies": lambda _: _from(terms_of_law.applies, "yes", "no", "not_applicable"),
    "frequency": lambda _: _from(
        terms_of_law.frequency, "one_off", "on_request", "subscription", "bulk"
    ),
    "status": _status,
    "about": _about,
}
