"""What is unsafe or missing in settings, so that a portal does not start with them."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from citizen_portal import mailboxes

if TYPE_CHECKING:
    from citizen_portal.settings import Settings

CONTACT = re.compile(r"(?:mailto:|https://)[!-~]+")
NOTIFY_KEY = re.compile(r"[!-~]*(?:-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}){2}")
ROLES = re.compile(r"(?:[a-z][a-z0-9_]{0,39})?")
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
UNSAFE_SECRETS = {"", "change-me", "changeme", "dev", "development", "secret", "test"}


def _beside_keys(settings: "Settings") -> bool:
    keys, store = settings.keys_folder.absolute(), Path(settings.export_store).absolute()
    return "://" not in settings.export_store and (store == keys or keys in store.parents)


def faults(settings: "Settings") -> list[str]:
    """What is unsafe, each fault naming its knob and never its value."""
    checks = {
        "queue_file: needed with SQLite": settings.queue_file is None
        and not settings.database_url.startswith("postgresql"),
        "database_roles: up to 40 small letters, digits and _, or empty": not ROLES.fullmatch(
            settings.database_roles
        ),
        "audit_years: 1 to 100": not 1 <= settings.audit_years <= 100,
        "check_good_hours: 1 to 168": not 1 <= settings.check_good_hours <= 168,
        "answers_minutes: at most 15": settings.answers_minutes > 15,
        "oidc_scopes: must contain openid": "openid" not in settings.oidc_scopes.split(),
        "staff_scopes: must contain openid": "openid" not in settings.staff_scopes.split(),
        "staff_client_id: must be filled": bool(
            settings.staff_issuer and not settings.staff_client_id
        ),
        "export_hold: between 0 and 720": not 0 <= settings.export_hold <= 720,
        "export_store: not in the folder of the keys": _beside_keys(settings),
        "notify_template: instead of smtp_host, not beside it": bool(settings.smtp_host)
        and bool(settings.notify_template),
        "notify_key: must be a key of Notify": bool(settings.notify_template)
        and NOTIFY_KEY.fullmatch(settings.notify_secret) is None,
        "mail_from: must be one e-mail address": bool(settings.smtp_host)
        and mailboxes.mailbox(settings.mail_from) is None,
        "mail_from_name: one line of text": not settings.mail_from_name.strip()
        or not settings.mail_from_name.isprintable(),
        "public_url: no slash at the end": settings.public_url.endswith("/"),
    }
    for name in ("operator_contact", "protection_contact", "security_contact"):
        told = getattr(settings, name)
        wrong = bool(told and not CONTACT.fullmatch(told))
        checks[f"{name}: one address that begins with mailto: or https://"] = wrong
    if settings.production:
        checks |= _of_production(settings)
    return [text for text, wrong in checks.items() if wrong]


def _of_production(settings: "Settings") -> dict[str, bool]:
    secret = settings.secret_key.get_secret_value()
    return {
        "secret_key: at least 32 characters, not a sample": len(secret) < 32
        or secret.lower() in UNSAFE_SECRETS,
        "public_url: must begin with https://": not settings.public_url.startswith("https://"),
        "database_roles: must be filled with PostgreSQL": not settings.database_roles
        and settings.database_url.startswith("postgresql"),
        "oidc_issuer: must be filled": not settings.oidc_issuer,
        "oidc_issuer: must begin with https://": not settings.oidc_issuer.startswith("https://"),
        "oidc_client_id: must be filled": not settings.oidc_client_id,
        "operator_name: must be filled": not settings.operator_name.strip(),
        "operator_contact: must be filled": not settings.operator_contact,
        "staff_issuer: must begin with https://": bool(settings.staff_issuer)
        and not settings.staff_issuer.startswith("https://"),
        "private_addresses: must be empty": bool(settings.private_addresses),
        "notify_url: must begin with https://": not settings.notify_url.startswith("https://"),
        "smtp_security: none goes to the same machine only": bool(settings.smtp_host)
        and settings.smtp_security == "none"
        and settings.smtp_host not in LOOPBACK,
        "testing: must be off": settings.testing,
    }
