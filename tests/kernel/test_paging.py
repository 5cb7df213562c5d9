"""A long list in pages: each row is on one of them."""

from hypothesis import given
from hypothesis import strategies as st

from citizen_portal.paging import paged

COUNTS, SIZES = st.integers(0, 300), st.integers(1, 60)


@given(COUNTS, SIZES)
def test_each_row_is_on_one_page(count: int, size: int) -> None:
    rows = list(range(count))
    _, pages, _ = paged(count, 1, size)
    shown = [rows[paged(count, page, size).rows] for page in range(1, pages + 1)]
    assert [row for each in shown for row in each] == rows
    assert all(len(each) <= size for each in shown)


@given(COUNTS, st.integers(-5, 10**7), SIZES)
def test_a_page_that_is_not_there_is_the_first_or_the_last(
    count: int, asked: int, size: int
) -> None:
    page, pages, _ = paged(count, asked, size)
    assert page == sorted((1, asked, pages))[1]
