"""One body that answers over real HTTP, and a citizen who has a code of it."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from joserfc.jwk import OKPKey
from sqlalchemy.orm import Session

from citizen_portal.bodies.actions import add_client
from citizen_portal.bodies.models import Organisation
from citizen_portal.demo.body import BodyConfig, Code, Door, Person, create_body, keys_given
from citizen_portal.identity.models import Citizen
from tests import make
from tests.fakes.serving import served

CODE, EXPIRED = "ABCD-2345-EFGH", "OLDD-2345-CODE"


@dataclass
class Town:
    """Bodies on loopback, registered with the portal."""

    app: Flask
    session: Session
    stack: ExitStack
    citizen: Citizen = field(default_factory=make.citizen)

    def body(self, *, key: OKPKey | None = None, **given: Any) -> Organisation:
        """A body of the demo, which checks the portal's token and knows two codes and a card.

        With a key it has a sign-in of its own, which signs by it.
        """
        made = make.body(**given)
        soon, before = (datetime.now(UTC) + timedelta(days=d) for d in (1, -1))
        config = BodyConfig(
            code=made.code,
            name="Body",
            audience=made.slug,
            issuer=self.app.extensions["settings"].public_url,
            keys=keys_given(self.app.extensions["signer"].public()),
            people={
                "p1": Person(claims={"card": "C-1"}),
                "p2": Person(claims={"card": "C-2"}),
                "p3": Person(claims={"card": "C-2"}),
            },
            codes=[Code(CODE, "p1", soon), Code(EXPIRED, "p1", before)],
        )

        def create(address: str) -> Flask:
            door = Door(f"{address}/sign-in", key) if key else None
            return create_body(replace(config, door=door))

        return self._keep(made, create, key)

    def liar(self, answer: Callable[[str], ResponseReturnValue]) -> Organisation:
        """A body that answers with whatever ``answer`` makes of the subject it is asked about."""
        app = Flask("liar")

        @app.post("/v1/links")
        def links() -> ResponseReturnValue:
            claims = request.headers["Authorization"].split(".")[1]
            return answer(json.loads(urlsafe_b64decode(claims + "=="))["sub"])

        return self._keep(make.body(), lambda _: app)

    def absent(self) -> Organisation:
        return self._keep(make.body(), None)

    def _keep(
        self,
        body: Organisation,
        app: Callable[[str], Flask] | None,
        key: OKPKey | None = None,
    ) -> Organisation:
        url = self.stack.enter_context(served(app)) if app else "http://127.0.0.1:1"
        self.session.add(body)
        self.session.flush()
        self.session.add(make.source(of=body, base_url=url))
        if key is not None:
            body.sign_in_url = f"{url}/sign-in"
            keys = {"keys": [key.as_dict(private=False)]}
            add_client(self.session, body.id, slug=body.slug, scopes=[], jwks=keys)
        self.session.commit()
        self.session.expunge(body)  # so that reading it later asks nothing of the database
        return body


@pytest.fixture
def town(app: Flask, session: Session) -> Iterator[Town]:
    with ExitStack() as stack:
        yield Town(app, session, stack)


@pytest.fixture
def browser(town: Town, signed_in: Callable[[Citizen], FlaskClient]) -> FlaskClient:
    return signed_in(town.citizen)
