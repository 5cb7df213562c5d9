"""That there is news: to a confirmed mailbox alone, once each, once a day, saying nothing more."""

import re
from datetime import timedelta

from sqlalchemy import select

from citizen_portal import clock, jobs
from citizen_portal.jobs import Job, JobState
from citizen_portal.news import actions
from citizen_portal.news.models import ChannelState, NewsKind, SafeChannel, Told
from citizen_portal.settings import Settings
from tests import make
from tests.fakes.mail import taking_mail
from tests.news.conftest import ADDRESS, REMOVE, SAFE, Mailbox
from tests.pages import Page, said

TELLING = re.compile(
    r"access|look|body|bodies|agreement|data|emergency|explain|record|share|council|health"
    r"|mynediad|edrych|corff|cytundeb|argyfwng|cofnod",
    re.I,
)


def told(mailbox: Mailbox) -> list[bool]:
    """Of each piece of news, whether it was mailed."""
    own = select(Told.told_at).where(Told.citizen_id == mailbox.citizen_id).order_by(Told.id)
    with mailbox.sessions.reading() as session:
        return [at is not None for at in session.scalars(own)]


def test_nothing_is_mailed_or_noted_before_a_mailbox_is_confirmed(mailbox: Mailbox) -> None:
    mailbox.happen("a", "b")
    mailbox.name()
    mailbox.server.mails.clear()
    mailbox.happen("c")
    mailbox.tick()

    assert mailbox.server.mails == []
    assert told(mailbox) == []


def test_the_mail_says_that_there_is_news_and_nothing_of_what(mailbox: Mailbox) -> None:
    with mailbox.sessions.writing() as session:
        session.add(make.body(slug="wrenford-council"))
    mailbox.confirmed()

    mailbox.happen("body:wrenford-council")

    (mail,) = mailbox.server.mails
    assert mail.to == [SAFE]
    assert mail.message["From"] == "Account news <news@portal.example>"
    assert mail.message["Subject"] == "News in your account / Newyddion yn eich cyfrif"
    everything = mail.text + str(mail.message["Subject"]) + str(mail.message["From"])
    assert TELLING.search(everything) is None
    assert "wrenford" not in mail.raw.decode()
    assert "Citizen portal" not in everything
    root = "http://127.0.0.1:8000"
    stop = str(mail.message["List-Unsubscribe"]).strip("<>")
    assert re.fullmatch(f"{root}/news/stop/[0-9a-f]{{64}}", stop)
    assert re.findall(r"https?://\S*", mail.text) == [root, stop] * 2
    assert mailbox.citizen_id.hex not in mail.raw.decode().replace("-", "")


def test_the_mail_is_the_same_whatever_happened(mailbox: Mailbox, other: Mailbox) -> None:
    mailbox.confirmed()
    other.confirmed("other@example.org")
    mailbox.happen("a")
    other.happen("b", "c")

    one, two = mailbox.server.mails
    stops = [str(each.message["List-Unsubscribe"]).strip("<>") for each in (one, two)]
    assert one.text.replace(stops[0], stops[1]) == two.text
    assert stops[0] != stops[1]
    assert one.message["Subject"] == two.message["Subject"]


def test_each_key_is_told_once(mailbox: Mailbox) -> None:
    mailbox.confirmed()
    mailbox.happen("a", "a", "b")
    mailbox.put_back(Told, "told_at", timedelta(days=2))
    mailbox.happen("b", "a")
    mailbox.tick()

    assert len(mailbox.server.mails) == 1
    assert told(mailbox) == [True, True]


def test_two_keys_of_two_citizens_are_not_to_be_compared(mailbox: Mailbox, other: Mailbox) -> None:
    for one in (mailbox, other):
        one.confirmed()
        one.happen("the same")
    with mailbox.sessions.reading() as session:
        first, second = session.scalars(select(Told.blind)).all()
    assert first != second
    assert "same" not in first + second


def test_a_job_done_twice_mails_once(mailbox: Mailbox) -> None:
    mailbox.confirmed()
    job_id = mailbox.happen("a")
    for _ in range(2):
        with mailbox.sessions.writing() as session:
            job = session.get_one(Job, job_id)
            job.state = JobState.QUEUED
            job.arguments = {"citizen": str(mailbox.citizen_id), "keys": ["a"]}
        jobs.run(mailbox.sessions, mailbox.app.extensions, job_id)
    assert len(mailbox.server.mails) == 1


def test_later_news_of_a_day_wait_for_one_mail_of_the_next(mailbox: Mailbox) -> None:
    mailbox.confirmed()
    mailbox.happen("a")
    mailbox.happen("b")
    mailbox.happen("c")
    mailbox.tick()
    assert (len(mailbox.server.mails), told(mailbox)) == (1, [True, False, False])

    mailbox.put_back(SafeChannel, "due_at", timedelta(days=1))
    mailbox.tick()
    assert len(mailbox.server.mails) == 1, "the day is counted from the mail itself"
    a_day_passes(mailbox)
    mailbox.tick()
    mailbox.tick()

    assert (len(mailbox.server.mails), told(mailbox)) == (2, [True, True, True])


def test_what_cannot_wait_takes_the_waiting_news_along(mailbox: Mailbox) -> None:
    mailbox.confirmed()
    mailbox.happen("a")
    mailbox.happen("b")
    mailbox.happen("copy", kind="copy", at_once=True)
    assert len(mailbox.server.mails) == 1, "not more than one mail an hour"
    time_passes(mailbox, timedelta(hours=1))
    mailbox.tick()
    assert (len(mailbox.server.mails), told(mailbox)) == (2, [True, True, True])
    time_passes(mailbox, timedelta(hours=1))
    mailbox.happen("copy", kind="copy", at_once=True)
    assert len(mailbox.server.mails) == 2, "each key once, ever"


