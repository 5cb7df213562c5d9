"""A citizen takes the proof of an access, and anybody checks it without the portal."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc.jwk import KeySet
from sqlalchemy import update

from citizen_portal import audit, signing
from citizen_portal.access.actions import digesting
from citizen_portal.access.commands import digest
from citizen_portal.access.models import PushedEvent
from citizen_portal.access.schemas.proofs import NotProven, checked
from citizen_portal.identity.models import Citizen
from citizen_portal.signing import Signer
from tests.access.pushing import Pushing, row
from tests.access.test_digest import Night
from tests.access.test_push import said
from tests.access.withholding import Withholding
from tests.thorough import times

SignIn = Callable[[Citizen], FlaskClient]
FULL: dict[str, Any] = {
    "recorded": "2026-11-20T10:00:00.123456+01:00",
    "receiver_name": "Harbour Street “Surgery” \u3000 \\ ü",
    "agreement": "DSA-0011",
    "legal_power": "An Act, section 1",
    "categories": ["Name", "Address", "Name"],
    "actor_kind": "person",
    "actor_handle": "u-7",
    "role": "self",
    "trigger": "duty",
    "outcome": "given",
    "emergency": False,
    "processor": "A firm",
    "trace_id": "0af7",
}


class Proofs:
    """One citizen with accesses of each shape, and the night after."""

    def __init__(self, app: Flask, signed_in: SignIn, night: Night) -> None:
        self.app, self.night = app, night
        self.pushing = Pushing(app, "clinic", "council")
        self.clinic = Withholding(self.pushing)
        self.me, mine = self.pushing.person()
        self.subject = mine["clinic"]
        sent = [
            row(self.subject, "plain"),
            row(self.subject, "full", **FULL),
            row(self.subject, "word", action="not_stated", emergency=True),
            row(self.subject, "theirs", role="parent"),
            *(row(self.subject, f"r-{n}") for n in range(60)),
        ]
        said(self.pushing.send(*sent))
        self.browser = signed_in(self.me)
        self.day = night.at.date()

    def over(self) -> None:
        """The day ends, and its digest is made; the browser's session is as it was."""
        now = self.night.at
        self.night.after(self.day)
        self.clinic.work("access.digest")
        self.night.at = now

    def event(self, ref: str) -> PushedEvent:
        return next(one for one in self.pushing.kept() if one.source_ref == ref)

    def get(self, ref: str, browser: FlaskClient | None = None) -> Any:
        return (browser or self.browser).get(f"/my/access/{self.event(ref).id.hex}/proof.json")

    @property
    def keys(self) -> KeySet:
        return KeySet.import_key_set(self.app.extensions["signer"].public())


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch) -> Night:
    return Night(monkeypatch)


@pytest.fixture
def proofs(app: Flask, signed_in: SignIn, night: Night) -> Proofs:
    return Proofs(app, signed_in, night)


@pytest.mark.parametrize("ref", ["plain", "full", "word", "r-17"])
def test_an_access_of_ones_own_is_proved(proofs: Proofs, ref: str) -> None:
    proofs.over()

    response = proofs.get(ref)

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert set(response.json) == {"event", "salt", "leaf", "path", "root", "day", "signed"}
    found = checked(response.data, proofs.keys)
    assert found.day == proofs.day.isoformat()
    assert (found.event["source_ref"], found.event["subject"]) == (ref, proofs.subject)


def test_accesses_of_two_bodies_under_one_reference_are_each_proved(proofs: Proofs) -> None:
    council = proofs.pushing.pairwise(proofs.me.id, "council")
    said(proofs.pushing.send(row(council, "same", source="council-log"), by="council"))
    said(proofs.pushing.send(row(proofs.subject, "same")))
    proofs.over()

    both = [event for event in proofs.pushing.kept() if event.source_ref == "same"]
    answers = [proofs.browser.get(f"/my/access/{event.id.hex}/proof.json") for event in both]
    found = {checked(answer.data, proofs.keys).event["subject"] for answer in answers}
    assert found == {council, proofs.subject}


def test_before_the_day_is_over_there_is_none_yet(proofs: Proofs) -> None:
    early = proofs.get("plain")

    assert early.status_code == 404
    assert "come back tomorrow" in early.text


def test_nobody_else_and_no_matter_of_somebody_elses(proofs: Proofs, signed_in: SignIn) -> None:
    proofs.over()
    other, _ = proofs.pushing.person()

    assert proofs.get("plain", signed_in(other)).status_code == 404
    assert proofs.get("theirs").status_code == 404
    for name in ("0" * 32, "0" * 64, "x", "F" * 32):
        assert proofs.browser.get(f"/my/access/{name}/proof.json").status_code == 404


