"""Bodies that are told of things: registered with a webhook, told by the worker's own jobs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from citizen_portal import clock, jobs
from citizen_portal.bodies import actions
from citizen_portal.bodies.models import Delivery, DeliveryState, MessageKind, Webhook
from citizen_portal.jobs import Job, JobState
from tests import make

SUBJECT = "3f" * 32


@dataclass(frozen=True)
class Told:
    """One body with its webhook, as a test speaks of it."""

    app: Flask
    id: UUID
    slug: str
    secret: str

    def send(self, subject: str = SUBJECT) -> None:
        with self.app.extensions["sessions"].writing() as session:
            actions.send(session, self.id, MessageKind.LINK_CREATED, {"subject": subject})

    def rotate(self) -> str:
        with self.app.extensions["sessions"].writing() as session:
            return actions.rotate_secret(session, self.app.extensions["sealer"], self.id)

    def deliveries(self) -> list[Delivery]:
        with self.app.extensions["sessions"].reading() as session:
            mine = select(Delivery).where(Delivery.organisation_id == self.id)
            return list(session.scalars(mine.order_by(Delivery.made_at, Delivery.id)))

    def states(self) -> list[DeliveryState]:
        return [delivery.state for delivery in self.deliveries()]

    def webhook(self) -> Webhook:
        with self.app.extensions["sessions"].reading() as session:
            mine = select(Webhook).where(Webhook.organisation_id == self.id)
            found: Webhook = session.scalars(mine).one()
            return found

    def change(self, **values: Any) -> None:
        """Change columns of its webhook."""
        with self.app.extensions["sessions"].writing() as session:
            webhook = session.get_one(Webhook, self.webhook().id)
            for name, value in values.items():
                setattr(webhook, name, value)

    def make_due(self) -> None:
        """As if the wait for the next attempt were over."""
        with self.app.extensions["sessions"].writing() as session:
            for delivery in self.deliveries():
                session.get_one(Delivery, delivery.id).due_at = clock.now()


Tell = Callable[[str], Told]


def told(app: Flask, url: str, **given: Any) -> Told:
    """A body that is told at this address."""
    with app.extensions["sessions"].writing() as session:
        body = make.body(**given)
        session.add(body)
        session.flush()
        secret = actions.set_webhook(session, app.extensions["sealer"], body.id, url)
        return Told(app, body.id, body.slug, secret)


def run_waiting(app: Flask) -> int:
    """Do the jobs that are queued and due; returns how many."""
    with app.extensions["sessions"].reading() as session:
        due = select(Job.id).where(Job.state == JobState.QUEUED, Job.due_at <= clock.now())
        ids = session.scalars(due.order_by(Job.id)).all()
    for job_id in ids:
        jobs.run(app.extensions["sessions"], app.extensions, job_id)
    return len(ids)


def tick(app: Flask) -> None:
    """What the worker does for bodies each minute."""
    with app.extensions["sessions"].writing() as session:
        job = jobs.enqueue(session, "bodies.deliver_due")
    jobs.run(app.extensions["sessions"], app.extensions, job.id)
