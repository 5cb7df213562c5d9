"""The tables that the register is taken away as, each a CSV file of one data package."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from citizen_portal.agreements.queries.published import VersionFacts
from citizen_portal.agreements.views.open_data.agreement_columns import PARTIES, Row
from citizen_portal.web import cells
from citizen_portal.web.columns import Column, Take, at, flat, text, words


@dataclass(frozen=True, slots=True)
class Table:
    """One table. ``rows`` gives what its columns take their values from."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Callable[[Any], Iterable[Any]]
    of_agreement: bool = True
    """Whether each row belongs to an agreement, and ``rows`` is asked once for each."""

    def cells(self, source: Any) -> Iterator[list[str]]:
        for row in self.rows(source):
            yield [cells.cell(column.take(row)) for column in self.columns]


def parties(row: Row) -> Iterator[dict[str, Any]]:
    for role, name in PARTIES.items():
        for position, party in enumerate(row.document.get(name, ()), 1):
            said = {"role": role, "position": position, "name": row.name(party)}
            yield {"reference": row.of.reference, "organisation": party.get("organisation")} | said


def measures(row: Row) -> Iterator[dict[str, Any]]:
    for entry in row.document.get("measures", ()):
        usual = {"about": "benefit", "worse_above": False, "personal": True}
        yield usual | entry | {"reference": row.of.reference}


def outcomes(row: Row) -> Iterator[dict[str, Any]]:
    for measure in row.document.get("measures", ()):
        for position, found in enumerate(measure.get("found", ()), 1):
            place = {"reference": row.of.reference, "measure": measure["id"]}
            yield found | place | {"position": position}


def answers(row: Row) -> Iterator[dict[str, Any]]:
    for question, answer in sorted(row.document.get("trust", {}).items()):
        said = {"reference": row.of.reference, "question": question}
        yield {"status": "answered"} | answer | said


def questions(row: Row) -> Iterator[dict[str, Any]]:
    for question in row.document.get("questions", ()):
        answer = question.get("answer")
        said = {"status": "answered"} | answer if answer else {"status": "not_answered"}
        place = {"reference": row.of.reference, "question": question["id"]}
        yield said | place | {"ask": question["ask"]}


def itself(each: Any) -> Iterator[Any]:
    yield each


REFERENCE = text("reference", "The agreement's reference", needed=True)
ANSWER = (
    text("status", "answered or not_applicable", needed=True),
    words("text", "The answer, or why it does not apply"),
    words("evidence.text", "What proves it"),
    text("evidence.url", "Where that can be read"),
)
PARTIES_TABLE = flat(
    (
        REFERENCE,
        text("role", "discloser, recipient or processor", needed=True),
        text("position", "Place in the agreement's list", kind="integer", needed=True),
        text("organisation", "Slug in organisations.csv; empty if it is not on our list"),
        text("name", "Official name", needed=True),
    )
)
MEASURES = flat(
    (
        REFERENCE,
        Column("measure", at("id"), "Id of the measure in its agreement", needed=True),
        text("about", "benefit, harm or bias", needed=True),
        words("what", "What is counted", needed=True),
        words("promised", "The promise in words", needed=True),
        text("target", "The promise as a number", kind="number"),
        text("worse_above", "Whether a number above the target is worse", kind="boolean"),
        text("personal", "Whether it needs data about people", kind="boolean"),
        words("method", "How it is counted"),
        words("baseline", "How things stood before"),
        text("due", "Day by which it was promised", kind="date"),
    )
)
OUTCOMES = flat(
    (
        REFERENCE,
        text("measure", "Id of the measure in its agreement", needed=True),
        text("position", "Place among the results of the measure", kind="integer", needed=True),
        text("on", "Day on which it was found", kind="date", needed=True),
        text("value", "What was found, as a number", kind="number"),
        words("text", "What was found, in words", needed=True),
        text("evidence", "Where that can be read"),
    )
)
ANSWERS = flat((REFERENCE, text("question", "Id in the trust matrix", needed=True), *ANSWER))
QUESTIONS = flat(
    (
        REFERENCE,
        text("question", "Id of the question in its agreement", needed=True),
        words("ask", "The question", needed=True),
        text("status", "answered, not_applicable or not_answered", needed=True),
        *ANSWER[1:],
    )
)


def _fact(name: str, about: str, **given: Any) -> Column:
    return Column(name, lambda row: getattr(row, name), about, **given)


def _said(name: str, about: str) -> tuple[Column, Column]:
    """Two columns for a text in two languages."""

    def in_language(code: str) -> Take:
        return lambda row: getattr(row, name).get(code)

    return (
        Column(f"{name}_en", in_language("en"), f"{about}, in English", needed=True),
        Column(f"{name}_cy", in_language("cy"), f"{about}, in Welsh"),
    )


def _changed(row: VersionFacts) -> str:
    return cells.joined(row.changed)


VERSIONS = (
    _fact("reference", "The agreement's reference", needed=True),
    _fact("number", "Number of the version", kind="integer", needed=True),
    _fact("published_at", "When it came onto this register, in UTC", kind="datetime", needed=True),
    _fact("in_force_from", "First day of this version", kind="date"),
    _fact("in_force_to", "Last day of this version", kind="date"),
    _fact("digest", "SHA-256 of its document in canonical JSON", needed=True),
    Column("changed", _changed, "Fields that differ from the version before"),
)
ORGANISATIONS = flat(
    (
        _fact("slug", "Its name in addresses: the key of this table", needed=True),
        _fact("kind", "What sort of organisation it is", needed=True),
        _said("name", "What people call it"),
        _said("official_name", "As in law"),
        _said("short_name", "For pictures"),
        _fact("code_scheme", "The list that its code is from", needed=True),
        _fact("code", "Its code", needed=True),
        _fact("website", "Its website"),
        _fact("contact", "Who answers questions about data there"),
    )
)
POWERS = flat(
    (
        _fact("slug", "Its name in addresses: the key of this table", needed=True),
        _said("name", "The act and section"),
        _said("summary", "What it allows"),
        _fact("url", "The legislation"),
    )
)
