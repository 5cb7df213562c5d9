"""What say the law gives: every combination of ground, research, choice and exemption.

The expected truth is written down here by hand from the articles, not taken from the code:

* Article 7(3), and 4(11): what stands on consent is done only for those who agree, whatever else.
* Article 21(1): on public task (e), recognised legitimate interest (ea) and legitimate interest (f)
  a person can object.
* Article 21(6): for research or statistics a person can object whatever the ground, unless the
  research is needed for a task in the public interest.
* Data Protection Act 2018, Schedule 2, paragraphs 2, 5 and 7 name Article 21(1), so they take the
  right away on (e), (ea) and (f); paragraph 27 does so for research only.
* Nothing is taken away by silence: a choice that is not stated is not a choice.
* A ground that is not stated cannot be judged.
"""

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from citizen_portal.agreements.models import Say
from citizen_portal.agreements.models.rights import (
    WEIGHT,
    Basis,
    Exemption,
    RightsFault,
    Verdict,
    fitting,
    judge,
)
from citizen_portal.agreements.queries import law
from citizen_portal.agreements.words.rights import fault_words, imbalance_hint
from tests.agreements import files

UK = law("uk")
GDPR = "https://w3id.org/dpv/legal/eu/gdpr#A6-1-"
LETTERS = (None, "a", "b", "c", "d", "e", "ea", "f")
LEAST_SAY = {
    # letter: (for other uses, for research)
    None: ("cannot be judged", "cannot be judged"),
    "a": ("agree", "agree"),
    "b": ("nothing", "object"),
    "c": ("nothing", "object"),
    "d": ("nothing", "object"),
    "e": ("object", "object"),
    "ea": ("object", "object"),
    "f": ("object", "object"),
}
SAYS = {
    "agree": {Say.CONSENT},
    "object": {Say.OBJECTION, Say.OPT_OUT, Say.CONSENT},
    "nothing": set(Say),
    "cannot be judged": set(Say),
}
"""For each least say the choices that give it, or more."""
TAKES_AWAY = {
    # exemption: ({letters for other uses}, {letters for research})
    "research-public-task": (set(), {"b", "c", "d", "e", "ea", "f"}),
    "research-impaired": (set(), {"e", "ea", "f"}),
    "required-by-law": ({"e", "ea", "f"}, {"e", "ea", "f"}),
    "crime-and-tax": ({"e", "ea", "f"}, {"e", "ea", "f"}),
    "protecting-the-public": ({"e", "ea", "f"}, {"e", "ea", "f"}),
}
UNFIT = Exemption("a-rule-that-lifts-nothing", frozenset())
CITED = (None, *UK.exemptions.values(), UNFIT)


def expected(basis: Basis, choice: Say, exemption: Exemption | None) -> RightsFault | None:
    say = LEAST_SAY[basis.letter][basis.research]
    if choice in SAYS[say]:
        return None
    if say == "agree":
        return RightsFault.CONSENT_NEEDED
    if choice is Say.NOT_STATED or exemption is None:
        return RightsFault.OBJECTION_NEEDED
    lifted = TAKES_AWAY.get(exemption.id, (set(), set()))[basis.research]
    return None if basis.letter in lifted else RightsFault.EXEMPTION_UNFIT


def bases() -> list[Basis]:
    return [
        Basis(letter, research=research, public=public)
        for letter, research, public in product(LETTERS, (False, True), (False, True))
    ]


def test_the_region_has_the_rules_that_are_judged_here() -> None:
    assert UK.exemptions.keys() == TAKES_AWAY.keys()
    assert set(UK.letters.values()) == set(LETTERS) - {None}


def test_each_combination_is_judged_as_the_articles_say() -> None:
    combinations = list(product(bases(), Say, CITED))
    wrong = [
        one for one in combinations if judge(one[0], one[1], one[2]).fault is not expected(*one)
    ]

    assert len(combinations) == len(LETTERS) * 2 * 2 * len(Say) * len(CITED) == 1120
    assert wrong == []


def test_consent_asked_by_an_authority_is_hinted_at_and_by_others_is_not() -> None:
    for basis, choice, exemption in product(bases(), Say, CITED):
        asks_consent = basis.letter == "a" or choice is Say.CONSENT
        hinted = judge(basis, choice, exemption).imbalance
        assert hinted == (asks_consent and basis.public)


@pytest.mark.parametrize("letter", ["e", "ea", "f"])
def test_no_choice_on_public_task_and_interests_needs_an_exemption(letter: str) -> None:
    basis = Basis(letter)

    assert judge(basis, Say.NONE).fault is RightsFault.OBJECTION_NEEDED
    assert judge(basis, Say.NONE, UK.exemptions["required-by-law"]).fault is None
    assert judge(basis, Say.NONE, UK.exemptions["research-impaired"]) == Verdict(
        Say.OBJECTION, RightsFault.EXEMPTION_UNFIT
    )


