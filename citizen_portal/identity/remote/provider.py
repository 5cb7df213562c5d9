"""An identity provider as the portal talks to it: where to send people, what to ask, when to stop.

Authlib speaks the protocol; what comes back is believed only by ``tokens.verify``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask

from citizen_portal.identity.remote import core_identity, keys, one_login
from citizen_portal.identity.remote.logout_tokens import Ended, read_logout
from citizen_portal.identity.remote.metadata import Metadata, MetadataCache
from citizen_portal.identity.remote.refusals import Refused, Unreachable
from citizen_portal.identity.remote.terms import Terms
from citizen_portal.identity.remote.tokens import Expected, Verified, verify
from citizen_portal.identity.remote.wire import Client, OverFetch

T = TypeVar("T")
Ask = Callable[[], Mapping[str, Any]]
"""Asks for more claims about somebody; raises ``Refused`` and ``Unreachable``."""
LONGEST_LOGOUT = 2000
"""Characters of a sign-out address; some providers refuse longer ones."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of the provider, to be remembered until the person comes back."""

    state: str
    nonce: str
    verifier: str
    max_age: int | None = None


class Provider:
    """One identity provider: the citizens' or the officers'."""

    def __init__(self, app: Flask, terms: Terms) -> None:
        self._terms = terms
        self._client = OAuth(app).register(terms.name, client_cls=Client, **_registration(terms))
        self._metadata = MetadataCache(
            lambda: self._get_json(_discovery(terms.issuer)),
            issuer=terms.issuer,
            https_only=terms.https_only,
        )
        self._keys = keys.ProviderKeys(lambda: self._get_json(self._metadata.get().jwks_uri))
        document = terms.identity_issuer.rstrip("/") + "/.well-known/did.json"
        self._identity_keys = keys.ProviderKeys(
            lambda: core_identity.keys_of(self._get_json(document)),
            good_for=core_identity.GOOD_FOR,
        )

    @property
    def issuer(self) -> str:
        return self._terms.issuer

    def address_to_sign_in(self, asked: Asked, *, back_to: str, language: str) -> str:
        """Where to send somebody to sign in; raises ``Unreachable``."""
        self._prepare()
        extra: dict[str, Any] = {"ui_locales": language}
        if asked.max_age is not None:
            extra |= {"max_age": asked.max_age, "prompt": "login"}
        if self._terms.vector:
            extra |= one_login.wanted(self._terms.vector, identity=self._terms.identity)
        made = self._client.create_authorization_url(
            back_to,
            state=asked.state,
            nonce=asked.nonce,
            code_verifier=asked.verifier,
            **extra,
        )
        address = str(made["url"])
        if self._terms.signed_requests:
            audience = None if self._terms.vector else self._terms.issuer
            key = keys.load(self._terms.client_key)
            return one_login.signed_request(address, key, audience=audience)
        return address

    def check_who_answers(self, issuer: str | None) -> None:
        """RFC 9207: the ``iss`` of the answer must be right, and there if it was promised."""
        metadata = self._metadata.get()
        if issuer is not None and issuer != metadata.issuer:
            raise Refused("response_issuer")
        if issuer is None and metadata.names_itself:
            raise Refused("response_issuer_missing")

    def redeem(self, code: str, asked: Asked, *, back_to: str) -> "SignedInThere":
        """What the provider says of the person who came with this code.

        Raises ``Refused`` when it is not believed and ``Unreachable`` when nothing was said.
        """
        self._prepare()
        token = _talk(
            lambda: self._client.fetch_access_token(
                redirect_uri=back_to, code=code, code_verifier=asked.verifier
            )
        )
        access_token = token.get("access_token")
        expected = Expected(
            issuer=self._terms.issuer,
            client_id=self._terms.client_id,
            nonce=asked.nonce,
            access_token=access_token if isinstance(access_token, str) else None,
            assurance=self._terms.enough,
            max_age=asked.max_age,
        )
        verified = verify(token.get("id_token"), self._keys.find, expected)
        more = self._more(verified, token)
        proved = self._proved(verified, more) if self._terms.identity else {}
        return SignedInThere(verified, str(token["id_token"]), more, proved)

    def address_to_sign_out(self, id_token: str | None, *, back_to: str) -> str | None:
        """Where to end the session at the provider; none when it has no such address.

        Asks first whether the provider is there, so that nobody is sent to a dead address;
        raises ``Unreachable``.
        """
        self._metadata.ask_again()
        self._prepare()
        if self._metadata.get().end_session_endpoint is None:
            return None
        with_hint, without = (
            str(
                self._client.create_logout_url(
                    post_logout_redirect_uri=back_to,
                    id_token_hint=hint,
                    client_id=self._terms.client_id,
                )["url"]
            )
            for hint in (id_token, None)
        )
        return with_hint if len(with_hint) <= LONGEST_LOGOUT else without

    def _more(self, verified: Verified, token: Mapping[str, Any]) -> Ask:
        """Asks ``userinfo`` once, when a claim is wanted that the id_token does not hold."""

        def ask() -> Mapping[str, Any]:
            endpoint = self._metadata.get().userinfo_endpoint
            if endpoint is None or not token.get("access_token"):
                return {}
            said = _talk(lambda: _json(self._client.get(endpoint, token=dict(token))))
            if not isinstance(said, dict) or said.get("sub") != verified.subject:
                raise Refused("userinfo_subject")
            return said

        return ask

    def _proved(self, verified: Verified, ask: Ask) -> Mapping[str, Any]:
        """What is proved of who somebody is; raises ``Refused``, also where nothing is."""
        expected = core_identity.Expected(
            issuer=self._terms.identity_issuer,
            client_id=self._terms.client_id,
            subject=verified.subject,
            level=self._terms.identity,
        )
        return core_identity.read(ask(), self._identity_keys.find, expected)

    def who_signed_out(self, logout_token: object) -> Ended:
        """Whom the provider says to have signed out there; raises ``Refused``, ``Unreachable``."""
        if not self._terms.issuer:
            raise Unreachable("not_set_up")
        issuer, client_id = self._terms.issuer, self._terms.client_id
        return read_logout(logout_token, self._keys.find, issuer=issuer, client_id=client_id)

    def _prepare(self) -> None:
        """Hand Authlib the metadata we checked, and nothing else of it."""
        if not self._terms.issuer:
            raise Unreachable("not_set_up")
        found: Metadata = self._metadata.get()
        self._client.server_metadata = {
            "_loaded_at": 1,
            "authorization_endpoint": found.authorization_endpoint,
            "token_endpoint": found.token_endpoint,
            "end_session_endpoint": found.end_session_endpoint,
        }

    def _get_json(self, address: str) -> object:
        with self._client._get_session() as session:
            return _talk(lambda: _json(session.request("GET", address, withhold_token=True)))


