"""The five well-known kinds of sharing and the emergency shares stand in the demo in full.

The five are those of the CDEI's "Addressing trust in public sector data use" (2020). What life left
open is left open here too: at most two questions each, named below.
"""

from datetime import date
from typing import Any

import pytest

from citizen_portal.agreements.models import Say
from citizen_portal.agreements.models.rights import judge
from citizen_portal.agreements.queries import law, question_ids
from citizen_portal.agreements.schemas import AgreementDocument, RegisterFile
from citizen_portal.agreements.schemas.agreement import MOST_EMERGENCY_MONTHS, after_months
from citizen_portal.bodies.models import Kind
from tests.demo.test_world import TODAY, filled

CASES = {
    "DSA-0002": {"accountability.societal_consent", "transparency.communication"},
    "DSA-0003": {"transparency.communication"},
    "DSA-0005": {"security.proportionality"},
    "DSA-0007": {"accountability.societal_consent"},
    "DSA-0008": {"accountability.societal_consent"},
}
"""Pupil records; the business register; the families programme; GP records; the hospital's app.
For each the questions that are left without an answer on purpose."""
EMERGENCIES = ("DSA-0009", "DSA-0010")
"""The shielding list, ended and looked back at; hospital beds, which goes on."""
PRIVATE = {
    "DSA-0002": {"rowan-studies", "school-finder"},
    "DSA-0003": {"clearmark", "ledgerwell"},
    "DSA-0005": {"rowan-studies"},
    "DSA-0007": {"rowan-studies"},
    "DSA-0008": {"pulsewise-health"},
    "DSA-0009": {"larder-deliveries"},
}
OPENINGS = {
    Say.NONE: ("No. ", "Na allwch. "),
    Say.OBJECTION: ("You can object. ", "Gallwch wrthwynebu. "),
    Say.OPT_OUT: ("Yes. You can opt out", "Gallwch. Cewch optio allan"),
    Say.CONSENT: ("Yes. It happens only if you say yes.", "Gallwch. Dim ond os dywedwch ie"),
}
"""How the answer to "Can you say no?" begins, so that it says what the choice says."""


@pytest.fixture(scope="module")
def register() -> RegisterFile:
    lists: dict[str, list[Any]] = {}
    for _, value in filled():
        for name, entries in value.items():
            lists.setdefault(name, []).extend(entries)
    return RegisterFile.model_validate(lists)


@pytest.fixture(scope="module")
def agreements(register: RegisterFile) -> dict[str, AgreementDocument]:
    return {each.reference: each for each in register.agreements}


@pytest.mark.parametrize("reference", [*CASES, *EMERGENCIES])
def test_each_question_is_answered_with_evidence_or_does_not_apply(
    agreements: dict[str, AgreementDocument], reference: str
) -> None:
    said = agreements[reference]
    gaps = CASES.get(reference, set())

    assert len(gaps) <= 2
    assert set(said.trust) == question_ids() - gaps
    for question, answer in said.trust.items():
        if answer.status == "answered":
            assert answer.evidence is not None, question
            assert answer.evidence.url, question


@pytest.mark.parametrize("reference", [*CASES, *EMERGENCIES])
def test_what_the_law_and_people_ask_for_is_there(
    agreements: dict[str, AgreementDocument], reference: str
) -> None:
    said = agreements[reference]

    assert said.lawful_basis
    assert said.powers
    assert said.confidentiality
    assert said.confidentiality_reference
    assert said.opt_out
    assert said.choice_reason
    assert said.harm_of_not_sharing
    assert said.dpia
    assert all(
        (said.subjects, said.categories, said.method, said.frequency, said.retention, said.contact)
    )


def test_the_app_that_decides_has_a_record_of_its_algorithm(
    agreements: dict[str, AgreementDocument],
) -> None:
    assert agreements["DSA-0008"].atrs


@pytest.mark.parametrize(("reference", "firms"), PRIVATE.items())
def test_private_recipients_are_named(
    register: RegisterFile,
    agreements: dict[str, AgreementDocument],
    reference: str,
    firms: set[str],
) -> None:
    private = {
        each.slug
        for each in register.organisations
        if each.kind in (Kind.PRIVATE_RECIPIENT, Kind.PROCESSOR)
    }
    named = {party.organisation for party in agreements[reference].recipients}

    assert named & private == firms


