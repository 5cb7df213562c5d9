"""A sign-in by either door leaves nothing of what the provider told, in whatever is taken away."""

import pytest
from sqlalchemy import select

from citizen_portal.identity.models import OfficerSignIn, SignIn
from tests import make
from tests.databases import at_rest, in_clear
from tests.fakes.provider import CANARY, Fake
from tests.identity.conftest import Browser, OpenPortal, Portal
from tests.identity.forging import claims

pytestmark = pytest.mark.both
TOLD = {
    "sub": CANARY,
    "birthdate": "1971-03-07",
    "name": "Mair Enw-Unigryw",
    "email": "mair.unigryw@example.org",
    "phone_number": "01632 960961",
    "address": "Ty Unigryw",
}
SIGNED_IN = {"citizens": "citizen:signed-in", "officers": "officer:signed-in"}


def known(portal: Portal) -> bytes:
    """What lies in the database, once each connection to it is closed and while it is open."""
    sessions, url = (
        portal.app.extensions["sessions"],
        portal.app.extensions["settings"].database_url,
    )
    before = at_rest(url)
    sessions.engine.dispose()
    return before + at_rest(url)


@pytest.mark.parametrize("door", ["citizens", "officers"])
def test_nothing_that_the_provider_told_can_be_read(
    door: str, fake: Fake, open_portal: OpenPortal
) -> None:
    claims(**{name: value for name, value in TOLD.items() if name != "sub"})(fake)
    fake.userinfo = TOLD
    staff = {"staff_client_id": "portal", "staff_client_secret": "s"}
    portal = open_portal(fake.url, staff_issuer=fake.url, **staff)
    _list_officer(portal)
    citizens = door == "citizens"
    page = "/sign-in?back=/my/account" if citizens else "/desk/audit"

    answer = Browser().get(f"{portal.url}{page}")

    assert answer.status_code == 200
    with portal.app.extensions["sessions"].reading() as session:
        hints = SignIn.sealed_hint if citizens else OfficerSignIn.sealed_hint
        assert session.scalars(select(hints)).one()
    raw = known(portal)
    assert in_clear([*TOLD.values(), "eyJ"], raw) == []
    assert in_clear([SIGNED_IN[door]], raw), "or nothing could be found there at all"


def _list_officer(portal: Portal) -> None:
    settings, index = portal.app.extensions["settings"], portal.app.extensions["index"]
    with portal.app.extensions["sessions"].writing() as session:
        body = make.body()
        session.add(body)
        session.flush()
        officer = make.officer(body, ())
        officer.blind = index.blind("officer", settings.staff_issuer, CANARY)
        session.add(officer)
