"""Mails are stopped without signing in, by who has one of them: never by looking alone."""

from sqlalchemy import select

from citizen_portal.audit import AuditEntry
from citizen_portal.jobs import Job
from citizen_portal.news.models import ChannelState, Told
from tests.news.conftest import MAIL, REMOVE, Mailbox
from tests.pages import Page

AGAIN = f"{MAIL}/again"


def state(mailbox: Mailbox) -> ChannelState:
    channel = mailbox.channel()
    assert channel is not None
    return channel.state


def test_a_mail_program_stops_them_with_one_click_and_no_cookie(mailbox: Mailbox) -> None:
    """RFC 8058: a POST from the provider's own machine, with nothing but the body it names."""
    mailbox.confirmed()
    mailbox.happen("a")
    link, stranger = mailbox.stop_link(), mailbox.app.test_client()
    for method in ("GET", "HEAD"):
        looked = stranger.open(link, method=method)
        assert (looked.status_code, state(mailbox)) == (200, ChannelState.CONFIRMED)

    for _ in range(2):
        done = stranger.post(link, data={"List-Unsubscribe": "One-Click"})
        assert (done.status_code, state(mailbox)) == (200, ChannelState.STOPPED)
        assert "Set-Cookie" not in done.headers
        assert done.headers["Cache-Control"] == "no-store"

    mailbox.happen("b", kind="incident", at_once=True)
    mailbox.tick()
    assert len(mailbox.server.mails) == 1
    with mailbox.sessions.reading() as session:
        assert len(session.scalars(select(Told)).all()) == 1
        assert "channel:stopped" in session.scalars(select(AuditEntry.tag)).all()
        held = select(Job).where(Job.name == "exports.hold_back")
        assert len(session.scalars(held).all()) == 1, "a copy that waits does so anew, once"


def test_a_person_stops_them_by_a_button_and_turns_them_on_again(mailbox: Mailbox) -> None:
    mailbox.confirmed()
    mailbox.happen("a")
    stranger, link = mailbox.app.test_client(), mailbox.stop_link()
    asked = Page.get(stranger, link)
    assert asked.soup.select("main form button")
    done = asked.submit(link)
    assert "We mail no more news to this mailbox." in done.main
    for page in (asked, done):
        assert "example.org" not in page.response.text
        assert mailbox.citizen_id.hex not in page.response.text.replace("-", "")

    own = mailbox.page()
    assert "The mails were stopped by the link in one of them." in own.main
    assert own.submit(AGAIN).response.status_code == 303
    assert state(mailbox) is ChannelState.CONFIRMED
    assert own.submit(AGAIN).response.status_code == 409
    assert stranger.post(link).status_code == 200, "an old mail stops them too"
    assert state(mailbox) is ChannelState.STOPPED


def test_a_link_of_a_mailbox_that_is_gone_is_answered_as_one_that_never_was(
    mailbox: Mailbox, other: Mailbox
) -> None:
    for one, address in ((mailbox, "mair@example.org"), (other, "other@example.org")):
        one.confirmed(address)
        one.happen("a")
    link = mailbox.stop_link()
    assert other.app.test_client().post(link).status_code == 200
    assert (state(mailbox), state(other)) == (ChannelState.CONFIRMED, ChannelState.STOPPED)
    other.page().submit(REMOVE)
    never = f"/news/stop/{'0' * 64}"
    for method in ("GET", "POST"):
        gone, wrong = (other.app.test_client().open(each, method=method) for each in (link, never))
        assert gone.status_code == wrong.status_code == 404
        assert len(gone.data) == len(wrong.data)


def test_neither_the_link_nor_what_finds_it_can_be_read_from_the_other(mailbox: Mailbox) -> None:
    mailbox.confirmed()
    mailbox.happen("a")
    channel = mailbox.channel()
    assert channel is not None
    token = mailbox.stop_link().rsplit("/", 1)[1]
    assert channel.stop_digest not in (None, token)