@pytest.mark.parametrize("reference", [*CASES, *EMERGENCIES])
def test_promises_can_be_checked_and_harm_or_bias_is_measured(
    agreements: dict[str, AgreementDocument], reference: str
) -> None:
    measures = agreements[reference].measures

    assert {each.about for each in measures} & {"harm", "bias"}
    assert any(each.found for each in measures)
    for each in measures:
        assert each.baseline, each.id
        assert each.method, each.id
        assert each.due, each.id
        assert all(found.evidence for found in each.found), each.id


@pytest.mark.parametrize("reference", CASES)
def test_what_needs_no_name_stands_apart_from_what_does(
    agreements: dict[str, AgreementDocument], reference: str
) -> None:
    assert {each.personal for each in agreements[reference].measures} == {True, False}


@pytest.mark.parametrize("reference", EMERGENCIES)
def test_emergency_shares_are_short_and_say_why_there_was_no_time(
    agreements: dict[str, AgreementDocument], reference: str
) -> None:
    said = agreements[reference]

    assert said.emergency is not None
    assert said.starts is not None
    assert said.ends is not None
    assert said.ends <= after_months(said.starts, MOST_EMERGENCY_MONTHS)


def test_look_backs_are_done_due_and_late(agreements: dict[str, AgreementDocument]) -> None:
    emergencies = {
        reference: (said, said.emergency)
        for reference, said in agreements.items()
        if said.emergency is not None
    }
    done, due, late = (emergencies[name] for name in (*EMERGENCIES, "DSA-0028"))

    assert _over(done[0], TODAY)
    assert done[1].reviewed is not None
    assert done[1].reviewed.on <= TODAY
    assert not _over(due[0], TODAY)
    assert due[1].reviewed is None
    assert due[1].review_due > TODAY
    assert late[1].reviewed is None
    assert late[1].review_due < TODAY


def test_each_state_of_an_agreement_has_one_to_show(
    agreements: dict[str, AgreementDocument],
) -> None:
    shown = agreements.values()
    withdrawn = [each.withdrawn for each in shown if each.withdrawn]
    measures = [measure for each in shown for measure in each.measures]

    assert any(each.starts and each.starts > TODAY for each in shown)
    assert any(each.ends and each.ends < TODAY for each in shown)
    assert [each.on <= TODAY for each in withdrawn] == [True]
    assert any(each.review and each.review < TODAY for each in shown if not each.ends)
    assert sum(1 for one in measures if one.due and one.due < TODAY and not one.found) >= 3
    assert sum(bool(each.questions) for each in shown) >= 2
    assert any(question.answer is None for each in shown for question in each.questions)


def test_each_choice_is_what_the_law_gives_and_says_why(
    agreements: dict[str, AgreementDocument],
) -> None:
    uk = law("uk")
    for reference, said in agreements.items():
        cited = uk.exemptions[said.exemption] if said.exemption else None
        verdict = judge(uk.basis(said.document()), said.choice, cited)

        assert verdict.fault is None, reference
        assert said.choice_reason, reference
        unneeded = judge(uk.basis(said.document()), said.choice).fault is None
        assert not (cited and unneeded), f"{reference} cites an exemption that it does not need"


def test_an_agreement_that_asks_consent_stands_on_consent(
    agreements: dict[str, AgreementDocument],
) -> None:
    uk = law("uk")
    for reference, said in agreements.items():
        asks = said.choice is Say.CONSENT
        assert asks == (uk.basis(said.document()).letter == "a"), reference


def test_most_people_can_say_no_and_exemptions_are_few(
    agreements: dict[str, AgreementDocument],
) -> None:
    exempt = [each for each in agreements.values() if each.exemption]

    assert sum(each.choice.refusable for each in agreements.values()) > len(agreements) / 2
    assert len(exempt) < len(agreements) / 4
    assert len({each.exemption for each in exempt}) >= 3


def test_the_answer_to_can_you_say_no_says_what_the_choice_says(
    agreements: dict[str, AgreementDocument],
) -> None:
    for reference, said in agreements.items():
        answer = said.trust.get("control.choice")
        if answer is None:
            continue
        english, welsh = OPENINGS[said.choice]
        assert answer.text.en.startswith(english), reference
        assert (answer.text.cy or "").startswith(welsh), reference


def _over(said: AgreementDocument, on: date) -> bool:
    return said.ends is not None and said.ends < on
