"""Where one page of a long list stands in it, and the ways to its other pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from flask_babel import gettext

from citizen_portal.web.asked import number
from citizen_portal.web.pages import day

NEAR = 2
"""So many pages before and after the one that is open have a link of their own."""
LIST = "#list"
"""Where on its page a list begins: to turn a page leads there, and not to the top."""


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page of the list; without a number, pages that are left out."""

    number: int | None
    href: str = ""
    here: bool = False


class Way(NamedTuple):
    href: str
    words: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said of the page that is open, and the ways on; components/turn.html draws it."""

    said: str
    back: Way | None
    on: Way | None
    numbers: tuple[PageLink, ...] = ()


def numbered(page: int, pages: int, address: Callable[[int], str]) -> Turn | None:
    """For a list whose pages are counted; none where there is one page only."""
    if pages < 2:
        return None

    def way(number: int, words: str) -> Way | None:
        return Way(address(number) + LIST, words) if 1 <= number <= pages else None

    return Turn(
        gettext("Page %(page)s of %(pages)s", page=page, pages=pages),
        back=way(page - 1, gettext("Page before")),
        on=way(page + 1, gettext("Next page")),
        numbers=tuple(_numbers(page, pages, address)),
    )


def dated(
    first: date | None, last: date | None, *, newer: str | None, older: Way | None
) -> Turn | None:
    """For a list of which only the days on this page are known, the newest first.

    ``newer`` and the address of ``older`` lead to the pages beside it, and are none at the ends.
    """
    if newer is None and older is None:
        return None
    return Turn(
        _days(first, last) if first and last else "",
        back=Way(newer + LIST, gettext("Newer ones")) if newer is not None else None,
        on=older._replace(href=older.href + LIST) if older else None,
    )


def _days(first: date, last: date) -> str:
    if first == last:
        return str(gettext("On this page: %(day)s", day=day(first)))
    return str(gettext("On this page: %(first)s to %(last)s", first=day(first), last=day(last)))


def _numbers(page: int, pages: int, address: Callable[[int], str]) -> list[PageLink]:
    """The first, the last, those around the one that is open, and a gap where some are left out."""
    near = {1, pages, *range(page - NEAR, page + NEAR + 1)}
    found: list[PageLink] = []
    before = 0
    for each in sorted(one for one in near if 1 <= one <= pages):
        if each - before > 1:
            found.append(PageLink(None))
        found.append(PageLink(each, address(each) + LIST, each == page))
        before = each
    return found


def page_number(text: str) -> int:
    """The page that an address asks for; the first where it is no number."""
    return number(text) or 1
