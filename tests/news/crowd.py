"""Many citizens with confirmed mailboxes at one mail server, and a worker that goes round."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from citizen_portal import clock, jobs
from citizen_portal.db import Sessions
from citizen_portal.identity.models import Citizen
from citizen_portal.news import actions
from citizen_portal.news.models import ChannelState, NewsKind, SafeChannel
from tests.fakes.mail import MailServer


class Crowd:
    def __init__(self, app: Flask, server: MailServer, size: int) -> None:
        self.app, self.server = app, server
        self.address: dict[UUID, str] = {}
        sealer = app.extensions["sealer"]
        with self.sessions.writing() as session:
            for n in range(size):
                citizen = Citizen()
                session.add(citizen)
                session.flush()
                self.address[citizen.id] = f"n{n}@example.org"
                plain, context = f"n{n}@example.org", actions.address_context(citizen.id)
                channel = SafeChannel(
                    citizen_id=citizen.id, sealed_address=sealer.seal(plain.encode(), context)
                )
                channel.state = ChannelState.CONFIRMED
                session.add(channel)

    @property
    def sessions(self) -> Sessions:
        sessions: Sessions = self.app.extensions["sessions"]
        return sessions

    def note(self, key: str, kind: str = "access") -> None:
        """Something happened to each of them; nothing is mailed yet."""
        index, of = self.app.extensions["index"], NewsKind(kind)
        with self.sessions.writing() as session:
            for citizen_id in self.address:
                actions.note_news(session, index, citizen_id, [key], of)

    def round(self) -> None:
        """One round of the worker."""
        self._run("news.tell_waiting")

    def rounds(self, patch: pytest.MonkeyPatch, *, hours: int) -> None:
        """What the worker does in so many hours, a round in each."""
        for _ in range(hours):
            before = clock.now
            patch.setattr(clock, "now", lambda before=before: before() + timedelta(hours=1))
            self.round()

    def _run(self, name: str, **arguments: object) -> None:
        with self.sessions.writing() as session:
            job = jobs.enqueue(session, name, **arguments)
        jobs.run(self.sessions, self.app.extensions, job.id)
        with self.sessions.reading() as session:
            assert session.get_one(jobs.Job, job.id).fault is None

    def mailed(self) -> Counter[str]:
        """How many mails came for each address; each mail is for one."""
        return Counter(address for mail in self.server.mails for address in mail.to)

    def states(self) -> Counter[ChannelState]:
        with self.sessions.reading() as session:
            return Counter(session.scalars(select(SafeChannel.state)))


def each_once(addresses: Iterable[str]) -> Counter[str]:
    return Counter(dict.fromkeys(addresses, 1))
