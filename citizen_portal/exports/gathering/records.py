"""The records themselves: a table for each dataset, page after page as it is written."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from typing import Any, cast
from uuid import UUID

from citizen_portal.access.remote import Caller
from citizen_portal.exports import words
from citizen_portal.exports.gathering.asking import Answer, Limits
from citizen_portal.exports.gathering.known import Known
from citizen_portal.exports.gathering.notes import Notes
from citizen_portal.exports.models import Part
from citizen_portal.exports.package import Column, Table
from citizen_portal.exports.package.contents import Type
from citizen_portal.fetch import Fault
from citizen_portal.records.remote import walk
from citizen_portal.records.schemas import RecordField, RecordPage, ValueType, Withheld

OTHER = re.compile(r"[^a-z0-9]+")
LONGEST = 80


@dataclass(frozen=True)
class Reader:
    known: Known
    notes: Notes
    caller: Caller
    limits: Limits

    def tables(self, answers: Iterable[Answer]) -> Iterator[Table]:
        """A table for each dataset that a source says it holds."""
        taken: set[str] = set()
        for answer in answers:
            for holding in answer.held:
                made = self._table(answer, holding.dataset, holding.name, taken)
                if made is not None:
                    yield made

    def _table(
        self, answer: Answer, dataset: str, name: dict[str, str], taken: set[str]
    ) -> Table | None:
        body_id = answer.asked.source.body_id
        pages = walk(
            self.caller,
            answer.asked.line,
            dataset,
            seconds=self.limits.seconds,
            max_rows=self.limits.max_rows,
        )
        try:
            first = next(pages, None)
        except Fault as error:
            self.notes.fault(body_id, Part.RECORDS, error)
            return None
        if first is None or not any(field.withheld is None for field in first.fields):
            self._note_fields(answer, first)
            return None
        return self._drawn(answer, dataset, name, first, pages, taken)

    def _drawn(
        self,
        answer: Answer,
        dataset: str,
        name: dict[str, str],
        first: RecordPage,
        pages: Iterator[RecordPage],
        taken: set[str],
    ) -> Table:
        language, body_id = self.known.language, answer.asked.source.body_id
        self._note_fields(answer, first)
        fields = [field for field in first.fields if field.withheld is None]
        return Table(
            name=unlike(f"records-{answer.asked.source.slug}-{dataset}", taken, "-"),
            title=words.in_language(name, language),
            description="",
            columns=tuple(map(partial(_column, language=language, taken=set()), fields)),
            rows=self._rows(answer, fields, chain([first], pages)),
            source=self.known.name(body_id),
        )

    def _rows(
        self, answer: Answer, fields: list[RecordField], pages: Iterator[RecordPage]
    ) -> Iterator[tuple[Any, ...]]:
        body_id = answer.asked.source.body_id
        try:
            for page in pages:
                at = {field.name: place for place, field in enumerate(page.fields)}
                places = [at.get(field.name) for field in fields]
                self.notes.came(body_id, len(page.rows))
                for row in page.rows:
                    given = [None if place is None else row[place] for place in places]
                    yield tuple(self._shown(body_id, value) for value in given)
        except Fault as error:
            self.notes.fault(body_id, Part.RECORDS, error, half=True)

    def _shown(self, body_id: UUID, value: Any) -> Any:
        if not isinstance(value, Withheld):
            return value
        self.notes.lack(body_id, Part.RECORDS, "about_others", note="misfit")
        return None

    def _note_fields(self, answer: Answer, page: RecordPage | None) -> None:
        """Fields that are withheld are no columns; that there are some is said."""
        for field in page.fields if page is not None else ():
            if field.withheld is not None:
                others = field.withheld is Withheld.OTHER_PERSON
                note = "" if others else "unmarked"
                body_id = answer.asked.source.body_id
                self.notes.lack(body_id, Part.RECORDS, "about_others", note=note)


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
