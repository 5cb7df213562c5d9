"""How the demo's sources answered before it began: invented, so that each state can be seen."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.bodies import actions
from citizen_portal.bodies.models import Protocol, SourceSample
from citizen_portal.bodies.queries import SourceFacts, directory, reckoned
from citizen_portal.demo.behaviours import BEHAVIOURS, BodyBehaviour

STEP = timedelta(hours=2)
"""Between two answers; a real portal asks more often."""
DAYS = 28
SILENT_DAYS = 5
"""How long ago the one that is down went down."""


def write(session: Session) -> None:
    """Once; the samples that are there already are those of a demo that was started before."""
    if session.scalar(select(SourceSample.source_id).limit(1)) is not None:
        return
    now, known = clock.now(), directory(session)
    for source in known.sources.values():
        behaviour = BEHAVIOURS.get(known.bodies[source.body_id].slug)
        if source.connected and behaviour is not None:
            _answered(session, source, behaviour, now)
    actions.keep_health(session, reckoned(session, at=now))


def _answered(
    session: Session, source: SourceFacts, behaviour: BodyBehaviour, now: datetime
) -> None:
    proven = None if behaviour.mistaken else behaviour.proves
    moments = list(_moments(now, silent=behaviour.down))
    for n, at in enumerate(moments):
        ms = round(behaviour.seconds * 1000) + 20 + n % 7 * 15
        session.add(SourceSample(source_id=source.id, at=at, ms=ms, proven=proven))
    begin, last = now - timedelta(days=365), moments[-1]
    actions.note_answer(session, source.id, at=last)
    actions.note_window(session, source.id, window_from=begin, window_to=None, told_at=last)
    if source.protocol is Protocol.PUSH:
        for back in range(1, DAYS):
            day = (now - timedelta(days=back)).date()
            actions.note_events(session, source.id, day=day, count=3 + back % 4)


def _moments(now: datetime, *, silent: bool) -> Iterator[datetime]:
    """Moments of answers, the oldest first."""
    begin = now - timedelta(days=DAYS)
    end = now - (timedelta(days=SILENT_DAYS) if silent else STEP)
    for n in range(DAYS * 24 // 2):
        if (at := begin + n * STEP) <= end:
            yield at
