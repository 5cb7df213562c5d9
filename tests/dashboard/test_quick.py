"""What makes the pages of a citizen quick changes nothing that they say."""

import pytest
from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal

from citizen_portal.bodies.actions import bump
from citizen_portal.dashboard.views.wording import number
from tests.dashboard.world import World
from tests.fakes.body import USAGE
from tests.fakes.serving import served
from tests.pages import Page


def test_what_came_while_the_page_waited_is_shown(world: World) -> None:
    body = Flask("body")

    @body.get("/v2/findUsage")
    def find_usage() -> ResponseReturnValue:
        proof = {"Portal-Subject": request.args["userCode"]}
        return {"totalUsages": 1, "usages": [USAGE]}, 200, proof

    world.body("benefits")
    parts = world.app.extensions
    parts["settings"] = parts["settings"].model_copy(update={"first_wait_ms": 10_000})
    with served(lambda _: body) as address:
        with world.sessions.writing() as session:
            session.merge(world.sources["benefits"]).base_url = address
        page = Page.get(world.browser, "/my")
        world.body("schools")
        with world.sessions.writing() as session:
            session.merge(world.sources["schools"]).base_url = address
            bump(session)
        later = Page.get(world.browser, "/my")

    assert "Still asking." not in page.main
    assert ("We asked 1 body" in page.main, "1 look" in page.main) == (True, True)
    assert "Still asking." not in later.main, "who was linked meanwhile was asked as well"
    assert "We asked 2 bodies" in later.main
    assert "2 looks are not explained" in later.main


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_number_is_written_as_its_language_writes_it(shared_app: Flask, language: str) -> None:
    with shared_app.test_request_context(headers={"Accept-Language": language}):
        for n in (0, 7, 999, 1_000, 25_300):
            assert number(n) == format_decimal(n), n
            assert number(n) == f"{n:,}"
