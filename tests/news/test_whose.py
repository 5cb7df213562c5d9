"""Whose mail is due, and at whose mailbox it is counted."""

from uuid import uuid4

from sqlalchemy import select, update

from citizen_portal.identity.models import Citizen
from citizen_portal.news import actions
from citizen_portal.news.models import NewsKind, SafeChannel
from tests.news.conftest import Mailbox
from tests.news.test_telling import a_day_passes, due


def test_who_closed_the_account_is_mailed_no_more_while_others_are(
    mailbox: Mailbox, other: Mailbox
) -> None:
    mailbox.confirmed()
    other.confirmed("other@example.org")
    for one in (mailbox, other):
        one.happen("a")
        one.happen("b")
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
