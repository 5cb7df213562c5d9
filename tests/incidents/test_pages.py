"""Who sees what of an incident: those whom it is about, anybody, and the body's officers."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import update

from citizen_portal.bodies.models import Organisation
from citizen_portal.identity.models import Citizen, Officer
from tests import make
from tests.agreements import files
from tests.incidents.reporting import Reporting
from tests.pages import Page

SignedIn = Callable[[Citizen], FlaskClient]
ADVICE = "Do not give your bank number on the phone."


def browser(reporting: Reporting, signed_in: SignedIn, *at: str) -> FlaskClient:
    citizen_id = reporting.person(*at)
    with reporting.sessions.reading() as session:
        citizen = session.get_one(Citizen, citizen_id)
        session.expunge(citizen)
    client = signed_in(citizen)
    client.citizen_id = citizen_id  # type: ignore[attr-defined]
    return client


def test_who_is_affected_is_told_and_the_neighbour_is_not(
    reporting: Reporting, signed_in: SignedIn
) -> None:
    mine, other = (browser(reporting, signed_in, "clinic") for _ in range(2))
    empty = Page.get(mine, "/my/incidents")
    assert "It does not follow that there was none" in empty.main
    assert "went wrong" not in Page.get(mine, "/my").main
    reporting.report(mine.citizen_id)  # type: ignore[attr-defined]
    reporting.tell()

    assert "/my/incidents" in Page.get(mine, "/my").links("attention")
    listed = Page.get(mine, "/my/incidents")
    assert listed.title == "Incidents – Citizen portal"
    assert "A list was mailed to <somebody> else." in listed.main
    (address,) = (one for one in listed.links() if one.startswith("/my/incidents/"))
    assert "clinic" not in address
    page = Page.get(mine, address)
    assert page.title == "One incident – Citizen portal"
    for words in (ADVICE, "The data officer, 01 234", "1,235", "name, phone number"):
        assert words in page.main, words

    assert "/my/incidents" not in Page.get(other, "/my").links()
    theirs = Page.get(other, address, status=404)
    assert ADVICE not in theirs.response.text
    nowhere = Page.get(other, f"/my/incidents/{'0' * 32}", status=404)
    assert theirs.main == nowhere.main


def test_what_was_closed_long_ago_stands_out_no_more(
    reporting: Reporting, signed_in: SignedIn
) -> None:
    mine = browser(reporting, signed_in, "clinic")
    reporting.report(mine.citizen_id)  # type: ignore[attr-defined]
    reporting.tell()
    reporting.put(closed=True, update={"en": "It is over."})
    assert "/my/incidents" in Page.get(mine, "/my").links("attention")
    reporting.grow_old()
    assert "/my/incidents" not in Page.get(mine, "/my").links()
    listed = Page.get(mine, "/my/incidents")
    assert "Settled on" in listed.main
    (address,) = (one for one in listed.links() if one.startswith("/my/incidents/"))
    assert "It is over." in Page.get(mine, address).main


def test_anybody_reads_what_happened_and_to_how_many_but_not_to_whom(
    reporting: Reporting, signed_in: SignedIn
) -> None:
    mine = browser(reporting, signed_in, "clinic")
    assert "It has reported no incident here." in files.page(reporting.app, "/bodies/clinic").text
    reporting.report(mine.citizen_id, affected=9)  # type: ignore[attr-defined]
    reporting.tell()
    reporting.put(affected=9, update={"en": "They <deleted> it."})
    page = files.page(reporting.app, "/bodies/clinic")
    section = " ".join(page.select("section[aria-labelledby=incidents]")[0].text.split())
    for words in ("A list was mailed", "fewer than 10", "Not settled yet", "They <deleted> it."):
        assert words in section, words
    assert "INC-7" not in page.text, "the body's own name for it may say more"
    own = Page.get(mine, "/bodies/clinic").section("incidents").text
    assert " ".join(own.split()) == section, "the page is the same for those whom it is about"


def test_officers_read_their_own_bodys_incidents(
    reporting: Reporting, officer_in: Callable[[Officer], FlaskClient]
) -> None:
    people = [reporting.person("clinic") for _ in range(2)]
    reporting.report(*people)
    reporting.tell()

    def page(slug: str) -> Page:
        with reporting.sessions.reading() as session:
            body = session.get_one(Organisation, reporting.bodies[slug])
        officer = make.officer(body, roles=("case_worker",))
        return Page.get(officer_in(officer), "/desk/incidents")

    own = page("clinic")
    assert "INC-7" in own.main
    assert "Told here: 2" in own.main
    assert not any(reporting.known_as(one, "clinic") in own.response.text for one in people)
    assert "INC-7" not in page("council").main


def test_it_is_asked_and_complained_about_in_one_step(
    reporting: Reporting, signed_in: SignedIn
) -> None:
    mine, other = (browser(reporting, signed_in, "clinic") for _ in range(2))
    with reporting.sessions.writing() as session:
        session.add(make.officer(session.get_one(Organisation, reporting.bodies["clinic"])))
        session.flush()
        session.execute(update(Officer).values(roles=["case_worker"]))
    reporting.report(mine.citizen_id)  # type: ignore[attr-defined]
    reporting.tell()
    (address,) = {
        one for one in Page.get(mine, "/my/incidents").links() if one.startswith("/my/incidents/")
    }
    page = Page.get(mine, address)
    ask, complain = (one for one in page.links("do") if one.startswith("/my/ask/incident/"))
    assert not Page.get(mine, ask).soup.select("input[name=kind][checked]")
    form = Page.get(mine, complain)
    assert form.soup.select_one("input[name=kind][value=complaint][checked]")
    assert "A list was mailed to <somebody> else." in form.main
    sent = form.submit(str(form.soup.select_one("form[action^='/my/ask/']")["action"]))  # type: ignore[index]
    assert sent.response.status_code == 303, sent.main
    asked = Page.get(mine, sent.response.headers["Location"].removesuffix("/asked"))
    assert address in asked.links()
    assert "A complaint" in asked.main
    assert asked.main.count("This one is ours.") == 1
    assert "Promise of this service" not in asked.main, "the clock is said once"
    assert "Withdraw the complaint" in asked.main
    assert "What was written" not in asked.main, "an empty letter is not drawn"
    assert "You asked on" in Page.get(mine, address).main
    for place in (ask, f"/my/ask/incident/{'0' * 32}", "/my/ask/incident/x"):
        assert other.get(place).status_code == 404
