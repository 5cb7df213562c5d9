"""No stranger reaches what is another's, on the shortest way there is. ``mutants.py`` looks again
without each filter."""

from tests.databases import Databases
from tests.isolation.aimed import finds
from tests.isolation.copies import apart
from tests.isolation.world import World


def test_nobody_reaches_what_is_anothers(world: World, databases: Databases) -> None:
    with apart(world, databases) as place:
        assert list(finds(place)) == []
