"""An identity provider that says whatever a test wants it to say, over real HTTP."""

import base64
import hashlib
import hmac
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask, Response, redirect, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

CANARY = "canary-of-a-person"
"""Stands in each thing the provider sends; it may be found in no log."""
Change = Callable[[dict[str, Any]], None]
Answer = Callable[[], ResponseReturnValue]
ES256 = ECKey.generate_key("P-256", {"kid": "es", "use": "sig", "alg": "ES256"})
RS256 = RSAKey.generate_key(2048, {"kid": "rs", "use": "sig"})
ED25519 = OKPKey.generate_key("Ed25519", {"kid": "ed", "use": "sig"})
STRANGER = ECKey.generate_key("P-256", {"kid": "es"})


def unchanged(_: dict[str, Any]) -> None:
    """Says the truth."""


@dataclass
class Fake:
    """Truthful until told otherwise. ``instead`` answers a path in place of the usual answer."""

    url: str = ""
    keys: list[Key] = field(default_factory=lambda: [ES256, RS256, ED25519])
    key: Key = field(default_factory=lambda: ES256)
    algorithm: str = "ES256"
    header: dict[str, Any] = field(default_factory=dict)
    metadata: Change = unchanged
    answer: Change = unchanged
    claims: Change = unchanged
    token: Change = unchanged
    sign: "Callable[[Fake, dict[str, Any]], object] | None" = None
    userinfo: dict[str, Any] = field(default_factory=lambda: {"sub": CANARY})
    document: Change = unchanged
    """What becomes of ``did.json``, where the keys of proved identities stand."""
    requests: list[str] = field(default_factory=list)
    """Each signed request that came, as it came."""
    instead: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    asks: dict[str, dict[str, str]] = field(default_factory=dict)
    """What was asked at ``/authorize``, by the code that was given for it."""
    over: threading.Event = field(default_factory=threading.Event)
    """Set when the test ends, so that what hangs lets go."""

    def id_token(self, asked: dict[str, str], access_token: str) -> object:
        now = int(time.time())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims = {
            "iss": self.url,
            "aud": asked["client_id"],
            "sub": CANARY,
            "iat": now,
            "exp": now + 120,
            "auth_time": now,
            "nonce": asked["nonce"],
            "birthdate": "1980-01-01",
        }
        if self.algorithm in {"ES256", "RS256", "PS256"}:
            claims["at_hash"] = base64.urlsafe_b64encode(half).rstrip(b"=").decode()
        self.claims(claims)
        return self.sign(self, claims) if self.sign else self.signed(claims)

    def signed(self, claims: dict[str, Any]) -> str:
        header = {"alg": self.algorithm, "kid": self.key.kid, "typ": "JWT", **self.header}
        kept = {name: value for name, value in header.items() if value is not None}
        return jwt.encode(kept, claims, self.key, [self.algorithm], default_type=None)


def make(fake: Fake, url: str) -> Flask:
    """The fake as an app at this address."""
    fake.url = url
    app = Flask("fake-provider")

    @app.before_request
    def note() -> ResponseReturnValue | None:
        fake.asked.append(request.path)
        said = fake.instead.get(request.path)
        return said() if said else None

    @app.get("/.well-known/openid-configuration")
    def discovery() -> ResponseReturnValue:
        said = {
            "issuer": url,
            "authorization_endpoint": f"{url}/authorize",
            "token_endpoint": f"{url}/token",
            "userinfo_endpoint": f"{url}/userinfo",
            "end_session_endpoint": f"{url}/logout",
            "jwks_uri": f"{url}/jwks",
            "authorization_response_iss_parameter_supported": True,
        }
        fake.metadata(said)
        return said

    @app.get("/jwks")
    def jwks() -> ResponseReturnValue:
        return dict(KeySet(fake.keys).as_dict(private=False))

    _publish_identities(app, fake)
    _answer_people(app, fake)
    _answer_clients(app, fake)
    return app


