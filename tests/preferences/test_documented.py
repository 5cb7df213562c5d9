"""What is written down about choices for bodies is what they get."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import jsonschema_rs
import pytest
import yaml
from flask import Flask
from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy import select

from citizen_portal.app import create_app
from citizen_portal.bodies import actions as bodies
from citizen_portal.bodies.actions import bump
from citizen_portal.bodies.models import MessageKind
from citizen_portal.bodies.models import Scope as May
from citizen_portal.demo.answering import USES, may_be_given
from citizen_portal.demo.body import Choices, System, keys_given
from citizen_portal.preferences.models import PreferenceCheck
from citizen_portal.preferences.queries import effects_of
from citizen_portal.preferences.words import choices as words
from citizen_portal.records.remote.trying import SAMPLE
from citizen_portal.records.remote.trying_hooks import AGREEMENT
from citizen_portal.settings import Settings
from tests import make
from tests.bodies import systems
from tests.bodies.told import run_waiting
from tests.fakes.receiver import receiving
from tests.fakes.serving import served
from tests.preferences.town import RESEARCH, Town, about

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "connect.md").read_text()


def test_of_a_late_body_the_person_reads_what_bodies_are_told_they_do(app: Flask) -> None:
    town = Town(app)
    me = town.person()
    town.choose(me, about("DSA-0002"))
    with town.sessions.reading() as session, app.test_request_context():
        effect = effects_of(session, me)[0]
        said = words.status(effect, effect.due_on + timedelta(days=1))
    (told,) = re.findall(r'person reads "(\w+)" until you answer', PAGE)
    assert said.startswith(f"{told}:")


def told_of_a_choice(app: Flask) -> tuple[str, dict[str, str], bytes]:
    """The secret of the council, and what it is sent."""
    town = Town(app)
    with receiving() as receiver:
        with town.sessions.writing() as session:
            council, sealer = town.bodies["council"], app.extensions["sealer"]
            secret = bodies.set_webhook(session, sealer, council, receiver.url)
        town.choose(town.person(), about("DSA-0001"))
        town.work("preferences.send")
        run_waiting(app)
    (got,) = (each for each in receiver.got if b'"preference.changed"' in each.body)
    return secret, got.headers, got.body


def test_a_message_is_as_it_is_described_and_the_model_body_takes_it(
    app: Flask, tmp_path: Path
) -> None:
    secret, headers, raw = told_of_a_choice(app)
    described = yaml.safe_load((DOCS / "body-openapi.yaml").read_text())
    schema = {"$ref": "#/components/schemas/PreferenceChanged"} | {
        "components": described["components"]
    }
    keys = keys_given(app.extensions["signer"].public())
    choices = Choices(tmp_path / "held.db", slug="council", secrets=[secret], keys=keys)

    jsonschema_rs.validate(schema, json.loads(raw), validate_formats=True)
    assert json.loads(raw)["type"] == MessageKind.PREFERENCE_CHANGED
    assert choices.receive(headers, raw) == 204
    (change,) = choices.unanswered()
    said = json.loads(raw)["data"]
    assert (change.id, change.subject, change.version) == tuple(
        said[name] for name in ("id", "subject", "version")
    )


def test_each_part_of_a_statement_is_explained(app: Flask) -> None:
    _, _, raw = told_of_a_choice(app)
    statement = json.loads(raw)["data"]["statement"]

    token = jwt.decode(statement, app.extensions["signer"].keys, algorithms=["Ed25519"])
    table = PAGE.split("### A statement")[1].split("### ")[0]
    for name in (*token.claims, *token.header):
        assert f"`{name}`" in table, name


def test_the_sample_person_and_agreement_are_written_down() -> None:
    assert f"`{SAMPLE[:8]}…` ({len(SAMPLE)} characters)" in PAGE
    assert f"`{AGREEMENT}`" in PAGE


@pytest.fixture
def portal(settings: Settings) -> Iterator[tuple[str, Flask]]:
    """The portal over real HTTP, under the address that stands in its tokens."""
    made: list[Flask] = []

    def portal_at(url: str) -> Flask:
        made.append(create_app(Settings(**{**settings.model_dump(), "public_url": url})))
        return made[0]

    with served(portal_at) as url:
        yield url, made[0]
    made[0].extensions["sessions"].engine.dispose()


def test_before_a_body_gives_data_away_it_asks_of_whom_it_may(portal: tuple[str, Flask]) -> None:
    url, app = portal
    slug, reference = "benefits-office", USES["benefits-office"]
    town = Town(app)
    with town.sessions.writing() as session:
        body = make.body(slug=slug)
        session.add(body)
        session.flush()
        town.bodies[slug] = body.id
        bump(session)
    town.publish(reference, slug, "council", "opt_out", RESEARCH)
    key = OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)
    system = System(url, systems.connect(app, slug, May.PREFERENCES, key=key).client_id, key)
    refused, *others = (town.person(slug) for _ in range(3))
    town.choose(refused, about(reference))
    known = {town.known_as(each, slug) for each in (refused, *others)}

    given = may_be_given(slug, system, known)

    assert given == sorted(known - {town.known_as(refused, slug)})
    assert may_be_given(slug, system, {}) == []
    assert may_be_given("passport-office", system, known) == []
    with town.sessions.reading() as session:
        [check] = session.scalars(select(PreferenceCheck))
    assert (check.organisation_id, check.sent, check.allowed) == (town.bodies[slug], 3, 2)