@dataclass(frozen=True)
class SignedInThere:
    """Somebody who has signed in at the provider."""

    verified: Verified
    id_token: str
    ask_more: Ask
    proved: Mapping[str, Any]

    def claims(self, wanted: set[str]) -> Mapping[str, Any]:
        """The wanted claims as far as they are there: of what is proved, else of the id_token, else
        of ``userinfo``."""
        held = {**self.verified.claims, **self.proved}
        said = held if wanted <= held.keys() else {**self.ask_more(), **held}
        return {name: said[name] for name in wanted if name in said}


def _registration(terms: Terms) -> dict[str, Any]:
    """How Authlib is to talk: code flow with PKCE, and our way of proving who we are."""
    secret: Any = terms.client_secret.get_secret_value()
    method = "client_secret_basic" if secret else "private_key_jwt"
    if not secret and terms.issuer:
        secret = partial(keys.load, terms.client_key)
        secret()  # so that a key that is missing is told at start
    return {
        "client_id": terms.client_id,
        "client_secret": secret,
        "client_auth_methods": [keys.Assertion()],
        "client_kwargs": {
            "scope": terms.scopes,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": method,
            "carrier": OverFetch(seconds=terms.timeout, private_hosts=terms.may_be_private),
        },
    }


def _discovery(issuer: str) -> str:
    return issuer.rstrip("/") + "/.well-known/openid-configuration"


def _json(response: requests.Response) -> object:
    response.raise_for_status()
    if response.status_code != 200:
        raise requests.HTTPError("not an answer")
    return response.json()


def _talk(call: Callable[[], T]) -> T:
    """Make one call, with the faults of libraries turned into ours; none of their words is kept."""
    try:
        return call()
    except OAuthError as error:
        raise Refused("token_refused") from error
    except requests.JSONDecodeError as error:
        raise Unreachable("unreadable") from error
    except requests.Timeout as error:
        raise Unreachable("too_slow") from error
    except (requests.RequestException, OSError) as error:
        raise Unreachable("no_answer") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Unreachable("unreadable") from error
