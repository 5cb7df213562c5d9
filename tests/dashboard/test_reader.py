"""Few pages wait for one source at once, so that a slow body does not hold the whole server."""

from contextlib import ExitStack
from threading import Event, Semaphore, Thread
from typing import Any
from uuid import uuid4

from citizen_portal.access.remote import Line
from citizen_portal.dashboard.remote.reader import AT_ONCE
from tests.dashboard.giving import Saying
from tests.dashboard.world import World
from tests.fakes.records import document
from tests.pages import Page


def test_few_wait_for_one_source_at_once_and_others_are_told(
    world: World, saying: Saying, stack: ExitStack, asked: list[dict[str, str]]
) -> None:
    ended, arrived = Event(), Semaphore(0)

    def slow(_: str | None) -> dict[str, Any]:
        arrived.release()
        ended.wait(10)
        return document()

    address = saying(slow)
    stack.callback(ended.set)
    reader, source = world.app.extensions["reader"], world.sources["tax"].id
    line = Line(world.address("tax"), "tax", "0" * 64)

    def wait() -> None:
        reader.page((uuid4(), source, "homes"), line, cursor=None)

    waiting = [Thread(target=wait) for _ in range(AT_ONCE)]
    for each in waiting:
        each.start()
    assert [arrived.acquire(timeout=10) for _ in waiting] == [True] * AT_ONCE
    page = Page.get(world.browser, address)
    ended.set()
    for each in waiting:
        each.join()

    assert "Not asked. Many people are asking it just now." in page.main
    assert len(asked) == AT_ONCE
    assert "It says that it holds nothing" in Page.get(world.browser, address).main
