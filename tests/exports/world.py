"""A citizen linked to bodies that answer over real HTTP, each in its own manner; their copies."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from citizen_portal import clock, jobs
from citizen_portal.agreements.models import (
    Agreement,
    AgreementKind,
    AgreementVersion,
    Say,
    Stage,
)
from citizen_portal.bodies.models import Organisation, Protocol, Revision
from citizen_portal.db import Sessions
from citizen_portal.exports.models import Export
from citizen_portal.identity import actions as identity
from citizen_portal.identity.models import Citizen, LinkProof, LinkState
from citizen_portal.jobs import Job, JobState
from tests import make
from tests.pages import Page

SignIn = Callable[[Citizen], FlaskClient]
ALL = ["records", "accesses", "agreements", "choices", "links"]


@dataclass
class World:
    app: Flask
    citizen: Citizen
    browser: FlaskClient
    bodies_at: str
    bodies: dict[str, Organisation] = field(default_factory=dict)

    @property
    def sessions(self) -> Sessions:
        sessions: Sessions = self.app.extensions["sessions"]
        return sessions

    @property
    def store(self) -> Path:
        return Path(self.app.extensions["settings"].export_store)

    def body(
        self, slug: str, manner: str = "honest", *, linked: bool = True, connected: bool = True
    ) -> Organisation:
        """A body with one source that answers in this manner of ``tests/fakes/body.py``."""
        body = make.body(slug=slug, name=make.words(f"People of {slug}"), code=slug.upper())
        source = make.source(
            body,
            slug=f"{slug}-main",
            base_url=f"{self.bodies_at}/{manner}" if connected else None,
            protocol=Protocol.FINDUSAGE_2 if connected else Protocol.NONE,
        )
        with self.sessions.writing() as session:
            session.add(body)
            session.flush()
            session.add(source)
            session.add(Revision(name=f"bodies-{slug}", number=1))
            if linked:
                self.link(session, self.citizen.id, body.id)
        self.bodies[slug] = body
        return body

    def link(self, session: Any, citizen_id: UUID, body_id: UUID) -> None:
        pairwise = identity.pairwise(self.app.extensions["index"], citizen_id, body_id)
        linked, code = LinkState.LINKED, LinkProof.CODE
        identity.link(session, citizen_id, body_id, pairwise=pairwise, state=linked, proof=code)

    def agreement(self, reference: str, *, discloser: str, recipient: str, **given: Any) -> None:
        document: dict[str, Any] = {
            "reference": reference,
            "title": make.words(f"Title of {reference}"),
            "what": make.words("Somebody tells somebody something."),
            "purpose": make.words("To help."),
            "stage": Stage.SERVICE_DELIVERY,
            "kind": AgreementKind.SHARING,
            "choice": Say.NONE,
            "disclosers": [{"organisation": discloser}],
            "recipients": [{"organisation": recipient}],
            "categories": ["Name", "Address"],
            **given,
        }
        row = Agreement(
            reference=reference,
            kind=AgreementKind.SHARING,
            title=document["title"],
            title_sort=reference,
            stage=Stage.SERVICE_DELIVERY,
            choice=Say.NONE,
        )
        with self.sessions.writing() as session:
            session.add(row)
            session.flush()
            version: dict[str, Any] = {"number": 1, "document": document, "digest": "0" * 64}
            since = date(2020, 1, 1)
            session.add(AgreementVersion(agreement_id=row.id, in_force_from=since, **version))

    def ask(self, **chosen: Any) -> str:
        """Ask for a copy by the form; where its page is."""
        given = {
            "parts": ALL,
            "bodies": [body.id.hex for body in self.bodies.values()],
            "period": "ever",
        }
        return asked(self.browser, **given | chosen)

    def page(self, address: str) -> Page:
        return Page.get(self.browser, address)

    def made(self, **chosen: Any) -> str:
        """Ask for a copy and let the worker make it."""
        address = self.ask(**chosen)
        work(self.app)
        return address

    def row(self, address: str) -> Export:
        with self.sessions.reading() as session:
            name = UUID(hex=address.rsplit("/", 1)[1])
            return session.scalars(select(Export).where(Export.id == name)).one()

    def package(self, address: str) -> zipfile.ZipFile:
        response = self.browser.get(f"{address}/file")
        assert response.status_code == 200, response.status_code
        return zipfile.ZipFile(io.BytesIO(response.data))

    def do(self, name: str) -> None:
        """Let the worker do a recurring job now."""
        with self.sessions.writing() as session:
            jobs.enqueue(session, name)
        work(self.app)

    def wait_a_day(self) -> None:
        """From now on what is asked for waits for a day."""
        settings = self.app.extensions["settings"]
        self.app.extensions["settings"] = settings.model_copy(update={"export_hold": 24.0})

    def stored(self) -> list[str]:
        return sorted(path.name for path in self.store.iterdir()) if self.store.is_dir() else []


def asked(browser: FlaskClient, **given: Any) -> str:
    response = browser.post("/my/copies", data=given)
    assert response.status_code == 303, response.text
    return str(response.headers["Location"])


def answer(browser: FlaskClient, address: str, **given: Any) -> tuple[int, bytes]:
    response: TestResponse = browser.open(address, **given)
    return response.status_code, response.data


def work(app: Flask) -> None:
    """Do what is queued, in its order, as a worker would; failed jobs wait for their next time."""
    sessions = app.extensions["sessions"]
    queued = select(Job.id).where(Job.state == JobState.QUEUED, Job.due_at <= clock.now())
    done: set[UUID] = set()
    while True:
        with sessions.reading() as session:
            ready = [job for job in session.scalars(queued.order_by(Job.id)) if job not in done]
        if not ready:
            return
        for job_id in ready:
            jobs.run(sessions, app.extensions, job_id)
            done.add(job_id)


def lines(package: zipfile.ZipFile, table: str) -> list[dict[str, Any]]:
    """The rows of a table, as its JSON lines tell them."""
    (name,) = [each for each in package.namelist() if each.endswith(f"{table}.jsonl")]
    return [json.loads(line) for line in package.read(name).decode().splitlines()]


def missing(package: zipfile.ZipFile) -> list[dict[str, str]]:
    told: list[dict[str, str]] = json.loads(package.read("missing.json"))["missing"]
    return told


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """So much time passes."""
    before = clock.now
    monkeypatch.setattr(clock, "now", lambda: before() + by)


def jump(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """The machine's clock is moved ahead, and no time passes."""
    since_boot = time.clock_gettime
    monkeypatch.setattr(time, "clock_gettime", lambda one: since_boot(one) - by.total_seconds())
    later(monkeypatch, by)
