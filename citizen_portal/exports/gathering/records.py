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


@dataclass(frozen=True, slots=True)
class Dataset:
    """One set of records of a body, and where what it lacks is noted."""

    notes: Notes
    body_id: UUID
    title: str

    def lack(self, why: Why, note: str = "", fields: tuple[str, ...] = ()) -> None:
        self.notes.lack(
            self.body_id, Part.RECORDS, why, note=note, dataset=self.title, fields=fields
        )

    def fault(self, error: Fault, *, half: bool = False) -> None:
        self.notes.fault(self.body_id, Part.RECORDS, error, half=half, dataset=self.title)

    def note_fields(self, page: RecordPage) -> None:
        """Fields that are withheld are no columns; which they are is said."""
        named: dict[bool, list[str]] = {True: [], False: []}
        for field in page.fields:
            if field.withheld is not None:
                others = field.withheld is Withheld.OTHER_PERSON
                named[others].append(words.in_language(field.label, self.notes.known.language))
        if named[True]:
            self.lack("about_others", fields=tuple(named[True]))
        if page.undescribed or named[False]:
            self.lack("not_marked", fields=tuple(named[False]))

    def shown(self, value: Any) -> Any:
        if not isinstance(value, Withheld):
            return value
        self.lack("not_of_its_kind")
        return None


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
        language, source = self.known.language, answer.asked.source
        dataset = Dataset(self.notes, source.body_id, words.in_language(holding.name, language))
        pages = walk(
            self.caller,
            answer.asked.line,
            holding.dataset,
            seconds=self.limits.seconds,
            max_rows=budget.left,
        )
        try:
            first = next(pages)
        except Fault as error:
            dataset.fault(error)
            return None
        shown = [field for field in first.fields if field.withheld is None]
        if not shown:
            dataset.note_fields(first)
            return None
        column = partial(_column, language=language, taken={NUMBER})
        return Table(
            name=unlike(f"records-{source.slug}-{holding.dataset}", taken, "-"),
            title=dataset.title,
            description="",
            columns=(_number(language), *map(column, shown)),
            rows=_rows(dataset, shown, chain([first], pages), budget),
            key=(NUMBER,),
            source=self.known.name(source.body_id),
        )


def _rows(
    dataset: Dataset, fields: Sequence[RecordField], pages: Iterable[RecordPage], budget: Budget
) -> Iterator[tuple[Any, ...]]:
    """Each row with its number before it; what does not come is noted."""
    numbers, total = count(1), 0
    try:
        for page in pages:
            places, total = _places(fields, page), page.total or 0
            dataset.note_fields(page)
            budget.take(page)
            dataset.notes.came(dataset.body_id, len(page.rows))
            for row in page.rows:
                given = (None if place is None else row[place] for place in places)
                yield next(numbers), *map(dataset.shown, given)
            if page.next is not None and (why := budget.over()):
                dataset.lack(why, note="half")
                return
    except Fault as error:
        dataset.fault(error, half=True)
        return
    if total >= next(numbers):
        dataset.lack("not_shared", note="fewer")


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
