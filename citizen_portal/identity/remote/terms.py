"""How the portal stands with an identity provider, as the settings say."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from citizen_portal.identity.remote import keys
from citizen_portal.identity.remote.one_login import enough_for
from citizen_portal.settings import Settings


@dataclass(frozen=True)
class Terms:
    """Who the portal is at one provider, and what it asks. ``vector``: as GOV.UK One Login."""

    name: str
    issuer: str
    client_id: str
    client_secret: SecretStr
    scopes: str
    assurance: str
    timeout: float
    https_only: bool
    client_key: Path
    private_hosts: frozenset[str]
    signed_requests: bool = False
    vector: str = ""
    identity: str = ""
    """How surely the identity must be proved, such as ``P2``; empty: it need not be."""
    identity_issuer: str = ""

    @property
    def enough(self) -> frozenset[str]:
        """Each ``acr`` or ``vot`` that is sure enough; none where any is."""
        if self.vector:
            return enough_for(self.vector)
        return frozenset({self.assurance} if self.assurance else ())

    @property
    def may_be_private(self) -> frozenset[str]:
        """Hosts that may have private addresses: the operator chose the issuers, wherever they
        stand."""
        issuers = (self.issuer, self.identity_issuer)
        return self.private_hosts | {urlsplit(one).hostname or "" for one in issuers}


def for_citizens(settings: Settings) -> Terms:
    return Terms(
        name="citizens",
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        scopes=settings.oidc_scopes,
        assurance=settings.oidc_assurance,
        signed_requests=settings.oidc_signed_requests,
        client_key=keys.client_file(settings),
        vector=settings.oidc_vtr if settings.one_login else "",
        identity=settings.proved_identity,
        identity_issuer=settings.oidc_identity_issuer,
        **_shared(settings),
    )


def for_officers(settings: Settings) -> Terms:
    return Terms(
        name="officers",
        issuer=settings.staff_issuer,
        client_id=settings.staff_client_id,
        client_secret=settings.staff_client_secret,
        scopes=settings.staff_scopes,
        assurance=settings.staff_assurance,
        client_key=settings.keys_folder / keys.CLIENT_FILE,
        **_shared(settings),
    )


def _shared(settings: Settings) -> dict[str, Any]:
    """What does not differ from one provider to the other."""
    return {
        "timeout": settings.oidc_timeout,
        "https_only": settings.production,
        "private_hosts": settings.loopback_hosts,
    }