def test_what_was_changed_in_the_database_is_not_proved(proofs: Proofs) -> None:
    proofs.over()
    with proofs.app.extensions["sessions"].writing() as session:
        event = proofs.event("plain")
        session.execute(
            update(PushedEvent)
            .where(PushedEvent.citizen_id == event.citizen_id, PushedEvent.id == event.id)
            .values(action="Something else")
        )

    assert proofs.get("plain").status_code == 404


def test_a_released_access_is_proved_to_have_been_on_record_then(proofs: Proofs) -> None:
    said(proofs.pushing.send(proofs.clinic.row(proofs.subject, "held")))
    proofs.over()
    now = proofs.night.at
    proofs.night.at = now + timedelta(days=31)
    with proofs.app.extensions["sessions"].writing() as session:
        audit.record(session, "citizen:signed-in")
    proofs.clinic.work()
    proofs.night.at = now

    event = proofs.event("held")
    assert event.shown_from is not None
    assert event.shown_from.date() > proofs.day
    assert checked(proofs.get("held").data, proofs.keys).day == proofs.day.isoformat()


@settings(
    max_examples=times(150, 400),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_changed_byte_is_refused(given_proof: tuple[bytes, KeySet], data: st.DataObject) -> None:
    raw, keys = given_proof
    at = data.draw(st.integers(0, len(raw) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda found: found != raw[at]))

    with pytest.raises(NotProven):
        checked(raw[:at] + bytes([byte]) + raw[at + 1 :], keys)


@pytest.fixture
def given_proof(proofs: Proofs) -> tuple[bytes, KeySet]:
    proofs.over()
    raw = proofs.get("full").data
    checked(raw, proofs.keys)
    return raw, proofs.keys


def test_bytes_more_or_less_and_other_files_are_refused(
    given_proof: tuple[bytes, KeySet],
) -> None:
    raw, keys = given_proof
    said = json.loads(raw)
    files: list[bytes] = [
        raw[:-1],
        raw + b"\n",
        b"",
        b"{}",
        b"[]",
        b"null",
        b"[" * 100_000,
        b"\xff",
    ]
    for name in said:
        files.append(_written({key: value for key, value in said.items() if key != name}))
        others: tuple[Any, ...] = (None, "", [], {}, 1, "0" * 64)
        files += [_written({**said, name: other}) for other in others]
    files.append(_written({**said, "path": said["path"][:-1]}))
    files.append(_written({**said, "path": [*said["path"], {"left": "0" * 64}]}))
    files.append(json.dumps(said, indent=1).encode())
    for file in files:
        with pytest.raises(NotProven):
            checked(file, keys)


def test_a_digest_of_another_kind_or_key_is_refused(
    proofs: Proofs, given_proof: tuple[bytes, KeySet], tmp_path: Path
) -> None:
    raw, _ = given_proof
    said = json.loads(raw)
    text = json.dumps({"day": said["day"], "root": said["root"]}).encode()
    signer: Signer = proofs.app.extensions["signer"]
    receipt = signer.sign(text, typ="receipt+json")
    with pytest.raises(NotProven, match="not one of accesses"):
        checked(_written({**said, "signed": receipt}), proofs.keys)
    signing.create(tmp_path)
    stranger = signing.load(tmp_path)
    forged = stranger.sign(text, typ=digesting.DIGEST_TYPE)
    with pytest.raises(NotProven, match="not signed"):
        checked(_written({**said, "signed": forged}), proofs.keys)


def test_the_command_checks_it_with_published_keys_alone(
    proofs: Proofs, given_proof: tuple[bytes, KeySet], tmp_path: Path
) -> None:
    raw, _ = given_proof
    (tmp_path / "proof.json").write_bytes(raw)
    (tmp_path / "bad.json").write_bytes(raw.replace(b"Harbour", b"Harbor"))
    keys = proofs.app.test_client().get("/.well-known/jwks.json").data
    (tmp_path / "jwks.json").write_bytes(keys)
    (tmp_path / "none.json").write_text('{"keys": []}')

    def check(*given: str) -> tuple[int, str]:
        found = [str(tmp_path / one) if one.endswith(".json") else one for one in given]
        result = CliRunner().invoke(digest, ["check", *found])
        return result.exit_code, result.output

    status, words = check("proof.json", "--jwks", "jwks.json")
    assert status == 0
    assert datetime.now(UTC).date().isoformat()[:4] in words
    assert check("bad.json", "--jwks", "jwks.json")[0] == 1
    assert check("proof.json", "--jwks", "none.json")[0] == 1
    assert check("proof.json", "--jwks", "proof.json")[0] == 1


def _written(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
