"""Links to the pages of a long list."""

from collections.abc import Callable
from dataclasses import dataclass

from citizen_portal.web.asked import number

NEAR = 2
"""So many pages before and after the one that is open have a link of their own."""


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page of the list; without a number, pages that are left out."""

    number: int | None
    href: str = ""
    here: bool = False


def page_links(page: int, pages: int, address: Callable[[int], str]) -> list[PageLink]:
    """The first, the last, those around the one that is open, and a gap where some are left out."""
    near = {1, pages, *range(page - NEAR, page + NEAR + 1)}
    found: list[PageLink] = []
    before = 0
    for each in sorted(one for one in near if 1 <= one <= pages):
        if each - before > 1:
            found.append(PageLink(None))
        found.append(PageLink(each, address(each), each == page))
        before = each
    return found


def page_number(text: str) -> int:
    """The page that an address asks for; the first where it is no number."""
    return number(text) or 1
