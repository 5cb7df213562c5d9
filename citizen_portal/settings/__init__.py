"""Every knob, its type, its default and what it does. Read from the environment once, at start.

Each knob is set as ``PORTAL_<NAME>``; ``docs/operations.md`` lists them and a test keeps it so.
"""

import os
import re
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from citizen_portal import mailboxes
from citizen_portal.settings.keeping import KeepingSettings, database

CONTACT = re.compile(r"(?:mailto:|https://)[!-~]+")
NOTIFY_KEY = re.compile(r"[!-~]*(?:-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}){2}")
NO_ROLES = "database_roles: needed where the database is PostgreSQL, for example `portal`"
ROLES = re.compile(r"(?:[a-z][a-z0-9_]{0,39})?")
SEVERAL_WORDS = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
UNSAFE_SECRETS = {"change-me", "changeme", "dev", "development", "secret", "test"}


class Settings(KeepingSettings):
    """The settings of one running portal. Frozen: a change needs a restart."""

    environment: Literal["production", "development"] = "production"
    """`production` refuses unsafe or unfilled values; `development` is for one machine only."""

    secret_key: SecretStr = SecretStr("")
    """Signs session cookies and queue messages. At least 32 characters in production.
    Empty: `cookies.key` in the folder of the keys does."""

    old_secret_keys: SecretStr = SecretStr("")
    """Earlier values of `secret_key`, separated by spaces, that are still believed."""

    database_url: str
    """Where the data lives, as a SQLAlchemy URL: `sqlite:///…` or `postgresql+psycopg://…`."""

    database_roles: str = ""
    """What the names of the portal's roles on PostgreSQL begin with, such as `portal`: each request
    and job then takes the one that reaches no further than it needs. Needed in production there."""

    queue_file: Path | None = None
    """The file of the job queue. It carries ids only; the truth is in the database. Needed with
    SQLite. On PostgreSQL leave it out: the queue then lies there, for workers on any machine."""

    keys_folder: Path
    """Folder with the portal's keys, readable by the portal's user alone.
    `citizen-portal keys create` fills it."""

    export_store: str
    """Where citizens' copies lie sealed: a folder, or `s3://bucket/prefix` with the extra `s3`,
    whose own keys come from `AWS_…`. Not in the folder of the portal's keys."""

    held_key: Path | None = None
    """File with the private half of the key for withheld events (`held.private.json`).
    For the worker alone: the web server must not have it. Without it nothing withheld is shown."""

    export_hold: float = Field(24.0, ge=0, le=720)
    """Hours between asking for a copy and making it, in which it can be stopped from any session.
    0: copies are made at once. At most 720."""

    public_url: str = "http://127.0.0.1:8000"
    """The address at which people reach the portal, without a slash at the end."""

    audit_years: int = Field(6, ge=1, le=100)
    """Years for which the audit list keeps what citizens did: that they signed in and out, their
    links. As long as the law of the region lets claims be made."""

    first_wait_ms: int = 300
    """Milliseconds that a page waits for bodies before it shows what is there."""

    ask_seconds: float = 10.0
    """Seconds in all that a body may take to answer, counted from when it was asked."""

    answers_minutes: int = Field(15, le=15)
    """Minutes that a body's sealed answers are kept for one session. At most 15."""

    fetch_max_bytes: int = 4_000_000
    """Bytes that one answer of another system may have."""

    fetch_max_rows: int = 20_000
    """Rows that a body's answers may have for one question."""

    check_good_hours: int = Field(24, ge=1, le=168)
    """Hours for which a body may go by the answer to "may we use this data?". 1 to 168."""

    private_addresses: str = ""
    """Hosts, separated by spaces, that may resolve to private or loopback addresses.
    Meant for trials on one machine; empty in production."""

    smtp_host: str = ""
    """The mail server that takes the portal's mail. Empty, and no `notify_template`: this portal
    sends no mail."""

    smtp_port: int = 587
    """The port of the mail server: usually 587 with `starttls`, 465 with `tls`."""

    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """How the way to the mail server is encrypted: begun in clear and then always encrypted
    (`starttls`), encrypted at once (`tls`), or `none`, in production to the same machine only."""

    smtp_user: str = ""
    """The portal's user name at the mail server. Empty: it asks for none."""

    smtp_password: SecretStr = SecretStr("")
    """The password that goes with it."""

    smtp_timeout: float = 10.0
    """Seconds the mail server may take for one step, or GOV.UK Notify for one answer."""

    mail_from: str = ""
    """The e-mail address that mail comes from; needed with `smtp_host`."""

    mail_from_name: str = "Account news"
    """The name that mail comes from. People see it in a list of mails: it should say nothing of
    what this portal is about."""

    notify_template: str = ""
    """The id of the template at GOV.UK Notify through which mails go, instead of `smtp_host`: its
    subject is `((subject))`, its message `((text))`."""

    notify_key: SecretStr = SecretStr("")
    """The key of Notify's API. Or `notify_key_file`."""

    notify_key_file: Path | None = None
    """A file that holds that key, read at start."""

    notify_url: str = "https://api.notifications.service.gov.uk"
    """Where Notify answers."""

    leave_url: str = "https://www.bbc.co.uk/weather"
    """The neutral page to which "Leave this page" goes."""

    brand: str = "Citizen portal"
    """The name of the service, in the header and in page titles."""

    operator_name: str = ""
    """Who runs this portal and answers for what it keeps, as `/privacy` names them."""

    operator_contact: str = ""
    """Where people reach them, as `mailto:…` or `https://…`; on `/privacy` and `/accessibility`."""

    protection_contact: str = ""
    """Where their data protection officer is reached, as `mailto:…` or `https://…`.
    Empty: `operator_contact`."""

    security_contact: str = ""
    """Where to report a weakness, as `mailto:…` or `https://…`; told in security.txt.
    Empty: there is no security.txt."""

    region: str = "uk"
    """The regional profile: laws, clocks, authorities and their wording."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """How much is logged. No level logs anything that identifies a person."""

    testing: bool = False
    """Let unexpected errors reach the test instead of an error page."""

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def sends_mail(self) -> bool:
        return bool(self.smtp_host or self.notify_template)

    @cached_property
    def notify_secret(self) -> str:
        """The key of Notify's API, wherever it stands."""
        if self.notify_key_file is None:
            return self.notify_key.get_secret_value()
        return self.notify_key_file.read_text().strip()

    @property
    def loopback_hosts(self) -> frozenset[str]:
        return frozenset(self.private_addresses.split())

    @field_validator("database_url")
    @classmethod
    def _database(cls, url: str) -> str:
        return database(url)

    @model_validator(mode="after")
    def _safe(self) -> Self:
        faults = list(self._faults())
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _beside_keys(self) -> bool:
        keys, store = self.keys_folder.absolute(), Path(self.export_store).absolute()
        return "://" not in self.export_store and (store == keys or keys in store.parents)

    def _faults(self) -> list[str]:
        """What is unsafe, each fault naming its knob and never its value."""
        checks = {
            "queue_file: needed with SQLite": self.queue_file is None
            and not self.database_url.startswith("postgresql"),
            "database_roles: up to 40 small letters, digits and _, or empty": not ROLES.fullmatch(
                self.database_roles
            ),
            "export_store: not in the folder of the keys": self._beside_keys(),
            "notify_template: instead of smtp_host, not beside it": bool(self.smtp_host)
            and bool(self.notify_template),
            "notify_key: must be a key of Notify": bool(self.notify_template)
            and NOTIFY_KEY.fullmatch(self.notify_secret) is None,
            "mail_from: must be one e-mail address": bool(self.smtp_host)
            and mailboxes.mailbox(self.mail_from) is None,
            "mail_from_name: one line of text": not self.mail_from_name.strip()
            or not self.mail_from_name.isprintable(),
            "public_url: no slash at the end": self.public_url.endswith("/"),
            **self._sign_in_checks(),
        }
        for name in ("operator_contact", "protection_contact", "security_contact"):
            told = getattr(self, name)
            wrong = bool(told and not CONTACT.fullmatch(told))
            checks[f"{name}: one address that begins with mailto: or https://"] = wrong
        if self.production:
            checks |= self._production_checks() | self._production_sign_in_checks()
        return [text for text, wrong in checks.items() if wrong]

    def _production_checks(self) -> dict[str, bool]:
        secret = self.secret_key.get_secret_value()
        return {
            "secret_key: at least 32 characters, not a sample": bool(secret)
            and (len(secret) < 32 or secret.lower() in UNSAFE_SECRETS),
            "public_url: must begin with https://": not self.public_url.startswith("https://"),
            NO_ROLES: not self.database_roles and self.database_url.startswith("postgresql"),
            "operator_name: must be filled": not self.operator_name.strip(),
            "operator_contact: must be filled": not self.operator_contact,
            "metrics_folder: needed with metrics_port": self.metrics_port > 0
            and self.metrics_folder is None,
            "private_addresses: must be empty": bool(self.private_addresses),
            "notify_url: must begin with https://": not self.notify_url.startswith("https://"),
            "smtp_security: none goes to the same machine only": bool(self.smtp_host)
            and self.smtp_security == "none"
            and self.smtp_host not in LOOPBACK,
            "testing: must be off": self.testing,
        }


def from_environment() -> Settings:
    """As set in the environment, or in a file of its name in ``PORTAL_SECRETS_FOLDER``."""
    return Settings(_secrets_dir=os.environ.get("PORTAL_SECRETS_FOLDER"))


def variable(name: str) -> str:
    """As a setting is set in the environment."""
    return f"PORTAL_{name.upper()}"


def as_set(words: str) -> str:
    """The same for operators, with each setting that is named in them named as it is set."""
    return SEVERAL_WORDS.sub(
        lambda name: variable(name[0]) if name[0] in Settings.model_fields else name[0], words
    )


def unknown_names() -> list[str]:
    """What stands in the environment as if it were a setting, and is none."""
    known = {variable(name) for name in Settings.model_fields} | {"PORTAL_SECRETS_FOLDER"}
    return sorted(name for name in os.environ if name.startswith("PORTAL_") and name not in known)
