"""What citizens of ``test_converges.py`` choose, and what stands of it by a plain reading."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from citizen_portal.preferences.models import Answer, Scope
from citizen_portal.preferences.queries import Stands, narrower
from tests.preferences.town import BODIES, RESEARCH, SERVICE

CHANGING = ("DSA-0005", "DSA-0006")
REFERENCES = ("DSA-0001", "DSA-0002", "DSA-0003", *CHANGING)
people, slugs = st.sampled_from([0, 1]), st.sampled_from(BODIES)
maybe = st.booleans()
scopes = st.one_of(
    st.sampled_from([("agreement", reference) for reference in REFERENCES]),
    st.tuples(st.sampled_from(["body", "both"]), slugs),
    st.sampled_from([("purpose", RESEARCH), ("purpose", SERVICE), ("whatever", "")]),
)
Chooses = tuple[int, tuple[str, str], Answer, bool]
wishes = st.tuples(
    people, scopes, st.sampled_from([Answer.NO, Answer.NO, Answer.YES, Answer.AS_BEFORE]), maybe
)


@dataclass(frozen=True)
class Chosen:
    person: UUID
    made: Stands
    keeps: frozenset[str]


def scope_of(of: tuple[str, str], bodies: Mapping[str, UUID]) -> Scope:
    kind, value = of
    match kind:
        case "agreement":
            return Scope(agreement=value)
        case "body":
            return Scope(organisation_id=bodies[value])
        case "both":
            return Scope(organisation_id=bodies[value], purpose=RESEARCH)
    return Scope(purpose=value or None)


def replayed(chosen: Iterable[Chosen], newest: Any) -> Mapping[str, Stands]:
    """As if each of these choices had been made in its turn, and no other."""
    stands: dict[str, Stands] = {}
    for each in sorted(chosen, key=lambda each: each.made.number):
        made = each.made
        if made.answer is Answer.NO:
            for ended in narrower(list(stands.values()), made.scope, newest):
                if ended.answer is Answer.YES and ended.scope.key not in each.keeps:
                    del stands[ended.scope.key]
        stands.pop(made.scope.key, None)
        if made.answer is not Answer.AS_BEFORE:
            stands[made.scope.key] = made
    return stands
