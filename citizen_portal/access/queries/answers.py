"""How each source stands for a citizen: exactly one state, made from how its questions stand."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, null, select
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.access.models import Answer, Fault, Outcome, Question
from citizen_portal.access.queries.facts import SourceAnswer, SourceState
from citizen_portal.bodies.models import Protocol
from citizen_portal.bodies.queries import Directory, SourceFacts
from citizen_portal.db import ask
from citizen_portal.identity.queries import Link, linked_bodies
from citizen_portal.sealing import Sealer

WORST_FIRST = (
    Outcome.REFUSED,
    Outcome.NO_ANSWER,
    Outcome.ASKING,
    Outcome.ANSWERED,
    Outcome.EMPTY,
)
STATES = {
    Outcome.REFUSED: SourceState.ANSWER_REFUSED,
    Outcome.NO_ANSWER: SourceState.DID_NOT_ANSWER,
    Outcome.ASKING: SourceState.ASKING,
    Outcome.ANSWERED: SourceState.ANSWERED,
    Outcome.EMPTY: SourceState.ANSWERED_EMPTY,
}


@dataclass(frozen=True, slots=True)
class QuestionState:
    """One question to one source, as it stands now."""

    source_id: UUID
    question: Question
    outcome: Outcome
    fault: Fault | None
    proven: bool
    facts: Mapping[str, Any]
    sealed: bytes | None
    asked_at: datetime
    answered_at: datetime | None
    expires_at: datetime

    @property
    def settled(self) -> bool:
        return self.outcome is not Outcome.ASKING


def context(citizen_id: UUID, sign_in_id: UUID, source_id: UUID, question: Question) -> str:
    """What a sealed answer is bound to: it opens nowhere else."""
    return f"answer:{citizen_id}:{sign_in_id}:{source_id}:{question}"


def questions(source: SourceFacts) -> tuple[Question, ...]:
    """What a source can be asked. One that sends us accesses itself is asked what it holds."""
    if source.base_url is None:
        return ()
    return {
        Protocol.FINDUSAGE_2: (Question.ACCESSES, Question.HOLDINGS),
        Protocol.PUSH: (Question.HOLDINGS,),
        Protocol.NONE: (),
    }[source.protocol]


_OPENED = Answer.question.in_(bindparam("contents", expanding=True))
_STATES = (
    select(
        Answer.source_id,
        Answer.question,
        Answer.outcome,
        Answer.fault,
        Answer.proven,
        Answer.facts,
        case((_OPENED, Answer.sealed), else_=null()),
        Answer.asked_at,
        Answer.answered_at,
        Answer.expires_at,
    )
    .where(
        Answer.citizen_id == bindparam("citizen"),
        Answer.sign_in_id == bindparam("sign_in"),
        Answer.expires_at > bindparam("now"),
    )
    .order_by(Answer.source_id, Answer.question)
)


def question_states(
    session: Session,
    citizen_id: UUID,
    sign_in_id: UUID,
    *,
    contents: Sequence[Question] = (),
) -> list[QuestionState]:
    """What was asked for this session and is not yet forgotten, with the sealed contents asked for.

    A question whose answer is overdue counts as not answered, whatever became of the asker.
    """
    rows = ask(
        session,
        _STATES,
        contents=contents,
        citizen=citizen_id,
        sign_in=sign_in_id,
        now=clock.now(),
    )
    return [_settled(QuestionState(*row)) for row in rows]


def answers(
    kept: Iterable[QuestionState],
    citizen_id: UUID,
    sign_in_id: UUID,
    *,
    directory: Directory,
    links: Iterable[Link],
    sealer: Sealer,
    zone: tzinfo,
) -> tuple[SourceAnswer, ...]:
    """Every source of the directory in its one state: linked bodies first, each by its name.

    Of what was kept for this session with its contents, what bodies hold is unsealed.
    """
    linked = linked_bodies(links)
    of_source: dict[UUID, dict[Question, QuestionState]] = {}
    for state in kept:
        of_source.setdefault(state.source_id, {})[state.question] = state
    made = []
    for source in _in_order(directory, linked):
        if not source.connected:
            made.append(_unasked(source, SourceState.NOT_CONNECTED, zone))
        elif source.body_id not in linked:
            made.append(_unasked(source, SourceState.NOT_COVERED, zone))
        elif not questions(source):
            made.append(_unasked(source, SourceState.SENDS, zone))
        else:
            found = of_source.get(source.id, {})
            made.append(_answer(source, found, sealer, (citizen_id, sign_in_id), zone))
    return tuple(made)


def _settled(state: QuestionState) -> QuestionState:
    overdue = datetime.fromisoformat(state.facts["until"]) if "until" in state.facts else None
    if state.settled or overdue is None or clock.now() <= overdue:
        return state
    return replace(
        state,
        outcome=Outcome.NO_ANSWER,
        fault=Fault.TOO_SLOW,
        proven=False,
        sealed=None,
        answered_at=None,
    )


def _in_order(directory: Directory, linked: Mapping[UUID, Link]) -> list[SourceFacts]:
    def place(source: SourceFacts) -> tuple[bool, str, str]:
        body = directory.bodies[source.body_id]
        return source.body_id not in linked, body.name["en"], source.slug

    return sorted(directory.sources.values(), key=place)


def _unasked(source: SourceFacts, state: SourceState, zone: tzinfo) -> SourceAnswer:
    begins = _begins(source, zone)
    return SourceAnswer(source.id, state, window_from=begins, window_to=source.window_to)


def _begins(source: SourceFacts, zone: tzinfo) -> datetime | None:
    """From when on its accesses can be seen: one that sends began when it was connected."""
    since = source.connected_since
    if source.sends and since and source.window_from is None:
        return datetime.combine(since, time(), tzinfo=zone)
    return source.window_from


def _answer(
    source: SourceFacts,
    found: Mapping[Question, QuestionState],
    sealer: Sealer,
    whose: tuple[UUID, UUID],
    zone: tzinfo,
) -> SourceAnswer:
    outcomes = {
        question: (found[question].outcome, found[question].fault)
        if question in found
        else (Outcome.ASKING, None)  # its row is about to be written
        for question in questions(source)
    }
    worst = min(outcomes.values(), key=lambda each: WORST_FIRST.index(each[0]))
    accesses, holdings = found.get(Question.ACCESSES), found.get(Question.HOLDINGS)
    proof = accesses if Question.ACCESSES in outcomes else holdings
    facts = accesses.facts if accesses else {}
    return SourceAnswer(
        source_id=source.id,
        state=STATES[worst[0]],
        fault=worst[1],
        outcomes=outcomes,
        proven=proof is not None and proof.proven,
        window_from=_moment(facts.get("window_from")) or _begins(source, zone),
        window_to=_moment(facts.get("window_to")) or source.window_to,
        asked_at=min((state.asked_at for state in found.values()), default=None),
        answered_at=max(
            (state.answered_at for state in found.values() if state.answered_at), default=None
        ),
        holdings=_holdings(holdings, sealer, whose) if holdings else (),
        left_out=facts.get("left_out"),
        partial=facts.get("partial", False),
    )


def _holdings(
    state: QuestionState, sealer: Sealer, whose: tuple[UUID, UUID]
) -> tuple[Mapping[str, Any], ...]:
    if state.sealed is None:
        return ()
    plain = sealer.unseal(state.sealed, context(*whose, state.source_id, state.question))
    return tuple(
        entry | {"since": date.fromisoformat(entry["since"]) if entry["since"] else None}
        for entry in json.loads(plain)
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
