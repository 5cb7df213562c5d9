"""The value of each field of an agreement as lines of plain text, to be set side by side."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import format_decimal, gettext

from citizen_portal.agreements.models import Identifiability, Say, Stage
from citizen_portal.agreements.queries import Law, Register, category, purpose
from citizen_portal.agreements.words import terms_of_law, wording
from citizen_portal.bodies.queries import Directory
from citizen_portal.db import Words
from citizen_portal.web.pages import day, duration

Part = Mapping[str, Any]


@dataclass(frozen=True)
class Telling:
    """Tells values in words. ``say`` picks the language, or gives each."""

    say: Callable[[Words], str]
    bodies: Directory
    register: Register
    law: Law

    def field(self, name: str, value: Any) -> list[str]:
        """What one field holds; nothing where it was left out."""
        if value is None:
            return []
        if name.startswith("trust."):
            return list(self._answer(value))
        return list(self._by_name(name, value))

    def _by_name(self, name: str, value: Any) -> Iterator[str]:
        """Each kind of value has a teller; texts and addresses stand as they are."""
        lists: dict[str, Callable[[Any], Iterator[str]]] = {
            "disclosers": self._parties,
            "recipients": self._parties,
            "processors": self._parties,
            "measures": self._measures,
            "questions": self._questions,
            "emergency": self._emergency,
            "withdrawn": self._withdrawn,
            "opt_out": self._opt_out,
            "categories": lambda names: (self.say(category(each)) for each in names),
            "powers": lambda slugs: (self._power(slug) for slug in slugs),
        }
        if name in lists:
            yield from lists[name](value)
        elif isinstance(value, list):
            yield from value
        else:
            yield self._single(name, value)

    def _single(self, name: str, value: Any) -> str:
        fixed: dict[str, Callable[[Any], str]] = {
            "stage": lambda given: wording.stage(Stage(given)).name,
            "choice": lambda given: wording.choice_short(Say(given)),
            "identifiability": lambda given: wording.points_short(Identifiability(given)),
            "frequency": terms_of_law.frequency,
            "confidentiality": terms_of_law.confidentiality,
            "kind": wording.kind,
            "retention": duration,
            "purpose_iri": lambda iri: self.say(purpose(iri)),
            "lawful_basis": self._ground,
            "article_9": self._ground,
            "exemption": self._exemption,
        }
        if name in ("starts", "ends", "review", "published"):
            return day(date.fromisoformat(value))
        if name in fixed:
            return fixed[name](value)
        if isinstance(value, bool):
            return str(gettext("Yes") if value else gettext("No"))
        return self.say(value) if isinstance(value, dict) else str(value)

    def _parties(self, parties: list[Part]) -> Iterator[str]:
        for party in parties:
            body = self.bodies.body_by_slug(party.get("organisation", ""))
            yield self.say(body.official_name) if body else party.get("name", "")

    def _power(self, slug: str) -> str:
        power = self.register.powers.get(slug)
        return self.say(power.name) if power else slug

    def _ground(self, iri: str) -> str:
        return self.say(self.law.grounds.get(iri, {"en": iri}))

    def _exemption(self, slug: str) -> str:
        words = self.law.exemption_words.get(slug)
        return self.say(words.name) if words else slug

    def _answer(self, answer: Part) -> Iterator[str]:
        if answer.get("status") == "not_applicable":
            yield gettext("Does not apply.")
        yield self.say(answer["text"])
        evidence = answer.get("evidence", {})
        if evidence:
            yield f"{self.say(evidence['text'])} {evidence.get('url', '')}".strip()

    def _questions(self, questions: list[Part]) -> Iterator[str]:
        for question in questions:
            yield self.say(question["ask"])
            yield from self._answer(question["answer"]) if question.get("answer") else ()

    def _measures(self, measures: list[Part]) -> Iterator[str]:
        for measure in measures:
            promised = f"{self.say(measure['what'])}: {self.say(measure['promised'])}"
            if "target" in measure:
                promised += f" ({format_decimal(measure['target'])})"
            if "due" in measure:
                due = day(date.fromisoformat(measure["due"]))
                promised += f", {gettext('by %(day)s', day=due)}"
            yield promised
            if "method" in measure:
                yield self.say(measure["method"])
            if "baseline" in measure:
                yield f"{gettext('Before this agreement:')} {self.say(measure['baseline'])}"
            for found in measure.get("found", ()):
                when = day(date.fromisoformat(found["on"]))
                said = f"{when}: {self.say(found['text'])}"
                value = f" ({format_decimal(found['value'])})" if "value" in found else ""
                yield f"{said}{value} {found.get('evidence', '')}".strip()

    def _emergency(self, emergency: Part) -> Iterator[str]:
        yield self.say(emergency["reasons"])
        due = day(date.fromisoformat(emergency["review_due"]))
        yield gettext("They must look back at it by %(day)s.", day=due)
        reviewed = emergency.get("reviewed", {})
        if reviewed:
            when = day(date.fromisoformat(reviewed["on"]))
            yield f"{when}: {self.say(reviewed['text'])} {reviewed.get('evidence', '')}".strip()

    def _withdrawn(self, withdrawn: Part) -> Iterator[str]:
        yield self.say(withdrawn["reason"])
        last = day(date.fromisoformat(withdrawn["on"]))
        yield gettext("Its last day: %(day)s.", day=last)

    def _opt_out(self, opt_out: Part) -> Iterator[str]:
        yield terms_of_law.applies(opt_out["applies"])
        yield self.say(opt_out["reason"])
