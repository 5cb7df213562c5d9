"""The shortest look finds nothing. ``mutants.py`` runs it with one filter taken out."""

from tests.databases import Databases
from tests.isolation.aimed import finds
from tests.isolation.world import World, spare


def test_nobody_reaches_what_is_anothers(world: World, databases: Databases) -> None:
    world.app.extensions["sessions"].engine.dispose()
    with databases.copy(world.database) as url:
        copied = spare(world, url)
        try:
            assert list(finds(copied)) == []
        finally:
            copied.app.extensions["sessions"].engine.dispose()
