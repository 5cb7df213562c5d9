"""What a body takes in of people's choices: only the portal's word, and never an older one."""

import base64
import json
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import KeySet
from uuid_utils.compat import uuid7

from citizen_portal import clock, signing
from citizen_portal.bodies.actions import Message
from citizen_portal.bodies.remote.telling import document, signed
from citizen_portal.demo.body import Choices, keys_given
from citizen_portal.demo.body.choices import STATEMENT
from citizen_portal.signing import Signer

SECRET = secrets.token_bytes(32)
WORDS = "whsec_" + base64.b64encode(SECRET).decode()
PERSON, AGREEMENT, NEW, OLD = "3f" * 32, "DSA-0001", 2_000, 1_000


@pytest.fixture
def signer(keys_folder: Path) -> Signer:
    return signing.load(keys_folder)


@pytest.fixture
def choices(signer: Signer, tmp_path: Path) -> Choices:
    return opened(tmp_path / "held.db", signer)


def opened(file: Path, signer: Signer, *words: str) -> Choices:
    keys = keys_given(signer.public())
    return Choices(file, slug="clinic", secrets=words or (WORDS,), keys=keys)


def statement(signer: Signer, *, kind: str = STATEMENT, **given: Any) -> str:
    said: dict[str, Any] = {"aud": "clinic", "sub": PERSON, "jti": "a" * 32, "agreement": AGREEMENT}
    said |= {"version": NEW, "may_use": False, "objection": True, "due": "2026-12-26"}
    return signer.statement({**said, **given}, kind=kind)


Sent = tuple[dict[str, str], bytes]


def message(said: str, *, secret: bytes = SECRET, type: str = "preference.changed") -> Sent:
    """As the portal sends it."""
    made = Message(uuid7(), type, {"statement": said}, clock.now())
    raw = document(made)
    return signed(made, raw, [secret], at=clock.now()), raw


def test_what_the_portal_says_is_held_until_it_is_answered(
    choices: Choices, signer: Signer
) -> None:
    assert choices.receive(*message(statement(signer))) == 204

    (change,) = choices.unanswered()
    assert (change.subject, change.version, change.objection) == (PERSON, NEW, True)
    assert choices.came.is_set()
    assert choices.may_use(PERSON, AGREEMENT) is False
    assert choices.may_use(PERSON, "DSA-0002") is None
    choices.note_answered(change)
    assert choices.unanswered() == []


@pytest.mark.parametrize("first", [NEW, OLD])
def test_an_older_version_never_takes_the_place_of_a_newer_one(
    choices: Choices, signer: Signer, first: int
) -> None:
    versions = {NEW: False, OLD: True}
    for version in (first, NEW + OLD - first):
        said = statement(signer, version=version, may_use=versions[version], jti=f"{version:032x}")
        assert choices.receive(*message(said)) == 204

    assert choices.may_use(PERSON, AGREEMENT) is False
    assert [each.version for each in choices.unanswered()] == [NEW]


def test_a_message_that_comes_twice_is_worked_on_once(choices: Choices, signer: Signer) -> None:
    sent = message(statement(signer))
    choices.receive(*sent)
    choices.note_answered(choices.unanswered()[0])

    assert choices.receive(*sent) == 204
    assert choices.unanswered() == []


def test_a_message_that_comes_once_more_is_taken_where_its_first_was_lost(
    choices: Choices, signer: Signer, tmp_path: Path
) -> None:
    """The portal sends again, under the same id, what a body may have lost since."""
    sent = message(statement(signer))
    choices.receive(*sent)
    with sqlite3.connect(tmp_path / "held.db") as file:
        file.execute("DELETE FROM held")

    assert choices.receive(*sent) == 204
    assert choices.may_use(PERSON, AGREEMENT) is False


def other_secret(signer: Signer) -> Sent:
    return message(statement(signer), secret=secrets.token_bytes(32))


def changed_on_the_way(signer: Signer) -> Sent:
    headers, raw = message(statement(signer))
    return headers, raw.replace(b"preference.changed", b"preference.change_")


def without(name: str) -> Callable[[Signer], Sent]:
    def sent(signer: Signer) -> Sent:
        headers, raw = message(statement(signer))
        return {each: text for each, text in headers.items() if each != name}, raw

    return sent


def at(seconds: int) -> Callable[[Signer], Sent]:
    def sent(signer: Signer) -> Sent:
        made = Message(uuid7(), "preference.changed", {"statement": statement(signer)}, clock.now())
        raw, moment = document(made), clock.now().timestamp() + seconds
        when = clock.now().fromtimestamp(moment, clock.now().tzinfo)
        return signed(made, raw, [SECRET], at=when), raw

    return sent


