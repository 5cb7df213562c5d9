"""Every route by every method, as whoever may not see what is there: nothing of it comes back."""

import os

from tests.account.closing import held
from tests.isolation.captures import leaks, logged
from tests.isolation.strangers import Asks, Met, strangers
from tests.isolation.world import World
from tests.thorough import EVERY

MOST = 40 if EVERY else 3
SHARE = 1 if EVERY else 23
"""Of the whole each such request, in a usual run; which ones differs from stranger to stranger."""
SECONDS = float(os.environ.get("SECONDS", "2"))


def test_nothing_of_one_reaches_a_stranger(world: World) -> None:
    asks = list(Asks(world, world.one).whole(most=MOST))
    before, met = held(world.app, world.one.id), Met()
    with logged() as log:
        for turn, stranger in enumerate(strangers(world)):
            for ask in asks[turn % SHARE :: SHARE]:
                met.look(stranger, ask, world.one)
    print(f"{met.asked} requests of {len(asks)} kinds, {len(met.leaks)} foreign marks")
    assert met.leaks == []
    assert leaks(world.one.marks | world.other.marks, log.said()) == []
    assert held(world.app, world.one.id) == before
