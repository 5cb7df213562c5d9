"""What we ask of bodies in writing is what the portal reads and what the demo's bodies serve."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from schemathesis.generation import GenerationMode

from citizen_portal import signing
from citizen_portal.access.queries import Actor, Result, SourceState, Trigger
from citizen_portal.access.schemas import LONGEST, UsageRow
from citizen_portal.demo.body import BodyConfig, Person, Records, create_body, keys_given
from citizen_portal.records.schemas import (
    MOST,
    MOST_FIELDS,
    MOST_ROWS,
    HoldingRow,
    LinkAnswer,
    RecordFieldRow,
    RecordRow,
    RecordsAnswer,
    ValueType,
)
from tests.fakes.body import HOLDING
from tests.fakes.records import STREET
from tests.fakes.serving import served
from tests.thorough import times

DOCS = Path(__file__).parents[2] / "docs"
ME, PORTAL = "a" * 64, "https://portal.test"
FROM_ESTONIA = {"logtime", "action", "receiverCode", "receiverName", "receiverSystem"}

schema = schemathesis.openapi.from_path(DOCS / "body-openapi.yaml")


@pytest.fixture(scope="module")
def page() -> str:
    return (DOCS / "connect.md").read_text()


@pytest.fixture(scope="module")
def signer(keys_folder: Path) -> signing.Signer:
    return signing.load(keys_folder)


@pytest.fixture(scope="module")
def address(signer: signing.Signer) -> Iterator[str]:
    config = BodyConfig(
        code="B0001",
        name="Sample body",
        audience="sample-body",
        issuer=PORTAL,
        keys=keys_given(signer.public()),
        people={
            "anna": Person(
                holdings=[HOLDING],
                claims={"customer": "77"},
                records={"addresses": Records([STREET], [{"street": "1 High Street"}] * 120)},
            )
        },
        known={ME: "anna"},
    )
    with served(lambda _: create_body(config)) as address:
        yield address


@schema.parametrize()
@settings(max_examples=times(12, 25), suppress_health_check=list(HealthCheck))
def test_the_demo_serves_what_is_written(
    case: schemathesis.Case[Any], address: str, signer: signing.Signer
) -> None:
    """Right calls are made with the portal's token and for its subject; wrong ones as they are."""
    right = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    if right and case.query:
        case.query["subject"] = ME
    if right and "dataset" in (case.path_parameters or {}):
        case.path_parameters["dataset"] = "addresses"
        case.query.pop("cursor", None)  # the body's own; another is none
    token = signer.token({"iss": PORTAL, "aud": "sample-body", "sub": ME})
    headers = {"Authorization": f"Bearer {token}"} if right else {}
    case.call_and_validate(base_url=address, headers=headers)


def test_the_description_is_of_openapi_3_1() -> None:
    said = yaml.safe_load((DOCS / "body-openapi.yaml").read_text())
    assert said["openapi"] == "3.1.0"
    schema.validate()


def test_each_member_of_ours_and_each_word_is_explained(page: str) -> None:
    for member in UsageRow.__annotations__.keys() - FROM_ESTONIA:
        assert f"| `{member}` |" in page
    for words in (Actor, Trigger, Result):
        for word in words:
            assert word.value == "not_stated" or f"`{word.value}`" in page
    for kind in ValueType:
        assert f"`{kind.value}`" in page


def test_the_description_names_what_the_portal_reads() -> None:
    schemas = yaml.safe_load((DOCS / "body-openapi.yaml").read_text())["components"]["schemas"]
    assert schemas["Holding"]["properties"].keys() == HoldingRow.__annotations__.keys()
    assert schemas["LinkAnswer"]["properties"].keys() == LinkAnswer.__annotations__.keys()
    assert schemas["Holdings"]["properties"]["holdings"]["maxItems"] == MOST
    assert schemas["Text"]["maxLength"] == LONGEST
    for name, read in (
        ("Records", RecordsAnswer),
        ("RecordField", RecordFieldRow),
        ("RecordRow", RecordRow),
    ):
        assert schemas[name]["properties"].keys() == read.__annotations__.keys()
    assert schemas["Records"]["properties"]["rows"]["maxItems"] == MOST_ROWS
    assert schemas["Records"]["properties"]["fields"]["maxItems"] == MOST_FIELDS
    assert schemas["RecordField"]["properties"]["type"]["examples"] == list(ValueType)


def test_each_state_is_in_the_list_of_what_people_see(page: str) -> None:
    states = set(SourceState) - {SourceState.ASKING, SourceState.ANSWERED_EMPTY}
    for state in states:
        assert f"| {state.value.replace('_', ' ')} |" in page
