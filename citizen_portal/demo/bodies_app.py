"""The demo's bodies as one app: each at its own path, each with its own behaviour."""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

import yaml
from flask import Flask, Response, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Response as Plain

from citizen_portal.demo import world
from citizen_portal.demo.behaviours import BEHAVIOURS, BodyBehaviour
from citizen_portal.demo.body import (
    Behaviour,
    BodyConfig,
    Choices,
    Code,
    Door,
    Person,
    create_body,
    keys_given,
)
from citizen_portal.demo.people import citizens, histories, records
from citizen_portal.demo.people.citizens import Citizen
from citizen_portal.demo.people.histories import Look

OWN_SIGN_IN = "millbrook-practice"
KEEPS = timedelta(days=365)
CODE_LIFETIME = timedelta(days=30)


@dataclass(frozen=True)
class BodiesSettings:
    """What the bodies need to know at the start."""

    seed: int
    now: datetime
    portal: str
    """The portal's public address, as it stands in its tokens."""
    keys: Mapping[str, Any]
    """The portal's public keys."""
    known: Mapping[str, Mapping[str, str]]
    """For each body, which pairwise id is which of the demo's people."""
    codes: Mapping[str, str]
    """By name the activation code that is still good."""
    door: Door | None = None
    """The sign-in of the one body that has its own."""
    choices: Mapping[str, Choices] = field(default_factory=dict)
    """What each body keeps of people's choices."""


@dataclass(frozen=True)
class Organisation:
    """An organisation as the world's files have it."""

    code: str
    name: str


@cache
def organisations() -> Mapping[str, Organisation]:
    """By slug, with the official name in English."""
    found = {}
    for file in sorted(world.WORLD.glob("organisations-*.yaml")):
        for entry in yaml.safe_load(file.read_text("utf-8"))["organisations"]:
            name = entry["official_name"]["en"]
            found[entry["slug"]] = Organisation(entry["code"]["value"], name)
    return found


def create_bodies(settings: BodiesSettings) -> DispatcherMiddleware:
    """Every connected body at ``/<its slug>``; nothing else answers."""
    years = {
        citizen.name: histories.year_of(citizen, seed=settings.seed, now=settings.now)
        for citizen in citizens.load()
    }
    apps: dict[str, Any] = {
        f"/{slug}": _body(slug, behaviour, years, settings)
        for slug, behaviour in BEHAVIOURS.items()
    }
    return DispatcherMiddleware(Plain(status=404), apps)


def unused_codes(bodies: DispatcherMiddleware) -> set[str]:
    """The activation codes that would still link somebody."""
    return {
        code.value
        for app in bodies.mounts.values()
        for code in cast(Flask, app).extensions["state"].codes
    }


def _body(
    slug: str, behaviour: BodyBehaviour, years: Mapping[str, list[Look]], settings: BodiesSettings
) -> Flask:
    here = [citizen for citizen in citizens.load() if slug in citizen.known_at]
    config = BodyConfig(
        code=organisations()[slug].code,
        name=organisations()[slug].name,
        audience=slug,
        issuer=settings.portal,
        keys=keys_given(settings.keys),
        people={each.name: _person(each, behaviour, years[each.name], settings) for each in here},
        known=dict(settings.known.get(slug, {})),
        codes=[_code(each, settings) for each in here if _has_code(each, slug, settings)],
        behaviour=_mode(behaviour),
        keeps=KEEPS,
        door=settings.door if slug == OWN_SIGN_IN else None,
        choices=settings.choices.get(slug),
    )
    app = create_body(config)
    _add_oddities(app, behaviour)
    return app


def _person(
    citizen: Citizen, behaviour: BodyBehaviour, year: list[Look], settings: BodiesSettings
) -> Person:
    told = [] if behaviour.sends else year
    source, seed = behaviour.source, settings.seed
    mine = [look for look in told if look.activity.source == source]
    names = {slug: each.name for slug, each in organisations().items()}
    codes = {slug: each.code for slug, each in organisations().items()}
    today = settings.now.astimezone(histories.ZONE).date()
    return Person(
        usages=histories.rows(mine, citizen, codes=codes, names=names),
        holdings=histories.holdings(citizen, source, seed=seed, today=today),
        records=records.records(citizen, source, seed=seed, today=today),
    )


def _has_code(citizen: Citizen, slug: str, settings: BodiesSettings) -> bool:
    return citizen.code_at == slug and citizen.name in settings.codes


def _code(citizen: Citizen, settings: BodiesSettings) -> Code:
    return Code(settings.codes[citizen.name], citizen.name, settings.now + CODE_LIFETIME)


def _mode(behaviour: BodyBehaviour) -> Behaviour:
    if behaviour.down:
        return Behaviour.DOWN
    return Behaviour.NORMAL if behaviour.proves else Behaviour.UNPROVEN


def _add_oddities(app: Flask, behaviour: BodyBehaviour) -> None:
    """Behaviour that ``BodyConfig`` does not offer: slow at lists only, or wrong subjects."""

    @app.before_request
    def wait() -> None:
        if request.path == "/v2/findUsage" or request.path.startswith("/v1/records/"):
            time.sleep(behaviour.seconds)

    @app.after_request
    def change_subject(response: Response) -> Response:
        if behaviour.mistaken and "Portal-Subject" in response.headers:
            whose = response.headers["Portal-Subject"].encode()
            response.headers["Portal-Subject"] = hashlib.sha256(whose).hexdigest()
        return response
