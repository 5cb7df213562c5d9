"""Systems of bodies as tests need them: with a key, an assertion for each call, and a token."""

import time
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from sqlalchemy import select
from werkzeug.test import TestResponse

from citizen_portal.bodies import actions
from citizen_portal.bodies.models import Organisation, Scope

ISSUER = "http://127.0.0.1:8000"
ENDPOINT = f"{ISSUER}/api/oauth/token"
PATH = "/api/oauth/token"
KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SIGNING: Any = {"use": "sig"}


def es256() -> ECKey:
    return ECKey.generate_key("P-256", SIGNING, auto_kid=True)


def ed25519() -> OKPKey:
    return OKPKey.generate_key("Ed25519", SIGNING, auto_kid=True)


def ps256() -> RSAKey:
    return RSAKey.generate_key(2048, SIGNING, auto_kid=True)


def key_set(*keys: Key) -> dict[str, Any]:
    return {"keys": [dict(key.as_dict(private=False)) for key in keys]}


@dataclass
class System:
    """One system of one body, with what it knows itself."""

    client_id: str
    key: Any
    algorithm: str = "ES256"
    scopes: list[Scope] = field(default_factory=lambda: list(Scope))

    def assertion(self, *, header: dict[str, Any] | None = None, **changed: Any) -> str:
        """A good assertion, but for what is changed; ``None`` leaves a claim out."""
        now = int(time.time())
        usual = {"iss": self.client_id, "sub": self.client_id, "aud": ISSUER, "iat": now}
        claims = {**usual, "exp": now + 60, "jti": f"jti-{time.perf_counter_ns()}", **changed}
        said = {"alg": self.algorithm, "kid": self.key.kid, **(header or {})}
        return jwt.encode(
            {name: value for name, value in said.items() if value is not None},
            {name: value for name, value in claims.items() if value is not None},
            self.key,
            algorithms=[said["alg"]],
        )

    def ask(self, client: FlaskClient, assertion: str | None = None, **form: Any) -> TestResponse:
        """Ask for a token with this assertion, or with a new one."""
        proof = {"client_assertion_type": KIND, "client_assertion": assertion or self.assertion()}
        return client.post(PATH, data={"grant_type": "client_credentials", **proof, **form})

    def headers(self, app: Flask, **form: Any) -> dict[str, str]:
        """What a call of this system carries, with a token that it really got."""
        response = self.ask(app.test_client(), **form)
        assert response.status_code == 200, response.text
        return {"Authorization": f"Bearer {response.json['access_token']}"}  # type: ignore[index]


def connect(app: Flask, slug: str, *scopes: Scope, key: Any = None, **given: Any) -> System:
    """Let a system call for the body with this slug."""
    key = key or es256()
    kept: dict[str, Any] = {} if "jwks_uri" in given else {"jwks": key_set(key)}
    with app.extensions["sessions"].writing() as session:
        of = session.scalars(select(Organisation).where(Organisation.slug == slug)).one()
        wanted = list(scopes) or list(Scope)
        client = actions.add_client(session, of.id, slug=slug, scopes=wanted, **kept, **given)
        client_id = client.client_id
    kinds = {"EC": "ES256", "OKP": "Ed25519", "RSA": "PS256"}
    return System(client_id, key, kinds[key.key_type], wanted)


def disconnect(app: Flask, system: System) -> None:
    with app.extensions["sessions"].writing() as session:
        actions.remove_client(session, system.client_id)
