"""No citizen sees another's data: each text of one is marked, each answer to the other searched."""

import base64
import gzip
import html
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import unquote
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import KeySet
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from citizen_portal import clock
from citizen_portal.bodies.actions import bump
from citizen_portal.bodies.models import Kind
from citizen_portal.demo.body import BodyConfig, Person, Records, create_body
from citizen_portal.identity import actions
from citizen_portal.identity.models import Citizen, LinkProof, LinkState
from tests import make
from tests.fakes.records import marked
from tests.fakes.serving import served
from tests.thorough import times

SignIn = Callable[[Citizen], FlaskClient]
ROUNDS = 400
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
HEXADECIMAL = re.compile("[0-9a-f]+")
ENDS_SESSION = re.compile(r"^/(my/leave|sign-out)")


@dataclass
class Someone:
    """A citizen, the mark in every text about them, and every id that they have met."""

    citizen: Citizen
    canary: str
    client: FlaskClient
    ids: set[str]
    records: set[str] = field(default_factory=set)
    """Of the ids those that name records."""

    @property
    def tie(self) -> str:
        """The mark in the name of the body that they alone are linked to."""
        return tie(self.canary)

    def marks(self, path: str) -> list[str]:
        """What must not be in an answer to another. The directory names each body to everybody."""
        return [self.canary] if path.startswith("/bodies") else [self.canary, self.tie]


def tie(canary: str) -> str:
    return canary.replace("CANARY", "TIE")


def person(canary: str) -> Person:
    now = clock.now()
    return Person(
        usages=[
            {
                "logtime": (now - timedelta(days=n)).isoformat(),
                "action": f"Looked {canary} (DSA-0001)",
                "receiverCode": canary,
                "receiverName": f"Office {canary}",
                "receiverSystem": f"System {canary}",
                "categories": [canary],
                "processorName": f"Firm {canary}",
            }
            for n in range(1, 6)
        ],
        holdings=[
            {
                "dataset": f"set-{canary.lower()}",
                "name": {"en": f"Records {canary}", "cy": f"Cofnodion {canary}"},
                "categories": [canary],
                "since": "2020-01-01",
                "retention": "P6Y",
            }
        ],
        records={
            f"set-{canary.lower()}": Records(
                [marked(f"f{n}") | {"label": {"en": f"Label {canary}"}} for n in range(2)],
                [{"f0": f"Value {n} {canary}"} for n in range(30)],
            )
        },
    )


@pytest.fixture
def two(app: Flask, session: Session, signed_in: SignIn) -> Iterator[tuple[Someone, Someone]]:
    """Two citizens of the same body, each with a page full of marked texts and a body of their own.

    The own body's name is marked, so that the links of one are told from those of the other. It is
    not a public body: those are named on the page of each citizen, linked or not.
    """
    body = make.body()
    citizens = [make.citizen(), make.citizen()]
    session.add_all([body, *citizens])
    session.flush()
    index = app.extensions["index"]
    ids = [actions.pairwise(index, citizen.id, body.id) for citizen in citizens]
    canaries = [f"CANARY{secrets.token_hex(6)}" for _ in citizens]
    config = BodyConfig(
        code=body.code,
        name="Body",
        audience=body.slug,
        issuer=app.extensions["settings"].public_url,
        keys=lambda: KeySet.import_key_set(app.extensions["signer"].public()),
        people={canary: person(canary) for canary in canaries},
        known=dict(zip(ids, canaries, strict=True)),
    )
    with served(lambda _: create_body(config)) as address:
        session.add(make.source(body, base_url=address))
        for citizen, pairwise, canary in zip(citizens, ids, canaries, strict=True):
            link(session, citizen.id, body.id, pairwise)
            own = make.body(kind=Kind.PROCESSOR, name=make.words(f"Body of {tie(canary)}"))
            session.add(own)
            session.flush()
            link(session, citizen.id, own.id, actions.pairwise(index, citizen.id, own.id))
        bump(session)
        session.commit()
        one, other = (
            meet(app, signed_in(citizen), citizen, canary)
            for citizen, canary in zip(citizens, canaries, strict=True)
        )
        one.ids |= {ids[0], citizens[0].id.hex, str(citizens[0].id)}
        other.ids |= {ids[1], citizens[1].id.hex, str(citizens[1].id)}
        yield one, other


def link(session: Session, citizen: UUID, body: UUID, pairwise: str) -> None:
    actions.link(
        session,
        citizen,
        body,
        pairwise=pairwise,
        state=LinkState.LINKED,
        proof=LinkProof.CODE,
    )


