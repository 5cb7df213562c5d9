"""Mail servers that are down, slow, refuse, put off or break off: each mail arrives once, later."""

import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from citizen_portal import clock, jobs
from citizen_portal.jobs import Job, JobState
from citizen_portal.news import jobs as news_jobs
from citizen_portal.news.models import ChannelState
from citizen_portal.settings import Settings
from tests.fakes.mail import MailServer, taking_mail
from tests.news.conftest import Mailbox, mailing
from tests.news.crowd import Crowd, each_once
from tests.thorough import times

SIZE = times(40, 500)
GONE = "550 5.1.1 no such user"


def manner(address: str, attempt: int) -> str | None:
    """How the server treats an address: some gone for good, some put off, some broken off."""
    kind = int(address[1:].partition("@")[0]) % 8
    if kind == 0:
        return GONE
    if kind == 1 and attempt < 3:
        return "451 4.7.1 greylisted"
    if kind == 2 and attempt < 2:
        return "break off"
    if kind == 3 and attempt < 2:
        return "450 mailbox busy"
    return None


def test_through_mixed_failures_each_mail_arrives_once_and_at_its_own_mailbox(
    app: Flask, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = Crowd(app, server, SIZE)
    server.manner = manner
    crowd.note("a")

    crowd.rounds(monkeypatch, hours=6)

    reached = [each for each in crowd.address.values() if manner(each, 9) is None]
    assert crowd.mailed() == each_once(reached)
    assert all(len(mail.to) == 1 for mail in server.mails)
    for mail in server.mails:
        assert [mail.message["To"]] == mail.to
    gone = SIZE - len(reached)
    assert crowd.states()[ChannelState.NOT_WORKING] == gone
    assert gone > 0
    asked = server.asked
    crowd.note("b")
    patch_days(monkeypatch, 1)
    crowd.round()
    assert crowd.mailed() == each_once(reached) + each_once(reached)
    assert server.asked == asked + len(reached), "who is gone is asked no more"


def test_a_server_that_is_down_is_tried_for_a_few_and_the_others_are_not_put_off(
    app: Flask, server: MailServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = Crowd(app, server, 20)
    with taking_mail() as gone:
        port = gone.port
    app.extensions["settings"] = mailing(settings, port)
    crowd.note("a")
    crowd.round()
    app.extensions["settings"] = settings
    crowd.round()
    assert len(server.mails) == 17, "three tried in vain, and wait for their pause"
    crowd.rounds(monkeypatch, hours=1)
    assert crowd.mailed() == each_once(crowd.address.values())


def test_a_round_that_was_full_is_followed_by_another(
    app: Flask, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news_jobs, "MOST_AT_ONCE", 2)
    crowd = Crowd(app, server, 3)
    crowd.note("a")
    crowd.round()
    assert len(server.mails) == 2
    with crowd.sessions.reading() as session:
        job = session.scalars(select(Job).where(Job.state == JobState.QUEUED)).one()
    jobs.run(crowd.sessions, app.extensions, job.id)
    assert crowd.mailed() == each_once(crowd.address.values())


def test_a_server_that_says_nothing_holds_up_one_round_and_no_other_job(
    app: Flask, settings: Settings
) -> None:
    with taking_mail() as silent:
        crowd = Crowd(app, silent, 12)
        silent.silence = 60.0
        slow = mailing(settings, silent.port).model_copy(update={"smtp_timeout": 0.2})
        app.extensions["settings"] = slow
        began = time.monotonic()
        crowd.note("a")
        crowd.round()
        assert time.monotonic() - began < 10
        assert silent.mails == []


def test_a_worker_that_is_down_for_three_days_misses_nothing_and_says_nothing_twice(
    app: Flask, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = Crowd(app, server, 4)
    crowd.note("before")
    crowd.round()
    waiting = [("x", "access"), ("x", "access"), ("y", "agreement"), ("z", "choice")]
    for key, kind in waiting:
        crowd.note(key, kind)
    crowd.rounds(monkeypatch, hours=1)
    assert crowd.mailed() == each_once(crowd.address.values())
    patch_days(monkeypatch, 3)

    crowd.round()
    crowd.round()

    both = each_once(crowd.address.values())
    assert crowd.mailed() == both + both, "one mail for the three of them"
    for key, kind in waiting:
        crowd.note(key, kind)
    patch_days(monkeypatch, 8)
    crowd.round()
    assert crowd.mailed() == both + both, "each key once, ever"


def patch_days(patch: pytest.MonkeyPatch, days: int) -> None:
    before = clock.now
    patch.setattr(clock, "now", lambda: before() + timedelta(days=days))


def test_one_whose_address_does_not_open_keeps_no_other_waiting(
    mailbox: Mailbox, other: Mailbox
) -> None:
    for one, address in ((mailbox, "mair@example.org"), (other, "other@example.org")):
        one.confirmed(address)
    stolen = mailbox.channel()
    assert stolen is not None
    other.put_back_sealed(stolen.sealed_address)
    other.happen("a")
    mailbox.happen("a")
    assert [mail.to for mail in mailbox.server.mails] == [["mair@example.org"]]


def test_a_mail_that_is_tried_again_is_known_by_the_same_id(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the server took it and the connection broke before it said so."""
    mailbox.confirmed()
    mailbox.server.attempts.clear()
    mailbox.server.manner = lambda _, attempt: "take and break off" if attempt == 1 else None
    mailbox.happen("a")
    mailbox.pass_(monkeypatch, timedelta(hours=1))
    mailbox.tick()
    first, second = (mail.message["Message-ID"] for mail in mailbox.server.mails)
    assert first == second
    mailbox.pass_(monkeypatch, timedelta(days=2))
    mailbox.happen("b")
    assert mailbox.server.mails[-1].message["Message-ID"] != first
