"""The pages of a citizen's choices: listed, chosen, proved, and nobody else's."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select, update

from citizen_portal import clock
from citizen_portal.identity.models import Citizen, SignIn
from citizen_portal.preferences.models import Answer, Choice, Feed, Scope
from tests.agreements.files import statements
from tests.pages import Page, police, said
from tests.preferences.town import RESEARCH, Town, about, between
from tests.preferences.visiting import Visit

HOSTILE = "</blockquote><script>alert(1)</script> <b>Too bad</b>\nline two"


def test_each_agreement_says_what_holds_now_and_leads_on(here: Visit) -> None:
    page = Page.get(here.browser, "/my/choices")
    rows = " | ".join(page.rows("list"))
    assert "Title of DSA-0001" in rows
    assert "May be used You can object. Choose" in rows
    assert "May be used You can say no. Choose" in rows
    assert "Not to be used: it needs your yes" in rows
    assert "It leaves no choice. The law demands it. See why" in rows
    assert here.address(about("DSA-0001")) in page.links("list")
    assert "/register/DSA-0004" in page.links("list")
    assert page.title.startswith("Your choices")
    assert "national data opt-out" in page.main
    assert "/my/choices" in page.links()


def test_an_agreement_is_refused_with_a_reason_and_proved(here: Visit) -> None:
    before = here.open(about("DSA-0001"))
    assert before.heading == "Say no to “Title of DSA-0001”"
    assert "Title of DSA-0001" in said(before.section("first-stop"))
    named = [row[0] for row in before.table("first-who")]
    assert named == ["The clinic Clinic of the town", "The council Council of the town"]
    assert "Weigh your objection" in said(before.section("first-who"))

    after = here.save(about("DSA-0001"), answer="no", reason=HOSTILE)
    assert after.heading == "You said no to “Title of DSA-0001”"
    assert "Your choice is saved." in after.main
    assert "It concerns 2 bodies. 2 are being told." in after.main
    assert len(after.rows("each")) == 2
    assert said(after.section("why")).startswith("Why you said no")
    assert "<b>Too bad</b>" in said(after.section("why"))
    assert here.stands() == {"agreement:DSA-0001": Answer.NO}
    assert {effect.objection for effect in here.town.effects(here.me)} == {True}


def test_sent_twice_it_is_one_choice(here: Visit) -> None:
    form = here.open(about("DSA-0002"))
    address = here.address(about("DSA-0002"))
    for _ in range(2):
        sent = form.submit(address, answer="no")
        assert sent.response.status_code == 303
    assert len(here.open(about("DSA-0002")).rows("past")) == 1


def test_a_change_of_mind_is_made_on_the_same_page(here: Visit) -> None:
    here.save(about("DSA-0002"), answer="no")
    page = here.save(about("DSA-0002"), answer="as_before")
    assert page.heading == "You took back your choice about “Title of DSA-0002”"
    assert "Ask about this" not in page.main, "it is no choice that can be asked about"
    assert len(page.rows("past")) == 2
    assert here.stands() == {}
    assert here.save(about("DSA-0002"), answer="yes").heading.startswith("You said yes to")


def test_consent_is_asked_for_by_the_likeliest_answer_first(here: Visit) -> None:
    page = here.open(about("DSA-0003"))
    assert page.heading == "Say yes to “Title of DSA-0003”"
    assert "What will begin" in said(page.section("first-stop"))


def test_a_wider_no_names_the_yeses_that_it_ends_and_keeps_those_that_are_ticked(
    here: Visit,
) -> None:
    for reference in ("DSA-0002", "DSA-0003"):
        here.save(about(reference), answer="yes")
    wide = Scope(purpose=RESEARCH)
    page = here.open(wide)
    boxes = page.soup.select("input[name=keep]")
    labels = [said(page.soup.select_one(f"label[for={box['id']}]")) for box in boxes]
    named = [label.partition(" You said yes on ")[0] for label in labels]
    assert named == ["Title of DSA-0002", "Title of DSA-0003"]
    kept = here.address(about("DSA-0003")).rsplit("/", 1)[1]
    after = here.save(wide, answer="no", keep=[kept])
    stays, ended = map(said, after.section("narrower").select("li"))
    assert stays.startswith("Title of DSA-0003 It stays: you said yes on ")
    assert ended == "Title of DSA-0002 Ended by this choice"
    assert here.stands() == {
        "agreement:DSA-0003": Answer.YES,
        wide.key: Answer.NO,
    }
    lines = Page.get(here.browser, "/my/choices/history").rows("list")
    assert any("Ended by your wider choice: Use or sharing for" in line for line in lines)


def test_what_holds_by_a_wider_choice_leads_to_it(here: Visit) -> None:
    here.save(Scope(), answer="no")
    page = here.open(about("DSA-0002"))
    assert "By your choice: Whatever can be refused ." in page.main
    assert here.address(Scope()) in page.links()


def test_where_nothing_changes_no_body_is_promised_to_be_told(here: Visit) -> None:
    here.save(Scope(), answer="no")
    page = here.save(about("DSA-0002"), answer="no")
    assert "tell each body for which something changes" in page.main
    holds = "Nothing changes now. Your wider choice holds: Whatever can be refused."
    assert holds in page.main
    wide = here.open(Scope(purpose=RESEARCH))
    assert "Your other choices hold." not in wide.main
    taken_back = here.save(Scope(purpose=RESEARCH), answer="no")
    assert "Nothing changes now. Your other choices hold." in taken_back.main


def test_a_receipt_is_a_file_of_a_neutral_name(here: Visit) -> None:
    here.save(about("DSA-0001"), answer="no")
    address = here.address(about("DSA-0001"))
    answer = here.browser.get(f"{address}/receipt")
    claims = here.town.app.extensions["signer"].opened(
        answer.text, kind="citizen-portal-receipt+jwt"
    )
    assert claims["dct:description"] == "no"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="receipt.jws"'
    assert answer.headers["Cache-Control"] == "no-store"
    [line] = BeautifulSoup(here.browser.get(address).text, "html.parser").select("#past ~ ul a")
    assert here.browser.get(str(line["href"])).text == answer.text
    for of in ("0" * 32, "rubbish", ""):
        assert here.browser.get(f"{address}/receipt?of={of}").status_code == 404
    other = here.address(about("DSA-0003"))
    assert here.browser.get(f"{other}/{str(line['href']).rsplit('/', 1)[1]}").status_code == 404


def test_the_history_goes_on_to_the_first_choice(here: Visit) -> None:
    here.save(about("DSA-0001"), answer="no")
    with here.town.sessions.writing() as session:
        first = session.scalars(select(Choice)).one()
        session.add_all(
            Choice(
                citizen_id=first.citizen_id,
                scope=first.scope,
                answer=Answer.NO,
                number=first.number + n,
                receipt="signed",
            )
            for n in range(1, 221)
        )
    address = here.address(about("DSA-0001"))
    receipt = f"{address}/receipt?of={first.id.hex}"
    last = Page.get(here.browser, "/my/choices/history?page=99")
    assert receipt in last.links("list")
    assert here.browser.get(receipt).status_code == 200


def test_names_of_others_and_of_none_are_answered_alike(
    here: Visit, visit: Callable[..., Visit]
) -> None:
    stranger = visit("clinic", "council", "university")
    stranger.save(about("DSA-0001"), answer="no")
    theirs = stranger.address(about("DSA-0001"))
    texts = set()
    for address in (theirs, "/my/choices/" + "0" * 32, "/my/choices/x", f"{theirs}/receipt"):
        answer = here.browser.get(address)
        assert answer.status_code == 404
        texts.add(said(BeautifulSoup(answer.text, "html.parser").find("main")))
    assert len(texts) == 1
    token = here.open(about("DSA-0001")).fields(here.address(about("DSA-0001")))["csrf_token"]
    sent = here.browser.post(theirs, data={"answer": "no", "csrf_token": token})
    assert sent.status_code == 404
    assert here.stands() == {}


def test_where_there_is_no_choice_there_is_no_page(here: Visit) -> None:
    assert here.browser.get(here.address(about("DSA-0004"))).status_code == 404


def test_somebody_who_is_linked_to_nothing_is_led_to_link(
    town: Town, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    page = Page.get(signed_in(Citizen()), "/my/choices")
    assert "/my/account/link" in page.links()
    assert "not linked to a body yet" in page.main


def test_somebody_whose_bodies_share_nothing_is_told_so(visit: Callable[..., Visit]) -> None:
    page = Page.get(visit("hermit").browser, "/my/choices")
    assert "no agreement that lets your bodies pass your data on" in page.main


def test_an_old_sign_in_must_be_renewed_and_what_was_written_stays(here: Visit) -> None:
    with here.town.sessions.writing() as session:
        session.execute(update(SignIn).values(auth_time=clock.now() - timedelta(hours=1)))
    address, form = here.address(about("DSA-0001")), here.open(about("DSA-0001"))
    assert "sign in again first" in form.main
    sent = form.submit(address, answer="no").response
    assert sent.status_code == 302
    asked = parse_qs(urlsplit(sent.headers["Location"]).query)
    assert asked["back"] == [f"{address}?answer=no"]
    kept = form.submit(address, answer="no", reason="Long thoughts.")
    assert kept.response.status_code == 422
    police(kept.response.text, private=True)
    assert "Long thoughts." in kept.main
    assert here.stands() == {}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"answer": "maybe"}, "Choose an answer"),
        ({}, "Choose an answer"),
        ({"answer": "no", "reason": "x" * 4_001}, "4,000 characters"),
    ],
)
def test_what_is_not_an_answer_is_put_right(
    here: Visit, fields: dict[str, str], words: str
) -> None:
    answer = here.open(about("DSA-0001")).submit(here.address(about("DSA-0001")), **fields)
    assert answer.response.status_code == 422
    police(answer.response.text, private=True)
    assert words in answer.main
    assert answer.title.startswith("Put this right:")
    assert here.stands() == {}


def test_after_old_data_was_put_back_the_pages_say_so(here: Visit) -> None:
    here.save(about("DSA-0001"), answer="no")
    with here.town.sessions.writing() as session:
        session.add(
            Feed(organisation_id=here.town.bodies["clinic"], last=4, behind_since=clock.now())
        )
    for address in ("/my/choices", "/my/choices/history", here.address(about("DSA-0001"))):
        assert "We had to put old data back" in Page.get(here.browser, address).main


def test_one_step_leads_there_from_the_register(here: Visit) -> None:
    address = here.address(about("DSA-0001"))
    assert address in Page.get(here.browser, "/register/DSA-0001").links()
    assert "/my/choices/" not in here.browser.get("/register/DSA-0004").text
    stranger = here.town.app.test_client()
    page = Page.get(stranger, "/register/DSA-0001")
    assert "/my/choices" not in page.response.text
    assert "Sign in to choose" in page.main
    assert "/sign-in?back=/register/DSA-0001" in page.links()
    assert "Sign in to choose" not in Page.get(stranger, "/register/DSA-0004").main


@pytest.mark.parametrize(("one", "most"), [(False, 6), (True, 9)])
def test_no_query_is_made_for_each_agreement(here: Visit, one: bool, most: int) -> None:
    more = ((f"DSA-{number:04}", "clinic", "university") for number in range(5, 70))
    here.town.bring_in(*(between(*each, "opt_out", RESEARCH) for each in more))
    here.save(Scope(), answer="no")
    address = here.address(Scope()) if one else "/my/choices"
    page = Page.get(here.browser, address)
    assert len(page.rows("each") if one else page.rows("list")) == (3 if one else 50)
    with statements(here.town.sessions.engine) as seen:
        assert here.browser.get(address).status_code == 200
    assert len(seen) <= most, seen


def test_a_choice_is_saved_with_few_statements(here: Visit) -> None:
    for answer, most in (("no", 16), ("as_before", 16), ("no", 16)):
        form = here.open(about("DSA-0002"))
        with statements(here.town.sessions.engine) as seen:
            assert form.submit(here.address(about("DSA-0002")), answer=answer)
        assert len(seen) <= most, seen
