"""Bodies that tell only when asked are asked for a citizen who is away: only while they want it."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, request
from sqlalchemy import select

from citizen_portal import clock, jobs
from citizen_portal.bodies.models import Protocol, Revision
from citizen_portal.identity import actions as identity
from citizen_portal.identity.models import LinkProof, LinkState
from citizen_portal.news import actions
from citizen_portal.news import jobs as news_jobs
from citizen_portal.news.models import CALM, NewsKind, Rhythm, Told
from tests import make
from tests.account.closing import rows_with
from tests.fakes.serving import served
from tests.news.conftest import Mailbox


@dataclass
class Body:
    """What it is asked, and what it tells of then."""

    id: UUID
    asked: list[dict[str, str]] = field(default_factory=list)
    tells: list[dict[str, Any]] = field(default_factory=list)

    def saw(self, action: str, *, ago: timedelta = timedelta(0)) -> None:
        """Somebody looked, by no agreement of the register."""
        self.tells.append(
            {
                "logtime": (clock.now() - ago).isoformat(),
                "action": action,
                "receiverCode": "B0001",
                "receiverName": "Wrenford",
                "receiverSystem": "Desk",
            }
        )


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def body(mailbox: Mailbox, stack: ExitStack, slug: str, protocol: Protocol) -> Body:
    """A body that knows the citizen and answers over HTTP."""
    organisation = make.body(slug=slug, code=slug.upper())
    said = Body(organisation.id)

    def app(_: str) -> Flask:
        served_body = Flask(slug)

        @served_body.get("/v2/findUsage")
        def find() -> dict[str, Any]:
            said.asked.append(request.args.to_dict())
            since = request.args["periodStart"].replace("Z", "+00:00")
            found = [one for one in said.tells if one["logtime"] >= since]
            return {"totalUsages": len(found), "usages": found}

        return served_body

    url = stack.enter_context(served(app))
    with mailbox.sessions.writing() as session:
        session.add(organisation)
        session.flush()
        session.add(make.source(organisation, base_url=url, protocol=protocol))
        session.add(Revision(name=f"bodies-{slug}", number=1))
        index = mailbox.app.extensions["index"]
        identity.link(
            session,
            mailbox.citizen_id,
            organisation.id,
            pairwise=identity.pairwise(index, mailbox.citizen_id, organisation.id),
            state=LinkState.LINKED,
            proof=LinkProof.CODE,
        )
    return said


@pytest.fixture
def clinic(mailbox: Mailbox, stack: ExitStack) -> Body:
    mailbox.confirmed()
    return body(mailbox, stack, "clinic", Protocol.FINDUSAGE_2)


def look(mailbox: Mailbox) -> None:
    with mailbox.sessions.writing() as session:
        jobs.enqueue(session, "news.look")
    mailbox.work()


def told(mailbox: Mailbox) -> int:
    with mailbox.sessions.reading() as session:
        return len(session.scalars(select(Told)).all())


def test_nothing_is_asked_until_it_is_wanted_and_then_once_a_day(
    mailbox: Mailbox, clinic: Body, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushing = body(mailbox, stack, "pushing", Protocol.PUSH)
    clinic.saw("Looked before", ago=timedelta(hours=2))
    look(mailbox)
    assert clinic.asked == []
    mailbox.choose(looks="y")
    look(mailbox)
    look(mailbox)
    assert (len(clinic.asked), len(pushing.asked)) == (1, 0)
    assert mailbox.server.mails == [], "what was before they wished it is no news"

    mailbox.pass_(monkeypatch, timedelta(days=1, minutes=1))
    clinic.saw("Looked at Wrenford")
    look(mailbox)

    assert len(clinic.asked) == 2
    assert (len(mailbox.server.mails), told(mailbox)) == (1, 1)
    with mailbox.sessions.reading() as session:
        assert rows_with(session, frozenset({"Wrenford", "B0001", "Looked at"})) == []
    mailbox.pass_(monkeypatch, timedelta(days=1, minutes=1))
    look(mailbox)
    assert (len(clinic.asked), len(mailbox.server.mails), told(mailbox)) == (3, 1, 1)


@pytest.mark.parametrize(
    "how", ["unticked", "no news of accesses", "unlinked", "closed", "removed"]
)
def test_it_stops_at_once_and_nothing_is_noted_of_an_answer_that_comes_too_late(
    mailbox: Mailbox, clinic: Body, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    def end() -> None:
        with mailbox.sessions.writing() as session:
            if how == "unlinked":
                identity.unlink(session, mailbox.citizen_id, clinic.id)
            elif how == "closed":
                envelope = mailbox.app.extensions["closed_envelope"]
                identity.close(session, mailbox.citizen_id, envelope=envelope)
            elif how == "removed":
                actions.remove(session, mailbox.citizen_id)
            else:
                rhythms = dict(CALM)
                if how == "no news of accesses":
                    rhythms[NewsKind.ACCESS] = Rhythm.NONE
                ticked = how != "unticked"
                actions.choose(session, mailbox.citizen_id, rhythms, looks=ticked)

    mailbox.choose(looks="y")
    clinic.saw("Looked")
    clinic.tells = Ending(clinic.tells, end)
    look(mailbox)
    assert (len(clinic.asked), told(mailbox)) == (1, 0), "the answer came after the end"
    mailbox.pass_(monkeypatch, timedelta(days=1, minutes=1))
    look(mailbox)
    assert len(clinic.asked) == 1


def test_a_body_that_does_not_answer_is_asked_again_the_next_day(
    mailbox: Mailbox, clinic: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.choose(looks="y")
    clinic.tells.append({"logtime": "9999"})
    with monkeypatch.context() as busy:
        busy.setattr(news_jobs, "LOOK_FOR", -1.0)
        look(mailbox)
    assert clinic.asked == [], "a round has its time; the next one goes on"
    look(mailbox)
    clinic.tells.clear()
    mailbox.pass_(monkeypatch, timedelta(days=1, minutes=1))
    clinic.saw("Looked")
    look(mailbox)
    assert (len(clinic.asked), len(mailbox.server.mails)) == (2, 1)


class Ending(list[dict[str, Any]]):
    """Read by the body once it is asked; at that moment it all ends."""

    def __init__(self, tells: list[dict[str, Any]], end: Any) -> None:
        super().__init__(tells)
        self._end = end

    def __iter__(self) -> Iterator[dict[str, Any]]:
        self._end()
        return super().__iter__()
