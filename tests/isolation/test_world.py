"""The world holds of both citizens whatever the portal can hold, and each piece is marked."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import JSON, Column, Enum, LargeBinary, String, Table, select

from citizen_portal.db import Base, owned_by_citizen
from tests.isolation.decoding import found
from tests.isolation.people import Someone
from tests.isolation.world import World

BESIDE = ("account_index", "pairwise_index", "view_vote", "held_event")
"""Tables of other keys whose rows are of one citizen each."""
OF_ALL = {
    "access_tally.reference",
    "account_index.blind",
    "answer.facts",
    "check_line.agreement",
    "choice.keeps",
    "choice.scope",
    "choice_effect.agreement",
    "correction.categories",
    "correction_recipient.agreement",
    "export.bodies",
    "export.fingerprint",
    "export.held",
    "export.language",
    "export.missing",
    "export.parts",
    "export.progress",
    "news_wish.feed_digest",
    "news_wish.rhythms",
    "pushed_event.agreement",
    "question.agreement",
    "safe_channel.code_digest",
    "safe_channel.stop_digest",
    "sign_in.token_digest",
    "standing_choice.scope",
    "told.blind",
    "view_vote.blind",
}
"""Keyed hashes, and words of lists and registers that anybody may read: what stands there can be
marked for nobody."""


def columns() -> Iterator[tuple[Table, Column[Any]]]:
    tables = [*owned_by_citizen(), *(Base.metadata.tables[name] for name in BESIDE)]
    for table in tables:
        for column in table.columns:
            words = isinstance(column.type, String | LargeBinary | JSON)
            if words and not isinstance(column.type, Enum):
                yield table, column


def kept(world: World, table: Table, column: Column[Any]) -> list[bytes]:
    with world.app.extensions["sessions"].reading() as session:
        rows = session.scalars(select(column)).all()
    return [world.said(value) for value in rows if value is not None]


def test_each_column_with_words_holds_a_mark_of_each(world: World) -> None:
    bare = {
        str(column)
        for table, column in columns()
        for someone in world.people
        if not any(found(someone.marks, each) for each in kept(world, table, column))
    }
    assert bare - OF_ALL == set()


def test_each_table_of_citizens_has_rows_of_both(world: World) -> None:
    with world.app.extensions["sessions"].reading() as session:
        empty = [
            table.name
            for table in owned_by_citizen()
            for each in world.people
            if not session.execute(select(table).where(table.c.citizen_id == each.id)).first()
        ]
    assert empty == []


@pytest.mark.parametrize("whose", ["one", "other"])
def test_what_is_theirs_alone_is_nobody_elses(world: World, whose: str) -> None:
    mine: Someone = getattr(world, whose)
    (others,) = [each for each in world.people if each is not mine]
    assert len(mine.marks) > 20
    assert not mine.marks & others.marks
