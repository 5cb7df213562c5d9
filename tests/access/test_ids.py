"""Names of accesses: stable, one citizen's own, and telling nothing."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_portal.access.queries import EventKeys, Usage
from citizen_portal.access.queries.kept import pack, unpack
from citizen_portal.errors import NotFound
from citizen_portal.sealing import Index
from tests.access.register import NOON, usage

INDEX = Index(b"k" * 32)
CITIZEN, SOURCE = uuid4(), uuid4()
KEYS = EventKeys(INDEX, CITIZEN)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
MOMENTS = st.integers(-(2 * 10**9), 7 * 10**9).map(lambda n: datetime.fromtimestamp(n, UTC))
USAGES = st.builds(
    usage,
    occurred=st.sampled_from([NOON, NOON + timedelta(days=1)]) | MOMENTS,
    action=st.sampled_from(["a", "b"]) | TEXTS,
    receiver_code=TEXTS,
    agreement=st.none() | TEXTS,
    categories=st.lists(TEXTS, max_size=2).map(tuple),
    emergency=st.booleans(),
)


def names(*pages: list[Usage]) -> list[str]:
    return [name for name, _ in KEYS.name_all(SOURCE, pages)]


@given(st.lists(USAGES, max_size=12))
def test_each_row_gets_a_name_of_its_own_whatever_the_order(rows: list[Usage]) -> None:
    found = KEYS.name_all(SOURCE, [rows])

    assert len({name for name, _ in found}) == len(rows)
    assert dict(found) == dict(KEYS.name_all(SOURCE, [rows[::-1]]))
    moments = [one.occurred for _, one in found]
    assert moments == sorted(moments, reverse=True)


@given(USAGES)
def test_a_name_says_which_source_to_ask_for_which_day(one: Usage) -> None:
    (name,) = names([one])
    where = KEYS.where(name)
    assert where.day == one.occurred.astimezone(UTC).date()
    assert where.source([uuid4(), SOURCE, uuid4()]) == SOURCE
    assert where.source([uuid4()]) is None


def test_identical_rows_of_one_page_are_two_accesses() -> None:
    first, second = names([usage(), usage()])
    assert first != second
    assert first in names([usage()]) or second in names([usage()])


def test_identical_rows_of_two_pages_are_one_that_moved() -> None:
    assert names([usage(), usage(action="b")], [usage(), usage(action="c")]) == names(
        [usage(), usage(action="b"), usage(action="c")]
    )


@given(st.lists(USAGES, min_size=1, max_size=12, unique=True), st.data())
def test_pages_that_overlap_lose_and_double_nothing(rows: list[Usage], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(rows)))
    overlap = data.draw(st.integers(0, cut))
    assert names(rows[:cut], rows[cut - overlap :]) == names(rows)


def test_the_same_row_has_another_name_for_another_citizen_or_source() -> None:
    mine = names([usage()])[0]
    theirs = EventKeys(INDEX, uuid4()).name_all(SOURCE, [[usage()]])[0][0]
    elsewhere = KEYS.name_all(uuid4(), [[usage()]])[0][0]
    halves = {half for name in (mine, theirs, elsewhere) for half in (name[:32], name[32:])}
    assert len(halves) == 6


def test_a_name_of_another_citizen_leads_nowhere() -> None:
    (name, _), *_ = EventKeys(INDEX, uuid4()).name_all(SOURCE, [[usage()]])
    try:
        where = KEYS.where(name)
    except NotFound:
        return
    assert where.source([SOURCE]) is None


@pytest.mark.parametrize(
    "name",
    ["", "a", "0" * 63, "0" * 65, "G" * 64, "A" * 64, "0" * 64 + "\n", "٠" * 64, "../" * 21 + "0"],
)
def test_what_is_not_a_name_is_not_found(name: str) -> None:
    with pytest.raises(NotFound):
        KEYS.where(name)


@given(st.binary(min_size=32, max_size=32))
def test_any_name_at_all_is_read_or_not_found(raw: bytes) -> None:
    try:
        where = KEYS.where(raw.hex())
    except NotFound:
        return
    assert isinstance(where.day, date)
    assert where.source([UUID(int=1)]) is None


@given(st.lists(USAGES, max_size=6))
def test_what_is_packed_is_unpacked_the_same(rows: list[Usage]) -> None:
    named = KEYS.name_all(SOURCE, [rows])
    assert tuple(unpack(pack(named))) == named


def test_much_is_packed_small() -> None:
    named = KEYS.name_all(SOURCE, [[usage(action=f"Looked {n}") for n in range(1000)]])
    packed = pack(named)
    assert len(packed) < 100_000
    assert tuple(unpack(packed)) == named
