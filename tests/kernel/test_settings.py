from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from citizen_portal.settings import Settings

GOOD: dict[str, Any] = {
    "environment": "production",
    "secret_key": "x7" * 20,
    "database_url": "sqlite:///x.db",
    "queue_file": Path("q.db"),
    "keys_folder": Path("keys"),
    "export_store": "copies",
    "public_url": "https://portal.example",
    "oidc_issuer": "https://identity.example",
    "oidc_client_id": "portal",
    "operator_name": "Sample Council",
    "operator_contact": "mailto:portal@council.example",
}


def test_production_starts_with_every_needed_value() -> None:
    assert Settings(**GOOD).production


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("secret_key", "short"),
        ("secret_key", "change-me"),
        ("public_url", "http://portal.example"),
        ("public_url", "https://portal.example/"),
        ("oidc_issuer", ""),
        ("oidc_issuer", "http://identity.example"),
        ("oidc_client_id", ""),
        ("operator_name", " "),
        ("operator_contact", ""),
        ("operator_contact", "portal@council.example"),
        ("protection_contact", "javascript:alert(1)"),
        ("audit_years", 0),
        ("private_addresses", "127.0.0.1"),
        ("testing", True),
        ("answers_minutes", 16),
        ("oidc_scopes", "email"),
        ("export_store", "keys"),
        ("export_store", "keys/copies"),
        ("export_hold", -1),
        ("export_hold", 721),
        ("staff_issuer", "http://staff.example"),
        ("staff_scopes", "email"),
        ("queue_file", None),
    ],
)
def test_production_refuses_what_is_unsafe_and_names_it(name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name) as caught:
        Settings(**GOOD | {name: value})
    if isinstance(value, str) and len(value) > 8:
        assert f"'{value}'" not in str(caught.value)


def test_on_postgresql_the_queue_needs_no_file() -> None:
    url = "postgresql+psycopg://portal@/portal"
    given = GOOD | {"database_url": url, "queue_file": None, "database_roles": "portal"}
    assert Settings(**given).queue_file is None


@pytest.mark.parametrize("roles", ["", "Portal", "a b", "a-b", "1a", "a" * 41, "x'; --", 'x"'])
def test_on_postgresql_production_needs_roles_for_the_second_wall(roles: str) -> None:
    given = GOOD | {"database_url": "postgresql+psycopg://portal@/portal"}
    assert Settings(**given | {"database_roles": "portal_2"}).database_roles == "portal_2"
    with pytest.raises(ValidationError, match="database_roles: "):
        Settings(**given | {"database_roles": roles})
    if not roles:
        assert Settings(**given | {"environment": "development"}).database_roles == ""


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://portal:pa@canary@db.example/portal",
        "postgresql+psycopg://portal:pa@ss:canary@db.example/portal",
        "postgresql+psycopg://portal:pass@db.example:canary/portal",
        "mysql://portal:canary@db.example/portal",
        "canary",
        "",
    ],
)
def test_an_address_of_a_database_that_cannot_be_read_is_not_repeated(url: str) -> None:
    with pytest.raises(ValidationError, match="database_url") as caught:
        Settings(**GOOD | {"database_url": url, "database_roles": "portal"})
    assert "canary" not in str(caught.value)
    assert "%40" in str(caught.value)


def test_a_password_may_hold_anything_that_is_written_as_in_an_address() -> None:
    url = "postgresql+psycopg://portal:p%40s%3As%2F#?w@db.example:5432/portal"
    assert Settings(**GOOD | {"database_url": url, "database_roles": "portal"}).database_url == url


def test_officers_need_an_issuer_and_a_client_id_or_neither() -> None:
    assert Settings(**GOOD).staff_issuer == ""
    staff = {"staff_issuer": "https://staff.example", "staff_client_id": "portal"}
    assert Settings(**GOOD | staff).staff_issuer

    for environment in ("production", "development"):
        with pytest.raises(ValidationError, match="staff_client_id: must be filled"):
            Settings(**GOOD | staff | {"staff_client_id": "", "environment": environment})


MAIL: dict[str, Any] = {"smtp_host": "mail.example", "mail_from": "news@portal.example"}


def test_mail_leaves_encrypted_from_one_address_under_one_name() -> None:
    assert not Settings(**GOOD).sends_mail
    assert Settings(**GOOD | MAIL).smtp_security == "starttls"
    assert Settings(**GOOD | MAIL | {"smtp_host": "127.0.0.1", "smtp_security": "none"}).sends_mail
    assert Settings(
        **GOOD | MAIL | {"environment": "development", "smtp_security": "none"}
    ).sends_mail


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("smtp_security", "none"),
        ("mail_from", ""),
        ("mail_from", "news@portal.example, eve@portal.example"),
        ("mail_from", "news@portal.example\nBcc: eve@portal.example"),
        ("mail_from_name", "News\r\nBcc: eve@portal.example"),
        ("mail_from_name", " "),
    ],
)
def test_mail_that_could_be_read_or_steered_by_others_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings(**GOOD | MAIL | {name: value})


def test_settings_cannot_be_changed_once_read() -> None:
    with pytest.raises(ValidationError):
        Settings(**GOOD).brand = "Other"  # type: ignore[misc]


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ValidationError):
        Settings(**GOOD | {"colour": "red"})


def test_every_setting_says_what_it_does() -> None:
    silent = [name for name, field in Settings.model_fields.items() if not field.description]
    assert silent == []
