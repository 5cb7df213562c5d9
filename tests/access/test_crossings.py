"""Many citizens asked for at once, by bodies that fail in between: nobody meets another's facts."""

import json
from collections.abc import Iterator
from itertools import count

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from citizen_portal.settings import Settings
from tests.access import world
from tests.fakes import body as fake

CITIZENS, TURNS = 6, 8
turns = count()


def faulty(to: fake.Handler, path: str, subject: str) -> bool:
    """Answers with the subject's own canary; every few calls something goes wrong."""
    said = fake.honest(path, subject)
    for usage in said.get("usages", []):
        said["usages"] = [usage | {"action": f"canary {subject}"}]
    for holding in said.get("holdings", []):
        holding["name"] = {"en": f"canary {subject}"}
    text = json.dumps(said).encode()
    match next(turns) % 7:
        case 1:
            to.say(text, Portal_Subject=subject, Content_Length=str(len(text) + 9))
            return False
        case 3:
            return False
        case 5:
            to.say(text, Portal_Subject=subject)
            planted = fake.honest(path, fake.OTHER)
            return to.say(json.dumps(planted).encode(), Portal_Subject=fake.OTHER)
        case _:
            return to.say(text, Portal_Subject=subject)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"ask_seconds": 3.0})


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setitem(fake.MANNERS, "faulty", faulty)
    with fake.hostile() as address:
        yield f"{address}/faulty"


def test_nobody_meets_what_is_anothers(app: Flask, session: Session, address: str) -> None:
    people = [world.somebody(session) for _ in range(CITIZENS)]
    source = world.source_at(session, address, people[0])
    for who in people[1:]:
        world.link(session, who, source.organisation_id)
    seen = 0
    for _ in range(TURNS):
        for who in people:
            world.asker(app).again(who, source.id)
        for who in people:
            assert world.asker(app).wait(who, world.PATIENCE)
            mine = f"canary {world.pairwise_of(who, source.organisation_id)}"
            told = world.actions_of(world.events(app, who))
            told += [each["name"]["en"] for each in world.answers(app, who)[source.id].holdings]
            assert set(told) <= {mine}
            seen += len(told)
    assert seen > CITIZENS * TURNS / 2  # most of it did arrive
