"""The records themselves: a table for each dataset, page after page as it is written."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from typing import Any, cast
from uuid import UUID

from citizen_portal.access.remote import Caller
from citizen_portal.exports import words
from citizen_portal.exports.gathering.asking import Answer, Limits
from citizen_portal.exports.gathering.budget import Budget
from citizen_portal.exports.gathering.known import Known
from citizen_portal.exports.gathering.notes import Notes
from citizen_portal.exports.models import Part
from citizen_portal.exports.package import Column, Table, Why
from citizen_portal.exports.package.contents import Type
from citizen_portal.fetch import Fault, Kind
from citizen_portal.records.remote import walk
from citizen_portal.records.schemas import Holding, RecordField, RecordPage, ValueType, Withheld

OTHER = re.compile(r"[^a-z0-9]+")
LONGEST = 80
NUMBER = "line"


@dataclass(frozen=True)
class Reader:
    known: Known
    notes: Notes
    caller: Caller
    limits: Limits

    def tables(self, answers: Iterable[Answer]) -> Iterator[Table]:
        """A table for each dataset that a source says it holds, as far as its budget reaches."""
        taken: set[str] = set()
        for answer in answers:
            budget = Budget(self.limits)
            for holding in answer.held:
                if why := budget.over():
                    self.notes.lack(answer.asked.source.body_id, Part.RECORDS, why)
                    break
                made = self._table(answer, holding, taken, budget)
                if made is not None:
                    yield made

    def _table(
        self, answer: Answer, holding: Holding, taken: set[str], budget: Budget
    ) -> Table | None:
        body_id = answer.asked.source.body_id
        pages = walk(
            self.caller,
            answer.asked.line,
            holding.dataset,
            seconds=self.limits.seconds,
            max_rows=budget.left,
        )
        try:
            first = next(pages, None)
        except Fault as error:
            self.notes.fault(body_id, Part.RECORDS, error, dataset=self._title(holding))
            return None
        if first is None or not any(field.withheld is None for field in first.fields):
            self._note_fields(answer, holding, first)
            return None
        language, shown = self.known.language, [each for each in first.fields if not each.withheld]
        column = partial(_column, language=language, taken={NUMBER})
        return Table(
            name=unlike(f"records-{answer.asked.source.slug}-{holding.dataset}", taken, "-"),
            title=self._title(holding),
            description="",
            columns=(_number(language), *map(column, shown)),
            rows=self._rows(answer, holding, shown, chain([first], pages), budget),
            key=(NUMBER,),
            source=self.known.name(body_id),
        )

    def _rows(
        self,
        answer: Answer,
        holding: Holding,
        fields: Sequence[RecordField],
        pages: Iterator[RecordPage],
        budget: Budget,
    ) -> Iterator[tuple[Any, ...]]:
        """Each row with its number before it; what does not come is noted."""
        body_id, numbers, page = answer.asked.source.body_id, count(1), None
        try:
            for page in pages:
                places = _places(fields, page)
                self._note_fields(answer, holding, page)
                budget.take(page)
                self.notes.came(body_id, len(page.rows))
                for row in page.rows:
                    given = (None if place is None else row[place] for place in places)
                    yield next(numbers), *(self._shown(body_id, holding, value) for value in given)
                if page.next is not None and (why := budget.over()):
                    self._lack(body_id, holding, why, note="half")
                    return
        except Fault as error:
            title = self._title(holding)
            self.notes.fault(body_id, Part.RECORDS, error, half=True, dataset=title)
            return
        if page is not None and page.total is not None and page.total >= next(numbers):
            self._lack(body_id, holding, "not_shared", note="fewer")

    def _shown(self, body_id: UUID, holding: Holding, value: Any) -> Any:
        if not isinstance(value, Withheld):
            return value
        self._lack(body_id, holding, "not_of_its_kind")
        return None

    def _note_fields(self, answer: Answer, holding: Holding, page: RecordPage | None) -> None:
        """Fields that are withheld are no columns; that there are some is said."""
        withheld = {field.withheld for field in page.fields} - {None} if page else set()
        if Withheld.OTHER_PERSON in withheld:
            self._lack(answer.asked.source.body_id, holding, "about_others")
        if withheld - {Withheld.OTHER_PERSON} or (page and page.undescribed):
            self._lack(answer.asked.source.body_id, holding, "not_marked")

    def _lack(self, body_id: UUID, holding: Holding, why: Why, note: str = "") -> None:
        self.notes.lack(body_id, Part.RECORDS, why, note=note, dataset=self._title(holding))

    def _title(self, holding: Holding) -> str:
        return words.in_language(holding.name, self.known.language)


def _places(fields: Sequence[RecordField], page: RecordPage) -> list[int | None]:
    """Where each column's values stand in the rows of a page.

    Raises ``Fault`` where a page has a column that the first had not, or one of another type: a
    table has its columns from the first page on.
    """
    at = {field.name: place for place, field in enumerate(page.fields) if not field.withheld}
    types = {field.name: field.type for field in fields}
    if any(types.get(name) != page.fields[place].type for name, place in at.items()):
        raise Fault(Kind.UNREADABLE)
    return [at.get(field.name) for field in fields]


def _number(language: str) -> Column:
    """A column of ours, since a body may leave every value of a row out."""
    return Column(NUMBER, "integer", words.in_language(words.line(), language), required=True)


def _column(field: RecordField, *, language: str, taken: set[str]) -> Column:
    kind = field.type if field.type not in (None, ValueType.TEXT) else ValueType.STRING
    described = words.in_language(field.description, language) if field.description else ""
    return Column(
        name=unlike(field.name, taken, "_"),
        type=cast(Type, kind.value),
        title=words.in_language(field.label, language),
        description=described,
    )


def unlike(name: str, taken: set[str], joint: str) -> str:
    """A name of small letters, digits and joints that begins with a letter and is not taken yet."""
    plain = OTHER.sub(joint, name.casefold()).strip(joint)[:LONGEST].strip(joint)
    base = plain if plain[:1].isalpha() else f"n{joint}{plain}".strip(joint)
    tried = chain([base], (f"{base}{joint}{n}" for n in count(2)))
    found = next(each for each in tried if each not in taken)
    taken.add(found)
    return found