def test_only_fitting_exemptions_are_offered() -> None:
    every = set(UK.exemptions.values())
    for basis in bases():
        offered = {one.id for one in fitting(basis, every)}
        lifted = {
            name for name, letters in TAKES_AWAY.items() if basis.letter in letters[basis.research]
        }
        assert offered == lifted, basis


anything = st.builds(Basis, st.sampled_from(LETTERS), research=st.booleans(), public=st.booleans())


@given(anything, st.sampled_from(list(Say)), st.sampled_from(CITED))
def test_giving_more_say_is_not_a_fault_where_giving_less_was_none(
    basis: Basis, choice: Say, exemption: Exemption | None
) -> None:
    if judge(basis, choice, exemption).fault is not None or choice is Say.NONE:
        return
    for more in (one for one in Say if WEIGHT[one] > WEIGHT[choice]):
        fault = judge(basis, more, exemption).fault
        assert fault is None


@given(anything, st.sampled_from(list(Say)), st.sampled_from(CITED))
def test_an_exemption_does_not_turn_a_lawful_choice_into_a_fault(
    basis: Basis, choice: Say, exemption: Exemption | None
) -> None:
    if judge(basis, choice).fault is None:
        assert judge(basis, choice, exemption).fault is None


@pytest.mark.parametrize("iri", UK.letters)
def test_a_document_is_judged_by_the_ground_that_it_names(iri: str) -> None:
    said = {"lawful_basis": iri, "choice": "none"}
    letter = UK.letters[iri]

    assert UK.judge(said).fault is expected(Basis(letter), Say.NONE, None)
    assert UK.judge(said | {"research": True}).fault is expected(
        Basis(letter, research=True), Say.NONE, None
    )


def test_a_document_without_ground_or_choice_is_not_judged() -> None:
    assert UK.judge({}).fault is None
    assert UK.judge({"choice": "none", "lawful_basis": "https://law.example/"}).fault is None
    assert UK.judge({"lawful_basis": f"{GDPR}e"}).fault is RightsFault.OBJECTION_NEEDED


def test_each_exemption_has_words_in_both_languages_and_the_law_itself() -> None:
    assert UK.exemption_words.keys() == UK.exemptions.keys()
    for name, words in UK.exemption_words.items():
        for text in (words.name, words.text):
            assert set(text) == {"en", "cy"}, name
            assert all(text.values()), name
        assert words.url.startswith("https://www.legislation.gov.uk/"), name
        assert any(number in words.name["en"] for number in ("paragraph", "Article")), name


def test_each_ground_that_can_be_judged_has_words_in_both_languages() -> None:
    assert UK.letters.keys() <= UK.grounds.keys()
    for iri, words in UK.grounds.items():
        assert set(words) == {"en", "cy"}, iri
        assert all(words.values()), iri


LESSER = {
    "no choice on public task": (
        {"lawful_basis": f"{GDPR}e", "choice": "none"},
        "choice",
        "is less than the law gives: must be at least objection, or none with an exemption",
    ),
    "silence on legitimate interest": (
        {"lawful_basis": f"{GDPR}f", "choice": "not_stated"},
        "choice",
        "is less than the law gives: must be at least objection, or none with an exemption",
    ),
    "no choice in research on a legal duty": (
        {"lawful_basis": f"{GDPR}c", "choice": "none", "research": True},
        "choice",
        "is less than the law gives: must be at least objection, or none with an exemption",
    ),
    "opt-out where consent is the ground": (
        {"lawful_basis": f"{GDPR}a", "choice": "opt_out"},
        "choice",
        "is less than the law gives: must be consent, as the lawful_basis says",
    ),
    "an exemption for research without research": (
        {"lawful_basis": f"{GDPR}e", "choice": "none", "exemption": "research-impaired"},
        "exemption",
        "does not take the right away on this lawful_basis",
    ),
    "an exemption that the law does not have": (
        {"lawful_basis": f"{GDPR}e", "choice": "none", "exemption": "made-up"},
        "exemption",
        "names an exemption that the region's law does not have",
    ),
}


@pytest.mark.parametrize(("said", "field", "message"), LESSER.values(), ids=LESSER.keys())
def test_an_import_with_a_lesser_choice_is_refused_by_line_and_field(
    app: Flask, tmp_path: Path, said: dict[str, Any], field: str, message: str
) -> None:
    content = files.whole(agreements=[files.agreement(**said)], rules=[])
    file = files.write(tmp_path, content)
    line = next(
        number
        for number, text in enumerate(file.read_text("utf-8").splitlines(), 1)
        if text.lstrip().startswith(f'"{field}"')
    )

    result = files.run(app, "import", file)

    assert result.exit_code == 1
    assert f"{file}:{line}: agreements[0].{field}: {message}" in result.output
    assert files.page(app, "/register").select(".cp-rows li") == []


def test_verdicts_and_the_hint_have_words_in_both_languages(app: Flask) -> None:
    said = {}
    for language in ("en", "cy"):
        with app.test_request_context("/", headers={"Accept-Language": language}):
            said[language] = [*map(fault_words, RightsFault), imbalance_hint()]

    assert all(said["en"])
    assert not set(said["en"]) & set(said["cy"])
