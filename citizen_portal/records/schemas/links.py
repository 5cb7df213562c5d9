"""The documented shape of what bodies answer about links."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import StringConstraints, TypeAdapter
from typing_extensions import TypedDict

from citizen_portal.access.schemas import STRICT, Text, validated
from citizen_portal.fetch import Fault, Kind
from citizen_portal.identity.models import LinkState


class LinkAnswer(TypedDict):
    __pydantic_config__ = STRICT  # type: ignore[misc]

    subject: Text
    state: Literal["linked", "not_matched", "ambiguous"]


class StatementClaims(TypedDict):
    __pydantic_config__ = STRICT  # type: ignore[misc]

    iss: Text
    aud: Text
    sub: Text
    nonce: Text
    jti: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._~-]{16,128}$")]
    state: Literal["linked", "not_matched", "ambiguous"]
    iat: int
    exp: int
    nbf: NotRequired[int]


_LINK = TypeAdapter(LinkAnswer)
_STATEMENT = TypeAdapter(StatementClaims)


def link_state(document: Any, *, subject: str) -> LinkState:
    """What the body says of the link; raises ``Fault``."""
    said = validated(_LINK, document)
    if said["subject"] != subject:
        raise Fault(Kind.OTHER_SUBJECT)
    return LinkState(said["state"])


def statement(document: Any) -> StatementClaims:
    """What a body's statement about a link says, with each part there; raises ``Fault``."""
    return validated(_STATEMENT, document)
