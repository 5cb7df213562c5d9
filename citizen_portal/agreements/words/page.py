"""What the page of one agreement shows, newest or as it was published once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from citizen_portal.agreements import queries
from citizen_portal.agreements.queries import Entry, Measure
from citizen_portal.agreements.schemas import AgreementDocument
from citizen_portal.agreements.words import facts, measured, opening, wording
from citizen_portal.agreements.words.marks import marks
from citizen_portal.agreements.words.standing_by import standing_by
from citizen_portal.bodies.queries import Directory, Rule, directory
from citizen_portal.web import parts
from citizen_portal.web.pages import plain
from citizen_portal.web.transactions import db

MOST_RULES = 50


@dataclass(frozen=True, slots=True)
class Group:
    """Measures that rest on the same kind of data."""

    key: str
    heading: str
    rows: list[measured.Row]
    drawings: list[measured.Drawing]


@dataclass(frozen=True, slots=True)
class Explained:
    """One kind of access that leads to the agreement."""

    source: dict[str, str]
    code: str
    """System and action, as the body names them."""


def values(found: Entry) -> dict[str, Any]:
    """For the template ``agreements/agreement.html``."""
    said = AgreementDocument.model_validate(found.document)
    bodies, settings = directory(db()), parts.settings()
    today = parts.region().today()
    law = queries.law(settings.region)
    rules = bodies.explained_by(found.terms.reference)
    return {
        "title": plain(found.terms.title),
        "found": found,
        "said": said,
        "stage": wording.stage(said.stage),
        "marks": marks(found.terms, today),
        "banners": opening.banners(said, found.terms, today),
        "lines": opening.read_aloud(said, found.terms, law, bodies, today),
        "groups": groups(found.terms.measures, today=today),
        "themes": wording.themes(said),
        "own": wording.own_questions(said),
        "rules": len(rules),
        "explained": _explained(rules, bodies),
        "stands": standing_by(found, bodies),
        "facts": facts.facts(said, found.terms, bodies, region=settings.region),
    }


def groups(measures: Sequence[Measure], *, today: Any) -> list[Group]:
    """What comes from data that identifies no one stands apart from what costs privacy."""
    found = []
    for key, heading, personal in (
        ("people", gettext("From data about people"), True),
        ("no-one", gettext("From data that names no person"), False),
    ):
        rows = measured.rows([m for m in measures if m.personal is personal], today=today)
        drawings = [measured.drawing(rows, wide=wide) for wide in (True, False)]
        if rows:
            found.append(Group(key, heading, rows, drawings))
    return found


def _explained(rules: Sequence[Rule], bodies: Directory) -> list[Explained]:
    shown = dict.fromkeys((rule.source_id, rule.system, rule.action) for rule in rules)
    return [
        Explained(bodies.sources[source_id].name, f"{system} · {action}")
        for source_id, system, action in list(shown)[:MOST_RULES]
        if source_id in bodies.sources
    ]
