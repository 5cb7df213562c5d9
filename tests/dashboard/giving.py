"""Bodies that give records over HTTP, for the pages about them."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from flask import Flask, request

from citizen_portal.demo.body import BodyConfig, Person, Records, create_body, keys_given
from tests.dashboard.world import World
from tests.fakes.records import ME, marked
from tests.fakes.serving import served
from tests.pages import Page

Answer = Callable[[str | None], dict[str, Any]]
"""What a body says to a cursor."""
Saying = Callable[..., str]
"""Has a body say something always, or by the cursor; gives the address of its one set."""


def opened(world: World) -> str:
    """The address of the one set of records that the list names."""
    (address,) = {
        link
        for link in Page.get(world.browser, "/my/records").links()
        if link.startswith("/my/records/")
    }
    return address


def serve(world: World, stack: ExitStack, app: Flask, **held: Any) -> str:
    """Have the source of "tax", which holds one set of data, answer from this app."""
    world.body("tax", contact="ask@tax.example")
    with world.sessions.writing() as session:
        base_url = stack.enter_context(served(lambda _: app))
        session.merge(world.sources["tax"]).base_url = base_url
    world.held("tax", "homes", **held)
    return opened(world)


def saying(answer: Answer | dict[str, Any], asked: list[dict[str, str]]) -> Flask:
    """A body that answers so, about whoever it is asked about, and notes what it is asked."""
    app = Flask("body")

    @app.get("/v1/records/homes")
    def records() -> dict[str, Any]:
        asked.append(request.args.to_dict())
        told = answer(request.args.get("cursor")) if callable(answer) else answer
        text = json.dumps(told).replace(ME, request.args["subject"])
        return dict(json.loads(text))

    return app


def holding(world: World, rows: list[dict[str, Any]]) -> Flask:
    """A body of the demo, which checks the portal's token, with these rows."""
    fields = [
        marked("paid_on", "date") | {"label": {"en": "Paid on", "cy": "Talwyd ar"}},
        marked("late", "boolean") | {"description": {"en": "Later than promised"}},
        marked("amount", "number"),
    ]
    return create_body(
        BodyConfig(
            code="TAX",
            name="Tax",
            audience="tax",
            issuer=world.app.extensions["settings"].public_url,
            keys=keys_given(world.app.extensions["signer"].public()),
            people={"anna": Person(records={"homes": Records(fields, rows)})},
            known={"0" * 64: "anna"},
        )
    )
