"""With each of the portal's own filters gone, nothing of one reaches a stranger past the wall."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests import walled
from tests.databases import Databases, opened
from tests.isolation.unfiltered import by_who_comes_in, each_by_each, kept_behind, with_and_without
from tests.isolation.world import World
from tests.thorough import EVERY

PART, PARTS = int(os.environ.get("PART", "1")), 8
QUESTIONS = partial(each_by_each, part=PART, parts=PARTS, most=3) if EVERY else by_who_comes_in
"""In a usual run each second route; by ``make wall`` each in each way, in eight parts."""


@pytest.fixture
def kept(world: World, keys_folder: Path, postgresql_databases: Databases) -> Iterator[str]:
    """The URL of a database on PostgreSQL behind the wall, with each row of the filled world."""
    wall = walled.wall_of(keys_folder)
    with opened(postgresql_databases) as owner:
        kept_behind(world, owner, wall)
        owner.engine.dispose()
        yield owner.engine.url.render_as_string(hide_password=False)


def test_without_its_filters_nothing_of_one_comes_past_the_wall(
    world: World, kept: str, postgresql_databases: Databases
) -> None:
    walls, bare = with_and_without(world, kept, postgresql_databases, QUESTIONS)
    print(f"behind the wall: {walls}\nwithout a wall: {bare}")
    assert (walls.where, walls.foreign, walls.logged, walls.changed) == (set(), 0, 0, [])
    assert walls.sites == bare.sites > 200
    assert walls.own == bare.own > 5
    assert bare.foreign > 40
    assert len(bare.where) > 10
    assert bare.changed
