"""Trying out how a body takes in what it is told: signed as the portal signs it, about nobody."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from citizen_portal import clock
from citizen_portal.bodies.actions import Message
from citizen_portal.bodies.models import MessageKind
from citizen_portal.bodies.remote.telling import SECONDS, document, signed
from citizen_portal.fetch import Fault, Fetcher, Kind
from citizen_portal.preferences.models import Effect
from citizen_portal.preferences.queries import feed
from citizen_portal.preferences.schemas import statements
from citizen_portal.records.remote.trying import SAMPLE, Tried, in_words
from citizen_portal.signing import Signer

AGREEMENT = "SAMPLE-0001"
TOO_OLD = timedelta(minutes=6)
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Hooks:
    """The address at which a body is told, and what proves who tells it."""

    fetcher: Fetcher
    signer: Signer
    slug: str
    url: str
    secret: bytes


@dataclass(frozen=True)
class Trial:
    what: str
    message: Message
    secret: bytes
    at: datetime
    taken: bool = True
    """Whether the body must take it; else it must refuse it."""


async def try_hooks(hooks: Hooks) -> AsyncIterator[Tried]:
    """One message after the other. Afterwards the newer of two versions must stand."""
    for trial in _trials(hooks):
        body = document(trial.message)
        headers = signed(trial.message, body, [trial.secret], at=trial.at)
        until = hooks.fetcher.moment(SECONDS)
        fault = None
        try:
            await hooks.fetcher.send(hooks.url, body, until=until, headers=headers)
        except Fault as found:
            fault = found
        yield Tried(trial.what, _wrong(trial, fault))


def _trials(hooks: Hooks) -> Iterable[Trial]:
    now, secret = clock.now(), hooks.secret
    newest = int(now.timestamp() * 1000)
    new = _message(_change(hooks, version=newest))
    old = _message(_change(hooks, version=newest - 1, may_use=True))
    foreign = _message(_change(hooks, version=newest + 1, may_use=True, aud=f"not-{hooks.slug}"))
    unknown = Message(uuid7(), "sample.kind", {"subject": SAMPLE}, now)
    return [
        Trial("takes a choice that the portal signed", new, secret, now),
        Trial("takes the same message again", new, secret, now),
        Trial("takes an older version after a newer one", old, secret, now),
        Trial("takes a message of a kind that it does not know", unknown, secret, now),
        Trial(
            "refuses a message with a wrong signature",
            _message(_change(hooks, version=newest + 2, may_use=True)),
            secret[::-1],
            now,
            taken=False,
        ),
        Trial(
            "refuses a message that is six minutes old",
            _message(_change(hooks, version=newest + 3, may_use=True)),
            secret,
            now - TOO_OLD,
            taken=False,
        ),
        Trial("refuses a choice signed for another body", foreign, secret, now, taken=False),
    ]


def _change(
    hooks: Hooks, *, version: int, may_use: bool = False, aud: str | None = None
) -> dict[str, Any]:
    """As the portal's own changes are told, word for word."""
    today = clock.now().date()
    effect = Effect(
        citizen_id=NOBODY,
        organisation_id=NOBODY,
        subject=SAMPLE,
        agreement=AGREEMENT,
        may_use=may_use,
        objection=False,
        version=version,
        due_on=today,
        extended_to=today,
    )
    said = statements.stated(effect, slug=aud or hooks.slug, kept=None)
    effect.statement = hooks.signer.statement(said, kind=statements.STATEMENT_KIND)
    return feed.document(effect)


def _message(change: dict[str, Any]) -> Message:
    return Message(UUID(change["id"]), MessageKind.PREFERENCE_CHANGED, change, clock.now())


def _wrong(trial: Trial, fault: Fault | None) -> str | None:
    if fault is None:
        return None if trial.taken else "it takes it: answer 401, or 400"
    if not trial.taken and fault.kind in (Kind.SAID_ERROR, Kind.TURNED_US_AWAY):
        return None if (fault.status or 500) < 500 else in_words(fault)
    if fault.status == 410:
        return "it answers 410, which ends all messages"
    if fault.kind is Kind.TURNED_US_AWAY:
        return f"it answers {fault.status}: does it have this secret?"
    return in_words(fault)
