"""``citizen-portal body``: what the operator does, sees, and is kept from."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from flask import Flask
from joserfc.jwk import ECKey

from citizen_portal.bodies import queries
from citizen_portal.bodies.commands import body
from tests import make
from tests.bodies import systems
from tests.bodies.systems import System
from tests.fakes.serving import served


@pytest.fixture
def app(app: Flask) -> Flask:
    with app.extensions["sessions"].writing() as session:
        session.add(make.body(slug="giver"))
    return app


def run(app: Flask, *arguments: object) -> Result:
    parts = SimpleNamespace(
        settings=app.extensions["settings"], sessions=app.extensions["sessions"]
    )
    return CliRunner().invoke(
        body, [str(each) for each in arguments], obj=parts, catch_exceptions=False
    )


def done(app: Flask, *arguments: object) -> str:
    result = run(app, *arguments)
    assert result.exit_code == 0, result.output
    return result.output.strip()


def refused(app: Flask, *arguments: object) -> str:
    result = run(app, *arguments)
    assert result.exit_code != 0, result.output
    with app.extensions["sessions"].reading() as session:
        assert len(queries.clients(session)) <= 1
    return result.output


def written(folder: Path, content: object, name: str = "keys.json") -> Path:
    file = folder / name
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        file.write_text(json.dumps(content))
    return file


ADD = ("add", "giver", "--scope", "agreements:write")


def add(app: Flask, folder: Path, *keys: Any) -> str:
    return done(app, *ADD, "--keys", written(folder, systems.key_set(*keys)))


def works(app: Flask, client_id: str, key: Any) -> bool:
    return System(client_id, key).ask(app.test_client()).status_code == 200


def test_a_system_that_was_added_gets_a_token(app: Flask, tmp_path: Path) -> None:
    key = systems.es256()
    client_id = add(app, tmp_path, key)
    assert client_id.startswith("giver-")
    assert works(app, client_id, key)
    listed = done(app, "list")
    assert f"giver: {client_id} (agreements:write; 1 uploaded keys)" in listed
    assert "1 systems may call." in listed


def test_a_system_is_listed_under_its_own_body_alone(app: Flask, tmp_path: Path) -> None:
    with app.extensions["sessions"].writing() as session:
        session.add(make.body(slug="another"))
    client_id = add(app, tmp_path, systems.es256())
    assert done(app, "list").splitlines() == [
        f"giver: {client_id} (agreements:write; 1 uploaded keys)",
        "1 systems may call.",
    ]


@pytest.mark.parametrize("shape", ["set", "key", "pem"])
def test_keys_come_as_a_set_as_one_key_or_in_pem(app: Flask, tmp_path: Path, shape: str) -> None:
    numbers = ec.generate_private_key(ec.SECP256R1())
    key = ECKey(numbers, numbers, {})
    pem = numbers.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    alone = dict(key.as_dict(private=False))
    content: object = {"set": {"keys": [alone]}, "key": alone, "pem": pem}[shape]
    client_id = done(app, *ADD, "--keys", written(tmp_path, content))
    key.ensure_kid()
    assert done(app, "keys", client_id) == key.kid, "it is called by its thumbprint (RFC 7638)"
    assert works(app, client_id, key)


def test_uploaded_keys_are_rotated_without_a_gap(app: Flask, tmp_path: Path) -> None:
    old, new = systems.es256(), systems.es256()
    client_id = add(app, tmp_path, old)
    shown = done(app, "keys", client_id, "--add", written(tmp_path, systems.key_set(new)))
    assert shown.split() == [old.kid, new.kid]
    assert works(app, client_id, old)
    assert works(app, client_id, new)
    done(app, "keys", client_id, "--replace", written(tmp_path, systems.key_set(new)))
    assert not works(app, client_id, old)
    assert works(app, client_id, new)


def test_a_removed_system_is_not_found_again(app: Flask, tmp_path: Path) -> None:
    client_id = add(app, tmp_path, systems.es256())
    assert "may not call any more" in done(app, "remove", client_id)
    assert done(app, "list") == "0 systems may call."
    for command in ("keys", "remove"):
        assert "No system has this client id" in refused(app, command, client_id)


def secret_pem() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


P384 = ec.generate_private_key(ec.SECP384R1()).public_key()
ENCRYPTS = {**systems.key_set(systems.es256())["keys"][0], "use": "enc"}
TWINS = [systems.key_set(systems.es256())["keys"][0] | {"kid": "one"} for _ in range(2)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"keys": [systems.es256().as_dict(private=True)]}, "SECRET"),
        (systems.ed25519().as_dict(private=True), "SECRET"),
        ({"keys": [{"kty": "oct", "k": "AAAA"}]}, "SECRET"),
        (secret_pem(), "SECRET"),
        ({"keys": []}, "1 to 10 keys"),
        (systems.key_set(*[systems.ed25519() for _ in range(11)]), "1 to 10 keys"),
        ({"keys": [{"kty": "EC"}]}, "cannot be read"),
        ({"keys": 7}, "no JWK set"),
        ([], "no JWK set"),
        (b"{", "is not JSON"),
        (b"\xff", "not written in UTF-8"),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "no public key in PEM"),
        (P384.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), "fits none of"),
        (ENCRYPTS, "fits none of"),
        ({"keys": TWINS}, "the same key id"),
    ],
)
def test_keys_that_cannot_be_taken_are_refused_with_the_reason(
    app: Flask, tmp_path: Path, content: object, said: str
) -> None:
    output = refused(app, *ADD, "--keys", written(tmp_path, content))
    assert said in output
    assert "AAAA" not in output


@pytest.fixture
def place() -> Iterator[tuple[str, dict[str, Any]]]:
    """An address at which keys are published, and what is published there."""
    said: dict[str, Any] = {}
    app = Flask("place")
    app.add_url_rule("/jwks", view_func=lambda: said)
    with served(lambda _: app) as address:
        yield f"{address}/jwks", said


def test_keys_may_be_fetched_from_the_bodys_own_address(
    app: Flask, tmp_path: Path, place: tuple[str, dict[str, Any]]
) -> None:
    address, said = place
    key = systems.es256()
    said.update(systems.key_set(key))
    client_id = done(app, *ADD, "--keys-url", address)
    assert works(app, client_id, key)
    assert done(app, "keys", client_id) == f"fetched from {address}"
    more = written(tmp_path, systems.key_set(systems.es256()))
    assert "add them there" in refused(app, "keys", client_id, "--add", more)
    done(app, "keys", client_id, "--replace", more)
    assert not works(app, client_id, key)
    done(app, "keys", client_id, "--url", address)
    assert works(app, client_id, key)


def test_an_address_is_tried_before_it_is_kept(
    app: Flask, place: tuple[str, dict[str, Any]]
) -> None:
    address, said = place
    assert "no JWK set" in refused(app, *ADD, "--keys-url", address)
    said.update({"keys": [ENCRYPTS]})
    assert "None of the keys" in refused(app, *ADD, "--keys-url", address)
    said.update({"keys": [systems.es256().as_dict(private=True)]})
    assert "None of the keys" in refused(app, *ADD, "--keys-url", address)
    for elsewhere in ("http://169.254.169.254/jwks", "ftp://x.example", "https://a:b@x.example"):
        assert "public https address" in refused(app, *ADD, "--keys-url", elsewhere)


def test_what_is_asked_must_be_clear(app: Flask, tmp_path: Path) -> None:
    file = written(tmp_path, systems.key_set(systems.es256()))
    unknown = refused(app, "add", "nobody", "--scope", "agreements:write", "--keys", file)
    assert "No organisation on the register has this slug" in unknown
    assert "--scope" in refused(app, "add", "giver", "--keys", file)
    assert "agreements:write" in refused(app, "add", "giver", "--scope", "all", "--keys", file)
    assert "either --keys or --keys-url" in refused(app, *ADD)
    assert "either" in refused(app, *ADD, "--keys", file, "--keys-url", "https://x.example")
    client_id = add(app, tmp_path, systems.es256())
    both = refused(app, "keys", client_id, "--add", file, "--replace", file)
    assert "one of --add, --replace and --url" in both
