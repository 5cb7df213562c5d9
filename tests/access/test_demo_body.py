"""The demo's bodies answer as the published description says, and only to the portal."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings
from schemathesis.generation import GenerationMode

from citizen_portal import clock, signing
from citizen_portal.demo.body import (
    Behaviour,
    BodyConfig,
    Code,
    Person,
    create_body,
    keys_at,
    keys_given,
)
from tests.fakes.body import HOLDING, USAGE
from tests.fakes.serving import served
from tests.thorough import times

FILE = Path(__file__).parent / "dumonitor-openapi-2.1.0.yaml"
KNOWN, UNKNOWN = "a" * 64, "b" * 64
PORTAL = "https://portal.test"

schema = schemathesis.openapi.from_path(FILE)


@pytest.fixture(scope="module")
def signer(keys_folder: Path) -> signing.Signer:
    return signing.load(keys_folder)


@pytest.fixture(scope="module")
def config(signer: signing.Signer) -> BodyConfig:
    soon, past = (clock.now() + timedelta(hours=hours) for hours in (1, -1))
    rows = [USAGE | {"logtime": f"2026-05-{day:02}T10:00:00Z"} for day in (3, 20, 7)]
    return BodyConfig(
        code="B0001",
        name="Sample body",
        audience="sample-body",
        issuer=PORTAL,
        keys=keys_given(signer.public()),
        people={
            "anna": Person(rows, [HOLDING], {"customer": "77", "town": "Leeds"}),
            "bert": Person(claims={"customer": "78", "town": "Leeds"}),
        },
        known={KNOWN: "anna"},
        codes=[Code("AAAA-BBBB-CCCC", "bert", soon), Code("DDDD-EEEE-FFFF", "anna", past)],
    )


@pytest.fixture(scope="module")
def address(config: BodyConfig) -> Iterator[str]:
    with served(lambda _: create_body(config)) as address:
        yield address


def proof(signer: signing.Signer, subject: str, **claims: Any) -> dict[str, str]:
    usual = {"iss": PORTAL, "aud": "sample-body", "sub": subject}
    return {"Authorization": f"Bearer {signer.token(usual | claims)}"}


def usages(
    address: str, headers: Mapping[str, str], subject: str = KNOWN, **query: str
) -> requests.Response:
    asked = {"userCode": subject, **query}
    headers = {"X-Road-UserId": subject, **headers}
    return requests.get(f"{address}/v2/findUsage", asked, headers=headers, timeout=5)


@schema.parametrize()
@settings(max_examples=times(12, 25), suppress_health_check=list(HealthCheck))
def test_it_conforms(case: schemathesis.Case[Any], address: str, signer: signing.Signer) -> None:
    """What is generated asks for the one person that the token is for."""
    if "userCode" in case.query and "X-Road-UserId" in case.headers:
        case.query["userCode"] = case.headers["X-Road-UserId"] = KNOWN
    case.call_and_validate(base_url=address, headers=proof(signer, KNOWN))


def test_both_right_and_wrong_calls_were_generated() -> None:
    assert set(schema.config.generation.modes) == set(GenerationMode)


def test_rows_come_newest_first_with_their_count_and_proof(
    address: str, signer: signing.Signer
) -> None:
    reply = usages(address, proof(signer, KNOWN), limit="2")
    assert reply.headers["Portal-Subject"] == KNOWN
    assert reply.json()["totalUsages"] == 3
    assert [row["logtime"][8:10] for row in reply.json()["usages"]] == ["20", "07"]
    period = {"periodStart": "2026-05-04T00:00:00Z", "periodEnd": "2026-05-08T00:00:00+01:00"}
    assert usages(address, proof(signer, KNOWN), **period).json()["totalUsages"] == 1


@pytest.mark.parametrize(
    "query",
    [{"limit": "many"}, {"offset": "99999999999"}, {"periodEnd": "today"},
     {"periodStart": "2026-13-01T00:00:00Z"}],
)  # fmt: skip
def test_what_is_not_as_it_must_be_is_400(
    address: str, signer: signing.Signer, query: dict[str, str]
) -> None:
    asked = {"userCode": KNOWN, **query}
    headers = {"X-Road-UserId": KNOWN, **proof(signer, KNOWN)}
    reply = requests.get(f"{address}/v2/findUsage", asked, headers=headers, timeout=5)
    assert reply.status_code == 400


def test_only_the_portal_may_ask_and_only_for_the_one_it_names(
    address: str, signer: signing.Signer, tmp_path: Path
) -> None:
    signing.create(tmp_path)
    stranger = signing.load(tmp_path)
    refused = [
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": proof(signer, KNOWN)["Authorization"].replace("Bearer", "Basic")},
        proof(stranger, KNOWN),
        proof(signer, UNKNOWN),
        proof(signer, KNOWN, aud="another-body"),
        proof(signer, KNOWN, iss="https://another.test"),
        proof(signer, KNOWN, exp=int(clock.now().timestamp()) - 60),
    ]
    for headers in refused:
        assert usages(address, headers).status_code == 401
        held = requests.get(
            f"{address}/v1/holdings", {"subject": KNOWN}, headers=headers, timeout=5
        )
        assert held.status_code == 401
    links = requests.post(f"{address}/v1/links", json={"code": "x"}, timeout=5)
    assert links.status_code == 401


def test_holdings_say_whom_they_are_about_in_every_row(
    address: str, signer: signing.Signer
) -> None:
    for subject, rows in ((KNOWN, [{"subject": KNOWN, **HOLDING}]), (UNKNOWN, [])):
        reply = requests.get(
            f"{address}/v1/holdings",
            {"subject": subject},
            headers=proof(signer, subject),
            timeout=5,
        )
        assert reply.json() == {"subject": subject, "holdings": rows}


def link(address: str, signer: signing.Signer, subject: str, document: Any) -> requests.Response:
    return requests.post(
        f"{address}/v1/links", json=document, headers=proof(signer, subject), timeout=5
    )


def test_a_code_links_one_person_once(config: BodyConfig, signer: signing.Signer) -> None:
    with served(lambda _: create_body(config)) as address:
        states = [
            link(address, signer, subject, {"code": code}).json()["state"]
            for subject, code in (
                (UNKNOWN, "dddd-eeee-ffff"),  # its time is over
                (UNKNOWN, "AAAA-BBBB-CCCD"),
                (UNKNOWN, "aaaa bbbb cccc"),
                ("c" * 64, "AAAA-BBBB-CCCC"),  # used
            )
        ]
    assert states == ["not_matched", "not_matched", "linked", "not_matched"]


@pytest.mark.parametrize(
    ("claim", "state"),
    [
        ({"customer": "77"}, "linked"),
        ({"customer": "79"}, "not_matched"),
        ({"town": "Leeds"}, "ambiguous"),
        ({"shoe size": "7"}, "not_matched"),
    ],
)
def test_a_claim_links_only_the_one_person_it_can_mean(
    address: str, signer: signing.Signer, claim: dict[str, str], state: str
) -> None:
    reply = link(address, signer, "d" * 64, {"claim": claim})
    assert reply.json() == {"subject": "d" * 64, "state": state}
    assert reply.headers["Portal-Subject"] == "d" * 64


@pytest.mark.parametrize(
    "document", [{}, [], "x", None, {"code": 5}, {"claim": {}}, {"code": "x", "claim": {"a": "b"}}]
)
def test_a_link_without_code_or_claim_is_400(
    address: str, signer: signing.Signer, document: Any
) -> None:
    assert link(address, signer, UNKNOWN, document).status_code == 400


@pytest.mark.parametrize(
    ("behaviour", "status", "said"),
    [
        (Behaviour.DOWN, 503, None),
        (Behaviour.UNPROVEN, 200, None),
        (Behaviour.EMPTY, 200, KNOWN),
        (Behaviour.MISTAKEN, 200, "0" * 64),
    ],
)
def test_a_body_misbehaves_as_it_is_told(
    config: BodyConfig,
    signer: signing.Signer,
    behaviour: Behaviour,
    status: int,
    said: str | None,
) -> None:
    told = BodyConfig(**(vars(config) | {"behaviour": behaviour}))
    with served(lambda _: create_body(told)) as address:
        reply = usages(address, proof(signer, KNOWN))
    assert reply.status_code == status
    assert reply.headers.get("Portal-Subject") == said
    if behaviour is Behaviour.EMPTY:
        assert reply.json() == {"totalUsages": 0, "usages": []}


def test_keys_are_looked_up_where_the_portal_publishes_them(signer: signing.Signer) -> None:
    asked = []

    def portal(_: str) -> Any:
        app = Flask("portal")

        @app.get("/jwks.json")
        def keys() -> Any:
            asked.append(1)
            return signer.public()

        return app

    with served(portal) as address:
        keys = keys_at(f"{address}/jwks.json")
        assert keys().as_dict() == keys().as_dict() == signer.public()
    assert asked == [1]
