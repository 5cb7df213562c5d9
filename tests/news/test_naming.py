"""A citizen names a mailbox as safe: by a code that only its reader has, and calmly undone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from citizen_portal import clock, jobs
from citizen_portal.audit import AuditEntry
from citizen_portal.identity.models import Citizen, SignIn
from citizen_portal.jobs import Job
from citizen_portal.news.models import ChannelState, CodeAsked, SafeChannel, Told
from tests import make
from tests.news.conftest import ADDRESS, CODE, CONFIRM, MAIL, REMOVE, SAFE, Mailbox
from tests.pages import Page, said

SignIns = Callable[[Citizen], FlaskClient]


def error(page: Page) -> str:
    found = page.soup.select_one(".govuk-error-message")
    return said(found) if found else ""


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
    assert "Confirmed on" in page.main
    assert SAFE not in page.response.text
    assert len(mailbox.server.mails) == 1, "to confirm mails nothing"


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

    database = str(mailbox.sessions.engine.url.database)
    with open(database, "rb") as file, open(f"{database}-wal", "rb") as log:
        kept = file.read() + log.read()
    assert b"mair.huws" not in kept
    assert mailbox.code().encode() not in kept
    assert mailbox.code().replace("-", "").encode() not in kept


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
        newest = select(func.max(CodeAsked.id)).scalar_subquery()
        old = update(CodeAsked).where(CodeAsked.id < newest)
        session.execute(old.values(at=clock.now() - timedelta(minutes=61)))
        jobs.enqueue(session, "news.forget_asked")
    mailbox.work()

    with mailbox.sessions.reading() as session:
        assert len(session.scalars(select(CodeAsked)).all()) == 1


def test_another_address_takes_the_place_of_the_former_at_once(mailbox: Mailbox) -> None:
    mailbox.confirmed()

    mailbox.name("mair@new.example.org")

    assert [mail.to for mail in mailbox.server.mails] == [["mair@new.example.org"]]
    assert "m…@new.example.org" in mailbox.page().main
    mailbox.happen("a")
    assert len(mailbox.server.mails) == 1, "neither of the two gets news"


def test_a_code_of_the_former_address_does_not_confirm_the_new_one(mailbox: Mailbox) -> None:
    mailbox.name()
    former = mailbox.code()
    mailbox.name("mair@new.example.org")

    assert "This is not the code" in error(mailbox.type(former))


def test_an_address_is_removed_at_once_and_without_a_fresh_sign_in(mailbox: Mailbox) -> None:
    mailbox.confirmed()
    mailbox.put_back(SignIn, "auth_time", timedelta(hours=1))

    done = mailbox.page().submit(REMOVE)

    assert done.response.status_code == 303
    assert mailbox.channel() is None
    assert "The address is removed." in mailbox.page().main
    mailbox.happen("a")
    assert mailbox.server.mails == []


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
    with mailbox.sessions.reading() as session:
        job_id = session.scalars(select(Job.id).where(Job.name == "news.send_code")).one()
    jobs.run(mailbox.sessions, mailbox.app.extensions, job_id)

    assert mailbox.type(mailbox.code()).response.status_code == 303


def test_a_code_asked_for_an_address_that_was_removed_is_not_mailed(mailbox: Mailbox) -> None:
    page = Page.get(mailbox.browser, ADDRESS)
    page.submit(ADDRESS, address=SAFE)
    page.submit(ADDRESS, address="mair@new.example.org")
    mailbox.work()

    assert [mail.to for mail in mailbox.server.mails] == [["mair@new.example.org"]]


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
        assert " ".join(part.split()) in shown


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
