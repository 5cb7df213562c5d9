"""Each route: whose it is, and by which of a citizen's ids its address may name something.

A new route has to be stated here (``test_inventory.py``), or nothing would look behind it.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from itertools import product
from pathlib import Path
from uuid import UUID

from flask import Flask
from werkzeug.routing import (
    AnyConverter,
    BaseConverter,
    BuildError,
    IntegerConverter,
    Rule,
    UUIDConverter,
)
from wtforms import Form
from wtforms.fields.core import UnboundField

import citizen_portal
from tests.architecture import test_routes as audiences
from tests.isolation.people import Someone

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Owner(StrEnum):
    """Who may see what lies behind a route."""

    ANYBODY = "anybody"
    CITIZEN = "the citizen alone"
    BODY = "officers of the body, by role"
    SYSTEM = "systems of the body, by scope"
    HOLDER = "whoever holds the secret address"


SECRET = {"secret"}
OWNERS = {
    Owner.ANYBODY: (audiences.PUBLIC | audiences.LEAVING) - SECRET,
    Owner.CITIZEN: audiences.CITIZENS,
    Owner.BODY: audiences.OFFICERS,
    Owner.SYSTEM: audiences.MACHINES,
    Owner.HOLDER: SECRET,
}
"""By blueprint."""
PUBLIC = "public"
"""What an address names is for anybody: each kind of id is tried there."""
UNKNOWN = "unknown"
"""Whoever knows the right one may come in: each other id is tried there."""
SECRETS = ("feed", "stop")
NAMED: dict[str, dict[str, str]] = {
    "ask.access": {"name": "look"},
    "ask.incident": {"name": "incident"},
    "ask.records": {"name": "record"},
    "ask_things.agreement": {"name": PUBLIC},
    "ask_things.choice": {"name": "choice"},
    "ask_things.send": {"path": PUBLIC, "name": "look"},
    "asking": {"draft_id": PUBLIC, "key": PUBLIC},
    "case_answers": {"question_id": "question"},
    "cases": {"question_id": "question", "move": PUBLIC},
    "case_files": {"name": "question"},
    "choices": {"name": "choice"},
    "copies": {"name": "copy"},
    "corrections": {"name": "correction"},
    "corrections_api": {"id": "recipient"},
    "desk": {"reference": PUBLIC, "wanted": PUBLIC},
    "desk_corrections": {"name": "correction", "place": PUBLIC},
    "desk_views": {"round_id": PUBLIC},
    "drafts": {"draft_id": PUBLIC},
    "entry": {"name": "look"},
    "govstack": {
        "agreement_id": PUBLIC,
        "individual_id": "subject",
        "policy_id": PUBLIC,
        "record_id": "effect",
    },
    "holds": {"hold_id": "hold"},
    "incidents": {"name": "incident"},
    "incidents_api": {"reference": "incident"},
    "links": {"organisation": PUBLIC},
    "lists": {"draft_id": PUBLIC, "key": PUBLIC, "entry_id": PUBLIC},
    "my": {"source": PUBLIC},
    "my_views": {"name": PUBLIC},
    "objections": {"effect_id": "effect"},
    "parties": {"draft_id": PUBLIC, "key": PUBLIC},
    "preferences_api": {"id": "effect"},
    "previews": {"draft_id": PUBLIC},
    "proof": {"name": "look"},
    "questions": {"name": "question"},
    "questions_api": {"id": "question"},
    "agreements_api": {"reference": PUBLIC},
    "record": {"name": "record"},
    "records": {"source": PUBLIC},
    "reviews": {"draft_id": PUBLIC},
    "secret": {"token": UNKNOWN},
}
"""By endpoint or else by blueprint: the kind of thing that each part of the address names."""
FIELDS = re.compile(
    r"request\.(?:args|form|values|cookies|headers)(?:\.get(?:list)?\(|\[)\s*\"([\w-]+)\""
)


def owner(rule: Rule) -> Owner:
    """Raises ``LookupError`` where nobody is named."""
    blueprint = audiences.audience(rule)
    for whose, blueprints in OWNERS.items():
        if blueprint in blueprints:
            return whose
    raise LookupError(f"whose is {rule.rule}?")


def kinds(rule: Rule) -> dict[str, str]:
    """What each part of an address names; raises ``LookupError`` where a part is not stated."""
    endpoint, blueprint = str(rule.endpoint), audiences.audience(rule)
    if owner(rule) is Owner.ANYBODY:
        return dict.fromkeys(rule.arguments, PUBLIC)
    stated = NAMED.get(endpoint) or NAMED.get(blueprint, {})
    return {part: stated[part] for part in rule.arguments}


def addresses(rule: Rule, someone: Someone, *, most: int) -> list[str]:
    """The addresses of a route with ids of this person in their places: those that fit first, and
    in all no more than this many."""
    values = {
        part: _values(rule._converters[part], someone, kind) for part, kind in kinds(rule).items()
    }
    met: dict[str, None] = {}
    for chosen in product(*values.values()):
        try:
            built = rule.build(dict(zip(values, chosen, strict=True)))
        except (BuildError, ValueError):
            continue
        if built is not None:
            met[built[1]] = None
        if len(met) >= most:
            break
    return list(met)


def _values(converter: BaseConverter, someone: Someone, kind: str) -> list[object]:
    match converter:
        case AnyConverter():
            return list(converter.items)
        case IntegerConverter():
            return [1]
        case UUIDConverter():
            fitting = someone.named.get(kind) or someone.met
            return [UUID(name) for name in fitting if len(name) in {32, 36}]
    if kind == UNKNOWN:
        return [
            name for name in someone.met if not any(name in someone.named[each] for each in SECRETS)
        ]
    own = someone.named.get(kind, [])
    others = [names[0] for each, names in someone.named.items() if each != kind]
    return [*own, *others]


def of_methods(app: Flask) -> Iterator[tuple[Rule, str, bool]]:
    """Each route by each method, and whether the route knows it."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            for method in METHODS:
                yield rule, method, method in (rule.methods or ())


def fields() -> list[str]:
    """Each name under which the portal reads a field of an address or a form."""
    folder = Path(citizen_portal.__file__).parent
    read = {
        name
        for file in folder.rglob("*.py")
        if "demo" not in file.parts
        for name in FIELDS.findall(file.read_text())
    }
    return sorted(read | _form_fields(Form) | {"id", "citizen_id", "citizen", "subject"})


def _form_fields(form: type) -> set[str]:
    own = {name for name in dir(form) if isinstance(getattr(form, name, None), UnboundField)}
    return own.union(*map(_form_fields, form.__subclasses__()))
