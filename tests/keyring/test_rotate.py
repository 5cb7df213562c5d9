"""Each key is renewed under running parts: the new one makes, the old one opens until retired."""

import json
import stat
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from citizen_portal import clock, sealing, signing
from citizen_portal.identity.models import Citizen
from citizen_portal.identity.remote import keys as sign_in_keys
from citizen_portal.keyring import kinds
from citizen_portal.settings import Settings
from tests import make
from tests.keyring.conftest import Do, Run
from tests.pages import Page

NAMES = (
    "cookies",
    "sealing",
    "index",
    "signing",
    "exports",
    "held",
    "closed",
    "client",
    "client-rsa",
)


@pytest.fixture
def used_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "SPREAD", timedelta())
    monkeypatch.setattr(kinds, "PUBLISHED", timedelta())


def listed(do: Do, name: str) -> list[list[str]]:
    lines = [line.split() for line in do("list").stdout.splitlines()]
    return [line[1:] for line in lines if line[0] == name]


def test_every_key_is_listed_with_its_age_and_without_its_value(do: Do, folder: Path) -> None:
    listing = do("list")
    told = listing.stdout

    assert listing.stderr.split() == ["name", "version", "what", "it", "does", "age"]
    at = {line.index("0 days") for line in told.splitlines()}
    assert at == {listing.stderr.index("age")}, "it stands in columns"
    assert {line.split()[0] for line in told.splitlines()} == set(NAMES)
    assert told.count("0 days") == len(NAMES)
    for path in folder.iterdir():
        if path.name.endswith(".key"):
            secret = [word for word in path.read_text().split() if len(word) > 20]
            assert not [word for word in secret if word in told]
        elif "keyData" in (text := path.read_text()):
            assert not [key for key in json.loads(text)["key"] if key["keyData"]["value"] in told]


def test_all_are_renewed_and_what_the_older_made_opens(do: Do, app: Flask, folder: Path) -> None:
    parts = app.extensions
    before = {name: listed(do, name)[0][0] for name in NAMES}
    sealed = parts["sealer"].seal(b"words", "context")
    copy = BytesIO()
    with parts["file_sealer"].sealing(copy, "copy") as stream:
        stream.write(b"rows" * 100_000)
    closed = parts["envelope"].close(b"an access", "hold")
    said = parts["signer"].statement({"sub": "a"}, kind="x+jwt")

    done = do("rotate", "--all")

    assert done.exit_code == 0, done.output
    after = {name: listed(do, name)[0][0] for name in NAMES}
    assert not [name for name in NAMES if before[name] == after[name]]
    assert parts["sealer"].unseal(sealed, "context") == b"words"
    assert parts["sealer"].seal(b"words", "context")[:5] != sealed[:5]
    copied = b"".join(parts["file_sealer"].opened(BytesIO(copy.getvalue()), "copy"))
    assert copied == b"rows" * 100_000
    opener = sealing.load_opener(folder / sealing.HELD_PRIVATE_FILE)
    assert opener.open(closed, "hold") == b"an access"
    assert opener.open(parts["envelope"].close(b"new", "hold"), "hold") == b"new"
    assert parts["envelope"].close(b"new", "hold")[:5] != closed[:5]
    assert parts["signer"].opened(said, kind="x+jwt")["sub"] == "a"
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_new_public_key_is_published_for_a_day_before_it_signs(do: Do, app: Flask) -> None:
    client, signer = app.test_client(), app.extensions["signer"]
    first = signer.current.kid
    do("rotate", "signing", "client")

    published = client.get("/.well-known/jwks.json").json or {}

    kinds = [one["alg"] for one in published["keys"]]
    assert kinds == ["Ed25519", "Ed25519", "ES256", "ES256", "RS256"]
    assert not [one for one in published["keys"] if "d" in one or "used_from" in one]
    file = app.extensions["settings"].keys_folder / sign_in_keys.CLIENT_FILE
    assert signer.current.kid == first
    assert sign_in_keys.load(file).kid == published["keys"][3]["kid"]
    with clock.ago(timedelta(hours=-24, minutes=-1)):
        assert signer.current.kid == published["keys"][0]["kid"] != first
        assert sign_in_keys.load(file).kid == published["keys"][2]["kid"]


def test_a_stolen_key_is_put_out_of_use_at_once_and_withdrawn(do: Do, app: Flask) -> None:
    signer = app.extensions["signer"]
    stolen, said = signer.current.kid, signer.statement({"sub": "a"}, kind="x+jwt")

    assert do("rotate", "signing", "--now").exit_code == 0
    assert signer.current.kid != stolen
    assert do("retire", "signing").exit_code == 1, "a day has not passed"
    assert do("retire", "signing", "--now", "--withdraw").exit_code == 0

    assert signer.opened(said, kind="x+jwt") is None
    published = app.test_client().get("/.well-known/jwks.json").json or {}
    assert stolen not in [one["kid"] for one in published["keys"]]


@pytest.mark.usefixtures("used_at_once")
def test_what_was_signed_can_be_checked_for_good(do: Do, app: Flask, folder: Path) -> None:
    said = app.extensions["signer"].statement({"sub": "a"}, kind="x+jwt")
    old = app.extensions["signer"].current.kid
    do("rotate", "signing")

    assert do("retire", "signing", "--now").exit_code == 0

    (gone,) = [one for one in json.loads((folder / "signing.jwks.json").read_text())["keys"]
               if one["kid"] == old]  # fmt: skip
    assert "d" not in gone, "its secret half is nowhere any more"
    assert app.extensions["signer"].opened(said, kind="x+jwt") is not None
    assert signing.load(folder).current.kid != old


