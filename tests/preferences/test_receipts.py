"""Receipts: what they say, to readers of linked data too, and that none is changed unnoticed."""

import io
import json
import random
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from joserfc.jwk import OKPKey

from citizen_portal import signing
from citizen_portal.agreements.actions import Entries, import_register
from citizen_portal.agreements.schemas import checking
from citizen_portal.exports.commands import verify
from citizen_portal.exports.verify import Refused, check_receipt
from citizen_portal.exports.verify.signed import keys_of
from citizen_portal.preferences.models import Answer, Scope
from tests.agreements.files import agreement
from tests.preferences.town import RESEARCH, SERVICE, TODAY, Town, about
from tests.preferences.visiting import Visit

SHAPES = Path(__file__).parents[2] / "docs" / "receipt-shapes.ttl"
TERMS = json.loads((Path(__file__).parents[1] / "agreements" / "dpv-terms.json").read_text())
SITE = "http://127.0.0.1:8000"
CHANGES = 1000


def given(citizen: Visit, scope: Scope, answer: Answer = Answer.NO) -> str:
    """The receipt of a choice, as whoever made it on the page gets it."""
    citizen.save(scope, answer=answer.value)
    answered = citizen.browser.get(f"{citizen.address(scope)}/receipt")
    assert answered.status_code == 200
    return answered.text


