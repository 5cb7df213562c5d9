"""Makers of valid things; pass only what the test is about."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from citizen_portal.bodies.models import Kind, Organisation, Protocol, Source
from citizen_portal.identity.models import Citizen, Officer

_n = count(1)


def words(text: str) -> dict[str, str]:
    return {"en": text, "cy": f"{text} (cy)"}


def body(**given: Any) -> Organisation:
    n = next(_n)
    usual: dict[str, Any] = {
        "slug": f"body-{n}",
        "kind": Kind.AGENCY,
        "name": words(f"People who do thing {n}"),
        "official_name": words(f"Agency {n}"),
        "short_name": words(f"Do thing {n}"),
        "code_scheme": "sample",
        "code": f"B{n:04}",
    }
    return Organisation(**usual | given)


def source(of: Organisation, **given: Any) -> Source:
    n = next(_n)
    usual: dict[str, Any] = {
        "organisation_id": of.id,
        "slug": f"source-{n}",
        "name": words(f"Register {n}"),
        "description": words("What it holds."),
        "protocol": Protocol.FINDUSAGE_2,
        "base_url": f"http://127.0.0.1:9/{n}",
    }
    return Source(**usual | given)


def citizen() -> Citizen:
    return Citizen()


def officer(of: Organisation, roles: Iterable[str] = ("author",), **given: Any) -> Officer:
    n = next(_n)
    usual: dict[str, Any] = {
        "organisation_id": of.id,
        "blind": f"blind-{n}",
        "name": f"Officer {n}",
        "roles": list(roles),
    }
    return Officer(**usual | given)