def with_header(name: str, text: str) -> Callable[[Signer], Sent]:
    def sent(signer: Signer) -> Sent:
        headers, raw = message(statement(signer))
        return headers | {name: text}, raw

    return sent


@pytest.mark.parametrize(
    "make",
    [
        other_secret,
        changed_on_the_way,
        without("webhook-id"),
        without("webhook-timestamp"),
        without("webhook-signature"),
        at(-301),
        at(301),
        with_header("webhook-id", "msg_another"),
        with_header("webhook-timestamp", "yesterday"),
        with_header("webhook-signature", ""),
        with_header("webhook-signature", "v1,not base64!"),
        with_header("webhook-signature", "v1,"),
        with_header("webhook-signature", "v1a,AAAA"),
    ],
)
def test_nothing_is_taken_from_whoever_is_not_the_portal(
    choices: Choices, signer: Signer, make: Callable[[Signer], Sent]
) -> None:
    assert choices.receive(*make(signer)) == 401
    assert choices.statements() == []


def test_a_message_is_good_for_five_minutes(choices: Choices, signer: Signer) -> None:
    assert choices.receive(*at(-290)(signer)) == 204


def altered(signer: Signer) -> str:
    head, body, end = statement(signer).split(".")
    said = json.loads(base64.urlsafe_b64decode(body + "=="))
    said["may_use"] = True
    body = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    return f"{head}.{body}.{end}"


def of_another_key(signer: Signer) -> str:
    forger = Signer(KeySet.generate_key_set("OKP", "Ed25519", count=1))
    return statement(forger)


@pytest.mark.parametrize(
    "make",
    [
        lambda signer: statement(signer, aud="council"),
        lambda signer: statement(signer, kind="JWT"),
        altered,
        of_another_key,
        lambda signer: "not a statement",
        lambda signer: None,
    ],
    ids=["another body", "another kind", "altered", "another key", "no statement", "none"],
)
def test_only_what_the_portal_signed_for_this_body_is_held(
    choices: Choices, signer: Signer, make: Callable[[Signer], str]
) -> None:
    said = make(signer)

    assert choices.receive(*message(said)) == 400
    assert not choices.hold(said)
    assert choices.statements() == []


def test_kinds_that_say_nothing_to_it_are_taken_and_let_be(
    choices: Choices, signer: Signer
) -> None:
    assert choices.receive(*message(statement(signer), type="link.created")) == 204
    assert choices.receive(*message("", type="some.day")) == 204
    assert choices.statements() == []


@pytest.mark.parametrize("raw", [b"", b"[]", b"\xff", b"{}", b'{"type": "preference.changed"}'])
def test_what_is_no_message_is_a_bad_request(choices: Choices, raw: bytes) -> None:
    made = Message(uuid7(), "", {}, clock.now())

    assert choices.receive(signed(made, raw, [SECRET], at=clock.now()), raw) == 400


def test_two_secrets_hold_while_they_change(signer: Signer, tmp_path: Path) -> None:
    new = secrets.token_bytes(32)
    both = opened(tmp_path / "both.db", signer, "whsec_" + base64.b64encode(new).decode(), WORDS)

    for secret in (SECRET, new):
        assert both.receive(*message(statement(signer), secret=secret)) == 204


def test_the_list_is_read_on_from_where_it_ended_also_after_a_crash(
    choices: Choices, signer: Signer, tmp_path: Path
) -> None:
    everything = [
        {"number": n, "statement": statement(signer, sub=f"{n:064x}", jti=f"{n:032x}")}
        for n in range(1, 6)
    ]
    asked: list[int] = []

    def page(after: int) -> Mapping[str, Any]:
        asked.append(after)
        found = everything[after : after + 2]
        if after == 4 and asked.count(4) == 1:
            raise TimeoutError
        return {"changes": found, "next": after + len(found)}

    with pytest.raises(TimeoutError):
        choices.changes_since(page)
    again = opened(tmp_path / "held.db", signer)
    again.changes_since(page)

    assert asked == [0, 2, 4, 4, 5]
    assert again.read_to == 5
    assert len(again.statements()) == 5


def test_what_it_gives_back_is_what_the_portal_signed(choices: Choices, signer: Signer) -> None:
    old, new = statement(signer, version=OLD), statement(signer, version=NEW)
    choices.hold(old)
    choices.hold(new)

    assert choices.statements() == [new]
