"""Which organisations a document names: by slug, and those of them that are on our list."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from citizen_portal.bodies.queries import Body, Directory

ROLES = ("disclosers", "recipients", "processors")
"""The lists of a document that name parties."""


def named(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Slugs, in the order in which the document names them, each once."""
    parties = (party for role in ROLES for party in document.get(role, ()))
    return tuple(dict.fromkeys(each["organisation"] for each in parties if "organisation" in each))


def answerable(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Slugs of those that give, get or use the data: they answer for it, processors do not."""
    return named({role: document.get(role, ()) for role in ROLES if role != "processors"})


def bodies_named(directory: Directory, document: Mapping[str, Any]) -> dict[UUID, Body]:
    """Those of our list, in the same order: they see a draft, and may confirm it."""
    found = (directory.body_by_slug(slug) for slug in named(document))
    return {body.id: body for body in found if body is not None}
