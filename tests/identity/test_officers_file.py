"""``/desk/audit.json``: the list as a file that anybody can check by the portal's public keys."""

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from bs4 import BeautifulSoup
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet
from joserfc.jws import FlattenedJSONSerialization
from sqlalchemy.orm import Session

from citizen_portal.bodies.models import Organisation
from citizen_portal.identity.models import Officer
from tests.identity.test_officers_audit import DRAFT, an_officer, note

Browser = Callable[[Officer], FlaskClient]


@pytest.fixture
def officer(session: Session) -> Officer:
    return an_officer(session, name="Ann Field")


def payload(file: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_decoded(file["payload"]))
    return found


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _changed(file: dict[str, Any]) -> dict[str, Any]:
    said = payload(file)
    said["entries"].pop()
    text = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
    return {**file, "payload": text}


def check_by_library(file: dict[str, Any], published: Any) -> None:
    """With joserfc, by the published keys alone."""
    signed = cast(FlattenedJSONSerialization, file)
    jws.deserialize_json(signed, KeySet.import_key_set(published), algorithms=["Ed25519"])


def check_by_hand(file: dict[str, Any], published: Any) -> None:
    """As RFC 7515 §5.2 says it, with nothing but a signature and base64."""
    header = json.loads(_decoded(file["protected"]))
    key = next(key for key in published["keys"] if key["kid"] == header["kid"])
    signed = f"{file['protected']}.{file['payload']}".encode()
    public = Ed25519PublicKey.from_public_bytes(_decoded(key["x"]))
    public.verify(_decoded(file["signature"]), signed)


def test_the_file_says_what_the_list_says_and_for_which_time(
    officer_in: Browser, officer: Officer, session: Session
) -> None:
    note(session, "draft:begun", officer, reference="OWN-1", draft=DRAFT)
    browser = officer_in(officer)

    response = browser.get("/desk/audit.json?kind=agreements&when=7-days")

    assert response.mimetype == "application/jose+json"
    body = session.get_one(Organisation, officer.organisation_id)
    said = payload(response.json or {})
    day = f"{said['made_at'][:10]}"
    named = f'attachment; filename="audit-{body.slug}-{day}.json"'
    assert response.headers["Content-Disposition"] == named
    assert said["organisation"]["code"] == {"scheme": "sample", "value": body.code}
    assert said["only"] == {"officer": None, "kind": "agreements"}
    assert set(said["period"]) == {"from", "to"}
    days = [datetime.fromisoformat(each) for each in said["period"].values()]
    assert days[1] - days[0] == timedelta(days=6)
    (entry,) = said["entries"]
    assert (entry["tag"], entry["what"], entry["who"]) == (
        "draft:begun",
        "Began a draft",
        "Ann Field",
    )
    assert entry["about"] == {"reference": "OWN-1", "draft": DRAFT}


def test_the_file_can_be_checked_by_the_published_keys_and_not_after_a_change(
    app: Flask, officer_in: Browser, officer: Officer
) -> None:
    file: dict[str, Any] = officer_in(officer).get("/desk/audit.json").json or {}
    published = app.test_client().get("/.well-known/jwks.json").json

    assert set(file) == {"protected", "payload", "signature"}
    header = json.loads(_decoded(file["protected"]))
    assert (header["alg"], header["typ"]) == ("Ed25519", "citizen-portal-audit+json")
    check_by_library(file, published)
    check_by_hand(file, published)
    with pytest.raises(BadSignatureError):
        check_by_library(_changed(file), published)
    with pytest.raises(InvalidSignature):
        check_by_hand(_changed(file), published)


def test_a_list_that_is_too_long_for_a_file_says_so(
    officer_in: Browser, officer: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = officer_in(officer)
    for _ in range(4):
        browser.get("/desk/audit.json")
    monkeypatch.setattr("citizen_portal.identity.desk.audit.MOST_IN_FILE", 3)

    response = browser.get("/desk/audit.json")

    assert response.status_code == 409
    assert "Choose a shorter period." in BeautifulSoup(response.text, "html.parser").get_text()


def test_nothing_of_another_body_stands_in_the_file(
    officer_in: Browser, officer: Officer, session: Session
) -> None:
    other = an_officer(session)
    note(session, "draft:begun", other, reference="OTHER-1", draft=DRAFT)
    note(session, "draft:begun", officer, reference="OWN-1", draft=DRAFT)
    browser = officer_in(officer)

    for address in ("/desk/audit.json", f"/desk/audit.json?officer={other.id.hex}"):
        said = payload(browser.get(address).json or {})
        told = {entry["about"].get("reference") for entry in said["entries"]}
        assert told <= {None, "OWN-1"}
