"""The knobs of how long a sign-in lasts, who may do how much, and how we know who it is."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class LimitKnobs(BaseSettings):
    """A limit of 0 is none. What is counted where is told in docs/operations.md."""

    model_config = SettingsConfigDict(use_attribute_docstrings=True)

    step_up_max_age: int = 300
    """Seconds for which a fresh sign-in counts as fresh."""

    session_idle_minutes: int = 15
    """Minutes without a request after which a signed-in session ends."""

    session_absolute_hours: int = 8
    """Hours after which a signed-in session ends in any case."""

    trusted_proxies: int = 0
    """Reverse proxies in front of the web server, one behind the other, each of which adds the
    address that called it to `X-Forwarded-For`. 0: that header is not believed."""

    limit_address: int = 600
    """Sign-ins that may be begun from one public address in ten minutes; as many may come back,
    ask for an access token, or stop mails."""

    limit_person: int = 1000
    """Forms that one person who is signed in may send in ten minutes."""

    limit_client: int = 6000
    """Calls that one system of a body may make in a minute."""

    limit_feed: int = 60
    """Readings of one person's feed in an hour."""
