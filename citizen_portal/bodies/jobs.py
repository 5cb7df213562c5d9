"""What the worker does for bodies: tells them what they want to be told, forgets what is over."""

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future, as_completed
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from citizen_portal import clock, jobs, metrics
from citizen_portal.bodies import actions, queries, remote
from citizen_portal.bodies.actions import Telling
from citizen_portal.fetch import Fetcher

EACH_TICK = timedelta(seconds=30)
"""Less than the minute between two ticks, which may come a little early."""
STATES = ("body", "state")

log = structlog.get_logger()


@jobs.handler("bodies.forget_assertions", every=timedelta(hours=1), by_date=True)
def forget_assertions(work: jobs.Work) -> None:
    with work.transaction() as session:
        actions.forget_assertions(session)


@jobs.handler("bodies.forget_deliveries", every=timedelta(hours=1), by_date=True)
def forget_deliveries(work: jobs.Work) -> None:
    with work.transaction() as session:
        actions.forget_deliveries(session)


@jobs.handler("bodies.deliver")
def deliver(work: jobs.Work, *, organisation: str) -> None:
    """Tell one body what is due, at once."""
    _deliver(work, UUID(organisation))


@jobs.handler("bodies.deliver_due", every=EACH_TICK)
def deliver_due(work: jobs.Work) -> None:
    """Tell every body what is due: what failed before, and what nobody came to tell."""
    _deliver(work, None)


def _deliver(work: jobs.Work, organisation_id: UUID | None) -> None:
    """All bodies are told at the same time; what became of it is kept as each is done."""
    with work.transaction() as session:
        due = actions.take_up(session, organisation_id)
    fetcher: Fetcher = work.parts["fetcher"]
    going = {
        fetcher.start(remote.tell(fetcher, work.parts["sealer"], telling)): telling
        for telling in due
    }
    for done in as_completed(going):
        _keep(work, going[done], done)


def _keep(work: jobs.Work, telling: Telling, done: Future[dict[UUID, str | None]]) -> None:
    """One body that cannot be told, such as for a lost key, is no reason to forget the others."""
    if (error := done.exception()) is not None:
        log.error("webhook.failed", body=str(telling.organisation_id), fault=type(error).__name__)
        return
    faults: Mapping[UUID, str | None] = done.result()
    with work.transaction() as session:
        stopped = actions.settle(session, telling, faults)
    if stopped:
        log.error("webhook.stopped", body=str(telling.organisation_id))


@jobs.handler("bodies.forget_samples", every=timedelta(hours=6), by_date=True)
def forget_samples(work: jobs.Work) -> None:
    with work.transaction() as session:
        actions.forget_samples(session)


@metrics.told("portal_sources", "Sources of each public body, as told in public.", labels=STATES)
def count_sources(session: Session, _: object) -> metrics.Values:
    known = queries.directory(session)
    found = Counter(
        (known.bodies[one.body_id].slug, one.reach.value) for one in known.sources.values()
    )
    return {key: float(number) for key, number in found.items()}


@metrics.told("portal_delivery_age_seconds", "Age of the oldest message that no body has taken.")
def delivery_age(session: Session, _: object) -> metrics.Values:
    first = queries.oldest_waiting(session)
    return {(): 0.0 if first is None else (clock.now() - first).total_seconds()}


@metrics.told("portal_webhooks", "Addresses at which bodies are told.", labels=("state",))
def count_webhooks(session: Session, _: object) -> metrics.Values:
    found = Counter(queries.standing(one) for one in queries.webhooks(session))
    return {(state,): float(found[state]) for state in ("taking", "failing", "stopped")}
