"""What a call asks for: a part of a list, an agreement of the caller's; how it is told."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from flask import Blueprint, request

from citizen_portal.agreements import queries as agreements
from citizen_portal.agreements.queries import Terms
from citizen_portal.agreements.queries.versions import publications
from citizen_portal.bodies.guards import current_client, machines_only, reaching
from citizen_portal.bodies.queries import directory
from citizen_portal.preferences.schemas.govstack import Telling
from citizen_portal.reach import Kind
from citizen_portal.web import machine, parts
from citizen_portal.web.transactions import db

BASE = "/apis/GovStack/consent-management-bb"
INDIVIDUAL = "X-ConsentBB-IndividualId"
"""The header that names the person; the building block leaves its name open."""
USUAL, MOST = 100, 1000
"""So many of a list are sent where no limit is asked for, and at most."""
LONGEST = 18
"""Digits of a number that any database can count to."""

bp = Blueprint("govstack", __name__, url_prefix=BASE)
bp.before_request(machines_only)
bp.before_request(reaching(Kind.ASKING))
Answer = Mapping[str, Any]
Each = TypeVar("Each")


def telling(*references: str) -> Telling:
    return Telling(
        url=parts.settings().public_url,
        region=parts.region(),
        law=agreements.law(parts.settings().region),
        directory=directory(db()),
        register=agreements.register_terms(db()),
        publications=publications(db(), references),
    )


def all_own() -> Mapping[str, Terms]:
    """The newest versions that name the caller, by reference."""
    named = agreements.register_terms(db()).naming(current_client().organisation_id)
    return {each.reference: each for each in sorted(named, key=lambda terms: terms.reference)}


def own(name: str, agreement_id: str) -> Terms:
    """One that names the caller: another's is as unknown as one that is not there."""
    found = all_own().get(agreement_id)
    if found is None:
        raise unknown(name)
    return found


def page(found: Sequence[Each]) -> list[Each]:
    offset, most = asked()
    return list(found[offset : offset + most])


def asked() -> tuple[int, int]:
    """Where in the list to begin, and how many to send."""
    return _number("offset", 0), min(_number("limit", USUAL), MOST)


def _number(name: str, usual: int) -> int:
    text = request.args.get(name)
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit()):
        raise machine.Faulty([machine.FieldFault(name, "must be 0 or more")], status=400)
    return int(text) if len(text) <= LONGEST else 10**LONGEST


def unknown(name: str) -> machine.Faulty:
    """The building block has no other answer for it than 400."""
    said = "is not the id of anything that your body may see"
    return machine.Faulty([machine.FieldFault(name, said)], status=400)
