"""Whoever may not is turned away at each door. ``mutants.py`` looks again without each guard."""

from tests.databases import Databases
from tests.isolation.copies import apart
from tests.isolation.doors import let_in
from tests.isolation.world import World


def test_nobody_comes_in_who_may_not(world: World, databases: Databases) -> None:
    with apart(world, databases) as place:
        assert list(let_in(place)) == []
