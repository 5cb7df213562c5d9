"""A directory and a register made of plain values, to match accesses against."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from citizen_portal.access.queries import Usage
from citizen_portal.agreements.models import AgreementKind, Say, Stage
from citizen_portal.agreements.queries import Register, Terms
from citizen_portal.bodies.models import Kind
from citizen_portal.bodies.queries import Body, Directory, Rule, SourceFacts

GIVER, TAKER, STRANGER = (UUID(int=n) for n in (1, 2, 3))
SOURCE = UUID(int=9)
CODES = {GIVER: "G1", TAKER: "T1", STRANGER: "S1"}
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def body(body_id: UUID) -> Body:
    text = {"en": CODES[body_id]}
    return Body(
        id=body_id,
        slug=CODES[body_id].lower(),
        kind=Kind.AGENCY,
        name=text,
        official_name=text,
        short_name=text,
        code_scheme="sample",
        code=CODES[body_id],
        website=None,
        contact=None,
    )


def terms(reference: str = "DSA-0004", **given: Any) -> Terms:
    usual: dict[str, Any] = {
        "reference": reference,
        "number": 1,
        "kind": AgreementKind.SHARING,
        "stage": Stage.SERVICE_DELIVERY,
        "choice": Say.NONE,
        "disclosers": frozenset({GIVER}),
        "recipients": frozenset({TAKER}),
        "processors": frozenset(),
        "categories": frozenset({"Name", "Address"}),
        "in_force_from": date(2026, 1, 1),
        "in_force_to": None,
        "powers": (),
        "measures": (),
    }
    values: dict[str, Any] = {}
    values.update(dict.fromkeys(Terms.__dataclass_fields__))
    values.update(usual | given)
    return Terms(**values)


def own_use(reference: str = "OWN-0001", **given: Any) -> Terms:
    return terms(reference, **({"kind": AgreementKind.OWN_USE, "recipients": frozenset()} | given))


def register(*versions: Terms) -> Register:
    by_reference: dict[str, tuple[Terms, ...]] = {}
    for each in sorted(versions, key=lambda one: -one.number):
        by_reference[each.reference] = (*by_reference.get(each.reference, ()), each)
    return Register(versions=by_reference, powers={})


def rule(agreement: str = "DSA-0004", **given: Any) -> Rule:
    usual: dict[str, Any] = {
        "source_id": SOURCE,
        "receiver_code": "T1",
        "system": "Desk",
        "action": "Checked an address",
        "agreement": agreement,
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        "published": True,
    }
    return Rule(**(usual | given))


def directory(*rules: Rule) -> Directory:
    source = cast(SourceFacts, SimpleNamespace(id=SOURCE, body_id=GIVER, slug="source"))
    by_key: dict[tuple[UUID, str, str, str], tuple[Rule, ...]] = {}
    for each in rules:
        key = (each.source_id, each.receiver_code, each.system, each.action)
        by_key[key] = (*by_key.get(key, ()), each)
    return Directory(
        bodies={each: body(each) for each in CODES}, sources={SOURCE: source}, rules=by_key
    )


def usage(**given: Any) -> Usage:
    usual: dict[str, Any] = {
        "occurred": NOON,
        "action": "Checked an address",
        "receiver_code": "T1",
        "receiver_name": None,
        "system": "Desk",
    }
    return Usage(**(usual | given))
