"""Who unlinks a body or closes their account while a copy is made: nobody is asked any more."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, jsonify, request
from sqlalchemy import select

from citizen_portal import audit, jobs
from citizen_portal.exports.models import State
from citizen_portal.jobs import Job, JobState
from tests.exports.world import World, lines, missing, work
from tests.fakes.body import USAGE
from tests.fakes.serving import served

PAGES = 4


@dataclass
class Body:
    """Bodies that tell of accesses page by page; on the second page of one something happens."""

    asked: list[str] = field(default_factory=list)
    """The name under which each call came, in their order."""
    happens: Callable[[], object] = bool

    def answer(self, slug: str, path: str) -> Any:
        self.asked.append(slug)
        if path == "v1/holdings":
            return {"subject": request.args["subject"], "holdings": []}
        page = int(request.args["offset"])
        if page == 1 and slug == "clinic":
            happens, self.happens = self.happens, bool
            happens()
        return {"totalUsages": PAGES, "usages": [USAGE | {"action": f"Look {page}"}]}


@pytest.fixture
def body(world: World) -> Iterator[Body]:
    body = Body()
    app = Flask("body")

    @app.get("/<slug>/<path:path>")
    def answer(slug: str, path: str) -> Any:
        response = jsonify(body.answer(slug, path))
        response.headers["Portal-Subject"] = request.args.get("subject") or request.args["userCode"]
        return response

    with served(lambda _: app) as at:
        world.bodies_at = at
        yield body


def unlink(world: World, slug: str) -> None:
    gone = world.browser.post(f"/my/account/unlink/{world.bodies[slug].id.hex}")
    assert gone.status_code == 303


def close(world: World) -> None:
    closed = world.browser.post("/my/account/close", data={"sure": "y"})
    assert closed.status_code == 200


def test_a_body_whose_link_ends_is_asked_no_more_and_is_not_in_the_copy(
    world: World, body: Body
) -> None:
    world.body("clinic", "clinic")
    world.body("council", "council")
    at_the_end: list[int] = []

    def happens() -> None:
        unlink(world, "clinic")
        at_the_end.append(body.asked.count("clinic"))

    body.happens = happens
    address = world.made()

    assert body.asked.count("clinic") == at_the_end[0]
    row, package = world.row(address), world.package(address)
    assert (row.state, row.attempts) == (State.READY, 1)
    assert len(lines(package, "accesses")) == PAGES
    clinic = world.bodies["clinic"].official_name["en"]
    assert (clinic, "not_linked") in {(one["body"], one["why"]) for one in missing(package)}
    assert len(world.stored()) == 1


def test_a_body_whose_link_ends_while_others_answer_is_not_asked_at_all(
    world: World, body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits for its turn, behind as many as are asked at once."""
    monkeypatch.setattr("citizen_portal.exports.gathering.asking.AT_ONCE", 1)
    world.body("clinic", "clinic")
    world.body("council", "council")
    answer = body.answer
    first: list[str] = []

    def unlinks_the_other(slug: str, path: str) -> Any:
        if not first:
            first.append(slug)
            unlink(world, "council" if slug == "clinic" else "clinic")
        return answer(slug, path)

    monkeypatch.setattr(body, "answer", unlinks_the_other)
    address = world.made()

    assert set(body.asked) == set(first)
    assert world.row(address).state is State.READY


@pytest.mark.parametrize("ends", ["stop", "close"])
def test_stopped_or_closed_nobody_is_asked_any_more(world: World, body: Body, ends: str) -> None:
    world.body("clinic", "clinic")
    address = world.ask()
    at_the_end: list[int] = []

    def happens() -> None:
        close(world) if ends == "close" else world.browser.post(f"{address}/stop")
        assert world.row(address).state is State.CANCELLED
        at_the_end.append(len(body.asked))

    body.happens = happens
    build(world)

    assert len(body.asked) == at_the_end[0]
    assert world.stored() == []


def build(world: World) -> None:
    """Nothing but the making of the copy."""
    with world.sessions.reading() as session:
        job = session.scalars(select(Job).where(Job.name == "exports.build")).one()
    jobs.run(world.sessions, world.app.extensions, job.id)
    with world.sessions.reading() as session:
        assert session.get_one(Job, job.id).state is JobState.DONE


def test_closing_stops_a_copy_that_waits(world: World, body: Body) -> None:
    world.wait_a_day()
    world.body("clinic", "clinic")
    address = world.ask()
    close(world)
    assert world.row(address).state is State.CANCELLED
    with world.sessions.reading() as session:
        assert "copy:stopped" in session.scalars(select(audit.AuditEntry.tag)).all()
    work(world.app)
    assert body.asked == []
