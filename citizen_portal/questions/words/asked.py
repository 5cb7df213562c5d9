"""The facts that a question is about, as its citizen saw them, for the body that must answer."""

from dataclasses import dataclass
from datetime import date, datetime

from citizen_portal.questions.queries.cases import Case
from citizen_portal.questions.schemas.facts import Facts, Value
from citizen_portal.web import parts
from citizen_portal.web.pages import day, moment, plain


@dataclass(frozen=True, slots=True)
class Shown:
    title: str
    rows: tuple[tuple[str, str], ...]


def opened(case: Case) -> Shown | None:
    """None where their key is gone."""
    text = parts.sealer().text(case.sealed_facts, case.facts_context)
    if text is None:
        return None
    facts = Facts.read(text.encode())
    return Shown(_value(facts.title), tuple((name, _value(value)) for name, value in facts.rows))


def _value(value: Value) -> str:
    if isinstance(value, str):
        return value
    if "day" in value:
        return day(date.fromisoformat(value["day"]))
    if "moment" in value:
        return moment(datetime.fromisoformat(value["moment"]))
    return plain(value)
