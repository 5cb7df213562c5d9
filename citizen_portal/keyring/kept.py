"""What is kept under each key that can be given up: one list, so that none is forgotten."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from citizen_portal.access.models import Answer, HeldEvent
from citizen_portal.bodies.actions import secret_context
from citizen_portal.bodies.models import Webhook
from citizen_portal.db import Sessions
from citizen_portal.exports.models import ENDED, Export
from citizen_portal.identity.models import AccountIndex, ClosedAccount, OfficerSignIn, SignIn
from citizen_portal.incidents import actions as incidents
from citizen_portal.incidents.models import IncidentBatch
from citizen_portal.jobs import Job, JobState
from citizen_portal.keyring.resealing import PREFIX, Column, Kept, Lasting, Older
from citizen_portal.news.actions import address_context
from citizen_portal.news.models import SafeChannel
from citizen_portal.opinions import actions as opinions
from citizen_portal.opinions.models import Vote
from citizen_portal.preferences.actions import checking, objection_context, reason_context
from citizen_portal.preferences.models import Choice, Effect, PreferenceCheck
from citizen_portal.questions.actions import spreading
from citizen_portal.questions.models.corrections import Correction, Recipient
from citizen_portal.questions.models.messages import Message
from citizen_portal.questions.models.questions import Question
from citizen_portal.questions.queries.details import context as correction_context
from citizen_portal.sealing import Sealer


@dataclass(frozen=True)
class Webhooks:
    """The secrets of bodies' webhooks: a list in one column, a row for each body."""

    name: str = "webhook.secrets"

    def left(self, session: Session, older: Older) -> int:
        return sum(_old(one, older) for one in session.scalars(select(Webhook.secrets)))

    def reseal(self, sessions: Sessions, sealer: Sealer, older: Older) -> Iterator[tuple[int, int]]:
        with sessions.writing() as session:
            held = [
                one
                for one in session.scalars(select(Webhook).with_for_update())
                if _old(one.secrets, older)
            ]
            for one in held:
                context = secret_context(one.organisation_id)
                plain = [sealer.unseal(base64.b64decode(each), context) for each in one.secrets]
                one.secrets = [
                    base64.b64encode(sealer.seal(each, context)).decode() for each in plain
                ]
        yield len(held), 0


@dataclass(frozen=True)
class Claims:
    """Claims that a body is still to be asked by. They go with their job."""

    name: str = "job.arguments"

    def left(self, session: Session, older: Older) -> int:
        waiting = select(Job.arguments).where(
            Job.name == "records.link_by_claim", Job.state.in_([JobState.QUEUED, JobState.RUNNING])
        )
        return sum(_old([one.get("sealed", "")], older) for one in session.scalars(waiting))

    def reseal(self, sessions: Sessions, sealer: Sealer, older: Older) -> Iterator[tuple[int, int]]:
        return iter(())


@dataclass(frozen=True)
class Rows:
    """Rows that were made while an older key was in use, or that name it."""

    name: str
    needing: Callable[[Older], ColumnElement[bool]]

    def left(self, session: Session, older: Older) -> int:
        return session.scalar(select(func.count()).where(self.needing(older))) or 0

    def reseal(self, sessions: Sessions, sealer: Sealer, older: Older) -> Iterator[tuple[int, int]]:
        return iter(())


def _old(values: list[str], older: Older) -> bool:
    """Whether one of these values, in base64, is sealed by an older key."""
    return any(base64.b64decode(one)[:PREFIX] in older.prefixes for one in values)


def _copies(older: Older) -> ColumnElement[bool]:
    """Copies that were asked for before may have been begun before."""
    return and_(Export.asked_at < older.since, Export.state.not_in(ENDED))


def _accounts(older: Older) -> ColumnElement[bool]:
    return or_(*(AccountIndex.blind.startswith(f"{one}.") for one in older.ids))


def _closed(older: Older) -> ColumnElement[bool]:
    """Whoever closed an account since then signed in for it, and was noted by the newer key."""
    return ClosedAccount.at < older.since


KEPT: dict[str, tuple[Kept, ...]] = {
    "sealing": (
        Column(Answer.sealed),
        Column(SignIn.sealed_hint),
        Column(OfficerSignIn.sealed_hint),
        Claims(),
        Webhooks(),
        Lasting(SafeChannel.sealed_address, address_context, (SafeChannel.citizen_id,)),
        Lasting(Choice.sealed_reason, objection_context, (Choice.id,)),
        Lasting(Effect.sealed_reason, reason_context, (Effect.id,)),
        Lasting(PreferenceCheck.sealed, checking.context, (PreferenceCheck.id,)),
        Lasting(Question.sealed_facts, Question.facts_context, (Question.citizen_id, Question.id)),
        Lasting(Message.sealed, Message.context, (Message.question_id, Message.number)),
        Lasting(Correction.sealed, correction_context, (Correction.id,)),
        Lasting(Recipient.sealed_reason, spreading.reason_context, (Recipient.id,)),
        Lasting(IncidentBatch.sealed, incidents.context, (IncidentBatch.id,)),
        Lasting(Vote.sealed_reason, opinions.context, (Vote.round_id, Vote.blind)),
    ),
    "exports": (Rows("export", _copies),),
    "held": (Column(HeldEvent.sealed),),
    "closed": (Column(ClosedAccount.sealed),),
    "index": (Rows("account_index.blind", _accounts), Rows("closed_account", _closed)),
}
"""By the name of the key."""


def left(session: Session, key: str, older: Older) -> dict[str, int]:
    """What still needs one of these keys, with how many rows."""
    found = {one.name: one.left(session, older) for one in KEPT.get(key, ())}
    return {name: count for name, count in found.items() if count}
