"""What an outage came to: what was acknowledged and is kept, and how soon all was as before."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from sqlalchemy import select

from citizen_portal import jobs
from citizen_portal.access.models import PushedEvent, Received
from citizen_portal.bodies.models import Delivery, DeliveryState
from citizen_portal.jobs import Job, JobState
from citizen_portal.preferences.models import Answer, Choice, Standing
from tests.outages.callers import Citizen, Sender
from tests.outages.load import Load
from tests.outages.outages import Outage
from tests.outages.rig import NotInTimeError, Rig, wait

BEFORE_AGAIN = jobs.LOST_AFTER + timedelta(seconds=30)
"""By the portal's clock, after which what was lost is begun again."""


@dataclass
class Report:
    name: str
    database: str
    requests: int = 0
    served: int = 0
    not_served: int = 0
    signed_out: int = 0
    gaps: int = 0
    acknowledged: int = 0
    lost: int = 0
    seconds_to_recover: float = 0.0
    """From its end until each was served a whole round."""
    seconds_to_drain: float = 0.0
    """From then until nothing was left to be done."""
    seconds: float = 0.0
    restarts: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    skipped: str = ""

    @property
    def survived(self) -> bool:
        return not self.lost and not self.wrong

    def line(self) -> str:
        name = f"{self.name} ({self.database})"
        if self.skipped:
            return f"{name:38} skipped: {self.skipped}"
        numbers = (self.requests, self.served, self.not_served, len(self.wrong))
        counts = "".join(f"{number:9}" for number in (*numbers, self.acknowledged, self.lost))
        return f"{name:38}{counts}{self.seconds_to_recover:9.1f}{self.seconds_to_drain:9.1f}"


HEAD = f"{'outage':38}" + "".join(
    f"{word:>9}"
    for word in ("requests", "served", "not", "wrong", "acknow.", "lost", "s up", "s done")
)


def tried(rig: Rig, outage: Outage) -> Report:
    report, begun = Report(outage.name, rig.kind), time.monotonic()
    if reason := outage.absent(rig):
        report.skipped = reason
        return report
    restarts = Counter(rig.supervisor.restarts)
    with Load(rig) as load:
        try:
            _live_through(rig, outage, load, report)
        except (NotInTimeError, AssertionError) as error:
            load.wrong(f"not seen in time: {error}")
            _give_back(rig)
    try:
        report.seconds_to_drain = drained(rig)
    except NotInTimeError as error:
        load.wrong(f"left to be done: {error}")
    report.lost = sum(lost(rig, one, load) for one in load.citizens) + lost_events(rig, load.sender)
    for name, value in asdict(load.seen).items():
        if hasattr(report, name):
            setattr(report, name, value)
    report.restarts = dict(rig.supervisor.restarts - restarts)
    report.seconds = time.monotonic() - begun
    return report


def _live_through(rig: Rig, outage: Outage, load: Load, report: Report) -> None:
    load.whole_rounds()
    load.jumping = outage.jumps
    outage.strike(rig, load)
    ended = time.monotonic()
    wait(rig.ready, "the portal is ready again")
    load.whole_rounds()
    report.seconds_to_recover = time.monotonic() - ended
    load.jumping = False


def _give_back(rig: Rig) -> None:
    """So that one outage that was not survived is not the next one's, too."""
    rig.disk.free()
    rig.supervisor.held.clear()
    rig.world.fake.instead = {}
    for server in (rig.world.provider, *rig.world.sources):
        server.stop()
        server.start()
    wait(rig.ready, "the portal is ready again")


def left(rig: Rig) -> list[str]:
    """What is still to be done: jobs, and messages to bodies."""
    ended = (JobState.DONE, JobState.FAILED)
    with rig.app.extensions["sessions"].reading() as session:
        names = session.scalars(select(Job.name).where(Job.state.not_in(ended))).all()
        waiting = select(Delivery.kind).where(Delivery.state == DeliveryState.WAITING)
        return [*names, *session.scalars(waiting)]


def failed(rig: Rig) -> list[str]:
    with rig.app.extensions["sessions"].reading() as session:
        return list(session.scalars(select(Job.name).where(Job.state == JobState.FAILED)))


def drained(rig: Rig) -> float:
    """Seconds until nothing is left to be done. What was lost waits two minutes: by a clock that
    can be moved they pass at once, and the worker's next look is waited for."""
    begun, at_once = time.monotonic(), 5.0
    try:
        wait(lambda: not left(rig), "", at_once)
    except NotInTimeError:
        if not rig.clock.absent:
            rig.clock.move(rig.clock.shift + BEFORE_AGAIN)
        try:
            wait(lambda: not left(rig), "", 45 if not rig.clock.absent else 200)
        except NotInTimeError:
            raise NotInTimeError(", ".join(sorted(set(left(rig))))) from None
    if given_up := failed(rig):
        raise NotInTimeError(f"given up: {sorted(set(given_up))}")
    return time.monotonic() - begun


def lost(rig: Rig, citizen: Citizen, load: Load) -> int:
    """Choices that were acknowledged and are not kept; what stands must be the last of them."""
    with rig.app.extensions["sessions"].reading() as session:
        mine = Choice.citizen_id == citizen.person.id
        kept = session.scalars(select(Choice.answer).where(mine).order_by(Choice.number)).all()
        standing = session.scalars(
            select(Standing.answer).where(Standing.citizen_id == citizen.person.id)
        ).all()
    new = kept[citizen.kept_before :]
    if (standing or [None])[-1] not in citizen.possible or (kept and list(standing) != kept[-1:]):
        load.wrong(f"{citizen.name}: {standing} stands, where {citizen.possible} may")
    before = kept[citizen.kept_before - 1] if citizen.kept_before else None
    if explained(citizen.attempts, new, before):
        return 0
    load.wrong(f"{citizen.name}: {len(new)} choices are kept of {citizen.attempts[-9:]}")
    return max(1, sum(ok for _, ok in citizen.attempts) - len(new))


def explained(
    attempts: Sequence[tuple[Answer, bool]], kept: Sequence[Answer], before: Answer | None
) -> bool:
    """Whether what is kept is what was acknowledged, and of the other attempts some.

    An answer that stands already is acknowledged and kept once.
    """
    places = {0}
    for answer, acknowledged in attempts:
        done = set()
        for place in places:
            standing = kept[place - 1] if place else before
            if standing is answer:
                done.add(place)
            elif place < len(kept) and kept[place] is answer:
                done.add(place + 1)
        places = done if acknowledged else places | done
    return len(kept) in places


def lost_events(rig: Rig, sender: Sender) -> int:
    """Events that were acknowledged and are not there exactly once."""
    with rig.app.extensions["sessions"].reading() as session:
        rows: Counter[str] = Counter()
        for column in (PushedEvent.source_ref, Received.source_ref):
            rows.update(session.scalars(select(column)))
    missing = sum(rows[ref] != 2 for ref in sender.acknowledged)
    doubled = [ref for ref in sender.unacknowledged if rows[ref] not in {0, 2}]
    if missing or doubled:
        sender.load.wrong(f"body: {missing} of its events are not there once, and {doubled}")
    return missing
