"""The facts that a question is about, as its citizen saw them, for the body that must answer."""

import json
from dataclasses import dataclass

from citizen_portal.questions.queries.cases import Case
from citizen_portal.web import parts


@dataclass(frozen=True, slots=True)
class Facts:
    title: str
    rows: tuple[tuple[str, str], ...]


def opened(case: Case) -> Facts | None:
    """None where their key is gone."""
    text = parts.sealer().text(case.sealed_facts, case.facts_context)
    if text is None:
        return None
    said = json.loads(text)
    return Facts(said["title"], tuple((label, words) for label, words in said["rows"]))
