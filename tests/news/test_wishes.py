"""What a citizen is told of, and how soon: chosen by one form, calm where nothing is chosen."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from citizen_portal.identity.models import SignIn
from citizen_portal.jobs import Job
from citizen_portal.news import queries
from citizen_portal.news.models import CALM, NewsKind, Rhythm
from tests.news.conftest import WISHES, Mailbox
from tests.pages import Page


def chosen(page: Page) -> dict[str, str]:
    """Of each list on the form, what is chosen."""
    return {
        str(field["name"]): str(option["value"])
        for field in page.soup.select("main select")
        if (option := field.select_one("option[selected]"))
    }


def test_what_is_calm_holds_until_something_is_chosen(mailbox: Mailbox) -> None:
    assert chosen(Page.get(mailbox.browser, WISHES)) == {
        "incident": "at_once",
        "answer": "at_once",
        "access": "daily",
        "new_body": "daily",
        "choice": "daily",
        "copy": "daily",
        "agreement": "weekly",
    }
    assert set(CALM) == set(NewsKind)

    done = mailbox.choose(agreement="none", looks="y")

    assert (done.response.status_code, done.response.location) == (303, WISHES)
    page = Page.get(mailbox.browser, WISHES)
    assert chosen(page)["agreement"] == "none"
    assert chosen(page)["answer"] == "at_once"
    assert page.soup.select_one("#f-looks[checked]")


def test_a_rhythm_that_is_none_is_refused_and_nothing_is_kept(mailbox: Mailbox) -> None:
    page = mailbox.choose(copy="hourly", access="none")
    assert page.response.status_code == 422
    assert page.title.startswith("Put this right: ")
    assert page.soup.select_one("main .govuk-error-summary a[href='#f-copy']")
    assert page.soup.select_one("#f-copy")
    assert chosen(Page.get(mailbox.browser, WISHES))["access"] == "daily"


def test_what_would_warn_is_not_silenced_from_a_session_left_open(mailbox: Mailbox) -> None:
    page = Page.get(mailbox.browser, WISHES)
    mailbox.put_back(SignIn, "auth_time", timedelta(hours=1))
    response = page.submit(WISHES, **(chosen(page) | {"copy": "none"})).response
    assert (response.status_code, response.location) == (302, f"/sign-in?step-up=1&back={WISHES}")


def test_each_kind_is_told_at_its_own_rhythm(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.confirmed()
    mailbox.choose(choice="none", access="weekly")
    mailbox.happen("silent", kind="choice")
    assert mailbox.server.mails == []
    mailbox.happen("first", kind="agreement")
    for kind in ("agreement", "access", "copy", "answer"):
        mailbox.happen(kind, kind=kind)
    assert len(mailbox.server.mails) == 1, "one an hour at most"
    after = []
    for hours in (1, 24, 24 * 6):
        mailbox.pass_(monkeypatch, timedelta(hours=hours, minutes=1))
        mailbox.tick()
        after.append(len(mailbox.server.mails))
    assert after == [2, 2, 2], "the answer took along whatever waited"
    mailbox.happen("later", kind="agreement")
    assert len(mailbox.server.mails) == 3


@pytest.mark.parametrize(("rhythm", "days"), [("daily", 1), ("weekly", 7)])
def test_what_waits_is_told_at_the_rhythm_that_is_chosen_anew(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, rhythm: str, days: int
) -> None:
    mailbox.confirmed()
    mailbox.happen("a", kind="answer")
    mailbox.happen("b", kind="answer")
    mailbox.choose(answer=rhythm)
    mailbox.pass_(monkeypatch, timedelta(days=days, hours=-2))
    mailbox.tick()
    assert len(mailbox.server.mails) == 1
    mailbox.pass_(monkeypatch, timedelta(hours=3))
    mailbox.tick()
    assert len(mailbox.server.mails) == 2


def test_what_waits_of_a_kind_that_is_not_wanted_any_more_is_not_mailed(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.confirmed()
    mailbox.happen("a")
    mailbox.happen("b")
    mailbox.choose(access="none")
    mailbox.pass_(monkeypatch, timedelta(days=30))
    mailbox.tick()
    assert len(mailbox.server.mails) == 1


def test_silencing_copies_has_a_copy_that_waits_do_so_anew(mailbox: Mailbox) -> None:
    def held_back() -> int:
        with mailbox.sessions.reading() as session:
            return len(session.scalars(select(Job).where(Job.name == "exports.hold_back")).all())

    mailbox.choose(copy="weekly")
    assert held_back() == 0
    mailbox.choose(copy="none")
    mailbox.choose(copy="none")
    assert held_back() == 1


def test_nobody_is_looked_for_who_wants_no_news_of_accesses(mailbox: Mailbox) -> None:
    mailbox.choose(looks="y", access="none")
    with mailbox.sessions.reading() as session:
        wishes = queries.wishes(session, mailbox.citizen_id)
    assert (wishes.looks, wishes.rhythms[NewsKind.ACCESS]) == (False, Rhythm.NONE)


def test_one_citizen_chooses_nothing_for_another(mailbox: Mailbox, other: Mailbox) -> None:
    mailbox.choose(access="none")
    assert chosen(Page.get(other.browser, WISHES))["access"] == "daily"
