"""``citizen-portal oversight holds``: how much is withheld, and of whom or what not a word."""

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from flask import Flask
from joserfc import jws
from joserfc.jwk import KeySet

from citizen_portal import clock
from citizen_portal.access.commands import oversight
from citizen_portal.access.models import Hold, HoldState
from tests.access.pushing import Pushing
from tests.access.test_push import said
from tests.access.withholding import Withholding, day


@pytest.fixture
def clinic(app: Flask) -> Withholding:
    clinic = Withholding(Pushing(app, "clinic", "council"))
    _, mine = clinic.pushing.person()
    person = clinic.said(basis="health-serious-harm", protects="person")
    rows = [clinic.row(mine["clinic"], f"ref-{n}") for n in range(3)]
    said(clinic.pushing.send(*rows, clinic.row(mine["clinic"], "ref-p", withheld=person)))
    with app.extensions["sessions"].writing() as session:
        session.get_one(Hold, clinic.holds()[0].id).end(HoldState.CLOSED, exemption="x")
    return clinic


def counted(clinic: Withholding, *options: str) -> str:
    app = clinic.pushing.app
    parts = SimpleNamespace(
        app=app, sessions=app.extensions["sessions"], settings=app.extensions["settings"]
    )
    result = CliRunner().invoke(oversight, ["holds", *options], obj=parts)
    assert result.exit_code == 0, result.output
    return result.output


def test_it_counts_by_body_law_and_state(
    clinic: Withholding, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [line.split() for line in counted(clinic).splitlines()]
    assert lines == [
        ["body", "law", "protects", "state", "accesses", "overdue", "moved"],
        ["clinic", "crime-and-tax", "inquiry", "closed", "1", "0", "0"],
        ["clinic", "crime-and-tax", "inquiry", "held", "2", "0", "0"],
        ["clinic", "health-serious-harm", "person", "held", "1", "0", "0"],
    ]
    later = day(31)
    monkeypatch.setattr(clock, "today", lambda _: later)
    assert [line.split()[5] for line in counted(clinic).splitlines()[1:]] == ["0", "2", "1"]


def test_the_file_is_signed_and_names_nobody(clinic: Withholding) -> None:
    text = counted(clinic, "--json")
    keys = KeySet.import_key_set(clinic.pushing.app.extensions["signer"].public())
    opened = jws.deserialize_json(json.loads(text), keys, algorithms=["Ed25519"])

    found = json.loads(opened.payload)["holds"]
    assert sum(one["holds"] for one in found) == 4
    assert "ref-" not in str(found)
