"""Keys in whose place a setting gives a secret: no file of theirs is used."""

from collections.abc import Iterator

from citizen_portal.identity.remote import keys, terms
from citizen_portal.settings import Settings


def given(settings: Settings) -> dict[str, str]:
    """By the name of such a key, the setting used in its place, or both."""
    return dict(_given(settings))


def _given(settings: Settings) -> Iterator[tuple[str, str]]:
    citizens = ("PORTAL_OIDC_CLIENT_SECRET", terms.for_citizens(settings))
    officers = ("PORTAL_STAFF_CLIENT_SECRET", terms.for_officers(settings))
    if settings.secret_key.get_secret_value():
        yield "cookies", "PORTAL_SECRET_KEY"
    for key, file, doors in (
        ("client", keys.CLIENT_FILE, (citizens, officers)),
        ("client-rsa", keys.RSA_CLIENT_FILE, (citizens,)),
    ):
        secrets = [name for name, door in doors if door.client_secret.get_secret_value()]
        used = any(
            door.client_key == settings.keys_folder / file
            for name, door in doors
            if door.issuer and name not in secrets
        )
        if secrets and not used:
            yield key, " and ".join(secrets)
