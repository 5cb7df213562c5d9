"""Whom an agreement covers hears once that it is new, changed or over."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from citizen_portal import jobs
from citizen_portal.news import actions
from citizen_portal.news import jobs as news_jobs
from citizen_portal.news.models import ChannelState, NewsFollowed, NewsKind, SafeChannel, Told
from citizen_portal.news.queries.following import Change, covered
from citizen_portal.region import Region
from tests.preferences.town import RESEARCH, Town


@pytest.fixture
def town(app: Flask) -> Town:
    return Town(app)


def today(town: Town) -> date:
    region = town.app.extensions["region"]
    assert isinstance(region, Region)
    return region.today()


def reachable(town: Town, *at: str, feed: bool = False) -> UUID:
    """Somebody whom these bodies know, with a confirmed mailbox or a feed."""
    citizen_id = town.person(*at)
    with town.sessions.writing() as session:
        if feed:
            actions.make_feed(session, town.app.extensions["index"], citizen_id)
        else:
            channel = SafeChannel(citizen_id=citizen_id, sealed_address=b"sealed")
            channel.state = ChannelState.CONFIRMED
            session.add(channel)
    return citizen_id


def follow(town: Town) -> None:
    with town.sessions.writing() as session:
        job = jobs.enqueue(session, "news.follow_register")
    jobs.run(town.sessions, town.app.extensions, job.id)
    with town.sessions.reading() as session:
        assert session.get_one(jobs.Job, job.id).fault is None


def told(town: Town) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    with town.sessions.reading() as session:
        for row in session.scalars(select(Told)):
            assert row.kind is NewsKind.AGREEMENT
            found[row.citizen_id] = found.get(row.citizen_id, 0) + 1
    return found


def publish(town: Town, reference: str, starts: date, **more: str) -> None:
    town.publish(reference, "clinic", "council", "opt_out", RESEARCH, starts=str(starts), **more)


def only(citizens: Iterable[UUID], times: int) -> dict[UUID, int]:
    return dict.fromkeys(citizens, times)


def test_those_whom_it_covers_hear_of_a_new_version_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news_jobs, "CITIZENS_AT_ONCE", 2)
    covered = [reachable(town, "clinic") for _ in range(4)]
    covered.append(reachable(town, "council", feed=True))
    reachable(town, "hermit")
    town.person("clinic")  # whom nothing can tell
    follow(town)
    assert told(town) == {}, "what was in force long ago is no news"

    publish(town, "DSA-0009", today(town))
    follow(town)
    follow(town)
    assert told(town) == only(covered, 1)

    publish(town, "DSA-0009", today(town), title={"en": "Another title"})  # type: ignore[arg-type]
    with town.sessions.writing() as session:  # as if a worker had died before it noted that
        for row in session.scalars(select(NewsFollowed)):
            session.delete(row)
    follow(town)
    follow(town)
    assert told(town) == only(covered, 2)


def test_who_has_neither_mailbox_nor_feed_is_not_looked_for_beside_those_who_have(
    town: Town,
) -> None:
    known = [reachable(town, "clinic"), reachable(town, "clinic", feed=True)]
    town.person("clinic")
    change = Change("DSA-0001", 1, frozenset({town.bodies["clinic"]}), is_news=True)
    with town.sessions.reading() as session:
        assert covered(session, change, after=None, most=9) == sorted(known)


def test_an_agreement_that_is_over_is_news_and_one_that_was_never_followed_is_not(
    town: Town,
) -> None:
    somebody = reachable(town, "clinic")
    publish(town, "DSA-0009", today(town) - timedelta(days=400))
    follow(town)
    ended = today(town) - timedelta(days=1)
    publish(town, "DSA-0009", today(town) - timedelta(days=400), ends=str(ended))
    publish(town, "DSA-0010", today(town) - timedelta(days=400), ends=str(ended))
    follow(town)
    assert told(town) == {somebody: 1}
