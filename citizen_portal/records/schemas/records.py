"""The documented shape of one page of records, and what of it may be shown.

A body marks each field with whom it is about and what kind of value it is. What is about another
person, what is not marked, and what is not what it claims to be is withheld here: its value goes
no further than this module.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, NotRequired

from pydantic import Field, StringConstraints, TypeAdapter
from typing_extensions import TypedDict

from citizen_portal.access.schemas import LONGEST, STRICT, Text, TextOrNone, moment, validated
from citizen_portal.db import Words
from citizen_portal.fetch import Fault, Kind
from citizen_portal.records.schemas.holdings import Dataset, Name, day, words

MOST_ROWS = 100
MOST_FIELDS = 100
LONGEST_TEXT = 20_000
"""Characters of a value of type ``text``; of any other text ``LONGEST``."""
LARGEST = 10**15
"""Numbers beyond it are not told exactly by each program that reads JSON."""
OTHER_PERSON, SELF = "other_person", "self"
FieldName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")]
Cursor = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[!-~]+$")]


class RecordFieldRow(TypedDict):
    __pydantic_config__ = STRICT  # type: ignore[misc]

    name: FieldName
    label: Name
    type: NotRequired[TextOrNone]
    about: NotRequired[TextOrNone]
    description: NotRequired[Name | None]


class RecordRow(TypedDict):
    __pydantic_config__ = STRICT  # type: ignore[misc]

    subject: Text
    values: Annotated[dict[str, Any], Field(max_length=2 * MOST_FIELDS)]


class RecordsAnswer(TypedDict):
    __pydantic_config__ = STRICT  # type: ignore[misc]

    subject: Text
    dataset: Dataset
    fields: list[RecordFieldRow]
    rows: list[RecordRow]
    next: NotRequired[Cursor | None]
    total: NotRequired[Annotated[int, Field(ge=0, le=LARGEST)] | None]


class ValueType(StrEnum):
    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    TEXT = "text"
    """Of several lines."""


class Withheld(StrEnum):
    """Why a value is not shown."""

    OTHER_PERSON = "other_person"
    NOT_SAID_WHOM = "not_said_whom"
    """The body does not mark whom the field is about."""
    NOT_SAID_WHAT = "not_said_what"
    """Nor, here, what kind of value it is, or with a word that we do not know."""
    MISFIT = "misfit"
    """The value is not of the kind that the field says."""


Value = str | int | float | bool | date | datetime | Withheld | None
"""None: the body has nothing there."""


@dataclass(frozen=True, slots=True)
class RecordField:
    name: str
    label: Words
    description: Words | None
    type: ValueType | None
    withheld: Withheld | None
    """Why none of its values are shown; none where they are."""


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page of one dataset on one person. Withheld values are not in it."""

    dataset: str
    fields: tuple[RecordField, ...]
    rows: tuple[tuple[Value, ...], ...]
    """The values of each row, in the order of the fields."""
    next: str | None
    """Where the next page begins, in the body's own words; none on the last."""
    total: int | None
    undescribed: bool
    """Whether it sent values that no field describes; they are left out."""


_RECORDS = TypeAdapter(RecordsAnswer)
_STRING = TypeAdapter(Text)
_TYPES: Mapping[str | None, ValueType] = {kind.value: kind for kind in ValueType}


def record_page(document: Any, *, subject: str, dataset: str, limit: int) -> RecordPage:
    """The records of this subject in this dataset; raises ``Fault`` if one is anybody else's."""
    said = validated(_RECORDS, document)
    rows = said["rows"]
    if any(each != subject for each in (said["subject"], *(row["subject"] for row in rows))):
        raise Fault(Kind.OTHER_SUBJECT)
    if len(rows) > limit or len(said["fields"]) > MOST_FIELDS:
        raise Fault(Kind.TOO_LARGE)
    fields = tuple(_field(row) for row in said["fields"])
    names = {field.name for field in fields}
    following = said.get("next")
    if said["dataset"] != dataset or len(names) < len(fields) or (following and not rows):
        raise Fault(Kind.UNREADABLE)
    return RecordPage(
        dataset=dataset,
        fields=fields,
        rows=tuple(tuple(_value(field, row["values"]) for field in fields) for row in rows),
        next=following,
        total=said.get("total"),
        undescribed=any(row["values"].keys() - names for row in rows),
    )


def _field(row: RecordFieldRow) -> RecordField:
    description, kind = row.get("description"), _TYPES.get(row.get("type"))
    return RecordField(
        name=row["name"],
        label=words(row["label"]),
        description=words(description) if description else None,
        type=kind,
        withheld=_why_withheld(row.get("about"), kind),
    )


def _why_withheld(about: str | None, kind: ValueType | None) -> Withheld | None:
    if about == OTHER_PERSON:
        return Withheld.OTHER_PERSON
    if about != SELF:
        return Withheld.NOT_SAID_WHOM
    return Withheld.NOT_SAID_WHAT if kind is None else None


def _value(field: RecordField, values: Mapping[str, Any]) -> Value:
    """What may be shown of a field. One that is withheld is so whether it has a value or not."""
    if field.withheld or field.type is None:
        return field.withheld
    given = values.get(field.name)
    if given is None:
        return None
    try:
        return _READ[field.type](given)
    except (Fault, ValueError):
        return Withheld.MISFIT


def _string(given: Any) -> str:
    return _STRING.validate_python(given, strict=True)


def _text(given: Any) -> str:
    """As a string, piece by piece, so that it may be longer."""
    if type(given) is not str or len(given) > LONGEST_TEXT:
        raise ValueError
    return "".join(_string(given[at : at + LONGEST]) for at in range(0, len(given), LONGEST))


def _number(given: Any) -> int | float:
    if type(given) not in (int, float) or not abs(given) <= LARGEST:
        raise ValueError
    number: int | float = given
    return number


def _integer(given: Any) -> int:
    if type(given) is not int:
        raise ValueError
    return int(_number(given))


def _boolean(given: Any) -> bool:
    if type(given) is not bool:
        raise ValueError
    return given


_READ: Mapping[ValueType, Callable[[Any], Value]] = {
    ValueType.STRING: _string,
    ValueType.INTEGER: _integer,
    ValueType.NUMBER: _number,
    ValueType.BOOLEAN: _boolean,
    ValueType.DATE: lambda given: day(_string(given)),
    ValueType.DATETIME: lambda given: moment(_string(given)),
    ValueType.TEXT: _text,
}
