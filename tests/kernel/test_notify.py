"""Mail through GOV.UK Notify, over real HTTP: what it is sent, and what it answers or does not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from citizen_portal import clock, notices
from citizen_portal.fetch import Fetcher
from citizen_portal.notices import Mail, NoMailbox, NotSent, Sender, Stamp
from citizen_portal.settings import Settings
from tests.fakes.mail import free_port
from tests.fakes.notify import KEY, SECRET, SERVICE, NotifyServer, notifying

MAIL = Mail("News / Newyddion", "There is news.\nMae ŵy yma.\n", "https://p.example/news/stop/0")
TO, TEMPLATE = "mair@example.org", "7e3b0000-0000-4000-8000-00000000000c"
ONE, TWO = UUID(int=1), UUID(int=2)


def configured(**given: Any) -> Settings:
    usual: dict[str, Any] = {
        "environment": "development",
        "secret_key": "a secret for tests only, long enough",
        "database_url": "postgresql+psycopg://nowhere/portal",
        "keys_folder": Path("keys"),
        "export_store": "copies",
        "notify_template": TEMPLATE,
        "notify_key": KEY,
    }
    return Settings(**usual | given)


def through(address: str) -> Sender:
    settings = configured(notify_url=address, smtp_timeout=5.0)
    return notices.sender(settings, Fetcher(frozenset({"127.0.0.1"}), 10_000))


@pytest.fixture
def server() -> Iterator[NotifyServer]:
    with notifying() as server:
        yield server


def test_a_mail_goes_by_one_template_with_nothing_but_our_words(server: NotifyServer) -> None:
    through(server.address).send(MAIL, to=TO, stamp=Stamp(ONE))

    assert server.taken == [
        {
            "email_address": TO,
            "template_id": TEMPLATE,
            "personalisation": {"subject": MAIL.subject, "text": MAIL.text},
            "reference": str(ONE),
            "one_click_unsubscribe_url": MAIL.stop,
        }
    ]
    (claims,) = server.claims
    assert claims.keys() == {"iss", "iat"}
    assert abs(claims["iat"] - clock.now().timestamp()) < 30
    assert SECRET not in str(claims)


def test_a_mail_that_was_taken_before_the_connection_broke_is_not_sent_twice(
    server: NotifyServer,
) -> None:
    sender = through(server.address)
    server.answers = 500
    with pytest.raises(NotSent) as caught:
        sender.send(MAIL, to=TO, stamp=Stamp(ONE))
    assert caught.value.away
    server.answers = 201
    sender.send(MAIL, to=TO, stamp=Stamp(ONE, again=True))
    assert len(server.taken) == 1
    server.status[str(ONE)] = "temporary-failure"
    sender.send(MAIL, to=TO, stamp=Stamp(ONE, again=True))
    sender.send(MAIL, to=TO, stamp=Stamp(TWO, again=True))
    assert [mail["reference"] for mail in server.taken] == [str(ONE), str(ONE), str(TWO)]


def test_a_mailbox_that_took_nothing_is_told_with_the_next_mail(server: NotifyServer) -> None:
    sender = through(server.address)
    sender.send(MAIL, to=TO, stamp=Stamp(ONE))
    server.status[str(ONE)] = "permanent-failure"
    for stamp in (Stamp(TWO, before=ONE), Stamp(ONE, again=True)):
        with pytest.raises(NoMailbox):
            sender.send(MAIL, to=TO, stamp=stamp)
    assert len(server.taken) == 1


@pytest.mark.parametrize(("status", "away"), [(400, False), (403, True), (429, True), (500, True)])
def test_what_notify_does_not_take_is_tried_again_and_not_repeated(
    server: NotifyServer, status: int, away: bool
) -> None:
    """A 400 may be our own fault as well: it ends the use of no mailbox."""
    server.takes, server.answers = False, status
    with pytest.raises(NotSent) as caught:
        through(server.address).send(MAIL, to=TO, stamp=Stamp(ONE))
    assert caught.value.away is away
    assert "mair" not in repr(caught.value)


def test_where_notify_is_not_reached_others_wait_as_well() -> None:
    with pytest.raises(NotSent) as caught:
        through(f"http://127.0.0.1:{free_port()}").send(MAIL, to=TO, stamp=Stamp(ONE))
    assert caught.value.away


def test_the_key_may_stand_in_a_file_and_must_be_one(tmp_path: Path) -> None:
    file = tmp_path / "notify.key"
    file.write_text(f"{KEY}\n")
    settings = configured(notify_key="", notify_key_file=file)
    assert (settings.sends_mail, settings.notify_secret) == (True, KEY)
    for wrong in ("", "portal_key", f"{SERVICE}-{SECRET}x"):
        with pytest.raises(ValidationError, match="notify_key: must be a key of Notify"):
            configured(notify_key=wrong)
    with pytest.raises(ValidationError, match="instead of smtp_host"):
        configured(smtp_host="mail.example", mail_from="news@portal.example")
