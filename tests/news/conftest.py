"""A portal that sends mail to a server on loopback, and a worker that does what is due."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from citizen_portal import clock, jobs
from citizen_portal.db import Sessions
from citizen_portal.identity.models import Citizen
from citizen_portal.jobs import Job, JobState
from citizen_portal.news.models import SafeChannel
from citizen_portal.settings import Settings
from tests import make
from tests.conftest import settings_in
from tests.fakes.mail import MailServer, taking_mail
from tests.pages import Page, said

MAIL = "/my/account/mail"
ADDRESS, CODE, CONFIRM, REMOVE = (f"{MAIL}/{to}" for to in ("address", "code", "confirm", "remove"))
WISHES, FEED = f"{MAIL}/news", f"{MAIL}/feed"
SAFE = "mair.huws@example.org"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with taking_mail() as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path, database: str, keys_folder: Path, server: MailServer) -> Settings:
    return mailing(settings_in(tmp_path, keys_folder, database), server.port)


def mailing(settings: Settings, port: int) -> Settings:
    mail = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "smtp_timeout": 5.0,
        "mail_from": "news@portal.example",
    }
    return settings.model_copy(update=mail)


@dataclass
class Mailbox:
    """A citizen at the portal, and the mailbox they may name."""

    app: Flask
    server: MailServer
    browser: FlaskClient
    citizen: Citizen = field(default_factory=make.citizen)

    @property
    def citizen_id(self) -> UUID:
        return self.citizen.id

    @property
    def sessions(self) -> Sessions:
        found = self.app.extensions["sessions"]
        assert isinstance(found, Sessions)
        return found

    def page(self) -> Page:
        return Page.get(self.browser, MAIL)

    def name(self, address: str = SAFE) -> Page:
        """Name an address, and let the worker mail the code."""
        done = Page.get(self.browser, ADDRESS).submit(ADDRESS, address=address)
        self.work()
        return done

    def code(self) -> str:
        """The code in the newest mail, as it is written there."""
        return self.server.mails[-1].text.splitlines()[0].split()[-1]

    def type(self, code: str) -> Page:
        return self.page().submit(CONFIRM, code=code)

    def confirmed(self, address: str = SAFE) -> None:
        """Name and confirm an address; the mails until then are put away."""
        self.name(address)
        assert self.type(self.code()).response.status_code == 303
        self.server.mails.clear()
        self.server.asked = 0

    def happen(self, *keys: str, kind: str = "access", at_once: bool = False) -> UUID:
        """Have a lower slice say that something happened, and let the worker do its work."""
        with self.sessions.writing() as session:
            whose = str(self.citizen_id)
            job = jobs.enqueue(
                session,
                "news.first_notice",
                citizen=whose,
                keys=keys,
                kind=kind,
                at_once=at_once,
            )
        self.work()
        return job.id

    def work(self) -> None:
        """What a worker does until nothing is left that is due."""
        while waiting := self._waiting():
            for job_id in waiting:
                jobs.run(self.sessions, self.app.extensions, job_id)

    def tick(self) -> None:
        """What the worker does for news every few minutes."""
        with self.sessions.writing() as session:
            jobs.enqueue(session, "news.tell_waiting")
        self.work()

    def put_back_sealed(self, sealed: bytes) -> None:
        """As if the address had been sealed so."""
        own = update(SafeChannel).where(SafeChannel.citizen_id == self.citizen_id)
        with self.sessions.writing() as session:
            session.execute(own.values(sealed_address=sealed))

    def pass_(self, patch: pytest.MonkeyPatch, by: timedelta) -> None:
        """Move the clock on, for the portal and its worker."""
        before = clock.now
        patch.setattr(clock, "now", lambda: before() + by)

    def stop_link(self) -> str:
        """The path of the link in the newest mail that stops them."""
        link = str(self.server.mails[-1].message["List-Unsubscribe"]).strip("<>")
        return link.removeprefix(self.app.extensions["settings"].public_url)

    def choose(self, **wishes: str) -> Page:
        """Fill in the form of wishes, the rest as it stands there."""
        return Page.get(self.browser, WISHES).submit(WISHES, **wishes)

    def _waiting(self) -> list[UUID]:
        fresh = Job.state == JobState.QUEUED, Job.attempts == 0
        with self.sessions.reading() as session:
            return list(session.scalars(select(Job.id).where(*fresh).order_by(Job.due_at)))

    def channel(self) -> SafeChannel | None:
        own = SafeChannel.citizen_id == self.citizen_id
        with self.sessions.reading() as session:
            return session.scalars(select(SafeChannel).where(own)).one_or_none()

    def put_back(self, model: Any, column: str, by: timedelta) -> None:
        """As if what a column notes had been so long ago."""
        with self.sessions.writing() as session:
            own = model.citizen_id == self.citizen_id
            session.execute(update(model).where(own).values({column: clock.now() - by}))


@pytest.fixture
def mailbox(app: Flask, server: MailServer, signed_in: Callable[[Citizen], FlaskClient]) -> Mailbox:
    citizen = make.citizen()
    return Mailbox(app, server, signed_in(citizen), citizen)


@pytest.fixture
def other(app: Flask, server: MailServer, signed_in: Callable[[Citizen], FlaskClient]) -> Mailbox:
    citizen = make.citizen()
    return Mailbox(app, server, signed_in(citizen), citizen)


def error(page: Page) -> str:
    found = page.soup.select_one(".govuk-error-message")
    return said(found) if found else ""
