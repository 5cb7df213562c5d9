"""The knobs of who may do how much, and of how we know who it is."""

from pydantic import Field

from citizen_portal.settings.signing_in import SignInSettings


class LimitSettings(SignInSettings):
    """A part of ``Settings``. A limit of 0 is none."""

    trusted_proxies: int = Field(0, ge=0, le=10)
    """Reverse proxies in front of the web server, one behind the other, each of which adds the
    address that called it to `X-Forwarded-For`. 0: that header is not believed. At most 10."""

    limit_address: int = 600
    """Sign-ins that may be begun from one public address in ten minutes; as many may come back,
    ask for an access token, or stop mails."""

    limit_person: int = 1000
    """Forms that one person who is signed in may send in ten minutes."""

    limit_client: int = 6000
    """Calls that one system of a body may make in a minute."""

    limit_feed: int = 60
    """Readings of one person's feed in an hour."""