@pytest.mark.usefixtures("used_at_once")
def test_sessions_and_open_forms_outlive_their_secret(
    do: Do, app: Flask, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    browser = signed_in(make.citizen())
    page = Page.get(browser, "/my/account")
    field = page.soup.select_one("input[name=csrf_token]")
    assert field is not None
    open_form = {"csrf_token": str(field["value"])}

    assert do("rotate", "cookies").exit_code == 0

    assert browser.get("/my/account").status_code == 200
    assert browser.post("/sign-out", data={"csrf_token": "x"}).status_code == 400
    assert do("retire", "cookies").exit_code == 1, "sessions last for eight hours"
    assert browser.post("/my/account/visits/clear", data=open_form).status_code == 303
    assert do("retire", "cookies", "--now").exit_code == 0


@pytest.mark.usefixtures("used_at_once")
def test_a_secret_that_was_stolen_ends_the_sessions_with_it(
    do: Do, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    browser, meanwhile = signed_in(make.citizen()), signed_in(make.citizen())
    do("rotate", "cookies", "--now")
    assert meanwhile.get("/my/account").status_code == 200

    assert do("retire", "cookies", "--now").exit_code == 0

    assert browser.get("/my/account").status_code == 302, "its cookie is of the stolen one"


def test_the_environment_wins_and_says_so(run: Run, settings: Settings) -> None:
    given = Settings(**settings.model_dump() | {"secret_key": "x7" * 20})

    refused = run("rotate", "cookies", settings=given)

    assert refused.exit_code == 1
    assert "PORTAL_SECRET_KEY" in refused.output
    assert "PORTAL_SECRET_KEY" in run("list", settings=given).stderr


def test_a_secret_at_sign_in_stands_for_the_clients_keys(run: Run, settings: Settings) -> None:
    given = Settings(**settings.model_dump() | {"oidc_client_secret": "canary-of-a-secret"})

    for name in ("client", "client-rsa"):
        refused = run("rotate", name, settings=given)
        assert refused.exit_code == 1
        assert "It is given by PORTAL_OIDC_CLIENT_SECRET: renew it there" in refused.output

    listed = run("list", settings=given)
    assert "PORTAL_OIDC_CLIENT_SECRET: used in place of `client-rsa`." in listed.stderr
    assert "canary" not in listed.output


def test_an_unreadable_file_changes_nothing_in_a_running_portal(
    do: Do, app: Flask, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sealed = app.extensions["sealer"].seal(b"words", "context")
    (folder / sealing.SEALING_FILE).write_text("{ half a fi")

    assert app.extensions["sealer"].unseal(sealed, "context") == b"words"
    assert '"event": "keys.unreadable"' in capfd.readouterr().err


def test_a_private_half_that_was_moved_away_is_named(do: Do, folder: Path, tmp_path: Path) -> None:
    safe = tmp_path / "closed.private.json"
    (folder / safe.name).rename(safe)

    refused = do("rotate", "closed")
    every = do("rotate", "--all")
    done = do("rotate", "closed", "--private", str(safe))

    assert refused.exit_code == 1
    assert "--private" in refused.output
    assert (every.exit_code, "closed: left as it is." in every.stdout) == (0, True)
    assert done.exit_code == 0
    envelope = sealing.load_envelope(folder / sealing.CLOSED_PUBLIC_FILE)
    assert sealing.load_opener(safe).open(envelope.close(b"who", "x"), "x") == b"who"
    assert not (folder / safe.name).exists()
    wrong = do("rotate", "closed", "--private", str(folder / sealing.SEALING_FILE))
    assert wrong.exit_code == 1


def test_what_cannot_be_meant_is_said(do: Do) -> None:
    for given in (("rotate",), ("rotate", "--all", "sealing"), ("rotate", "nothing")):
        assert do(*given).exit_code == 2
    assert do("retire", "sealing").exit_code == 1
    assert do("bring-back", __file__).exit_code == 1


def test_a_key_that_was_retired_opens_again(do: Do, app: Flask, folder: Path) -> None:
    sealed = app.extensions["sealer"].seal(b"words", "context")
    do("rotate", "sealing")
    assert do("retire", "sealing", "--now").exit_code == 0
    with pytest.raises(sealing.CannotOpen):
        app.extensions["sealer"].unseal(sealed, "context")
    (retired,) = folder.glob("retired-sealing-*.json")

    assert do("bring-back", str(retired)).stdout == "sealing: 1 open again.\n"

    assert app.extensions["sealer"].unseal(sealed, "context") == b"words"
    assert [one[1] for one in listed(do, "sealing")] == ["makes", "opens"]


def test_without_keys_there_is_nothing_to_renew(run: Run, settings: Settings) -> None:
    none = settings.model_copy(update={"keys_folder": settings.keys_folder / "none"})
    refused = run("rotate", "--all", settings=none)
    assert (refused.exit_code, "keys create" in refused.output) == (0, True)
    assert run("rotate", "signing", settings=none).exit_code == 1
