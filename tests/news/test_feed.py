"""News as an Atom feed: for who has its address, on which days, and nothing more."""

from collections.abc import Iterator
from datetime import timedelta

import feedparser
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from citizen_portal import clock
from citizen_portal.identity import actions as identity
from citizen_portal.identity.models import SignIn
from citizen_portal.news import queries
from citizen_portal.news.models import Told
from tests.news.conftest import FEED, REMOVE, SAFE, Mailbox
from tests.news.test_telling import TELLING
from tests.pages import Page
from tests.spans import hour_begun

SITE = "http://127.0.0.1:8000"


@pytest.fixture
def hour() -> Iterator[None]:
    with hour_begun():
        yield


def made(mailbox: Mailbox) -> str:
    """Make a feed, or a new address for it; the path of it."""
    page = Page.get(mailbox.browser, FEED).submit(FEED)
    shown = page.soup.select_one("main code")
    assert shown is not None
    assert page.response.headers["Cache-Control"] == "no-store"
    return shown.text.removeprefix(SITE)


def read(client: FlaskClient, path: str) -> feedparser.FeedParserDict:
    response = client.get(path)
    assert response.status_code == 200
    assert response.content_type == "application/atom+xml; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers
    parsed = feedparser.parse(response.get_data())
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    return parsed


def test_a_feed_says_on_which_days_there_was_news_and_nothing_of_what(mailbox: Mailbox) -> None:
    path, stranger = made(mailbox), mailbox.app.test_client()
    assert read(stranger, path).entries == []
    mailbox.happen("a", "b", kind="incident")
    mailbox.put_back(Told, "noted_at", timedelta(days=2))
    mailbox.happen("c", kind="access")
    mailbox.happen("d", kind="choice")

    parsed = read(stranger, path)

    assert [entry.title for entry in parsed.entries] == ["There is news / Mae newyddion"] * 2
    assert {entry.link for entry in parsed.entries} == {f"{SITE}/my"}
    assert all(entry.updated.endswith("T00:00:00Z") for entry in parsed.entries)
    newest, oldest = parsed.entries
    assert newest.updated > oldest.updated
    assert newest.id != oldest.id
    assert parsed.feed.updated == newest.updated
    text = stranger.get(path).text
    assert TELLING.search(text) is None
    assert mailbox.citizen_id.hex not in text.replace("-", "")
    assert path.split("/")[-1].removesuffix(".atom") not in text
    assert [entry.id for entry in read(stranger, path).entries] == [newest.id, oldest.id]
    mailbox.put_back(Told, "noted_at", timedelta(days=31))
    assert read(stranger, path).entries == []


def test_what_is_noted_for_a_feed_is_not_mailed_to_a_mailbox_named_later(mailbox: Mailbox) -> None:
    path = made(mailbox)
    mailbox.happen("a", kind="incident")
    mailbox.confirmed()
    mailbox.tick()
    assert mailbox.server.mails == []
    mailbox.happen("b", kind="incident")
    mailbox.happen("c", kind="incident")
    assert [mail.to for mail in mailbox.server.mails] == [[SAFE]]
    mailbox.page().submit(REMOVE)
    assert len(read(mailbox.app.test_client(), path).entries) == 1


def test_a_feed_is_made_anew_and_removed_and_its_address_is_kept_nowhere(
    mailbox: Mailbox, other: Mailbox
) -> None:
    first, stranger = made(mailbox), mailbox.app.test_client()
    assert "/news/" not in Page.get(mailbox.browser, FEED).main
    second, others = made(mailbox), made(other)
    assert len({first, second, others}) == 3
    gone = stranger.get(first)
    wrong = stranger.get(f"/news/{'0' * 64}.atom")
    assert (gone.status_code, len(gone.data)) == (wrong.status_code, len(wrong.data))
    assert gone.status_code == 404
    other.happen("a")
    assert read(stranger, second).entries == []
    assert len(read(stranger, others).entries) == 1

    done = Page.get(mailbox.browser, FEED).submit(f"{FEED}/remove")

    assert done.response.status_code == 303
    assert stranger.get(second).status_code == 404
    assert stranger.get(others).status_code == 200
    mailbox.happen("b")
    with mailbox.sessions.reading() as session:
        assert set(session.scalars(select(Told.citizen_id))) == {other.citizen_id}


@pytest.mark.usefixtures("other")  # who stays
def test_who_closes_the_account_has_neither_feed_nor_mail_from_that_moment(
    mailbox: Mailbox,
) -> None:
    path = made(mailbox)
    mailbox.confirmed()
    mailbox.happen("a")
    mailbox.happen("b", kind="incident")
    with mailbox.sessions.writing() as session:
        envelope = mailbox.app.extensions["closed_envelope"]
        identity.close(session, mailbox.citizen_id, envelope=envelope)
        session.execute(update(Told).values(told_at=None))
        assert queries.due(session, most=9) == []
    assert mailbox.app.test_client().get(path).status_code == 404


def test_who_has_a_feed_finds_where_to_choose_what_it_tells(mailbox: Mailbox) -> None:
    made(mailbox)
    assert "/my/account/mail/news" in Page.get(mailbox.browser, FEED).links()


def test_making_needs_a_fresh_sign_in(mailbox: Mailbox) -> None:
    page = Page.get(mailbox.browser, FEED)
    mailbox.put_back(SignIn, "auth_time", timedelta(hours=1))
    response = page.submit(FEED).response
    assert (response.status_code, response.location) == (302, f"/sign-in?step-up=1&back={FEED}")


@pytest.mark.usefixtures("hour")
def test_a_feed_is_not_read_each_second(mailbox: Mailbox, other: Mailbox) -> None:
    path, stranger = made(mailbox), mailbox.app.test_client()
    met = [stranger.get(path) for _ in range(mailbox.app.extensions["settings"].limit_feed + 1)]
    assert [each.status_code for each in met] == [200] * 60 + [429]
    assert 0 < int(met[-1].headers["Retry-After"]) <= 3600
    assert stranger.get(made(other)).status_code == 200
    with clock.ago(-timedelta(hours=1)):
        assert stranger.get(path).status_code == 200
