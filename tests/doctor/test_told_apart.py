"""``citizen-portal doctor`` tells apart what looks alike and is mended otherwise."""

from collections.abc import Callable

import pytest
from pydantic import SecretStr

from citizen_portal.doctor import work
from citizen_portal.doctor.findings import Level, Portal
from citizen_portal.identity.remote.keys import CLIENT_FILE, RSA_CLIENT_FILE
from citizen_portal.secret_keys import COOKIES_FILE
from tests.doctor.conftest import CANARY, Patient
from tests.doctor.test_doctor import no_bodies, no_sources, source_not_connected


@pytest.mark.sqlite
def test_a_key_in_whose_place_a_secret_is_set_is_not_missed(patient: Patient) -> None:
    for file in (CLIENT_FILE, RSA_CLIENT_FILE, COOKIES_FILE):
        (patient.settings.keys_folder / file).unlink()
    secret = SecretStr(CANARY)
    patient.set(staff_issuer="http://127.0.0.1:9", oidc_client_secret=secret)
    patient.set(staff_client_secret=secret)
    [found] = patient.told()["keys"]
    assert (found.level, found.said) == (
        Level.OK,
        "6 are there. In place of cookies: PORTAL_SECRET_KEY. In place of client: "
        "PORTAL_OIDC_CLIENT_SECRET and PORTAL_STAFF_CLIENT_SECRET. In place of client-rsa: "
        "PORTAL_OIDC_CLIENT_SECRET.",
    )


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (no_bodies, "There are no organisations on the register yet."),
        (no_sources, "none is connected: there is no source of theirs."),
        (source_not_connected, "none is connected: not one of their sources is."),
    ],
)
def test_bodies_without_sources_are_told_apart_from_none(
    patient: Patient, harm: Callable[[Patient], None], said: str
) -> None:
    harm(patient)
    [found] = list(work.sources(Portal(patient.settings)))
    assert said in found.said
