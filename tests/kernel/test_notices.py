"""Mail over real SMTP: what it is, how the way there is kept safe, and servers that refuse."""

import ssl
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from citizen_portal import clock, notices
from citizen_portal.fetch import Fetcher
from citizen_portal.notices import Mail, NoMailbox, NotSent, Stamp
from citizen_portal.settings import Settings
from tests.fakes.mail import free_port, taking_mail

MAIL = Mail(subject="News / Newyddion", text="There is news.\nMae ŵy yma.\n")
TO = "mair@example.org"


def through(settings: Settings, port: int, **given: Any) -> Settings:
    usual: dict[str, Any] = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "smtp_timeout": 5.0,
        "mail_from": "news@portal.example",
    }
    return settings.model_copy(update=usual | given)


def send(settings: Settings, mail: Mail, *, to: str) -> None:
    stamp = Stamp(UUID(int=7))
    notices.sender(settings, Fetcher(frozenset(), 10_000)).send(mail, to=to, stamp=stamp)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for 127.0.0.1, which this process is told to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    now, place = clock.now(), x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(place, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, secret = tmp_path / "mail.pem", tmp_path / "mail.key"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return context


def test_a_mail_is_plain_text_from_a_neutral_name_and_says_that_a_machine_sent_it(
    settings: Settings,
) -> None:
    with taking_mail() as server:
        send(through(settings, server.port), MAIL, to=TO)

    (mail,) = server.mails
    assert mail.to == [TO]
    assert set(mail.message.keys()) == {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    }
    assert mail.message["From"] == "Account news <news@portal.example>"
    assert (mail.message["To"], mail.message["Subject"]) == (TO, MAIL.subject)
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["Message-ID"] == f"<{UUID(int=7)}@portal.example>"
    assert mail.message.get_content_type() == "text/plain"
    assert mail.text.splitlines() == MAIL.text.splitlines()


def test_the_link_that_stops_mails_is_for_mail_programs_as_it_is(settings: Settings) -> None:
    """RFC 8058; an address in a header that was broken or coded would stop nothing."""
    stop = f"https://portal.of-some-country.example/news/stop/{'a1' * 32}"
    with taking_mail() as server:
        send(through(settings, server.port), Mail("News", "There is news.", stop), to=TO)
    (mail,) = server.mails
    assert f"List-Unsubscribe: <{stop}>\r\n".encode() in mail.raw
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in mail.raw


@pytest.mark.parametrize(
    ("subject", "to"),
    [("News\nBcc: eve@example.org", TO), ("News", "mair@example.org\r\nBcc: eve@example.org")],
)
def test_no_line_break_reaches_a_header(settings: Settings, subject: str, to: str) -> None:
    with taking_mail() as server, pytest.raises(ValueError, match=r".+"):
        send(through(settings, server.port), Mail(subject, "Hello"), to=to)
    assert server.asked == 0


def test_a_mail_goes_by_starttls_with_user_and_password(
    settings: Settings, certificate: ssl.SSLContext
) -> None:
    seen: list[LoginPassword] = []

    def check(*given: Any) -> AuthResult:
        seen.append(given[-1])
        return AuthResult(success=True)

    safe: dict[str, Any] = {
        "tls_context": certificate,
        "require_starttls": True,
        "authenticator": check,
    }
    with taking_mail(**safe, auth_required=True) as server:
        given = {"smtp_user": "portal", "smtp_password": settings.secret_key}
        send(through(settings, server.port, smtp_security="starttls", **given), MAIL, to=TO)

    assert len(server.mails) == 1
    assert seen[0].password == settings.secret_key.get_secret_value().encode()


def test_a_mail_goes_by_tls(settings: Settings, certificate: ssl.SSLContext) -> None:
    with taking_mail(ssl_context=certificate) as server:
        send(through(settings, server.port, smtp_security="tls"), MAIL, to=TO)
    assert len(server.mails) == 1


def test_without_starttls_at_the_server_nothing_is_sent(settings: Settings) -> None:
    with taking_mail() as server, pytest.raises(NotSent):
        send(through(settings, server.port, smtp_security="starttls"), MAIL, to=TO)
    assert server.asked == 0


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(
    settings: Settings,
    certificate: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
    security: str,
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    way: dict[str, Any] = {"ssl_context" if security == "tls" else "tls_context": certificate}
    with taking_mail(**way) as server, pytest.raises(NotSent):
        send(through(settings, server.port, smtp_security=security), MAIL, to=TO)
    assert server.asked == 0


def test_a_server_that_is_away_is_told_as_not_sent(settings: Settings) -> None:
    with pytest.raises(NotSent):
        send(through(settings, free_port()), MAIL, to=TO)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("550 5.1.1 no such user", NoMailbox),
        ("550 no such user", NoMailbox),
        ("550 5.2.1 not used any more", NoMailbox),
        ("551-5.1.6 moved\r\n551 5.1.6 for good", NoMailbox),
        ("550 5.1.10 no such user", NoMailbox),
        ("554 5.7.1 your address is on a list", NotSent),
        ("550-5.7.26 no proof\r\n550 5.7.26 of who you are", NotSent),
        ("550 5.1.8 bad sender", NotSent),
        ("552 5.2.2 full", NotSent),
        ("554 not from you", NotSent),
        ("530 sign in first", NotSent),
        ("503 not now", NotSent),
        ("550 5.4.1 no way there", NotSent),
        ("451 try later", NotSent),
        ("421 bye", NotSent),
    ],
)
def test_what_a_server_says_of_a_recipient_is_told_apart_and_not_repeated(
    settings: Settings, answer: str, fault: type[Exception]
) -> None:
    with taking_mail() as server:
        server.at_recipient = answer
        with pytest.raises(fault) as caught:
            send(through(settings, server.port), MAIL, to=TO)
    assert "mair" not in repr(caught.value)
    assert "user" not in repr(caught.value)


def test_a_server_that_does_not_like_the_mail_is_tried_again(settings: Settings) -> None:
    with taking_mail() as server:
        server.at_data = "554 not this"
        with pytest.raises(NotSent):
            send(through(settings, server.port), MAIL, to=TO)
