"""What bodies hold, source by source: what each says of its datasets, and who may be given them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from citizen_portal.access.models import Fault, Outcome, Question
from citizen_portal.access.queries import SourceAnswer
from citizen_portal.agreements.models import AgreementKind
from citizen_portal.agreements.queries import Register, Terms
from citizen_portal.bodies.queries import Body, Directory, SourceFacts
from citizen_portal.dashboard.queries.holds import OF_STATE, HolderState
from citizen_portal.records.queries import RecordNames

ORDER = (
    HolderState.HOLDS,
    HolderState.ASKING,
    HolderState.NO_ANSWER,
    HolderState.REFUSED,
    HolderState.HOLDS_NONE,
    HolderState.SENDS,
    HolderState.NOT_COVERED,
    HolderState.NOT_CONNECTED,
)
OF_OUTCOME = {
    Outcome.ANSWERED: HolderState.HOLDS,
    Outcome.EMPTY: HolderState.HOLDS_NONE,
    Outcome.ASKING: HolderState.ASKING,
    Outcome.NO_ANSWER: HolderState.NO_ANSWER,
    Outcome.REFUSED: HolderState.REFUSED,
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
    state: HolderState
    fault: Fault | None = None
    asked_at: datetime | None = None
    sets: tuple[Held, ...] = ()

    @property
    def asked(self) -> bool:
        return self.state in OF_OUTCOME.values()


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
        Holding(body, None, HolderState.NOT_CONNECTED)
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
        return Holding(body, source, OF_STATE.get(answer.state, HolderState.NOT_COVERED))
    outcome, fault = answer.outcomes[Question.HOLDINGS]
    sets = tuple(
        Held(
            asked.names.name(source.id, said["dataset"]),
            said,
            passed_on(body, said["categories"], asked),
        )
        for said in answer.holdings
    )
    return Holding(body, source, OF_OUTCOME[outcome], fault, answer.asked_at, sets)


def _place(one: Holding) -> tuple[int, str, str]:
    source = one.source.slug if one.source else ""
    return ORDER.index(one.state), one.body.name["en"], source
