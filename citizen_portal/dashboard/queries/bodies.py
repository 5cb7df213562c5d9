"""Public bodies and their sources, with the agreements that name them. From memory alone."""

from collections.abc import Iterable
from dataclasses import dataclass

from citizen_portal.agreements.models import AgreementKind
from citizen_portal.agreements.queries import Register, Terms
from citizen_portal.bodies.queries import Body, Directory, SourceFacts
from citizen_portal.errors import NotFound


@dataclass(frozen=True, slots=True)
class Seen:
    """A body and how far we see into it."""

    body: Body
    sources: tuple[SourceFacts, ...]

    @property
    def connected(self) -> tuple[SourceFacts, ...]:
        return tuple(source for source in self.sources if source.connected)


@dataclass(frozen=True, slots=True)
class Bodies:
    """Each list by official name."""

    connected: tuple[Seen, ...]
    not_connected: tuple[Seen, ...]
    private: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """Agreements by what the body does in them, each list by title."""

    as_discloser: tuple[Terms, ...]
    as_recipient: tuple[Terms, ...]
    as_processor: tuple[Terms, ...]
    own_use: tuple[Terms, ...]

    def __bool__(self) -> bool:
        return bool(self.as_discloser or self.as_recipient or self.as_processor or self.own_use)


def bodies(directory: Directory) -> Bodies:
    seen = [Seen(body, directory.sources_of(body.id)) for body in directory.bodies.values()]
    seen.sort(key=lambda one: (one.body.official_name["en"].casefold(), one.body.slug))
    public = [one for one in seen if one.body.kind.is_public]
    return Bodies(
        connected=tuple(one for one in public if one.connected),
        not_connected=tuple(one for one in public if not one.connected),
        private=tuple(one for one in seen if not one.body.kind.is_public),
    )


def body(directory: Directory, slug: str) -> Seen:
    """Raises ``NotFound`` when our list has no such body."""
    found = directory.body_by_slug(slug)
    if found is None:
        raise NotFound("There is no body with this address on our list.")
    return Seen(found, directory.sources_of(found.id))


def naming(register: Register, body: Body) -> Named:
    """The agreements whose newest version names the body."""
    newest = [versions[0] for versions in register.versions.values()]
    own = [terms for terms in newest if terms.kind is AgreementKind.OWN_USE]
    sharing = [terms for terms in newest if terms.kind is not AgreementKind.OWN_USE]
    return Named(
        as_discloser=_by_title(terms for terms in sharing if body.id in terms.disclosers),
        as_recipient=_by_title(terms for terms in sharing if body.id in terms.recipients),
        as_processor=_by_title(terms for terms in newest if body.id in terms.processors),
        own_use=_by_title(terms for terms in own if body.id in terms.disclosers | terms.recipients),
    )


def _by_title(terms: Iterable[Terms]) -> tuple[Terms, ...]:
    return tuple(sorted(terms, key=lambda one: (one.title["en"].casefold(), one.reference)))
