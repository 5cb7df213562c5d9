"""Bodies say what they did with a choice: applied, refused, or not yet."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal import audit, clock
from citizen_portal.errors import Invalid, NotFound, WrongState
from citizen_portal.identity.actions.news import have_told
from citizen_portal.preferences.models import Effect, Reply
from citizen_portal.preferences.queries.feed import of_body
from citizen_portal.preferences.queries.objections import mark
from citizen_portal.sealing import Opened, Seal

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Said:
    """What a body answers to one change."""

    reply: Reply
    applied_from: date | None = None
    not_until: date | None = None
    reason: str | None = None
    """Shown to the citizen as it is written."""


def acknowledge(
    session: Session,
    organisation_id: UUID,
    effect_id: UUID,
    said: Said,
    *,
    seal: Seal,
    opened: Opened | None = None,
    seen: str | None = None,
    by: UUID | None = None,
    client: str | None = None,
) -> Effect:
    """Keep what a body says of one change; the same again changes nothing, if ``opened`` can tell.

    ``by`` is the officer who says it, or ``client`` the body's system; ``seen`` is the ``mark``
    of what they looked at.
    Raises ``NotFound`` for another body's change, ``Invalid`` for an answer that lacks its date or
    its reason, or has a date that says nothing, ``WrongState`` where something else was answered
    since it was seen.
    """
    effect = of_body(session, organisation_id, effect_id)
    _refuse_half_said(said)
    if opened is not None and _same(effect, said, opened):
        return effect
    if seen is not None:
        _refuse_unseen(effect, seen)
    _refuse_days(said, effect)
    sealed = seal(said.reason.encode(), reason_context(effect.id)) if said.reason else None
    effect.answer(
        said.reply, applied_from=said.applied_from, not_until=said.not_until, sealed_reason=sealed
    )
    about = {"effect": effect.id.hex, "reply": said.reply.value}
    if client is not None:
        about["client"] = client
    audit.record(session, "preference:answered", actor=by, for_body=organisation_id, **about)
    _tell(session, effect)
    return effect


def _tell(session: Session, effect: Effect) -> None:
    """Whoever chose hears that there is news, each answer once. Of a choice that was changed since
    it would be none."""
    if effect.current and effect.replied_at is not None:
        key = f"choice:{effect.id}:{effect.reply.value}:{effect.replied_at.isoformat()}"
        have_told(session, effect.citizen_id, key, kind="choice")


def reason_context(effect_id: UUID) -> str:
    return f"choice-answer:{effect_id}"


def _refuse_unseen(effect: Effect, seen: str) -> None:
    """Looked at under the lock: no two officers answer in one moment without knowing."""
    if not effect.current:
        raise NotFound("There is no such objection, or the person has taken it back.")
    if seen != mark(effect):
        raise WrongState("This objection was answered meanwhile. Read that answer first.")


def _same(effect: Effect, said: Said, opened: Opened) -> bool:
    """Whether the body said just this before: the day on which it did stays as it is.

    A reason that does not open any more may have been another.
    """
    dates = (effect.reply, effect.applied_from, effect.not_until)
    if dates != (said.reply, said.applied_from, said.not_until):
        return False
    if effect.sealed_reason is None or said.reason is None:
        return effect.sealed_reason is None and said.reason is None
    return opened(effect.sealed_reason, reason_context(effect.id)) == said.reason


def _refuse_half_said(said: Said) -> None:
    if said.reply is Reply.NONE:
        raise Invalid("An answer says applied, refused or not_yet.")
    if said.reply is Reply.APPLIED and said.applied_from is None:
        raise Invalid("Say from which day on it is applied.")
    if said.reply is Reply.NOT_YET and said.not_until is None:
        raise Invalid("Say until when it is not possible.")
    if said.reply is Reply.REFUSED and not said.reason:
        raise Invalid("Say why it is refused, in words that the person will read.")
    if said.reply is Reply.NOT_YET and not said.reason:
        raise Invalid("Say why it takes longer, in words that the person will read.")


def _refuse_days(said: Said, effect: Effect) -> None:
    """What is applied counts as done: so by the last day, or at once where that is over."""
    today = clock.now().date()
    last = max(effect.deadline, today + A_DAY)  # it may be tomorrow already where the body is
    if said.applied_from is not None and said.applied_from > last:
        raise Invalid("It is to be applied by the last day that you have.")
    if said.not_until is not None and said.not_until < today:
        raise Invalid("The day until when it is not possible is over.")
