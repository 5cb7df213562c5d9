"""The one rule for what holds where several choices speak of one agreement.

Agreement before body and purpose, before body, before purpose, before whatever can be refused. Of
two that are as narrow the later holds; of two that are as late, no (docs/decisions/0032).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from citizen_portal.agreements.models import Say
from citizen_portal.preferences.models import Answer, Scope, Width


class Refusable(Protocol):
    """As much of an agreement's terms as the rule needs."""

    @property
    def reference(self) -> str: ...
    @property
    def choice(self) -> Say: ...
    @property
    def disclosers(self) -> frozenset[UUID]: ...
    @property
    def recipients(self) -> frozenset[UUID]: ...
    @property
    def purpose_iri(self) -> str | None: ...


class Spoken(Protocol):
    """As much of a choice as the rule weighs."""

    @property
    def scope(self) -> Scope: ...
    @property
    def answer(self) -> Answer: ...
    @property
    def number(self) -> int: ...


Says = TypeVar("Says", bound=Spoken)


@dataclass(frozen=True, slots=True)
class Stands:
    """A choice that stands."""

    scope: Scope
    answer: Answer
    number: int
    choice_id: UUID
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether data may be used under an agreement, and by which choice; none where none speaks."""

    may_use: bool
    by: Stands | None


def decide(terms: Refusable, standing: Mapping[str, Stands]) -> Decision:
    """What holds for an agreement. ``standing`` is by the key of each choice's scope."""
    by = deciding(terms, standing)
    return Decision(without_choice(terms) if by is None else by.answer is Answer.YES, by)


def deciding(terms: Refusable, standing: Mapping[str, Says]) -> Says | None:
    """The choice by which an agreement is decided; none where none speaks of it."""
    speaking = [standing[key] for key in keys_over(terms) if key in standing]
    speaking = [each for each in speaking if _speaks(each, terms)]
    if not terms.choice.refusable or not speaking:
        return None
    return max(speaking, key=_weight)


def newest_no(terms: Refusable, standing: Mapping[str, Says]) -> int:
    """The number of the latest no that speaks of an agreement, also where a narrower choice
    decides; 0 where there is none."""
    speaking = (standing[key] for key in keys_over(terms) if key in standing)
    return max((each.number for each in speaking if each.answer is Answer.NO), default=0)


def without_choice(terms: Refusable) -> bool:
    """Consent is asked for first; all else goes on until somebody says no."""
    return terms.choice is not Say.CONSENT


def parties(terms: Refusable) -> frozenset[UUID]:
    """The bodies that are told: a processor acts for one of them."""
    return terms.disclosers | terms.recipients


def scopes_over(terms: Refusable) -> Iterator[Scope]:
    """Every scope that reaches an agreement."""
    yield Scope(agreement=terms.reference)
    for organisation_id in sorted(parties(terms)):
        yield Scope(organisation_id=organisation_id)
        if terms.purpose_iri:
            yield Scope(organisation_id=organisation_id, purpose=terms.purpose_iri)
    if terms.purpose_iri:
        yield Scope(purpose=terms.purpose_iri)
    yield Scope()


def keys_over(terms: Refusable) -> list[str]:
    return [scope.key for scope in scopes_over(terms)]


def reaches(scope: Scope, terms: Refusable) -> bool:
    """Whether a choice of this scope speaks of an agreement."""
    if scope.agreement is not None:
        return scope.agreement == terms.reference
    of_body = scope.organisation_id is None or scope.organisation_id in parties(terms)
    return of_body and scope.purpose in (None, terms.purpose_iri)


def narrower(
    standing: Iterable[Stands], than: Scope, newest: Callable[[str], Refusable | None]
) -> list[Stands]:
    """The choices about a part of what this scope reaches. ``newest`` finds an agreement."""
    return [each for each in standing if _within(each.scope, than, newest)]


def _within(scope: Scope, wider: Scope, newest: Callable[[str], Refusable | None]) -> bool:
    if scope.width <= wider.width:
        return False
    if scope.agreement is not None:
        terms = newest(scope.agreement)
        return terms is not None and reaches(wider, terms)
    same_body = wider.organisation_id in (None, scope.organisation_id)
    return same_body and wider.purpose in (None, scope.purpose)


def _speaks(stands: Spoken, terms: Refusable) -> bool:
    """Consent is to one agreement (UK GDPR Article 4(11): specific): a wider yes gives none."""
    wide_yes = stands.answer is Answer.YES and stands.scope.width is not Width.AGREEMENT
    return not (wide_yes and terms.choice is Say.CONSENT)


def _weight(stands: Spoken) -> tuple[int, int, bool]:
    return stands.scope.width, stands.number, stands.answer is Answer.NO
