"""The questions of a draft as data: what each page asks, and which member of the document it fills.

They stand in ``data/draft-steps.yaml``; those of the trust matrix are made from the matrix.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from citizen_portal.agreements.queries.trust import Question, themes
from citizen_portal.db import Words

FILE = Path(__file__).parents[2] / "data" / "draft-steps.yaml"
TRUST = "trust."


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of a page."""

    member: str
    """Of the document, or ``trust.<question>``."""
    path: tuple[str, ...]
    """Where inside the member its value stands; empty for the member itself."""
    kind: str
    options: str
    label: Words
    hint: Words

    @property
    def name(self) -> str:
        """What the field is called on a page."""
        return "-".join((self.member.replace(".", "-"), *self.path))


@dataclass(frozen=True, slots=True)
class Step:
    key: str
    title: Words
    ask: Words
    hint: Words
    fields: tuple[Asked, ...]
    needed: bool
    page: str

    @property
    def members(self) -> tuple[str, ...]:
        """The members of the document that the page fills."""
        return tuple(dict.fromkeys(one.member for one in self.fields)) or (self.key,)


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: Words
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Steps:
    sections: tuple[Section, ...]
    withdrawal: Step
    measure: tuple[Asked, ...]
    outcome: tuple[Asked, ...]
    own_question: tuple[Asked, ...]

    def step(self, key: str) -> Step | None:
        """The page with this key in its address."""
        every = [step for section in self.sections for step in section.steps]
        return next((step for step in [*every, self.withdrawal] if step.key == key), None)

    def of_member(self, member: str) -> Step | None:
        """The page on which a member of the document is written."""
        every = [step for section in self.sections for step in section.steps]
        return next((step for step in [*every, self.withdrawal] if member in step.members), None)


@cache
def draft_steps() -> Steps:
    said = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    trust = said["trust"]
    sections = [_section(entry) for entry in said["sections"]]
    for theme in themes():
        steps = tuple(_trust_step(question, trust) for question in theme.questions)
        sections.append(Section(theme.id, theme.title, steps))
    return Steps(
        sections=tuple(sections),
        withdrawal=_step(said["withdrawal"]),
        measure=_fields(said["measure"], "measure"),
        outcome=_fields(said["outcome"], "outcome"),
        own_question=_fields(said["own_question"], "question"),
    )


def value_of(document: Mapping[str, Any], name: str) -> Any:
    """What a document says under a member's name or ``trust.<question>``; none if nothing."""
    if name.startswith(TRUST):
        return document.get("trust", {}).get(name.removeprefix(TRUST))
    return document.get(name)


def _section(entry: Mapping[str, Any]) -> Section:
    return Section(entry["key"], entry["title"], tuple(_step(each) for each in entry["steps"]))


def _step(entry: Mapping[str, Any]) -> Step:
    return Step(
        key=entry["key"],
        title=entry["title"],
        ask=entry["ask"],
        hint=entry.get("hint", {}),
        fields=_fields(entry.get("fields", ()), entry["key"]),
        needed=entry.get("needed", False),
        page=entry.get("page", "step"),
    )


def _trust_step(question: Question, fields: Sequence[Mapping[str, Any]]) -> Step:
    return Step(
        key=question.anchor,
        title=question.plain,
        ask=question.plain,
        hint={"en": question.ask},
        fields=_fields(fields, TRUST + question.id),
        needed=False,
        page="trust",
    )


def _fields(entries: Sequence[Mapping[str, Any]], member: str) -> tuple[Asked, ...]:
    return tuple(
        Asked(
            member=entry.get("member", member),
            path=tuple(entry.get("path", ())),
            kind=entry["kind"],
            options=entry.get("options", ""),
            label=entry["label"],
            hint=entry.get("hint", {}),
        )
        for entry in entries
    )
