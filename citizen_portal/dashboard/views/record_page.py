"""One page of records as it is drawn: what is shown, and what is withheld and why."""

from dataclasses import dataclass

from flask_babel import gettext

from citizen_portal.dashboard.views.record_words import WITHHELD, Text, value_words
from citizen_portal.records.queries import Handed
from citizen_portal.records.schemas import RecordField, RecordPage, Value, ValueType, Withheld
from citizen_portal.web.pages import plain, say

MOST_COLUMNS = 6
LONGEST_HANDED = 120
"""Characters of a label that go into an address, sealed."""


@dataclass(frozen=True, slots=True)
class Column:
    label: Text
    description: Text
    wrong: str
    """Where to say that it is wrong."""


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    quiet: bool
    """Words of ours, where there is no value to show."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """As ``templates/records/record.html`` draws it."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    """The cells of each row, in the order of the columns."""
    first: int
    """The number of the first row in the whole list."""
    count: int
    where: str
    """Which rows of how many."""
    left_out: tuple[tuple[Text, str], ...]
    """Each field of which no value is shown, and why."""
    undescribed: bool
    as_table: bool


def drawn(page: RecordPage, handed: Handed, *, name: str, before: int) -> Drawn:
    kept = [(place, field) for place, field in enumerate(page.fields) if not field.withheld]
    return Drawn(
        columns=tuple(_column(field, handed, name) for _, field in kept),
        rows=tuple(tuple(_cell(row[at], field) for at, field in kept) for row in page.rows),
        first=before + 1,
        count=len(page.rows),
        where=_where(page, before),
        left_out=tuple(
            (say(field.label), WITHHELD[field.withheld]())
            for field in page.fields
            if field.withheld
        ),
        undescribed=page.undescribed,
        as_table=_fits_table([field for _, field in kept], len(page.rows)),
    )


def _fits_table(fields: list[RecordField], rows: int) -> bool:
    short = all(field.type is not ValueType.TEXT for field in fields)
    return rows > 1 and short and len(fields) <= MOST_COLUMNS


def _column(field: RecordField, handed: Handed, name: str) -> Column:
    label = handed.seal("field", plain(field.label)[:LONGEST_HANDED])
    return Column(
        say(field.label),
        say(field.description) if field.description else "",
        f"/my/records/{name}/wrong?field={label}",
    )


def _cell(value: Value, field: RecordField) -> Cell:
    measured = field.type is ValueType.NUMBER
    blank = value is None or (isinstance(value, str) and not value.strip())
    words = value_words(None if blank else value, measured=measured)
    return Cell(words, blank or isinstance(value, Withheld))


def _where(page: RecordPage, before: int) -> str:
    """ "Records 21 to 40 of 43": how many in all only where the body says so and it can be."""
    first, last = before + 1, before + len(page.rows)
    if last == 1 and page.next is None:
        return str(gettext("One record."))
    if page.total is not None and page.total >= last:
        said = gettext(
            "Records %(first)s to %(last)s of %(total)s.", first=first, last=last, total=page.total
        )
    else:
        said = gettext("Records %(first)s to %(last)s.", first=first, last=last)
    return str(said)
