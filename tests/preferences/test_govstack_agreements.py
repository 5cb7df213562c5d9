"""Agreements as policies and data agreements: what is told of them, and its revisions."""

import hashlib
from typing import Any

import pytest

from tests.preferences.reading_govstack import Asking, ids
from tests.preferences.town import SERVICE, Town

GDPR = "https://w3id.org/dpv/legal/eu/gdpr"


@pytest.fixture
def clinic(town: Town) -> Asking:
    return Asking(town, "clinic")


def test_a_body_sees_agreements_that_name_it_and_no_others(town: Town) -> None:
    council = Asking(town, "council")
    for path in ("/service/verification/data-agreements/", "/audit/data-agreements/"):
        assert ids(council.get(path)["dataAgreements"]) == ["DSA-0001"]
    assert ids(council.get("/config/data-agreements/")["dataAgreement"]) == ["DSA-0001"]
    assert ids(council.get("/config/policies/")["policies"]) == ["DSA-0001"]
    for kind in ("config/data-agreement", "service/data-agreement", "audit/data-agreement",
                 "config/policy", "service/policy"):  # fmt: skip
        council.get(f"/{kind}/DSA-0001/")
        unknown = council.refusal(f"/{kind}/DSA-9999/")
        assert council.refusal(f"/{kind}/DSA-0002/") == unknown
    council.refusal("/config/policies/", revisionId="Policy.DSA-0002.1")
    council.refusal("/config/policy/DSA-0002/revisions/")


def test_an_agreement_is_told_in_terms_of_data_law(town: Town, clinic: Asking) -> None:
    more = {"retention": "P4W", "dpia": "https://clinic.example/dpia"}
    town.publish("DSA-0005", "clinic", "council", "objection", SERVICE, **more)
    found = clinic.get("/service/data-agreement/DSA-0005/")["dataAgreement"]

    assert found["version"] == "1"
    assert found["purpose"] == "So that a bill is lower."
    assert found["active"] is True
    assert found["dpia"] == "https://clinic.example/dpia"
    assert found["controller"]["id"] == "clinic"
    assert found["controller"]["url"].endswith("/bodies/clinic")
    assert found["policy"]["dataRetentionPeriodDays"] == 28
    address = found["policy"]["url"]
    assert address.endswith("/register/DSA-0005/versions/1")
    path = address.removeprefix("http://127.0.0.1:8000")
    assert town.app.test_client().get(path).status_code == 200


@pytest.mark.parametrize(
    ("choice", "letter", "told"),
    [
        ("consent", "a", "consent"),
        ("objection", "e", "public_task"),
        ("objection", "f", "legitimate_interest"),
        ("none", "c", "legal_obligation"),
        ("none", "d", "vital_interest"),
        ("none", "b", "contract"),
    ],
)
def test_lawful_bases(town: Town, clinic: Asking, choice: str, letter: str, told: str) -> None:
    more: dict[str, Any] = {"choice_reason": {"en": "So says a law."}} if choice == "none" else {}
    basis = f"{GDPR}#A6-1-{letter}"
    town.publish("DSA-0005", "clinic", "council", choice, SERVICE, lawful_basis=basis, **more)
    found = clinic.get("/config/data-agreement/DSA-0005/")["dataAgreement"]
    assert found["lawfulBasis"] == told


def test_without_a_basis_in_the_register_only_consent_is_no_public_task(clinic: Asking) -> None:
    found = clinic.get("/config/data-agreements/")["dataAgreement"]
    told = {each["id"]: each["lawfulBasis"] for each in found}
    assert told.pop("DSA-0003") == "consent"
    assert set(told.values()) == {"public_task"}


@pytest.mark.both
def test_each_version_is_a_revision_that_leads_to_the_others(town: Town, clinic: Asking) -> None:
    for days in ("P10D", "P20D"):
        town.publish("DSA-0001", "clinic", "council", "objection", SERVICE, retention=days)
    revisions = clinic.get("/config/policy/DSA-0001/revisions/")["revisions"]
    newest, middle, oldest = revisions

    assert ids(revisions) == [f"Policy.DSA-0001.{number}" for number in (3, 2, 1)]
    assert "successor" not in newest
    assert "predecessorHash" not in oldest
    assert middle["successor"]["id"] == newest["id"]
    assert middle["predecessorHash"] == oldest["serializedHash"]
    for each in revisions:
        text = each["serializedSnapshot"].encode()
        assert each["serializedHash"] == hashlib.sha1(text, usedforsecurity=False).hexdigest()
        assert each["serializedHashSha256"] == hashlib.sha256(text).hexdigest()
    then = clinic.get("/config/policy/DSA-0001/", revisionId=middle["id"])
    assert then["policy"]["dataRetentionPeriodDays"] == 10
    assert then["revision"] == middle
    listed = clinic.get("/config/policies/", revisionId=middle["id"])["policies"]
    assert listed == [then["policy"]]
    of_agreement = clinic.get("/service/policy/DSA-0001/", revisionId="DataAgreement.DSA-0001.2")
    assert of_agreement["policy"]["version"] == "3"
    assert of_agreement["revision"]["schemaName"] == "DataAgreement"
    for wrong in ("Policy.DSA-0001.4", "Policy.DSA-0002.1", "2", ""):
        clinic.refusal("/config/policy/DSA-0001/", revisionId=wrong)
