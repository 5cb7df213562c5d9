"""What the demo's identity provider knows: its people, its clients, and codes under way."""

import hashlib
import hmac
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oidc.core import AuthorizationCodeMixin
from joserfc.jwk import ECKey

ASSURANCE = "Cl.Cm"
AUTH_METHODS = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
JTI_LIFETIME = 600


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in: the value of their radio, what it says, and their claims."""

    value: str
    label: str
    birthdate: str
    subject: str = ""
    """The subject for every client; empty: an opaque one, different for each client."""
    claims: Mapping[str, str] = field(default_factory=dict)
    hint: Callable[[], str] = str
    """What stands beside their label just now; nothing if not told."""


@dataclass(frozen=True)
class Client(ClientMixin):  # type: ignore[misc]
    """A service that people sign in to. Without a secret it proves itself by its own keys."""

    client_id: str
    redirect_uris: Sequence[str]
    post_logout_redirect_uris: Sequence[str] = ()
    secret: str | None = None
    jwks_uri: str | None = None

    @property
    def client_metadata(self) -> dict[str, Any]:
        return {"post_logout_redirect_uris": self.post_logout_redirect_uris}

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uris[0]

    def get_allowed_scope(self, scope: str) -> str:
        return " ".join(one for one in (scope or "").split() if one in {"openid", "profile"})

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return self.secret is not None and hmac.compare_digest(self.secret, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in AUTH_METHODS

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass(frozen=True)
class Visit:
    """A person who signed in for one client, and when."""

    client: Client
    person: Person
    auth_time: int


@dataclass(frozen=True)
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """An authorization code: good once, and for a minute."""

    visit: Visit
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    made_at: float = field(default_factory=time.time)

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.visit.auth_time

    def get_acr(self) -> str:
        return ASSURANCE


@dataclass
class State:
    """What one provider knows while it runs. Only its subjects outlive a restart."""

    issuer: str
    clients: Mapping[str, Client]
    citizens: Sequence[Person]
    officers: Sequence[Person]
    key: ECKey
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, tuple[Visit, float]] = field(default_factory=dict)
    jtis: dict[str, float] = field(default_factory=dict)

    def find(self, value: str | None) -> Person | None:
        return next((p for p in [*self.citizens, *self.officers] if p.value == value), None)

    def claims(self, visit: Visit) -> dict[str, str]:
        """Who this is to this client: the subject is pairwise and says nothing."""
        person = visit.person
        seed = f"{self.issuer}|{visit.client.client_id}|{person.value}".encode()
        opaque = f"urn:fdc:demo:2026:{hashlib.sha256(seed).hexdigest()[:43]}"
        named = {"sub": person.subject or opaque, "birthdate": person.birthdate}
        return {**named, **person.claims}

    def first_use(self, jti: str) -> bool:
        """Whether a client's assertion is seen for the first time."""
        now = time.time()
        self.jtis = {known: until for known, until in self.jtis.items() if until > now}
        if jti in self.jtis:
            return False
        self.jtis[jti] = now + JTI_LIFETIME
        return True
