"""What the pages of a citizen's choices are drawn from, read once in a request."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.agreements.queries import Register, Terms, register_terms
from citizen_portal.bodies.queries import Body, Directory, directory
from citizen_portal.identity import guards
from citizen_portal.identity import queries as identity
from citizen_portal.preferences import queries
from citizen_portal.preferences.actions import Due
from citizen_portal.preferences.models import Answer, Scope
from citizen_portal.preferences.queries import ChoiceNames, Preview, Stands
from citizen_portal.preferences.words import choices as words
from citizen_portal.web import parts
from citizen_portal.web.pages import plain

LATEST = 1 << 62
"""The number of a choice that is later than each that was made."""


@dataclass(frozen=True, slots=True)
class Reading:
    session: Session
    """Where the rest is read from."""
    citizen_id: UUID
    known: Directory
    register: Register
    links: Mapping[UUID, str]
    """The bodies that know the citizen."""
    standing: Mapping[str, Stands]
    names: ChoiceNames
    today: date

    @property
    def due(self) -> Due:
        """The last days on which bodies may answer what is chosen now."""
        return Due.by(parts.region(), self.today)

    @property
    def bodies(self) -> list[Body]:
        """The linked bodies, by name."""
        there = [self.known.bodies[each] for each in self.links if each in self.known.bodies]
        return sorted(there, key=lambda body: (plain(body.name), body.slug))

    def address(self, scope: Scope) -> str:
        return f"/my/choices/{self.names.name(scope)}"

    def title(self, scope: Scope) -> words.Text:
        return words.title(scope, self.register, self.known)

    def inline(self, scope: Scope) -> words.Text:
        return words.inline(scope, self.register, self.known)

    def terms(self, scope: Scope) -> Terms | None:
        """The agreement that a scope is about, if it is about one that is in force."""
        if scope.agreement is None:
            return None
        return self.register.in_force(scope.agreement, self.today)

    def scope(self, name: str) -> Scope:
        """The scope of this name, of which the citizen can choose or has chosen; raises
        ``NotFound`` for each other name alike."""
        return self.names.scope(name, self._scopes())

    def _scopes(self) -> Iterator[Scope]:
        """Those that are likeliest to be meant come first."""
        yield from (each.scope for each in self.standing.values())
        yield from queries.choosable(self.register, self.links, self.today)
        yield from queries.chosen_about(self.session, self.citizen_id)

    def preview(self, scope: Scope, answer: Answer) -> Preview:
        """What an answer would do if it was given now, with nothing kept by name."""
        made = Stands(scope, answer, LATEST, UUID(int=0), clock.now())
        return queries.preview(
            self.register, self.standing, made, linked=self.links, today=self.today
        )


def read(session: Session) -> Reading:
    citizen_id = guards.current().citizen_id
    return Reading(
        session=session,
        citizen_id=citizen_id,
        known=directory(session),
        register=register_terms(session),
        links=identity.known_at(session, citizen_id),
        standing=queries.standing(session, citizen_id),
        names=ChoiceNames(parts.index(), citizen_id),
        today=parts.region().today(),
    )


def restored(reading: Reading) -> tuple[Body, ...]:
    """The bodies that must still say what they have, since old data was put back here."""
    found = queries.behind(reading.session, reading.links)
    return tuple(reading.known.bodies[each] for each in found if each in reading.known.bodies)
