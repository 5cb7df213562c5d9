"""How far each public body can be seen into: what ``/coverage`` lists. From memory alone."""

from dataclasses import dataclass
from itertools import groupby

from citizen_portal.bodies.queries import Directory, Reach
from citizen_portal.dashboard.queries.bodies import PAGE, Seen
from citizen_portal.paging import paged


@dataclass(frozen=True, slots=True)
class Reached:
    """One page of the list, by how far we see, then by official name."""

    groups: tuple[tuple[Reach, tuple[Seen, ...]], ...]
    count: int
    page: int
    pages: int
    known: int
    """Public bodies on the whole list, as the two below."""
    connected: int
    quiet: int
    """Connected ones of which a source has gone quiet."""

    @property
    def gap(self) -> int:
        return self.known - self.connected


def reached(
    directory: Directory, *, text: str = "", only: Reach | None = None, page: int = 1
) -> Reached:
    """Public bodies whose name has the words; ``only`` those with a source that stands so."""
    known = [
        Seen(body, directory.sources_of(body.id))
        for body in directory.by_name
        if body.kind.is_public
    ]
    named = {body.id for body in directory.named(text)} if text else None
    listed = sorted(
        (
            (only or seen.reach, seen)
            for seen in known
            if (named is None or seen.body.id in named) and (only is None or only in seen.reaches)
        ),
        key=lambda each: list(Reach).index(each[0]),  # stable: by name inside
    )
    page, pages, here = paged(len(listed), page, PAGE)
    return Reached(
        groups=tuple(
            (reach, tuple(seen for _, seen in of))
            for reach, of in groupby(listed[here], key=lambda each: each[0])
        ),
        count=len(listed),
        page=page,
        pages=pages,
        known=len(known),
        connected=sum(bool(seen.connected) for seen in known),
        quiet=sum(Reach.GONE_QUIET in seen.reaches for seen in known),
    )
