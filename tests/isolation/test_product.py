"""Every route by every method, as whoever may not see what is there: nothing of it comes back."""

import os
import random
import time
from collections import Counter

import pytest

from tests.account.closing import held
from tests.isolation import captures
from tests.isolation.captures import leaks, logged, mailed, told, written
from tests.isolation.strangers import Asks, Met, strangers
from tests.isolation.world import STRANGE, World
from tests.thorough import EVERY

MOST = 20 if EVERY else 3
"""So many addresses each route has at most, with ids in their places."""
PART, SHARE = (int(os.environ.get("PART", "1")), 4) if EVERY else (1, 41)
"""Of the whole each such request is made; in a usual run others by each stranger."""
SECONDS = float(os.environ.get("FOR", "2"))
"""For how long requests are drawn at random."""
SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 10**9)


def test_nothing_of_one_reaches_a_stranger(world: World) -> None:
    asks = list(Asks(world, world.one).whole(most=MOST))
    before, met, counts = held(world.app, world.one.id), Met(), Counter[str]()
    with logged() as log:
        for turn, stranger in enumerate(strangers(world)):
            for ask in asks[_first(turn) :: SHARE]:
                counts[str(met.look(stranger, ask, world.one).status_code)[0]] += 1
    print(f"{met.asked} requests ({len(asks)} for each stranger), answers {dict(counts)}")
    print(f"{len(met.leaks)} foreign marks in answers")
    assert met.leaks == []
    assert met.faults == {}
    assert set(counts) == set("234"), "each kind of answer"
    assert leaks(world.one.marks | world.other.marks, log.said()) == []
    assert held(world.app, world.one.id) == before


def _first(turn: int) -> int:
    return PART - 1 if EVERY else turn % SHARE


def test_nothing_of_one_comes_back_from_requests_drawn_at_random(world: World) -> None:
    chance = random.Random(SEED)  # noqa: S311 - to be drawn again, not to be secret
    before, met = held(world.app, world.one.id), Met()
    drawn, come = Asks(world, world.one).drawn(chance), list(strangers(world))
    until = time.monotonic() + SECONDS
    with logged() as log:
        while time.monotonic() < until:
            met.look(chance.choice(come), next(drawn), world.one)
    print(f"{met.asked} requests at random (SEED={SEED}), {len(met.leaks)} foreign marks")
    assert met.leaks == []
    assert met.faults == {}
    assert met.asked > SECONDS
    assert leaks(world.one.marks | world.other.marks, log.said()) == []
    assert held(world.app, world.one.id) == before


def test_nothing_of_either_is_in_mails_messages_or_files(world: World) -> None:
    everybody = world.one.marks | world.other.marks
    for someone in world.people:
        (others,) = [each for each in world.people if each is not someone]
        assert any(mail.to == [someone.address] for mail in world.mail.mails)
        assert leaks(others.marks, mailed(world.mail, but=others.address)) == []
        words = [each for each in mailed(world.mail) if each.kind == "mail"]
        assert leaks({someone.canary, str(someone.id), someone.id.hex}, words) == []
        for slug in world.town.bodies:
            foreign = {name for at, name in someone.known.items() if at != slug}
            said = list(told(world.receiver, f"/{slug}"))
            assert leaks({someone.canary, someone.id.hex, str(someone.id)} | foreign, said) == []
    assert list(told(world.receiver, "/clinic"))
    assert list(told(world.receiver, f"/{STRANGE}")) == []
    names = {file.name for file in (world.folder / "copies").iterdir()}
    assert leaks(everybody - names, written(world.folder), depth=1) == []


@pytest.mark.parametrize("whose", ["one", "other"])
def test_a_copy_and_a_case_file_hold_what_is_of_one_alone(world: World, whose: str) -> None:
    mine = getattr(world, whose)
    (others,) = [each for each in world.people if each is not mine]
    browser = world.enter(mine)
    for response in (
        browser.get(f"/my/copies/{mine.named['copy'][0]}/file"),
        browser.post(f"/my/questions/{mine.named['question'][0]}/case"),
    ):
        said = list(captures.answered(response, "a copy"))
        assert response.mimetype == "application/zip"
        assert leaks([mine.canary], said)
        assert leaks(others.marks_at(""), said) == []
