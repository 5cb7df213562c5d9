"""The code that proves a mailbox: mailed, typed, counted, and void in time."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select, update

from citizen_portal import clock, jobs
from citizen_portal.identity.models import Citizen
from citizen_portal.jobs import Job
from citizen_portal.news.models import ChannelState, CodeAsked, SafeChannel
from tests.account.closing import rows_with
from tests.news.conftest import ADDRESS, CODE, CONFIRM, REMOVE, SAFE, Mailbox, error
from tests.pages import Page

SignIns = Callable[[Citizen], FlaskClient]


def test_the_mail_with_the_code_says_nothing_else(mailbox: Mailbox) -> None:
    mailbox.name()

    (mail,) = mailbox.server.mails
    assert mail.message["Subject"] == "Your code / Eich cod"
    assert "http" not in mail.text
    assert "Teipiwch" in mail.text
    plain = mailbox.code().replace("-", "")
    assert len(plain) == 8
    assert not set(plain) & set("01OILU")


def test_neither_address_nor_code_can_be_read_in_the_database(mailbox: Mailbox) -> None:
    mailbox.name()

    code = mailbox.code()
    marks = frozenset({"mair.huws", code, code.replace("-", "")})
    with mailbox.sessions.reading() as session:
        assert rows_with(session, marks) == []
    if mailbox.sessions.engine.dialect.name == "sqlite":
        database = Path(str(mailbox.sessions.engine.url.database))
        kept = database.read_bytes() + Path(f"{database}-wal").read_bytes()
        assert [mark for mark in marks if mark.encode() in kept] == []


def test_a_wrong_code_does_not_confirm_and_five_void_the_code(mailbox: Mailbox) -> None:
    mailbox.name()
    for _ in range(5):
        page = mailbox.type("AAAA-AAAA")
        assert page.response.status_code == 422
        assert "This is not the code that we mailed." in error(page)
        assert page.title.startswith("Put this right: Your account")

    page = mailbox.type(mailbox.code())

    assert "You have typed 5 wrong codes. Ask for a new one." in error(page)
    channel = mailbox.channel()
    assert channel is not None
    assert (channel.state, channel.tries) == (ChannelState.WAITING, 5)
    mailbox.page().submit(CODE)
    mailbox.work()
    assert mailbox.type(mailbox.code()).response.status_code == 303


def test_a_code_that_cannot_be_one_is_not_counted(mailbox: Mailbox) -> None:
    mailbox.name()
    for typed in ("", "ABC", "ŵ" * 8):
        assert "Write the code that is in the mail" in error(mailbox.type(typed))
    channel = mailbox.channel()
    assert channel is not None
    assert channel.tries == 0


def test_a_code_is_good_for_half_an_hour(mailbox: Mailbox) -> None:
    mailbox.name()
    mailbox.put_back(SafeChannel, "code_sent_at", timedelta(minutes=31))
    assert "This code is too old." in error(mailbox.type(mailbox.code()))

    mailbox.put_back(SafeChannel, "code_sent_at", timedelta(minutes=29))
    assert mailbox.type(mailbox.code()).response.status_code == 303


def test_another_code_voids_the_one_before(mailbox: Mailbox) -> None:
    mailbox.name()
    first = mailbox.code()
    page = mailbox.page()
    page.submit(CODE)
    assert "The code is not sent yet." in error(page.submit(CONFIRM, code=first))
    mailbox.work()

    assert "This is not the code" in error(mailbox.type(first))
    assert mailbox.type(mailbox.code()).response.status_code == 303


def test_no_more_than_three_codes_in_an_hour_whatever_is_removed(mailbox: Mailbox) -> None:
    mailbox.name()
    mailbox.page().submit(REMOVE)
    mailbox.name("other@example.org")
    mailbox.page().submit(CODE)
    mailbox.work()
    assert len(mailbox.server.mails) == 3

    refused = mailbox.page().submit(CODE)

    assert refused.response.status_code == 429
    assert "You have asked for 3 codes within an hour." in refused.main
    assert mailbox.name("third@example.org").response.status_code == 429
    assert len(mailbox.server.mails) == 3
    mailbox.put_back(CodeAsked, "at", timedelta(minutes=61))
    assert mailbox.name("third@example.org").response.status_code == 303
    assert len(mailbox.server.mails) == 4


def test_counts_are_forgotten_when_they_count_no_more(mailbox: Mailbox) -> None:
    mailbox.name()
    mailbox.name()
    with mailbox.sessions.writing() as session:
        newest = select(CodeAsked.id).order_by(CodeAsked.id.desc()).limit(1).scalar_subquery()
        old = update(CodeAsked).where(CodeAsked.id < newest)
        session.execute(old.values(at=clock.now() - timedelta(minutes=61)))
        jobs.enqueue(session, "news.forget_asked")
    mailbox.work()

    with mailbox.sessions.reading() as session:
        assert len(session.scalars(select(CodeAsked)).all()) == 1


def test_a_code_of_the_former_address_does_not_confirm_the_new_one(mailbox: Mailbox) -> None:
    mailbox.name()
    former = mailbox.code()
    mailbox.name("mair@new.example.org")

    assert "This is not the code" in error(mailbox.type(former))


def test_a_mailbox_that_takes_no_code_is_told_and_not_tried_again(mailbox: Mailbox) -> None:
    mailbox.server.at_recipient = "550 no such user"
    mailbox.name()

    page = mailbox.page()
    assert "Not working" in page.main
    assert page.soup.find("form", action=CONFIRM) is None
    assert mailbox.server.asked == 1


def test_a_code_that_could_not_be_mailed_is_tried_again(mailbox: Mailbox) -> None:
    mailbox.server.at_recipient = "451 later"
    mailbox.name()
    assert "We are mailing a code to it." in mailbox.page().main
    mailbox.put_back(SafeChannel, "asked_at", timedelta(minutes=16))
    assert "We could not mail a code to it yet." in mailbox.page().main

    mailbox.server.at_recipient = None
    with mailbox.sessions.writing() as session:
        job = session.scalars(select(Job).where(Job.name == "news.send_code")).one()
        job_id, job.due_at = job.id, clock.now()
    jobs.run(mailbox.sessions, mailbox.app.extensions, job_id)

    assert mailbox.type(mailbox.code()).response.status_code == 303


def test_a_code_asked_for_an_address_that_was_removed_is_not_mailed(mailbox: Mailbox) -> None:
    page = Page.get(mailbox.browser, ADDRESS)
    page.submit(ADDRESS, address=SAFE)
    page.submit(ADDRESS, address="mair@new.example.org")
    mailbox.work()

    assert [mail.to for mail in mailbox.server.mails] == [["mair@new.example.org"]]
