"""Which part of a long list one page shows."""

from typing import NamedTuple


class Paged(NamedTuple):
    page: int
    pages: int
    rows: "slice[int, int, None]"
    """Where the rows of the page stand in the list."""


def paged(count: int, asked: int, size: int) -> Paged:
    """The page that was asked for, of so many rows; a page past the end is the last one."""
    pages = max(1, -(-count // size))
    page = min(max(1, asked), pages)
    return Paged(page, pages, slice((page - 1) * size, page * size))
