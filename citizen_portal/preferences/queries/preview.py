"""What a choice would change, before it is made: computed from the register."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from citizen_portal.agreements.models import Say
from citizen_portal.agreements.queries import Register, Terms
from citizen_portal.preferences.models import Answer, Scope
from citizen_portal.preferences.queries.rule import (
    Decision,
    Stands,
    decide,
    narrower,
    parties,
    reaches,
)


@dataclass(frozen=True, slots=True)
class Reached:
    """One agreement that a choice reaches: what holds before and after it."""

    terms: Terms
    before: Decision
    after: Decision
    told: tuple[UUID, ...]
    """The bodies that will be told if it changes: those that the citizen is linked to."""
    untold: tuple[UUID, ...]
    """Its other bodies: they cannot know whom we mean."""

    @property
    def changes(self) -> bool:
        return self.before.may_use != self.after.may_use

    @property
    def by_law(self) -> bool:
        """Whether no choice changes anything here, since a law or the agreement leaves none."""
        return not self.terms.choice.refusable


@dataclass(frozen=True, slots=True)
class Preview:
    """What a choice would do. Of what stood before it, what it ends goes, and the rest stays."""

    scope: Scope
    answer: Answer
    reached: tuple[Reached, ...]
    ends: tuple[Stands, ...]
    """Narrower yeses that a wider no ends, unless they are kept."""
    kept: tuple[Stands, ...]
    after: Mapping[str, Stands]
    """What would stand, by the key of its scope."""

    @property
    def stops(self) -> tuple[Reached, ...]:
        return tuple(each for each in self.reached if each.changes and not each.after.may_use)

    @property
    def begins(self) -> tuple[Reached, ...]:
        return tuple(each for each in self.reached if each.changes and each.after.may_use)

    @property
    def goes_on(self) -> tuple[Reached, ...]:
        return tuple(each for each in self.reached if not each.changes and each.after.may_use)


def preview(
    register: Register,
    standing: Mapping[str, Stands],
    made: Stands,
    *,
    linked: Collection[UUID],
    keep: Collection[str] = (),
    today: date,
) -> Preview:
    """What this choice would do. ``keep`` has keys of narrower yeses that a no shall not end."""
    yeses = _narrower_yeses(register, standing, made)
    ends = tuple(each for each in yeses if each.scope.key not in keep)
    after = {key: each for key, each in standing.items() if each not in ends}
    after.pop(made.scope.key, None)
    if made.answer is not Answer.AS_BEFORE:
        after[made.scope.key] = made
    found = within(register, made.scope, linked, today)
    return Preview(
        made.scope,
        made.answer,
        tuple(_reached(terms, standing, after, linked) for terms in found),
        ends,
        tuple(each for each in yeses if each.scope.key in keep),
        after,
    )


def within(
    register: Register, scope: Scope, linked: Iterable[UUID], today: date
) -> tuple[Terms, ...]:
    """The agreements in force that a scope reaches, by title.

    One agreement whichever its bodies are; of wider scopes those that name a linked body.
    """
    if scope.agreement is not None:
        terms = register.in_force(scope.agreement, today)
        return (terms,) if terms else ()
    touching = {terms.reference for body in linked for terms in register.naming(body)}
    in_force = (register.in_force(reference, today) for reference in touching)
    found = [terms for terms in in_force if terms is not None and reaches(scope, terms)]
    return tuple(sorted(found, key=lambda terms: (terms.title["en"].casefold(), terms.reference)))


def is_objection(terms: Terms, may_use: bool) -> bool:
    """Whether a no is an objection, which the body must weigh."""
    return terms.choice is Say.OBJECTION and not may_use


def _narrower_yeses(
    register: Register, standing: Mapping[str, Stands], made: Stands
) -> list[Stands]:
    if made.answer is not Answer.NO:
        return []
    inside = narrower(standing.values(), made.scope, register.newest)
    yeses = [each for each in inside if each.answer is Answer.YES]
    return sorted(yeses, key=lambda each: each.scope.key)


def _reached(
    terms: Terms,
    before: Mapping[str, Stands],
    after: Mapping[str, Stands],
    linked: Collection[UUID],
) -> Reached:
    bodies = sorted(parties(terms))
    return Reached(
        terms,
        decide(terms, before),
        decide(terms, after),
        tuple(body for body in bodies if body in linked),
        tuple(body for body in bodies if body not in linked),
    )
