"""The demo's bodies as one app: each at its own path, each in its own manner."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import yaml
from flask import Flask, Response, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Response as Plain

from citizen_portal.demo import world
from citizen_portal.demo.body import Behaviour, BodyConfig, Code, Person, create_body, keys_given
from citizen_portal.demo.manners import MANNERS, Manner
from citizen_portal.demo.people import cast, lives
from citizen_portal.demo.people.cast import Citizen
from citizen_portal.demo.people.lives import Look

KEEPS = timedelta(days=365)
LETTER_GOOD_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Told:
    """What the bodies are told before they open."""

    seed: int
    now: datetime
    portal: str
    """The portal's public address, as it stands in its tokens."""
    keys: Mapping[str, Any]
    """The portal's public keys."""
    known: Mapping[str, Mapping[str, str]]
    """For each body, which pairwise id is which of the demo's people."""
    waiting: Sequence[str]
    """People whose activation code is still good."""


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


def create_town(told: Told) -> DispatcherMiddleware:
    """Every connected body at ``/<its slug>``; nothing else answers."""
    years = {
        citizen.name: lives.year_of(citizen, seed=told.seed, now=told.now)
        for citizen in cast.citizens()
    }
    apps: dict[str, Any] = {
        f"/{slug}": _body(slug, manner, years, told) for slug, manner in MANNERS.items()
    }
    return DispatcherMiddleware(Plain(status=404), apps)


def _body(slug: str, manner: Manner, years: Mapping[str, list[Look]], told: Told) -> Flask:
    here = [citizen for citizen in cast.citizens() if slug in citizen.known_at]
    config = BodyConfig(
        code=organisations()[slug].code,
        name=organisations()[slug].name,
        audience=slug,
        issuer=told.portal,
        keys=keys_given(told.keys),
        people={each.name: _person(each, manner.source, years[each.name], told) for each in here},
        known=dict(told.known.get(slug, {})),
        codes=[_code(each, told) for each in here if _has_code(each, slug, told)],
        behaviour=_behaviour(manner),
        keeps=KEEPS,
    )
    app = create_body(config)
    _behave(app, manner)
    return app


def _person(citizen: Citizen, source: str, year: list[Look], told: Told) -> Person:
    mine = [look for look in year if look.activity.source == source]
    names = {slug: each.name for slug, each in organisations().items()}
    codes = {slug: each.code for slug, each in organisations().items()}
    return Person(
        usages=lives.rows(mine, citizen, codes=codes, names=names),
        holdings=lives.holdings(citizen, source, seed=told.seed, today=told.now.date()),
    )


def _has_code(citizen: Citizen, slug: str, told: Told) -> bool:
    return citizen.code_at == slug and citizen.name in told.waiting


def _code(citizen: Citizen, told: Told) -> Code:
    value = cast.activation_code(citizen, seed=told.seed)
    return Code(value, citizen.name, told.now + LETTER_GOOD_FOR)


def _behaviour(manner: Manner) -> Behaviour:
    if manner.down:
        return Behaviour.DOWN
    return Behaviour.NORMAL if manner.proves else Behaviour.UNPROVEN


def _behave(app: Flask, manner: Manner) -> None:
    """What is unusual beyond what each body may do: slow at one question only, or mistaken."""

    @app.before_request
    def think() -> None:
        if request.path == "/v2/findUsage":
            time.sleep(manner.seconds)

    @app.after_request
    def mistake(response: Response) -> Response:
        if manner.mistaken and "Portal-Subject" in response.headers:
            whose = response.headers["Portal-Subject"].encode()
            response.headers["Portal-Subject"] = hashlib.sha256(whose).hexdigest()
        return response
