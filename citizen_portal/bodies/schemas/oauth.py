"""What the token endpoint takes and gives (RFC 6749 §4.4 and §5, RFC 7523 §2.2, RFC 8414)."""

from typing import Literal

from pydantic import BaseModel

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class TokenWanted(BaseModel):
    """A form. The client proves itself by a JWT that it signed (``private_key_jwt``)."""

    grant_type: Literal["client_credentials"]
    client_assertion_type: Literal["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]
    client_assertion: str
    client_id: str | None = None
    """May be left out; else it must be the one that the assertion names."""
    scope: str | None = None
    """Scopes, separated by spaces; left out: each that the client has."""


class TokenAnswer(BaseModel):
    access_token: str
    """A JWT (RFC 9068)."""
    token_type: Literal["Bearer"]
    expires_in: int
    scope: str


class OAuthFault(BaseModel):
    error: Literal["invalid_request", "invalid_client", "invalid_scope", "unsupported_grant_type"]
    error_description: str | None = None


class ServerMetadata(BaseModel):
    """What a client needs to find its way (RFC 8414 §2)."""

    issuer: str
    token_endpoint: str
    jwks_uri: str
    scopes_supported: list[str]
    response_types_supported: list[str] = []
    """None, since nobody is sent here to agree to anything; but the standard wants the member."""
    grant_types_supported: list[str] = ["client_credentials"]
    token_endpoint_auth_methods_supported: list[str] = ["private_key_jwt"]
    token_endpoint_auth_signing_alg_values_supported: list[str]
