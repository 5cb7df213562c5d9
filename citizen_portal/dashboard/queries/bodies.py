"""Public bodies and their sources, with the agreements that name them. From memory alone."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from citizen_portal.agreements.models import AgreementKind
from citizen_portal.agreements.queries import Register, Terms
from citizen_portal.bodies.queries import Body, Directory, Reach, SourceFacts
from citizen_portal.errors import NotFound
from citizen_portal.paging import paged

PAGE = 25


@dataclass(frozen=True, slots=True)
class Seen:
    """A body and how far we see into it."""

    body: Body
    sources: tuple[SourceFacts, ...]

    @property
    def connected(self) -> tuple[SourceFacts, ...]:
        return tuple(source for source in self.sources if source.connected)

    @property
    def reaches(self) -> frozenset[Reach]:
        """How its sources stand."""
        return frozenset(source.reach for source in self.sources) or frozenset({Reach.NO_SOURCE})

    @property
    def reach(self) -> Reach:
        return next(reach for reach in Reach if reach in self.reaches)


class Group(StrEnum):
    """What can be seen of a body, in the order in which the list has them."""

    CONNECTED = "connected"
    NOT_CONNECTED = "not-connected"
    OTHERS = "others"
    """Firms and others who get or handle data."""


@dataclass(frozen=True, slots=True)
class Bodies:
    """One page of the list, each group by official name."""

    groups: tuple[tuple[Group, tuple[Seen, ...]], ...]
    count: int
    page: int
    pages: int
    connected: int
    """Of the whole list, as ``known``: public bodies that can be asked."""
    known: int


@dataclass(frozen=True, slots=True)
class Named:
    """Agreements by what the body does in them, each list by title."""

    as_discloser: tuple[Terms, ...]
    as_recipient: tuple[Terms, ...]
    as_processor: tuple[Terms, ...]
    own_use: tuple[Terms, ...]

    def __bool__(self) -> bool:
        return bool(self.as_discloser or self.as_recipient or self.as_processor or self.own_use)


def bodies(directory: Directory, *, text: str = "", page: int = 1) -> Bodies:
    """Those whose name has the words, or each; a page past the end is the last one."""
    chosen = directory.named(text) if text else directory.by_name
    grouped: dict[Group, list[Body]] = {group: [] for group in Group}
    for body in chosen:
        grouped[_group(directory, body)].append(body)
    listed = [(group, body) for group, of in grouped.items() for body in of]
    page, pages, here = paged(len(listed), page, PAGE)
    return Bodies(
        groups=tuple(
            (group, tuple(Seen(body, directory.sources_of(body.id)) for _, body in of))
            for group, of in groupby(listed[here], key=lambda each: each[0])
        ),
        count=len(listed),
        page=page,
        pages=pages,
        connected=len(directory.public & directory.connected),
        known=len(directory.public),
    )


def _group(directory: Directory, body: Body) -> Group:
    if body.id not in directory.public:
        return Group.OTHERS
    return Group.CONNECTED if body.id in directory.connected else Group.NOT_CONNECTED


def body(directory: Directory, slug: str) -> Seen:
    """Raises ``NotFound`` when our list has no such body."""
    found = directory.body_by_slug(slug)
    if found is None:
        raise NotFound("There is no body with this address on our list.")
    return Seen(found, directory.sources_of(found.id))


def naming(register: Register, body: Body) -> Named:
    """The agreements whose newest version names the body."""
    newest = register.naming(body.id)
    own = [terms for terms in newest if terms.kind is AgreementKind.OWN_USE]
    sharing = [terms for terms in newest if terms.kind is not AgreementKind.OWN_USE]
    return Named(
        as_discloser=tuple(terms for terms in sharing if body.id in terms.disclosers),
        as_recipient=tuple(terms for terms in sharing if body.id in terms.recipients),
        as_processor=tuple(terms for terms in newest if body.id in terms.processors),
        own_use=tuple(terms for terms in own if body.id in terms.disclosers | terms.recipients),
    )
