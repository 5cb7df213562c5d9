"""A citizen names a mailbox as safe: by a code that only its reader has, and calmly undone."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from citizen_portal.audit import AuditEntry
from citizen_portal.identity.models import Citizen, SignIn
from citizen_portal.news.models import CodeAsked, SafeChannel, Told
from tests import make
from tests.news.conftest import ADDRESS, CODE, CONFIRM, MAIL, REMOVE, SAFE, Mailbox, error
from tests.pages import Page, said

SignIns = Callable[[Citizen], FlaskClient]


def test_an_address_is_confirmed_by_typing_the_mailed_code(mailbox: Mailbox) -> None:
    assert "You have not named an address." in mailbox.page().main

    named = mailbox.name()

    assert (named.response.status_code, named.response.location) == (303, MAIL)
    (mail,) = mailbox.server.mails
    assert mail.to == [SAFE]
    assert "m…@example.org" in mailbox.page().main
    done = mailbox.type(f" {mailbox.code().lower().replace('-', ' ')} ")
    assert (done.response.status_code, done.response.location) == (303, MAIL)
    page = mailbox.page()
    assert "Your address is confirmed." in page.main
    assert "You confirmed it on" in page.main
    assert SAFE not in page.response.text
    assert len(mailbox.server.mails) == 1, "to confirm mails nothing"


def test_no_log_names_the_address(
    mailbox: Mailbox, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    mailbox.server.at_recipient = f"451 later, {SAFE}"
    mailbox.name()
    mailbox.server.at_recipient = f"550 no {SAFE}"
    mailbox.name()

    out, err = capsys.readouterr()
    assert "job.failed" in err
    assert "mair" not in out + err + caplog.text


def test_another_address_takes_the_place_of_the_former_at_once(mailbox: Mailbox) -> None:
    mailbox.confirmed()

    mailbox.name("mair@new.example.org")

    assert [mail.to for mail in mailbox.server.mails] == [["mair@new.example.org"]]
    assert "m…@new.example.org" in mailbox.page().main
    mailbox.happen("a")
    assert len(mailbox.server.mails) == 1, "neither of the two gets news"


def test_an_address_is_removed_at_once(mailbox: Mailbox) -> None:
    mailbox.confirmed()

    done = mailbox.page().submit(REMOVE)

    assert done.response.status_code == 303
    assert mailbox.channel() is None
    assert "The address is removed." in mailbox.page().main
    mailbox.happen("a")
    assert mailbox.server.mails == []


def test_removing_needs_a_fresh_sign_in(mailbox: Mailbox) -> None:
    """Whoever sits at an open session cannot make what they do silent."""
    mailbox.confirmed()
    page = mailbox.page()
    mailbox.put_back(SignIn, "auth_time", timedelta(hours=1))

    response = page.submit(REMOVE).response

    assert (response.status_code, response.location) == (302, f"/sign-in?step-up=1&back={MAIL}")
    mailbox.happen("a")
    assert len(mailbox.server.mails) == 1


def test_naming_needs_a_fresh_sign_in(mailbox: Mailbox) -> None:
    form = Page.get(mailbox.browser, ADDRESS)
    mailbox.put_back(SignIn, "auth_time", timedelta(hours=1))

    for response in (
        mailbox.browser.get(ADDRESS),
        form.submit(ADDRESS, address=SAFE).response,
    ):
        assert response.status_code == 302
        assert response.location == f"/sign-in?step-up=1&back={ADDRESS}"
    assert mailbox.channel() is None


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "mair",
        "mair@example.org, eve@example.org",
        "mair@example.org\r\nBcc: eve@example.org",
        "mair@example.org\nRCPT TO:<eve@example.org>",
        "m\u0430ir@example.org",
        "mair@exam\u200bple.org",
        '"><script>alert(1)</script>@example.org',
        "mair@" + "a." * 200 + "org",
    ],
)
def test_what_is_not_one_address_is_refused_calmly(mailbox: Mailbox, typed: str) -> None:
    page = mailbox.name(typed)

    assert page.response.status_code == 422
    assert "one e-mail address" in error(page) or "Write your e-mail address" in error(page)
    assert page.soup.select("main script") == []
    assert mailbox.channel() is None
    assert mailbox.server.mails == []


def test_an_address_with_spaces_or_marks_around_it_is_taken(mailbox: Mailbox) -> None:
    mailbox.name(f" \u200b{SAFE}\n")
    assert mailbox.server.mails[0].to == [SAFE]


def test_one_citizen_neither_sees_nor_changes_what_another_named(
    mailbox: Mailbox, other: Mailbox
) -> None:
    mailbox.name()
    code = mailbox.code()
    other.name("other@example.org")

    assert "m…@example.org" not in other.page().main
    assert "This is not the code" in error(other.type(code))
    other.page().submit(REMOVE)
    assert mailbox.type(code).response.status_code == 303
    assert mailbox.channel() is not None


def test_an_address_sealed_for_one_does_not_open_for_another(
    mailbox: Mailbox, other: Mailbox
) -> None:
    mailbox.confirmed()
    other.confirmed("other@example.org")
    stolen = mailbox.channel()
    assert stolen is not None
    with mailbox.sessions.writing() as session:
        own = update(SafeChannel).where(SafeChannel.citizen_id == other.citizen_id)
        session.execute(own.values(sealed_address=stolen.sealed_address))

    assert "example.org" not in said(other.page().section("mailbox"))
    other.happen("a")
    assert mailbox.server.mails == []


def test_what_was_done_is_on_record_without_the_address(mailbox: Mailbox) -> None:
    mailbox.confirmed()
    mailbox.page().submit(REMOVE)
    with mailbox.sessions.reading() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [(entry.tag, entry.about) for entry in entries[1:]] == [
            ("channel:named", {}),
            ("channel:confirmed", {}),
            ("channel:removed", {}),
        ]


def test_a_citizen_erased_takes_address_and_notes_along(mailbox: Mailbox) -> None:
    mailbox.confirmed()
    mailbox.happen("a")
    with mailbox.sessions.writing() as session:
        session.delete(session.get_one(Citizen, mailbox.citizen_id))
    with mailbox.sessions.reading() as session:
        for model in (SafeChannel, CodeAsked, Told):
            assert session.scalars(select(model)).all() == []


def test_addresses_and_titles_say_no_more_than_your_account(mailbox: Mailbox) -> None:
    for page in (mailbox.page(), Page.get(mailbox.browser, ADDRESS)):
        assert page.title == "Your account – Citizen portal"
    account = Page.get(mailbox.browser, "/my/account")
    assert MAIL in account.links("mail")


def test_the_page_shows_the_very_mail_and_warns(mailbox: Mailbox) -> None:
    page = mailbox.page()
    assert "If somebody else can read this mailbox, do not use it." in page.main
    mailbox.confirmed()
    mailbox.happen("a")
    (mail,) = mailbox.server.mails
    shown = said(mailbox.page().section("who"))
    for part in (mail.text, mail.message["Subject"]):
        assert re.sub(r"/stop/\w+", "/stop/…", " ".join(part.split())) in shown


def test_the_pages_can_be_read_in_welsh(mailbox: Mailbox) -> None:
    mailbox.name()
    mailbox.browser.get("/language/cy")
    for address in (MAIL, ADDRESS):
        page = Page.get(mailbox.browser, address)
        assert page.soup.html is not None
        assert page.soup.html["lang"] == "cy"


def test_a_form_without_its_token_changes_nothing(mailbox: Mailbox, signed_in: SignIns) -> None:
    mailbox.confirmed()
    for path in (ADDRESS, CODE, CONFIRM, REMOVE):
        assert mailbox.browser.post(path).status_code == 400
    assert mailbox.channel() is not None
    assert signed_in(make.citizen()).post(REMOVE).status_code == 400
