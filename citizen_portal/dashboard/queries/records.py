"""What bodies hold, source by source: what each says of its datasets, and who may be given them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from citizen_portal.access.models import Fault, Outcome, Question
from citizen_portal.access.queries import SourceAnswer, SourceState
from citizen_portal.agreements.models import AgreementKind
from citizen_portal.agreements.queries import Register, Terms
from citizen_portal.bodies.queries import Body, Directory, SourceFacts
from citizen_portal.records.queries import RecordNames


class HoldingState(StrEnum):
    """How a source stands that was asked, or not, what it holds: in the order of the page."""

    HOLDS = "holds"
    ASKING = "asking"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    HOLDS_NONE = "holds_none"
    NOT_ASKED = "not_asked"
    NOT_CONNECTED = "not_connected"


OF_OUTCOME = {
    Outcome.ANSWERED: HoldingState.HOLDS,
    Outcome.EMPTY: HoldingState.HOLDS_NONE,
    Outcome.ASKING: HoldingState.ASKING,
    Outcome.NO_ANSWER: HoldingState.NO_ANSWER,
    Outcome.REFUSED: HoldingState.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Held:
    """One dataset that a source holds, as it says itself, and under what it may be passed on."""

    name: str
    """Its name in our addresses."""
    said: Mapping[str, Any]
    passed_on: tuple[Terms, ...]

    @property
    def dataset(self) -> str:
        return str(self.said["dataset"])


@dataclass(frozen=True, slots=True)
class Holding:
    """One source of a linked body."""

    body: Body
    source: SourceFacts | None
    """None for a body that has told us of no source."""
    state: HoldingState
    fault: Fault | None = None
    answer: SourceAnswer | None = None
    sets: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is needed beside the answers."""

    directory: Directory
    register: Register
    names: RecordNames
    today: date


def holdings(
    answers: Iterable[SourceAnswer], linked: Iterable[UUID], asked: Asked
) -> tuple[Holding, ...]:
    """Each source of each linked body once: those that hold something first, then by name."""
    bodies = {body_id: asked.directory.bodies[body_id] for body_id in linked}
    found = [
        _holding(answer, bodies[source.body_id], source, asked)
        for answer in answers
        if (source := asked.directory.sources.get(answer.source_id)) is not None
        and source.body_id in bodies
    ]
    found += [
        Holding(body, None, HoldingState.NOT_CONNECTED)
        for body in bodies.values()
        if not asked.directory.sources_of(body.id)
    ]
    return tuple(sorted(found, key=_place))


def passed_on(body: Body, categories: Iterable[str], asked: Asked) -> tuple[Terms, ...]:
    """The agreements in force under which a body may give data of one of these kinds."""
    kinds = set(categories)
    return tuple(
        terms
        for terms in asked.register.naming(body.id)
        if terms.kind is not AgreementKind.OWN_USE
        and body.id in terms.disclosers
        and terms.holds_on(asked.today)
        and terms.categories & kinds
    )


def _holding(answer: SourceAnswer, body: Body, source: SourceFacts, asked: Asked) -> Holding:
    if Question.HOLDINGS not in answer.outcomes:
        unconnected = answer.state is SourceState.NOT_CONNECTED
        state = HoldingState.NOT_CONNECTED if unconnected else HoldingState.NOT_ASKED
        return Holding(body, source, state, answer=answer)
    outcome, fault = answer.outcomes[Question.HOLDINGS]
    sets = tuple(
        Held(
            asked.names.name(source.id, said["dataset"]),
            said,
            passed_on(body, said["categories"], asked),
        )
        for said in answer.holdings
    )
    return Holding(body, source, OF_OUTCOME[outcome], fault, answer, sets)


def _place(one: Holding) -> tuple[int, str, str]:
    source = one.source.slug if one.source else ""
    return list(HoldingState).index(one.state), one.body.name["en"], source
