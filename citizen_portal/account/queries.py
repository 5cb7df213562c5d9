"""What this service itself holds about one citizen, by kind and in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ScalarSelect, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from citizen_portal import clock
from citizen_portal.access.models import Answer, PushedEvent, Tally
from citizen_portal.audit import AuditEntry
from citizen_portal.exports.models import Export
from citizen_portal.identity.models import (
    CodeTry,
    LinkChange,
    LinkState,
    SignIn,
    SubjectLink,
    Visit,
)
from citizen_portal.incidents.models import IncidentLine
from citizen_portal.news.models import CodeAsked, NewsWish, SafeChannel, Told
from citizen_portal.preferences.models import CheckLine, Choice
from citizen_portal.questions.models import Question
from citizen_portal.questions.models.corrections import Correction


class Kind(StrEnum):
    """A kind of thing that the portal holds about a citizen."""

    ACCOUNT = "account"
    LINKS = "links"
    HISTORY = "history"
    LOOKS = "looks"
    ANSWERS = "answers"
    CHOICES = "choices"
    QUESTIONS = "questions"
    CHECKS = "checks"
    INCIDENTS = "incidents"
    CORRECTIONS = "corrections"
    COPIES = "copies"
    ADDRESS = "address"
    NEWS = "news"
    MAILED = "mailed"
    SESSIONS = "sessions"
    VISITS = "visits"
    TRIES = "tries"
    LOG = "log"


TABLES: Mapping[Kind, tuple[str, ...]] = {
    Kind.ACCOUNT: ("citizen", "account_index"),
    Kind.LINKS: ("subject_link", "pairwise_index"),
    Kind.HISTORY: ("link_change",),
    Kind.LOOKS: ("pushed_event", "access_tally"),
    Kind.ANSWERS: ("answer",),
    Kind.CHOICES: ("choice", "standing_choice", "choice_effect"),
    Kind.QUESTIONS: ("question", "question_message"),
    Kind.CHECKS: ("check_line",),
    Kind.INCIDENTS: ("incident_line",),
    Kind.CORRECTIONS: ("correction", "correction_recipient"),
    Kind.COPIES: ("export",),
    Kind.ADDRESS: ("safe_channel",),
    Kind.NEWS: ("news_wish",),
    Kind.MAILED: ("told",),
    Kind.SESSIONS: ("sign_in",),
    Kind.VISITS: ("visit",),
    Kind.TRIES: ("code_try", "code_asked"),
    Kind.LOG: ("audit_entry",),
}
"""Where each kind stands. A table of citizens that is not named here fails a test."""


@dataclass(frozen=True, slots=True)
class Held:
    """How much of each kind there is, and from or until when."""

    counts: Mapping[Kind, int]
    looks_since: date | None
    answers_until: datetime | None

    @property
    def mail(self) -> bool:
        """Whether some of it is for mail, or for a feed."""
        return any(self.counts[kind] for kind in (Kind.ADDRESS, Kind.NEWS, Kind.MAILED))


def held(session: Session, citizen_id: UUID) -> Held:
    """What the portal holds about one citizen, in one query. Looks are counted by their tallies,
    so that a million of them cost no more than their days."""
    now = clock.now()
    answers = (Answer.citizen_id == citizen_id, Answer.expires_at > now)
    linked = SubjectLink.state != LinkState.UNLINKED
    found = session.execute(
        select(
            _count(SubjectLink.id, SubjectLink.citizen_id == citizen_id, linked),
            _count(LinkChange.id, LinkChange.citizen_id == citizen_id),
            select(func.coalesce(func.sum(Tally.times), 0))
            .where(Tally.citizen_id == citizen_id)
            .scalar_subquery()
            + _count(
                PushedEvent.id, PushedEvent.citizen_id == citizen_id, PushedEvent.lifted.is_(None)
            ),
            _count(Answer.id, *answers),
            _count(Choice.id, Choice.citizen_id == citizen_id),
            _count(Question.id, Question.citizen_id == citizen_id),
            _count(CheckLine.id, CheckLine.citizen_id == citizen_id),
            _count(IncidentLine.id, IncidentLine.citizen_id == citizen_id),
            _count(Correction.id, Correction.citizen_id == citizen_id),
            _count(Export.id, Export.citizen_id == citizen_id),
            _count(SafeChannel.id, SafeChannel.citizen_id == citizen_id),
            _count(NewsWish.id, NewsWish.citizen_id == citizen_id),
            _count(Told.id, Told.citizen_id == citizen_id),
            _count(SignIn.id, SignIn.citizen_id == citizen_id),
            _count(Visit.id, Visit.citizen_id == citizen_id),
            _count(CodeTry.id, CodeTry.citizen_id == citizen_id)
            + _count(CodeAsked.id, CodeAsked.citizen_id == citizen_id),
            _count(AuditEntry.id, AuditEntry.actor_id == citizen_id),
            select(func.min(Tally.day)).where(Tally.citizen_id == citizen_id).scalar_subquery(),
            select(func.max(Answer.expires_at)).where(*answers).scalar_subquery(),
        )
    ).one()
    *counts, since, until = found
    return Held(dict(zip(Kind, (1, *counts), strict=True)), since, until)


def any_for_mail(session: Session) -> bool:
    """Whether the portal holds something for mail, of anybody."""
    some = (exists(select(table.id)) for table in (SafeChannel, NewsWish, Told))
    return bool(session.scalar(select(or_(*some))))


def _count(of: InstrumentedAttribute[UUID], *where: object) -> ScalarSelect[int]:
    return select(func.count(of)).where(*where).scalar_subquery()  # type: ignore[arg-type]
