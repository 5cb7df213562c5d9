"""``make oidc-hostile``: every wrong answer of an identity provider that the tests know.

Each is sent over real HTTP to a running portal, and refused: a calm page, nobody signed in, no row,
one word in the log, and nothing repeated of what was sent.
"""

import sys

from tests.gates import run

FILES = (
    "tests/identity/test_forgeries.py",
    "tests/identity/test_one_login.py",
    "tests/identity/test_back_channel.py",
    "tests/identity/test_step_up.py",
    "tests/identity/test_officers_sign_in.py",
    "tests/identity/test_officers_mix_up.py",
    "tests/identity/test_accepted.py",
)
WRONG = (
    "test_what_is_forged_signs_nobody_in",
    "test_a_provider_that_does_not_answer_is_told_honestly",
    "test_a_small_rsa_key_is_not_believed",
    "test_somebody_who_stops_is_told_so_calmly",
    "test_what_the_operator_must_mend_is_told_as_not_now",
    "test_an_answer_that_nobody_asked_for_is_refused",
    "test_less_assurance_than_is_wanted_signs_nobody_in",
    "test_userinfo_about_somebody_else_is_not_believed",
    "test_a_provider_that_is_not_there_at_all",
    "test_a_forged_identity_signs_nobody_in",
    "test_whose_identity_was_not_proved_is_told_so",
    "test_a_credential_less_sure_signs_nobody_in",
    "test_keys_of_identities_that_another_controls_are_not_used",
    "test_a_document_of_keys_that_is_none_is_refused",
    "test_a_document_of_keys_that_is_away_is_told_honestly",
    "test_a_forged_token_ends_nothing",
    "test_a_step_up_that_is_not_shown_to_be_fresh_is_refused",
    "test_who_cannot_prove_themselves_again_is_signed_out",
    "test_what_is_forged_signs_no_officer_in",
    "test_metadata_that_cannot_be_used_is_told_honestly",
)
"""Tests of which each case is one wrong answer."""


def main() -> int:
    seen = run(FILES)
    wrong, met = ({one for one in those if _name(one) in WRONG} for those in (seen.bad, seen.good))
    for one in sorted(seen.bad):
        print(f"failed: {one}")
    print(f"{len(wrong | met)} wrong answers of a provider, {len(met - wrong)} refused")
    left = set(WRONG) - {_name(one) for one in met}
    for name in sorted(left):
        print(f"not there: {name}")
    return 1 if seen.bad or left or not met else 0


def _name(test: str) -> str:
    return test.partition("::")[2].partition("[")[0]


if __name__ == "__main__":
    sys.exit(main())