def meet(app: Flask, client: FlaskClient, citizen: Citizen, canary: str) -> Someone:
    """Walk through one's own pages until the marked texts are there; note every id met."""
    someone = Someone(citizen, canary, client, set())
    client.get("/my")
    with client.session_transaction() as cookie:
        sign_in_id = UUID(cookie["_user_id"].split(":")[1])
    who = type("Who", (), {"citizen_id": citizen.id, "sign_in_id": sign_in_id})()
    assert app.extensions["asker"].wait(who, 8)
    for path in ("/my", "/my/access", "/my/account"):
        text = client.get(path).text
        someone.ids |= set(re.findall(r"[0-9a-f]{32,64}", text))
    events = [name for name in someone.ids if len(name) == 64]
    assert events, "the access log names no event"
    assert canary in client.get(f"/my/access/{sorted(events)[0]}").text
    for name in re.findall(r"/my/records/([0-9a-f]{64})", client.get("/my/records").text):
        text = client.get(f"/my/records/{name}").text
        assert f"Value 19 {canary}" in text
        someone.records.add(name)
        someone.ids |= {name, *re.findall(r"(?:at|field)=([\w-]{40,})", text)}
    return someone


def everything(response: Response) -> str:
    """All that an answer says, however it is wrapped."""
    raw = response.data
    if response.headers.get("Content-Encoding") == "gzip":
        raw = gzip.decompress(raw)
    text = raw.decode("utf-8", "replace")
    said = [text, html.unescape(text), unquote(text), str(response.headers)]
    for word in re.findall(r"[A-Za-z0-9+/_-]{16,}={0,2}", text + str(response.headers)):
        whole = word.rstrip("=")
        whole = whole[: len(whole) // 4 * 4]
        said.append(base64.b64decode(whole, altchars=b"-_").decode("latin-1"))
    return "\n".join(said)


def test_each_sees_their_own(two: tuple[Someone, Someone]) -> None:
    for someone in two:
        assert someone.canary in everything(someone.client.get("/my/access"))
        page = BeautifulSoup(someone.client.get("/my/account").text, "html.parser")
        (account,) = page.select("section[aria-labelledby=links]")
        for place in (".cp-rows", ".cp-scroll"):
            (found,) = account.select(place)
            assert someone.tie in found.get_text(), f"the account names no own body in {place}"


def test_the_search_finds_a_planted_canary(two: tuple[Someone, Someone]) -> None:
    one, _ = two
    wrapped = base64.b64encode(f"before {one.canary} after".encode()).decode()
    for leak in (one.canary, html.escape(one.canary), wrapped):
        assert one.canary in everything(Response(leak))


def addresses(app: Flask, ids: list[str]) -> Iterator[tuple[str, str]]:
    """Every route with every id in its place; by methods that it does not know with one."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        for method in METHODS:
            known = rule.arguments and method in (rule.methods or ())
            for name in ids if known else ids[:1]:
                built = rule.build(dict.fromkeys(rule.arguments, name))
                assert built, "none of its values is missing"
                yield method, built[1]


def of_each_kind(ids: set[str], most: int) -> list[str]:
    """Some of each shape that an id has: of a person, a sign-in, an event, a place in a list."""
    kinds: dict[object, list[str]] = {}
    for name in sorted(ids):
        kinds.setdefault(len(name) if HEXADECIMAL.fullmatch(name) else "token", []).append(name)
    return [name for names in kinds.values() for name in names[:most]]


@pytest.mark.parametrize("stranger", ["other", "nobody"])
def test_nothing_of_one_reaches_another(
    app: Flask, two: tuple[Someone, Someone], signed_in: SignIn, stranger: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False  # let every form through: ownership must hold by itself
    one, other = two
    client = other.client if stranger == "other" else app.test_client()
    asked = 0
    for method, path in addresses(app, [*one.records, *of_each_kind(one.ids, times(2, 24))]):
        name = sorted(one.ids)[asked % len(one.ids)]
        carried = dict.fromkeys(
            ("id", "citizen_id", "body", "source", "after", "code", "at", "field"), name
        )
        with client.open(
            path,
            method=method,
            query_string=carried,
            data=carried if method != "GET" else None,
            headers={"X-Citizen": name, "X-Road-UserId": name, "Accept": "*/*"},
        ) as response:
            said = everything(response)
            assert [mark for mark in one.marks(path) if mark in said] == [], f"{method} {path}"
        if stranger == "other" and (ENDS_SESSION.match(path) or "unlink" in path):
            client = signed_in(other.citizen)
        asked += 1
    print(f"{asked} requests as {stranger}, 0 foreign canaries")
    assert asked > ROUNDS
