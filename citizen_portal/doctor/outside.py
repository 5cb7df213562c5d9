"""The systems of others that the portal leans on: identity providers, mail, the proxy."""

from collections.abc import Iterator

from citizen_portal import notices
from citizen_portal.doctor.findings import Finding, Portal, fail, ok, warn
from citizen_portal.fetch import Fault
from citizen_portal.identity.remote import metadata
from citizen_portal.identity.remote.refusals import Unreachable


def sign_in(portal: Portal) -> Iterator[Finding]:
    if not portal.settings.oidc_issuer:
        yield warn("No identity provider is set.", "Set PORTAL_OIDC_ISSUER and _CLIENT_ID.")
    for issuer, reply in portal.providers.items():
        if isinstance(reply, Fault):
            yield fail(
                f"{issuer} does not answer ({reply.kind.value}).",
                "Look at its address and at this machine's way out.",
            )
            continue
        try:
            metadata.read(reply.document, issuer=issuer, https_only=portal.settings.production)
        except Unreachable:
            yield fail(
                f"{issuer} says of itself what cannot be used.",
                "Write the issuer exactly as the provider does; see /.well-known/"
                "openid-configuration.",
            )
        else:
            yield ok(f"{issuer} answers.")


def mail(portal: Portal) -> Iterator[Finding]:
    """Up to where a mail would be handed over."""
    if not portal.settings.sends_mail:
        yield ok("None is sent: no way is set.")
        return
    try:
        notices.sender(portal.settings, portal.fetcher).try_out()
    except notices.NotSent as error:
        yield fail(
            f"None can be handed over ({error}).",
            "Look at PORTAL_SMTP_… or PORTAL_NOTIFY_…, and at this machine's way out.",
        )
    else:
        yield ok("It can be handed over.")


def proxy(portal: Portal) -> Iterator[Finding]:
    if portal.settings.production and not portal.settings.trusted_proxies:
        yield warn(
            "No proxy's word on addresses is believed.",
            "Behind one, as deploy/nginx.conf: PORTAL_TRUSTED_PROXIES=1.",
        )
    else:
        yield ok(f"Believed: {portal.settings.trusted_proxies}.")
