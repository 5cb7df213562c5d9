"""The filled world, once for the whole run of each process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.isolation.filling import fill
from tests.isolation.world import World, built


@pytest.fixture(scope="session")
def filled_world(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    keys_folder: Path,
    database_kind: str,
) -> Iterator[World]:
    wall = str(request.config.getoption("wall"))
    databases: Databases = request.getfixturevalue(f"{database_kind}_databases")
    with (
        databases.lend() as database,
        built(tmp_path_factory.mktemp("world"), keys_folder, database, wall=wall) as world,
    ):
        fill(world)
        yield world


@pytest.fixture
def world(filled_world: World, databases: Databases) -> World:
    """The world that was filled once; what a test does in it stays."""
    return filled_world
