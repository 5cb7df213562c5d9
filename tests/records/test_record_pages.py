"""One page of records: what of it may be shown, and what refuses it whole."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from citizen_portal.fetch import Fault, Kind
from citizen_portal.records.schemas import RecordPage, Value, ValueType, Withheld, record_page
from tests.fakes.records import ME, STREET, document, marked, row

OTHER = "b" * 64
CANARY = "CANARY-of-somebody"


def read(said: Any, *, limit: int = 100) -> RecordPage:
    return record_page(said, subject=ME, dataset="homes", limit=limit)


def one(value: Any, **field: Any) -> Value:
    """What becomes of one value under one field."""
    page = read(document(row(street=value), fields=[marked("street", **field)]))
    return page.rows[0][0]


def refused(said: Any, **how: Any) -> Kind:
    with pytest.raises(Fault) as raised:
        read(said, **how)
    return raised.value.kind


@pytest.mark.parametrize(
    ("type", "given", "shown"),
    [
        ("string", "1 High Street", "1 High Street"),
        ("text", "line\nline " * 2_000, "line\nline " * 2_000),
        ("integer", 7, 7),
        ("number", 7.5, 7.5),
        ("number", 7, 7),
        ("boolean", False, False),
        ("date", "2026-11-17", date(2026, 11, 17)),
        ("datetime", "2026-11-17T10:00:00+01:00", datetime(2026, 11, 17, 9, tzinfo=UTC)),
        ("string", None, None),
    ],
)
def test_values_are_read_by_their_type(type: str, given: Any, shown: Any) -> None:
    assert one(given, type=type) == shown


@pytest.mark.parametrize(
    ("type", "given"),
    [
        ("string", 7),
        ("string", ["a"]),
        ("string", {"a": {"b": []}}),
        ("string", "x" * 2_001),
        ("string", "kool \u202e look"),
        ("text", "x" * 20_001),
        ("text", 7),
        ("text", "x" * 2_500 + "\x1b[31m"),
        ("integer", True),
        ("integer", 7.0),
        ("integer", "7"),
        ("integer", 10**16),
        ("number", False),
        ("number", -1e16),
        ("boolean", 1),
        ("boolean", "yes"),
        ("date", "2026-02-30"),
        ("date", "17.11.2026"),
        ("date", 20261117),
        ("datetime", "2026-11-17T10:00:00"),
        ("datetime", "2026-11-17"),
    ],
)
def test_a_value_that_is_not_of_its_type_is_withheld_alone(type: str, given: Any) -> None:
    fields = [marked("street", type), marked("town")]
    page = read(document(row(street=given, town="Millbrook"), fields=fields))
    assert page.rows == ((Withheld.MISFIT, "Millbrook"),)


@pytest.mark.parametrize(
    ("field", "why"),
    [
        ({"about": "other_person"}, Withheld.OTHER_PERSON),
        ({"about": "other_person", "type": None}, Withheld.OTHER_PERSON),
        ({"about": None}, Withheld.NOT_SAID_WHOM),
        ({"about": "household"}, Withheld.NOT_SAID_WHOM),
        ({"about": "SELF"}, Withheld.NOT_SAID_WHOM),
        ({"type": None}, Withheld.NOT_SAID_WHAT),
        ({"type": "picture"}, Withheld.NOT_SAID_WHAT),
    ],
)
def test_what_is_not_marked_as_ones_own_is_withheld(field: dict[str, Any], why: Withheld) -> None:
    page = read(document(row(street=CANARY), row(), fields=[marked("street", **field)]))
    assert page.fields[0].withheld is why
    assert page.rows == ((why,), (why,)), "whether there is a value or not is not told either"
    assert CANARY not in repr(page)


def test_values_that_no_field_describes_are_left_out() -> None:
    page = read(document(row(street="1 High Street", CANARY=CANARY)))
    assert page.undescribed
    assert page.rows == (("1 High Street",),)
    assert CANARY not in repr(page)
    assert not read(document(row(street="1 High Street"))).undescribed


@pytest.mark.parametrize(
    "said",
    [
        document(row(street="x"), subject=OTHER),
        document(row(street="x"), {"subject": OTHER, "values": {}}),
        document(row(street="x"), {"subject": "", "values": {}}),
    ],
)
def test_one_row_about_somebody_else_refuses_the_whole(said: Any) -> None:
    assert refused(said) is Kind.OTHER_SUBJECT


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        {},
        document({"values": {}}),
        document({"subject": ME}),
        document({"subject": ME, "values": []}),
        document(dataset="other"),
        document(fields=[STREET, STREET]),
        document(fields=[STREET | {"label": "Street"}]),
        document(fields=[STREET | {"label": {"cy": "Stryd"}}]),
        document(fields=[STREET | {"label": {"en": " "}}]),
        document(fields=[STREET | {"about": 5}]),
        document(fields=[STREET | {"type": ["string"]}]),
        document(fields=[marked("str eet")]),
        document(next="2"),
        document(row(), next=2),
        document(row(), next="a b"),
        document(row(), next="x" * 501),
        document(total=-1),
        document(total="3"),
        document(row(**{f"v{n}": n for n in range(201)})),
    ],
)
def test_what_is_not_as_documented_is_refused_whole(said: Any) -> None:
    assert refused(said) is Kind.UNREADABLE


def test_more_rows_than_were_asked_for_and_too_many_fields_are_too_large() -> None:
    assert refused(document(row(), row()), limit=1) is Kind.TOO_LARGE
    fields = [marked(f"f{n}") for n in range(101)]
    assert refused(document(fields=fields)) is Kind.TOO_LARGE


def test_nothing_held_and_more_to_come_are_told_apart() -> None:
    empty, more = read(document(total=0)), read(document(row(), next="abc", total=9))
    assert (empty.rows, empty.next, empty.total) == ((), None, 0)
    assert (more.next, more.total) == ("abc", 9)


json = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
    max_leaves=8,
)


@given(json, some.sampled_from(ValueType))
def test_whatever_stands_in_a_field_is_read_or_withheld(value: Any, type: ValueType) -> None:
    shown = one(value, type=type)
    assert shown is None or isinstance(shown, str | int | float | bool | date | datetime)


@given(json)
def test_whatever_is_answered_is_read_or_refused(said: Any) -> None:
    for each in (said, document(said), document(row(street=said), fields=[said])):
        assert refused(each) in {Kind.UNREADABLE, Kind.OTHER_SUBJECT}
