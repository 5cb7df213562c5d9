"""The knobs of sign-in: of both identity providers, and of how long people stay signed in."""

import re
from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

VECTOR = re.compile(r"Cl(?:\.Cm)?(?:\.P[123])?")
"""A vector of trust (RFC 8485) as GOV.UK One Login knows them."""


class SignInSettings(BaseSettings):
    """A part of ``Settings``."""

    model_config = SettingsConfigDict(
        env_prefix="PORTAL_",
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )

    oidc_issuer: str = ""
    """Issuer of the identity provider for citizens, exactly as it writes itself."""

    oidc_client_id: str = ""
    """The portal's client id at the identity provider."""

    oidc_client_secret: SecretStr = SecretStr("")
    """Shared secret with the identity provider (`client_secret_basic`).
    Empty: the portal proves itself with its own key (`private_key_jwt`)."""

    oidc_profile: Literal["generic-oidc", "govuk-one-login"] = "generic-oidc"
    """How the identity provider speaks. `govuk-one-login`: as GOV.UK One Login documents it, with
    `oidc_vtr` in place of `oidc_assurance`, and RSA to prove the portal."""

    oidc_vtr: str = "Cl.Cm"
    """With `govuk-one-login`, how surely people must be known: `Cl` or `Cl.Cm`, and with `.P1`,
    `.P2` or `.P3` behind it, that their identity was proved, which also tells a date of birth."""

    oidc_identity_issuer: str = ""
    """With `govuk-one-login` and proved identity: who signs identities there, exactly as it writes
    itself. Its keys stand at `/.well-known/did.json` under this address."""

    oidc_client_key: Path | None = None
    """File with the private key that proves the portal to the identity providers: PEM, or a set of
    keys (JWKS) whose first is used. Empty: `client.jwks.json` of the folder of keys, and with
    `govuk-one-login` `client-rsa.jwks.json`."""

    oidc_signed_requests: bool = False
    """Whether what is asked at sign-in is signed too (RFC 9101)."""

    oidc_scopes: str = "openid"
    """What is asked of the identity provider, separated by spaces; must contain `openid`."""

    oidc_assurance: str = ""
    """The `acr` a sign-in must carry. Empty: any."""

    oidc_age_claim: str = "birthdate"
    """Claim that tells a date of birth (YYYY-MM-DD), used to check adulthood, never stored.
    Empty: the identity provider itself admits adults only."""

    oidc_link_claims: str = ""
    """Verified claims that link a citizen to a body: `claim=body-slug`, separated by spaces."""

    oidc_timeout: float = 5.0
    """Seconds an identity provider may take for one answer."""

    staff_issuer: str = ""
    """Issuer of the identity provider for officers of bodies, exactly as it writes itself.
    Empty: this portal has no desk that officers can sign in to."""

    staff_client_id: str = ""
    """The portal's client id at the officers' identity provider."""

    staff_client_secret: SecretStr = SecretStr("")
    """Shared secret with the officers' identity provider. Empty: as for citizens, the portal's own
    key."""

    staff_scopes: str = "openid"
    """What is asked of the officers' identity provider; must contain `openid`."""

    staff_assurance: str = ""
    """The `acr` a sign-in of an officer must carry. Empty: any."""

    step_up_max_age: int = 300
    """Seconds for which a fresh sign-in counts as fresh."""

    session_idle_minutes: int = 15
    """Minutes without a request after which a signed-in session ends."""

    session_absolute_hours: int = 8
    """Hours after which a signed-in session ends in any case."""

    @property
    def link_claims(self) -> dict[str, str]:
        """Claim name to body slug."""
        pairs = (item.partition("=") for item in self.oidc_link_claims.split())
        return {claim: slug for claim, _, slug in pairs}

    @property
    def one_login(self) -> bool:
        return self.oidc_profile == "govuk-one-login"

    @property
    def proved_identity(self) -> str:
        """How surely the identity must be proved, such as ``P2``; empty: it need not be."""
        last = self.oidc_vtr.rpartition(".")[2]
        return last if self.one_login and last.startswith("P") else ""

    def _sign_in_checks(self) -> dict[str, bool]:
        return {
            "oidc_scopes: must contain openid": "openid" not in self.oidc_scopes.split(),
            "oidc_vtr: such as Cl.Cm or Cl.Cm.P2": self.one_login
            and (VECTOR.fullmatch(self.oidc_vtr) is None or self.oidc_vtr.startswith("Cl.P")),
            "oidc_identity_issuer: must be filled where identity is to be proved": bool(
                self.proved_identity
            )
            and not self.oidc_identity_issuer,
            "oidc_age_claim: birthdate or empty with govuk-one-login": self.one_login
            and self.oidc_age_claim not in {"", "birthdate"},
            "oidc_age_claim: empty where identity is not proved": self.one_login
            and bool(self.oidc_age_claim)
            and not self.proved_identity,
            "staff_scopes: must contain openid": "openid" not in self.staff_scopes.split(),
            "staff_client_id: must be filled": bool(self.staff_issuer and not self.staff_client_id),
        }

    def _production_sign_in_checks(self) -> dict[str, bool]:
        return {
            "oidc_issuer: must be filled": not self.oidc_issuer,
            "oidc_issuer: must begin with https://": not self.oidc_issuer.startswith("https://"),
            "oidc_client_id: must be filled": not self.oidc_client_id,
            "oidc_identity_issuer: must begin with https://": bool(self.oidc_identity_issuer)
            and not self.oidc_identity_issuer.startswith("https://"),
            "staff_issuer: must begin with https://": bool(self.staff_issuer)
            and not self.staff_issuer.startswith("https://"),
        }
