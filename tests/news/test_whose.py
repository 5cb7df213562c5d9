"""Whose mail is due, and at whose mailbox it is counted."""

from uuid import UUID, uuid4

from sqlalchemy import select, update

from citizen_portal.identity.models import Citizen
from citizen_portal.news import actions, queries
from citizen_portal.news.models import NewsKind, SafeChannel
from tests.news.conftest import SAFE, Mailbox
from tests.news.test_telling import a_day_passes, told


def due(mailbox: Mailbox) -> list[UUID]:
    with mailbox.sessions.reading() as session:
        return queries.due(session, most=10)


def news_wait(mailbox: Mailbox, other: Mailbox) -> None:
    """Each was mailed today, and more has come since."""
    mailbox.confirmed()
    other.confirmed("other@example.org")
    for one in (mailbox, other):
        one.happen("a")
        one.happen("b")


def test_those_whose_news_wait_are_found_once_their_day_is_over(
    mailbox: Mailbox, other: Mailbox
) -> None:
    news_wait(mailbox, other)
    assert due(mailbox) == []
    a_day_passes(mailbox)

    assert due(mailbox) == [mailbox.citizen_id], "the other's mail is still of this day"
    mailbox.tick()
    assert [mail.to for mail in mailbox.server.mails[2:]] == [[SAFE]]
    assert (told(mailbox), told(other)) == ([True, True], [True, False])


def test_who_closed_the_account_is_mailed_no_more_while_others_are(
    mailbox: Mailbox, other: Mailbox
) -> None:
    news_wait(mailbox, other)
    for one in (mailbox, other):
        a_day_passes(one)
    assert set(due(mailbox)) == {mailbox.citizen_id, other.citizen_id}

    with mailbox.sessions.writing() as session:
        session.get_one(Citizen, other.citizen_id).closed_as = uuid4()
    assert due(mailbox) == [mailbox.citizen_id]


def test_news_of_another_are_no_reason_to_mail(mailbox: Mailbox, other: Mailbox) -> None:
    mailbox.confirmed()
    other.confirmed("other@example.org")
    index = mailbox.app.extensions["index"]
    with mailbox.sessions.writing() as session:
        actions.note_news(session, index, other.citizen_id, ["a"], NewsKind.COPY)
    with mailbox.sessions.writing() as session:
        assert actions.begin_mail(session, index, mailbox.citizen_id) is None
        assert actions.begin_mail(session, index, other.citizen_id) is not None


def test_a_mail_is_counted_at_the_mailbox_of_whom_it_is_for(
    mailbox: Mailbox, other: Mailbox
) -> None:
    mailbox.confirmed()
    other.confirmed("other@example.org")
    own = select(SafeChannel.id).where(SafeChannel.citizen_id == mailbox.citizen_id)
    theirs = SafeChannel.citizen_id == other.citizen_id
    with mailbox.sessions.writing() as session:
        session.execute(update(SafeChannel).where(theirs).values(id=own.scalar_subquery()))

    mailbox.happen("a")

    with mailbox.sessions.reading() as session:
        mails = dict(session.execute(select(SafeChannel.citizen_id, SafeChannel.mails)).all())
    assert mails == {mailbox.citizen_id: 1, other.citizen_id: 0}
