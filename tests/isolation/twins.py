"""Another citizen, and another body, of whom the same is kept under the same ids.

Whatever asks for a thing by its id alone, or counts without saying of whom, meets the twin as well.
"""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import LargeBinary, String, Table, UniqueConstraint, insert, select
from sqlalchemy.orm import Session

from citizen_portal.db import Base, owned_by_citizen
from tests.isolation.people import Someone
from tests.isolation.world import STRANGE, World

OPEN = frozenset({"agreement_party", "agreement_version", "incident", "view_round", "source"})
"""What a body publishes, and its sources: each is on everybody's pages, as it should be."""
ONE_EACH = frozenset({"webhook", "preference_feed", "question_feed", "correction_feed"})
"""Each body has its own already."""


@dataclass
class Twin:
    """Who they are, and how what is kept of the first is written for them."""

    of: Someone
    id: UUID = field(default_factory=uuid4)
    texts: dict[str, str] = field(default_factory=dict)

    def said(self, text: str) -> str:
        for before, after in self.texts.items():
            text = text.replace(before, after)
        return text


def add_citizen(world: World) -> Twin:
    """The twin of ``world.one``; nobody signs in as them."""
    twin = Twin(world.one)
    twin.texts = {
        world.one.canary: f"TWIN{secrets.token_hex(7)}",
        str(world.one.id): str(twin.id),
        world.one.id.hex: twin.id.hex,
        **{name: secrets.token_hex(len(name) // 2) for name in world.one.known.values()},
    }
    tables = [Base.metadata.tables["citizen"], *reversed(owned_by_citizen())]
    tables += [Base.metadata.tables[name] for name in ("pairwise_index", "account_index")]
    with world.app.extensions["sessions"].writing() as session:
        for table in tables:
            _copy(session, table, world, twin)
    return twin


def add_body(world: World) -> None:
    """What is kept of the clinic is kept of a stranger's body too, where it is of the other
    citizen or of no one; and that body knows the other by the id by which the clinic knows
    ``world.one``."""
    bodies = world.town.bodies
    with world.app.extensions["sessions"].writing() as session:
        for table in Base.metadata.sorted_tables:
            if "organisation_id" in table.c and table.name not in OPEN | ONE_EACH:
                _repeat(session, table, world.other, bodies["clinic"], bodies[STRANGE])
        index = Base.metadata.tables["pairwise_index"]
        session.execute(
            insert(index).values(
                organisation_id=bodies[STRANGE],
                pairwise=world.one.known["clinic"],
                citizen_id=world.other.id,
            )
        )


def _repeat(session: Session, table: Table, of: Someone, before: UUID, after: UUID) -> None:
    wanted = select(table).where(table.c.organisation_id == before)
    if "citizen_id" in table.c:
        wanted = wanted.where(table.c.citizen_id == of.id)
    for row in session.execute(wanted).mappings().all():
        made = dict(row) | {"organisation_id": after}
        if "id" in table.c:
            made["id"] = uuid4()
        made |= {name: _drawn(made[name]) for name in _names_alone(table, "organisation_id")}
        session.execute(insert(table).values(made))


def _copy(session: Session, table: Table, world: World, twin: Twin) -> None:
    owner = table.c["citizen_id" if "citizen_id" in table.c else "id"]
    rows = session.execute(select(table).where(owner == twin.of.id)).mappings().all()
    single = _names_alone(table, owner.name)
    for row in rows:
        made = {
            name: _drawn(value) if name in single else _written(world, twin, value)
            for name, value in row.items()
        }
        session.execute(insert(table).values(made | {owner.name: twin.id}))


def _names_alone(table: Table, owner: str) -> set[str]:
    """Columns in which rows of two owners may not have the same."""
    rules = [each.columns for each in table.constraints if isinstance(each, UniqueConstraint)]
    rules += [each.columns for each in table.indexes if each.unique]
    names = [{str(column.name) for column in columns} for columns in rules]
    keys = {"blind"} & set(table.primary_key.columns.keys())
    left = set[str]().union(*(each for each in names if owner not in each))
    return keys | {name for name in left if isinstance(table.c[name].type, String | LargeBinary)}


def _drawn(value: Any) -> Any:
    """Another of the same shape."""
    match value:
        case bytes():
            return secrets.token_bytes(len(value))
        case str():
            return secrets.token_hex(32)[: len(value)]
        case UUID():
            return uuid4()
    return value


def _written(world: World, twin: Twin, value: Any) -> Any:
    """A column's value as it is for the twin: what is sealed is sealed for them."""
    match value:
        case bytes() if value in world.sealed:
            seal, context = world.seals[value]
            plain = twin.said(world.sealed[value].decode())
            return seal(plain.encode(), twin.said(context))
        case str():
            return twin.said(value)
        case dict() | list():
            return json.loads(twin.said(json.dumps(value)))
    return value