def said(receipt: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(urlsafe_b64decode(receipt.split(".")[1] + "=="))
    return found


CHOICES = [
    (about("DSA-0001"), Answer.NO),
    (about("DSA-0002"), Answer.YES),
    (about("DSA-0003"), Answer.YES),
    (Scope(), Answer.NO),
]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:pyshacl")
@pytest.mark.parametrize(("scope", "answer"), CHOICES)
def test_readers_of_linked_data_take_it_and_its_shapes_fit(
    here: Visit, scope: Scope, answer: Answer
) -> None:
    from pyld import jsonld
    from pyshacl import validate
    from rdflib import Graph

    def refuse(url: str, _: object) -> None:
        raise AssertionError(url)

    told = said(given(here, scope, answer))
    options = {"format": "application/n-quads", "documentLoader": refuse}
    graph = Graph().parse(data=json.dumps(told), format="json-ld")
    assert len(jsonld.normalize(told, options).splitlines()) == len(graph) > 30
    fits, _, why = validate(graph, shacl_graph=Graph().parse(SHAPES))
    assert fits, why
    used = {str(node) for triple in graph for node in triple}
    terms = {term.partition("#")[2] for term in used if term.startswith("https://w3id.org/dpv#")}
    assert terms <= {*TERMS["https://w3id.org/dpv#"]}


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:pyshacl")
@pytest.mark.parametrize(
    "left_out", ["dpv:hasDataSubject", "dct:date", "dpv:hasNotice", "dpv:hasAuthority"]
)
def test_the_shapes_miss_what_is_left_out(here: Visit, left_out: str) -> None:
    from pyshacl import validate
    from rdflib import Graph

    told = said(given(here, about("DSA-0001")))
    del told[left_out]
    graph = Graph().parse(data=json.dumps(told), format="json-ld")
    assert not validate(graph, shacl_graph=Graph().parse(SHAPES))[0]


@pytest.mark.parametrize(
    ("reference", "answer", "status"),
    [
        ("DSA-0001", Answer.NO, "dpv:ObjectingToProcess"),
        ("DSA-0002", Answer.NO, "dpv:OptingOutFromProcess"),
        ("DSA-0002", Answer.YES, "dpv:OptingInToProcess"),
        ("DSA-0003", Answer.YES, "dpv:ConsentGiven"),
        ("DSA-0003", Answer.NO, "dpv:ConsentRefused"),
    ],
)
def test_it_says_what_holds_for_the_agreement(
    here: Visit, reference: str, answer: Answer, status: str
) -> None:
    told = said(given(here, about(reference), answer))
    [process] = told["dpv:hasProcess"]
    assert process["dct:identifier"] == reference
    assert process["dpv:hasStatus"] == {"@id": status}
    assert told["dct:description"] == answer.value
    assert told["iss"] == SITE


@pytest.mark.parametrize(
    ("letter", "status"),
    [
        ("d", "dpv:VitalInterestObjected"),
        ("e", "dpv:PublicInterestObjected"),
        ("f", "dpv:LegitimateInterestObjected"),
        ("c", "dpv:ObjectingToProcess"),
    ],
)
def test_an_objection_says_which_basis_it_is_about(here: Visit, letter: str, status: str) -> None:
    basis = f"https://w3id.org/dpv/legal/eu/gdpr#A6-1-{letter}"
    here.town.publish("DSA-0001", "clinic", "council", "objection", SERVICE, lawful_basis=basis)
    [process] = said(given(here, about("DSA-0001")))["dpv:hasProcess"]
    assert process["dpv:hasStatus"] == {"@id": status}
    assert process["dpv:hasLegalBasis"] == {"@id": basis}


OBJECT, WITHDRAW = (
    f"https://www.legislation.gov.uk/eur/2016/679/article/{number}" for number in (21, 7)
)


@pytest.mark.parametrize(
    ("scope", "kind", "rights", "consented", "involved"),
    [
        (about("DSA-0001"), "DataProcessingRecord", {OBJECT}, False, {"dpv:ObjectingToProcess"}),
        (about("DSA-0002"), "DataProcessingRecord", {OBJECT}, False, {"dpv:OptingOutFromProcess"}),
        (about("DSA-0003"), "ConsentReceipt", {WITHDRAW}, True, set()),
        (
            Scope(),
            "DataProcessingRecord",
            {OBJECT},
            False,
            {"dpv:ObjectingToProcess", "dpv:OptingOutFromProcess"},
        ),
    ],
)
def test_it_cites_the_right_that_was_used(
    here: Visit, scope: Scope, kind: str, rights: set[str], consented: bool, involved: set[str]
) -> None:
    told = said(given(here, scope))
    assert told["@type"] == f"dpv:{kind}"
    assert {right["@id"] for right in told["dpv:hasRight"]} == rights
    assert ("dpv:hasConsentControl" in told) is consented
    assert {*told.get("dpv:hasEntityInvolvement", {}).get("@type", ())} == involved


def test_where_nobody_gives_data_who_uses_them_answers_for_them(here: Visit) -> None:
    document = agreement(
        "DSA-0009",
        disclosers=[],
        recipients=[{"organisation": "university"}],
        choice="opt_out",
        purpose_iri=RESEARCH,
    )
    with here.town.sessions.writing() as session:
        entries = Entries(agreements=(checking.whole(document),))
        import_register(session, entries, today=TODAY)
    [process] = said(given(here, about("DSA-0009")))["dpv:hasProcess"]
    [controller] = process["dpv:hasDataController"]
    assert controller["dct:identifier"] == "university"


def test_it_names_nobody_and_cannot_be_told_to_be_of_the_same_person_as_another(
    here: Visit,
) -> None:
    receipts = [said(given(here, about(reference))) for reference in ("DSA-0001", "DSA-0002")]
    town, me = here.town, here.me
    names = {str(me), me.hex, *(town.known_as(me, slug) for slug in town.bodies)}
    for receipt in receipts:
        assert not any(name in json.dumps(receipt) for name in names)
    holders = {receipt["dpv:hasDataSubject"]["dct:identifier"] for receipt in receipts}
    assert len(holders) == 2


def test_a_thousand_altered_ones_are_refused(here: Visit) -> None:
    raw = given(here, Scope()).encode()
    keys = keys_of(here.town.app.extensions["signer"].public())
    assert check_receipt(io.BytesIO(raw), pinned=keys).answer == "no"
    chance = random.Random(27560)  # noqa: S311  (the same each time)
    for _ in range(CHANGES):
        changed = bytearray(raw)
        at = chance.randrange(len(raw))
        changed[at] = chance.choice([other for other in range(256) if other != raw[at]])
        with pytest.raises(Refused):
            check_receipt(io.BytesIO(bytes(changed)), pinned=keys)


def test_another_key_is_no_key_of_ours(here: Visit) -> None:
    raw = given(here, about("DSA-0001")).encode()
    other = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": "Ed25519"}, auto_kid=True)
    keys = keys_of({"keys": [other.as_dict(private=False)]})
    with pytest.raises(Refused, match="none of the keys that you trust"):
        check_receipt(io.BytesIO(raw), pinned=keys)


@pytest.mark.parametrize(
    "kid", [{"of": 1}, ["x"], None, "good: as it was made\n", "\x1b[2J", "k" * 65]
)
def test_what_a_forged_header_names_is_not_repeated(here: Visit, kid: object) -> None:
    _, body, sealed = given(here, about("DSA-0001")).split(".")
    header = {"alg": "Ed25519", "typ": "citizen-portal-receipt+jwt", "kid": kid}
    raw = f"{urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip('=')}.{body}.{sealed}"
    keys = keys_of(here.town.app.extensions["signer"].public())
    with pytest.raises(Refused) as refused:
        check_receipt(io.BytesIO(raw.encode()), pinned=keys)
    assert str(refused.value) == "the receipt was altered"


@pytest.mark.parametrize("kind", ["citizen-portal-preference+jwt", "at+jwt", "JWT"])
def test_nothing_else_that_we_sign_passes_for_a_receipt(here: Visit, kind: str) -> None:
    signer: signing.Signer = here.town.app.extensions["signer"]
    raw = signer.statement(said(given(here, about("DSA-0001"))), kind=kind).encode()
    with pytest.raises(Refused):
        check_receipt(io.BytesIO(raw), pinned=keys_of(signer.public()))


@pytest.mark.parametrize("raw", [b"eyJ", b"eyJ.eyJ.eyJ", b"eyJ" + b"a" * 3_000_000, b"eyJ\x00"])
def test_what_is_none_is_said_to_be_none(town: Town, raw: bytes) -> None:
    with pytest.raises(Refused):
        check_receipt(io.BytesIO(raw), pinned=keys_of(town.app.extensions["signer"].public()))


def test_the_command_says_what_it_found(here: Visit, tmp_path: Path) -> None:
    file, keys = tmp_path / "receipt.jws", tmp_path / "keys.json"
    receipt = given(here, about("DSA-0001"))
    file.write_text(receipt)
    keys.write_text(json.dumps(here.town.app.extensions["signer"].public()))
    good = CliRunner().invoke(verify, [str(file), "--jwks", str(keys)])
    assert good.exit_code == 0
    assert f"unchanged since {SITE} gave it" in good.output
    assert "Choice: no" in good.output
    assert "about DSA-0001." in good.output

    header, body, sealed = receipt.split(".")
    other = said(receipt) | {"dct:description": "yes"}
    body = urlsafe_b64encode(json.dumps(other).encode()).decode().rstrip("=")
    file.write_text(f"{header}.{body}.{sealed}")
    bad = CliRunner().invoke(verify, [str(file), "--jwks", str(keys)])
    assert (bad.exit_code, bad.stdout) == (1, "")
    assert bad.stderr == "This receipt is not as it was made: the receipt was altered.\n"
    assert CliRunner().invoke(verify, [str(file)]).exit_code == 2
