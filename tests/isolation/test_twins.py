"""With a twin of the citizen there, and one of the body, whoever comes is answered as without, and
what they do has the same effects; a body's way, which is long, in ``make isolation`` alone.
``mutants.py`` looks again without each filter."""

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.databases import Databases
from tests.isolation.copies import apart
from tests.isolation.mirrored import WORKED, Answers, Mirror, Unit
from tests.isolation.twins import add_body, add_citizen
from tests.isolation.walking import CHANGING
from tests.isolation.world import World
from tests.thorough import EVERY


def named(unit: Unit) -> Unit:
    """Without what is sealed anew each time that an address is made."""
    return unit._replace(what=CHANGING.sub("…", unit.what))


@pytest.mark.parametrize("walk", [Mirror.of_citizen, *([Mirror.of_body] if EVERY else [])])
def test_a_twin_makes_no_difference(
    world: World, databases: Databases, walk: Callable[[Mirror], Answers]
) -> None:
    with apart(world, databases) as place:
        alone = walk(Mirror(place))
    with apart(world, databases) as place:
        add_body(place)
        bystanders: tuple[UUID, ...] = ()
        if walk is Mirror.of_citizen:
            bystanders = (add_citizen(place).id,)
        beside = walk(Mirror(place, bystanders))
    assert len(alone) > 60
    assert [*map(named, beside)] == [*map(named, alone)]
    pairs = zip(alone.values(), beside.items(), strict=True)
    assert [unit for without, (unit, found) in pairs if found != without] == []
    assert beside[WORKED]["touched"] == []
