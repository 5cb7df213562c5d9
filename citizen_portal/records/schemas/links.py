"""The documented shape of what bodies answer about links."""

from typing import Any, Literal

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from citizen_portal.access.schemas import STRICT, Text, validated
from citizen_portal.fetch import Fault, Kind
from citizen_portal.identity.models import LinkState


class LinkAnswer(TypedDict):
    __pydantic_config__ = STRICT  # type: ignore[misc]

    subject: Text
    state: Literal["linked", "not_matched", "ambiguous"]


_LINK = TypeAdapter(LinkAnswer)


def link_state(document: Any, *, subject: str) -> LinkState:
    """What the body says of the link; raises ``Fault``."""
    said = validated(_LINK, document)
    if said["subject"] != subject:
        raise Fault(Kind.OTHER_SUBJECT)
    return LinkState(said["state"])
