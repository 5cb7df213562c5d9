"""``/my`` as the citizen meets it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from citizen_portal.access.models import Fault, Outcome
from citizen_portal.access.queries import Actor
from citizen_portal.agreements.models import Say
from citizen_portal.bodies.models import Kind, Protocol
from citizen_portal.dashboard.views.my import CHOICES_SHOWN
from citizen_portal.identity.models import Citizen, LinkState
from tests import make
from tests.agreements.files import statements
from tests.dashboard.world import World, usage
from tests.pages import Page

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def busy(world: World) -> World:
    """Bodies in each state, with routine accesses, one not explained and one emergency."""
    for slug in ("benefits", "tax", "council", "passports", "schools"):
        world.body(slug)
    world.body("homes", link=None)
    world.body("energy", link=None, kind=Kind.PRIVATE_RECIPIENT)
    world.agreement("DSA-0004", discloser="benefits", recipient="energy")
    world.agreement("DSA-0002", discloser="tax", recipient="benefits", choice=Say.NONE)
    world.answered(
        "benefits",
        usage(2, by="council", agreement="DSA-0004", actor=Actor.PERSON),
        *(usage(n, by="energy", agreement="DSA-0004") for n in (5, 35, 65)),
        holds=("Benefits", "Address"),
    )
    world.answered("tax", usage(9, by="benefits", agreement="DSA-0002", emergency=True))
    world.answered("passports", holds=())
    world.silent("council", Outcome.NO_ANSWER, Fault.UNREACHABLE)
    world.silent("schools", Outcome.ASKING)
    return world


@pytest.mark.both
def test_the_first_line_says_the_gaps_before_any_count(busy: World) -> None:
    page = Page.get(busy.browser, "/my")

    lead = page.soup.select_one("[data-part=lead] p")
    assert lead is not None
    assert "We asked 5 bodies at" in lead.text
    assert "3 answered. 1 is still to answer. 1 did not answer." in " ".join(lead.text.split())


def test_five_questions_come_in_their_order_and_in_short(busy: World) -> None:
    page = Page.get(busy.browser, "/my")

    assert [h["id"] for h in page.soup.select("main h2")] == [
        "attention",
        "holds",
        "shared",
        "looked",
        "choices",
    ]
    strip = [" ".join(one.stripped_strings) for one in page.soup.select(".cp-short a")]
    assert strip == [
        "2 need you 1 look is not explained",
        "2 hold your data 3 more told us nothing yet",
        "5 times passed on by 2, to 3",
        "5 looks we know of 3 routine",
        "1 lets you object or say no of 2 agreements used for you",
    ]


def test_what_is_not_explained_comes_first_with_what_it_cites(busy: World) -> None:
    first, second = Page.get(busy.browser, "/my").rows("attention")

    assert first.startswith("Council: Not explained A person looked.")
    assert f"which does not name this receiver. {busy.official('council')}. " in first
    assert "It cites DSA-0004, which does not name this receiver." in first
    assert second.startswith("Benefits: Emergency")


def test_each_source_shows_one_state_in_words(busy: World) -> None:
    page = Page.get(busy.browser, "/my")
    rows = page.rows("holds")

    said = {row.split()[0]: row for row in rows}
    states = [str(one["data-state"]) for one in page.soup.select("[data-state]")]
    assert states == [
        "answered",
        "answered",
        "asking",
        "did_not_answer",
        "answered_empty",
        "not_covered",
    ]
    assert len(rows) == len(said) == 6
    assert "Benefits, Address List goes back to" in said["Benefits"]
    assert "Still asking. We asked at" in said["Schools"]
    assert "It did not answer at" in said["Council"]
    assert "We could not reach it." in said["Council"]
    assert "Answered: no record of you." in said["Passports"]
    assert "You have not linked it. We have not asked it." in said["Homes"]
    assert "Energy" not in said, "a private recipient is not asked"


def test_the_picture_and_the_table_hold_the_same_facts(busy: World) -> None:
    page = Page.get(busy.browser, "/my")

    table = page.table("shared")
    assert [row[2:] for row in table] == [
        ["Not explained", "1"],
        ["Title of DSA-0004", "3"],
        ["Title of DSA-0002", "1"],
    ]
    for drawing in page.section("shared").select("svg[role=img]"):
        assert len(drawing.select("path[class^=band]")) == len(table)
        assert len(drawing.select(".band-lift")) == 1
        assert "3 more bodies" in drawing.text


def test_choices_say_which_agreements_can_be_refused_and_why_not(busy: World) -> None:
    first, second = Page.get(busy.browser, "/my").rows("choices")

    assert "Title of DSA-0004 DSA-0004 You can object." in first
    assert "You cannot say no. It gives no reason." in second


def test_each_agreement_that_was_used_is_listed(world: World) -> None:
    world.body("benefits")
    world.body("council")
    names = [f"DSA-{n:04}" for n in range(1, CHOICES_SHOWN + 3)]
    for name in names:
        world.agreement(name, discloser="benefits", recipient="council")
    world.answered("benefits", *(usage(2, by="council", agreement=name) for name in names))

    section = Page.get(world.browser, "/my").section("choices")
    listed = [" ".join(row.stripped_strings) for row in section.select(".cp-rows > li")]
    assert all(any(name in row for row in listed) for name in names)
    assert "2 more agreements were used" in section.select("details summary")[0].text


def test_a_source_without_proof_says_so(world: World) -> None:
    world.body("clinic")
    world.answered("clinic", proven=False)

    (row,) = Page.get(world.browser, "/my").rows("holds")
    assert "This source cannot prove that its answer is about you." in row


def test_a_refused_answer_shows_none_of_it(world: World) -> None:
    world.body("clinic")
    world.silent("clinic", Outcome.REFUSED, Fault.OTHER_SUBJECT)

    (row,) = Page.get(world.browser, "/my").rows("holds")
    assert "We turned its answer down. It was not about you. We show none of it." in row


def test_a_body_that_is_not_connected_is_named(world: World) -> None:
    world.body("loans", link=None)
    with world.sessions.writing() as session:
        source = session.merge(world.sources["loans"])
        source.protocol, source.base_url = Protocol.NONE, None

    page = Page.get(world.browser, "/my")
    (row,) = page.rows("holds")
    assert "Not connected yet. We cannot ask it." in row
    assert "/bodies/loans" in page.links("holds")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (LinkState.NOT_MATCHED, "It did not find you."),
        (LinkState.AMBIGUOUS, "It found more than one person."),
    ],
)
def test_a_link_that_failed_says_how(world: World, state: LinkState, words: str) -> None:
    world.body("homes", link=state)

    (row,) = Page.get(world.browser, "/my").rows("holds")
    assert words in row


def test_somebody_without_links_is_not_told_that_there_is_nothing(world: World) -> None:
    world.body("homes", link=None)

    page = Page.get(world.browser, "/my")
    assert "You are not linked to a body yet. So we have asked none." in page.main
    assert "Link a body with a code" in page.main
    assert "told us of no look" not in page.main, "none was asked"


def test_more_than_three_that_stand_out_are_counted_not_listed(world: World) -> None:
    world.body("benefits")
    world.answered("benefits", *(usage(n, by="x") for n in range(1, 8)))

    page = Page.get(world.browser, "/my")
    assert len(page.rows("attention")) == 3
    assert "4 more stand out" in page.main


def test_text_of_bodies_reaches_the_page_as_text(world: World) -> None:
    world.body(
        "evil",
        official_name=make.words(HOSTILE),
        short_name=make.words("<b>short</b>"),
        contact=HOSTILE,
    )
    hostile = {"receiver_name": HOSTILE, "action": HOSTILE, "system": HOSTILE}
    told = usage(1, by="x", agreement="<i>DSA</i>", categories=(HOSTILE,), **hostile)
    world.answered("evil", told, holds=(HOSTILE,))

    entry = next(
        one for one in Page.get(world.browser, "/my").links() if one.startswith("/my/access/")
    )
    for address in ("/my", "/my/access", entry.partition("#")[0]):
        page = Page.get(world.browser, address)
        assert page.soup.select("main script, main img, main i, svg b") == [], address
        assert HOSTILE in page.soup.text


def test_titles_and_addresses_name_no_body(busy: World) -> None:
    page = Page.get(busy.browser, "/my")

    assert page.title == "Your page – Citizen portal"
    own = [address for address in page.links() if address.startswith("/my")]
    slugs = [*busy.bodies, "energy"]
    assert [one for one in own if any(slug in one for slug in slugs)] == []


@pytest.mark.parametrize(("address", "most"), [("/my", 8), ("/my/access", 6), ("/my/answers", 4)])
def test_no_query_is_made_for_each_row(busy: World, address: str, most: int) -> None:
    busy.answered("schools", *(usage(n, by="energy") for n in range(300)))
    Page.get(busy.browser, "/my")  # brings the reference data into memory

    with statements(busy.app.extensions["sessions"].engine) as seen:
        assert busy.browser.get(address).status_code == 200
    assert len(seen) <= most, seen


def test_a_waiting_page_asks_only_whether_something_arrived(busy: World) -> None:
    page = Page.get(busy.browser, "/my")
    mark = page.soup.select("#arrive")[0]["data-mark"]
    before = busy.browser.get("/my/answers")
    busy.answered("schools")
    after = busy.browser.get("/my/answers").get_json()

    assert before.get_json() == {"done": False, "asking": 1, "mark": mark}
    assert before.headers["Cache-Control"] == "no-store"
    assert after["done"] is True
    assert after["mark"] != mark
    assert "arrive.js" in str(page.soup.find_all("script"))
    assert "arrive.js" not in str(Page.get(busy.browser, "/my").soup.find_all("script"))


def test_a_body_that_did_not_answer_can_be_asked_again(busy: World) -> None:
    page = Page.get(busy.browser, "/my")
    source = busy.sources["council"].id.hex

    answer = page.submit(f"/my/again/{source}").response
    assert (answer.status_code, answer.location) == (302, "/my#holds")


def test_only_linked_bodies_can_be_asked_again(busy: World) -> None:
    token = Page.get(busy.browser, "/my").soup.select("[name=csrf_token]")[0]["value"]
    for source in (busy.sources["homes"].id.hex, "0" * 32, "x"):
        answer = busy.browser.post(f"/my/again/{source}", data={"csrf_token": str(token)})
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("link", "status"),
    [
        (LinkState.LINKED, 302),
        (LinkState.NOT_MATCHED, 404),
        (LinkState.AMBIGUOUS, 404),
        (LinkState.UNLINKED, 404),
    ],
)
def test_a_link_that_failed_or_ended_is_no_way_to_ask(
    world: World, link: LinkState, status: int
) -> None:
    world.body("homes", link=link)
    world.app.config["WTF_CSRF_ENABLED"] = False

    answer = world.browser.post(f"/my/again/{world.sources['homes'].id.hex}")

    assert answer.status_code == status


def test_somebody_else_sees_nothing_of_it(
    busy: World, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    page = Page.get(signed_in(make.citizen()), "/my")
    assert "You are not linked to a body yet." in page.main
    assert "DSA-0004" not in page.response.text