def a_day_passes(mailbox: Mailbox) -> None:
    time_passes(mailbox, timedelta(days=1))


def time_passes(mailbox: Mailbox, by: timedelta) -> None:
    """As if the mails had gone out so much longer ago."""
    with mailbox.sessions.writing() as session:
        own = select(Told).where(Told.citizen_id == mailbox.citizen_id)
        for row in session.scalars(own.where(Told.told_at.is_not(None))):
            assert row.told_at is not None
            row.told_at -= by


def test_a_mailbox_named_anew_does_not_get_a_second_mail_in_a_day(mailbox: Mailbox) -> None:
    mailbox.confirmed()
    mailbox.happen("a")
    mailbox.page().submit(REMOVE)
    mailbox.confirmed()
    mailbox.happen("b")
    assert mailbox.server.mails == []
    a_day_passes(mailbox)
    mailbox.tick()
    assert len(mailbox.server.mails) == 1


def test_news_that_wait_go_to_the_mailbox_named_since_and_end_when_it_is_removed(
    mailbox: Mailbox,
) -> None:
    mailbox.confirmed()
    mailbox.happen("a")
    mailbox.happen("b")
    mailbox.confirmed("mair@new.example.org")
    a_day_passes(mailbox)
    mailbox.tick()
    assert [mail.to for mail in mailbox.server.mails] == [["mair@new.example.org"]]

    mailbox.happen("c")
    mailbox.page().submit(REMOVE)
    assert told(mailbox) == [True, True]


def test_a_server_that_is_away_is_tried_again_ever_more_rarely(mailbox: Mailbox) -> None:
    mailbox.confirmed()
    mailbox.server.at_recipient = "451 later"
    mailbox.happen("a")
    pauses = [pause(mailbox)]
    for _ in range(5):
        mailbox.tick()
        assert mailbox.server.asked == len(pauses), "not before the pause is over"
        mailbox.put_back(SafeChannel, "due_at", timedelta(seconds=1))
        mailbox.tick()
        pauses.append(pause(mailbox))
    assert pauses == [5, 20, 80, 320, 720, 720]

    mailbox.server.at_recipient = None
    mailbox.put_back(SafeChannel, "due_at", timedelta(seconds=1))
    mailbox.tick()
    assert (len(mailbox.server.mails), told(mailbox)) == (1, [True])


def pause(mailbox: Mailbox) -> int:
    """Minutes between a try that was just made and the next."""
    channel = mailbox.channel()
    assert channel is not None
    return round((channel.due_at - clock.now()).total_seconds() / 60)


def test_news_outlive_a_server_that_is_down(mailbox: Mailbox, settings: Settings) -> None:
    mailbox.confirmed()
    with taking_mail() as gone:
        port = gone.port
    mailbox.app.extensions["settings"] = settings.model_copy(update={"smtp_port": port})
    mailbox.happen("a")
    assert told(mailbox) == [False]

    with taking_mail(port) as back:
        mailbox.put_back(SafeChannel, "due_at", timedelta(seconds=1))
        mailbox.tick()
        assert [mail.to for mail in back.mails] == [[SAFE]]
    assert told(mailbox) == [True]


def test_a_mailbox_that_is_refused_for_good_is_tried_no_more_and_said_so(mailbox: Mailbox) -> None:
    mailbox.confirmed()
    mailbox.server.at_recipient = "550 no such user"
    mailbox.happen("a")
    mailbox.put_back(SafeChannel, "due_at", timedelta(seconds=1))
    mailbox.happen("b")
    mailbox.tick()

    assert mailbox.server.asked == 1
    channel = mailbox.channel()
    assert channel is not None
    assert channel.state is ChannelState.NOT_WORKING
    assert "Not working" in mailbox.page().main


def test_two_workers_at_once_do_not_both_try(mailbox: Mailbox) -> None:
    mailbox.confirmed()
    index = mailbox.app.extensions["index"]
    with mailbox.sessions.writing() as session:
        actions.note_news(session, index, mailbox.citizen_id, ["a"], NewsKind.COPY)
    with mailbox.sessions.writing() as session:
        assert actions.begin_mail(session, index, mailbox.citizen_id) is not None
    with mailbox.sessions.writing() as session:
        assert actions.begin_mail(session, index, mailbox.citizen_id) is None


def test_the_worker_looks_for_waiting_news_by_itself() -> None:
    assert jobs.RECURRING["news.tell_waiting"] <= timedelta(minutes=10)
    assert "news.forget_asked" in jobs.RECURRING


def test_a_portal_without_a_mail_server_mails_nothing_and_says_so(
    mailbox: Mailbox, settings: Settings
) -> None:
    mailbox.confirmed()
    without = settings.model_copy(update={"smtp_host": ""})
    mailbox.app.extensions["settings"] = without
    mailbox.happen("a")
    mailbox.tick()
    assert mailbox.server.asked == 0

    account = Page.get(mailbox.browser, "/my/account")
    assert "This portal sends no mail." in said(account.section("mail"))
    assert "unless you name an address" not in account.main
    page = mailbox.page()
    assert "This portal sends no mail." in page.main
    assert "m…@example.org" in page.main
    assert {str(form["action"]) for form in page.soup.select("main form")} == {REMOVE}
    assert mailbox.browser.get(ADDRESS).status_code == 409
    assert page.submit(REMOVE).response.status_code == 303
    page = mailbox.page()
    assert page.soup.select("main form") == []
    assert ADDRESS not in page.links()
