"""What the worker does for choices: sends them, notes what arrived and who asked, follows links
and the register."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from itertools import islice
from typing import cast
from uuid import UUID

import structlog

from citizen_portal import jobs
from citizen_portal.agreements.queries import Terms, register_terms
from citizen_portal.bodies.models.retention import DEFAULT, before
from citizen_portal.bodies.queries import directory
from citizen_portal.preferences import actions
from citizen_portal.preferences.actions import Due, checking, following
from citizen_portal.preferences.models import Effect, PreferenceCheck
from citizen_portal.preferences.queries.bases import Basis, context
from citizen_portal.preferences.queries.checks import not_noted, unpacked
from citizen_portal.preferences.queries.following import Change, changed, reached, ways
from citizen_portal.preferences.schemas.statements import STATEMENT_KIND, stated
from citizen_portal.reach import Kind
from citizen_portal.region import Region
from citizen_portal.sealing import Sealer
from citizen_portal.signing import Signer

AT_ONCE = 200
"""Citizens of one transaction, so that no writer waits long."""

log = structlog.get_logger()


@jobs.handler("preferences.send", every=timedelta(minutes=1), path=Kind.CHECKS)
def send(work: jobs.Work) -> None:
    """Until nothing is left: what was chosen is on its way within a moment."""
    signer: Signer = work.parts["signer"]
    sealer: Sealer = work.parts["sealer"]
    with work.sessions.reading() as reading:
        bodies = directory(reading).bodies

    def sign(effect: Effect, basis: Basis | None) -> str:
        kept = sealer.seal(basis.written(), context(effect.id)) if basis else None
        text = urlsafe_b64encode(kept).decode() if kept else None
        said = stated(effect, slug=bodies[effect.organisation_id].slug, kept=text)
        return signer.statement(said, kind=STATEMENT_KIND)

    work.repeat(lambda session: actions.send_some(session, sign))


@jobs.handler("preferences.hear", every=timedelta(minutes=5), path=Kind.CHECKS)
def hear(work: jobs.Work) -> None:
    with work.transaction() as session:
        actions.hear(session)


@jobs.handler("preferences.linked")
def linked(work: jobs.Work, *, citizen: str, organisation: str) -> None:
    """A body learns what stands of somebody whom it knows from now on."""
    region: Region = work.parts["region"]
    with work.transaction() as session:
        following.tell_newcomer(
            session,
            UUID(citizen),
            UUID(organisation),
            register_terms(session),
            _due(region),
            today=region.today(),
        )


@jobs.handler(
    "preferences.follow_register", every=timedelta(minutes=5), long=True, path=Kind.CHECKS
)
def follow_register(work: jobs.Work) -> None:
    """Where an agreement is new, changed or over, choices that stand may mean something else."""
    region: Region = work.parts["region"]
    with work.sessions.reading() as reading:
        found = changed(reading, register_terms(reading), region.today())
    for change in found:
        if change.terms is not None:
            _follow(work, change, change.terms)
    for start in range(0, len(found), AT_ONCE):
        with work.transaction() as session:
            for change in found[start : start + AT_ONCE]:
                following.note_followed(session, change.reference, change.version)


def _follow(work: jobs.Work, change: Change, terms: Terms) -> None:
    for way in ways(change):
        after: UUID | None = None
        while True:
            with work.sessions.reading() as reading:
                citizens = reached(reading, change, way, after=after, most=AT_ONCE)
            if not citizens:
                break
            with work.transaction() as session:
                following.follow(session, citizens, terms, _due(work.parts["region"]))
            after = citizens[-1]
            work.beat()


def _due(region: Region) -> Due:
    return Due.by(region, region.today())


@jobs.handler("preferences.note_checks", every=timedelta(hours=1), long=True, path=Kind.CHECKS)
def note_checks(work: jobs.Work) -> None:
    """Write into each citizen's list that a body asked. A check that cannot be opened keeps no
    other waiting; the log names it, and the job fails once each had its turn."""
    with work.sessions.reading() as reading:
        waiting = not_noted(reading)
    faults: list[Exception] = []
    for check_id in waiting:
        try:
            _note(work, check_id)
        except Exception as error:
            log.error("check.not_noted", check=check_id.hex, fault=type(error).__name__)
            faults.append(error)
    if faults:
        raise faults[0]


def _note(work: jobs.Work, check_id: UUID) -> None:
    """Some lines at a time; a worker that dies begins the check anew."""
    with work.sessions.reading() as reading:
        check = reading.get_one(PreferenceCheck, check_id)
    if check.sealed is None:
        return
    sealer: Sealer = work.parts["sealer"]
    answered = iter(unpacked(sealer.unseal(check.sealed, checking.context(check_id))).items())
    while some := dict(islice(answered, checking.AT_ONCE)):
        with work.transaction() as session:
            checking.note_lines(session, check, some)
        work.beat()
    with work.transaction() as session:
        checking.let_go(session, check_id)


@jobs.handler(
    "preferences.forget_checks", every=timedelta(hours=6), by_date=True, path=Kind.RETENTION
)
def forget_checks(work: jobs.Work) -> None:
    """Kept as long as looks are of whose source nothing else is said."""
    first = before(DEFAULT, cast(Region, work.parts["region"]).today())
    gone = 1
    while gone:
        with work.transaction() as session:
            gone = checking.forget(session, before=first)
        work.beat()