def _publish_identities(app: Flask, fake: Fake) -> None:
    @app.get("/.well-known/did.json")
    def did() -> ResponseReturnValue:
        name = "did:web:identity.example"
        public = ES256.as_dict(private=False)
        method = {"id": f"{name}#identity", "type": "JsonWebKey", "controller": name}
        said = {"id": name, "assertionMethod": [{**method, "publicKeyJwk": public}]}
        fake.document(said)
        return said


def _answer_people(app: Flask, fake: Fake) -> None:
    @app.get("/authorize")
    def authorize() -> ResponseReturnValue:
        code = f"{CANARY}-{secrets.token_hex(8)}"
        asked = request.args.to_dict()
        if "request" in asked:
            fake.requests.append(asked["request"])
            asked |= json.loads(_unpacked(asked["request"].split(".")[1]))
        fake.asks[code] = asked
        said = {"code": code, "state": asked["state"], "iss": fake.url}
        fake.answer(said)
        return redirect(f"{asked['redirect_uri']}?{urlencode(said, doseq=True)}")

    @app.get("/logout")
    def logout() -> ResponseReturnValue:
        return redirect(request.args["post_logout_redirect_uri"])


def _answer_clients(app: Flask, fake: Fake) -> None:
    @app.post("/token")
    def token() -> ResponseReturnValue:
        access_token = f"{CANARY}-{secrets.token_hex(8)}"
        said = {"access_token": access_token, "token_type": "Bearer", "expires_in": 180}
        said["id_token"] = fake.id_token(fake.asks[request.form["code"]], access_token)
        fake.token(said)
        return {name: value for name, value in said.items() if value is not None}

    @app.get("/userinfo")
    def userinfo() -> ResponseReturnValue:
        return fake.userinfo


def _unpacked(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def html() -> ResponseReturnValue:
    return f"<h1>{CANARY}</h1>"


def busy() -> ResponseReturnValue:
    return {"error": "server_error", "error_description": CANARY}, 503


def elsewhere() -> ResponseReturnValue:
    return redirect(f"/{CANARY}")


def huge() -> ResponseReturnValue:
    return {"id_token": "x" * 1_000_000}


def deep() -> ResponseReturnValue:
    return Response("[" * 100_000, mimetype="application/json")


def refusing() -> ResponseReturnValue:
    return {"error": "invalid_grant", "error_description": CANARY}, 400


def closing() -> ResponseReturnValue:
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    return ""


def hanging(fake: Fake) -> Answer:
    def answer() -> ResponseReturnValue:
        fake.over.wait(20)
        return ""

    return answer


def dripping(fake: Fake) -> Answer:
    def drops() -> Iterator[str]:
        while not fake.over.wait(0.05):
            yield " "

    return lambda: Response(drops(), mimetype="application/json")


def unsigned(_: Fake, claims: dict[str, Any]) -> str:
    """``alg: none``, as RFC 7519 §6 writes it."""
    return f"{part({'alg': 'none'})}.{part(claims)}."


def with_public_key(_: Fake, claims: dict[str, Any]) -> str:
    """HS256 with the public key as the secret, which a careless verifier would take."""
    told = f"{part({'alg': 'HS256', 'kid': 'es'})}.{part(claims)}"
    secret = ES256.as_pem(private=False)
    mac = hmac.new(secret, told.encode(), hashlib.sha256).digest()
    return f"{told}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def with_own_key(_: Fake, claims: dict[str, Any]) -> str:
    """The key that signs comes in the header (CVE-2026-27962)."""
    header = {"alg": "ES256", "kid": "es", "jwk": STRANGER.as_dict(private=False)}
    told = f"{part(header)}.{part(claims)}"
    signature = jwt.encode({"alg": "ES256"}, {}, STRANGER).rsplit(".", 1)[1]
    return f"{told}.{signature}"


def signed_by_hand(header: dict[str, Any], claims: dict[str, Any]) -> str:
    told = f"{part({'alg': 'ES256', 'kid': 'es', **header})}.{part(claims)}"
    private = ES256.private_key
    assert private is not None
    pair = decode_dss_signature(private.sign(told.encode(), ECDSA(SHA256())))
    raw = b"".join(number.to_bytes(32, "big") for number in pair)
    return f"{told}.{base64.urlsafe_b64encode(raw).rstrip(b'=').decode()}"


def part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
