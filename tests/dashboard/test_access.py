"""``/my/access``: gaps first, what stands out, filters, folding and pages."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from citizen_portal import clock
from citizen_portal.access.models import Outcome
from citizen_portal.access.queries import Actor, Result
from citizen_portal.web.pages import day
from tests.dashboard.world import World, usage
from tests.pages import Page, said, turned


@pytest.fixture
def log(world: World) -> World:
    for slug in ("benefits", "tax", "council", "energy"):
        world.body(slug)
    world.agreement("DSA-0004", discloser="benefits", recipient="council")
    world.agreement("DSA-0005", discloser="benefits", recipient="energy")
    world.agreement("OWN-0001", discloser="tax", recipient="tax")
    world.answered(
        "benefits",
        *(
            usage(30 * n + 1, by="council", agreement="DSA-0004", actor=Actor.MACHINE)
            for n in range(5)
        ),
        usage(3, by="energy", agreement="DSA-0005", actor=Actor.PERSON, emergency=True),
        usage(50, by="council", actor=Actor.PERSON, result=Result.REFUSED),
    )
    world.answered("tax", *(usage(10 + n, by="tax", agreement="OWN-0001") for n in range(2)))
    world.answered("council", holds=())
    world.silent("energy", Outcome.NO_ANSWER)
    return world


def listed(world: World, query: str) -> list[str]:
    return Page.get(world.browser, f"/my/access?{query}").lines()


def test_gaps_come_before_the_list(log: World) -> None:
    page = Page.get(log.browser, "/my/access")

    note = page.soup.select_one(".cp-note")
    assert note is not None
    assert "This list has gaps. 3 of 4 bodies answered." in " ".join(note.text.split())
    assert page.heading == "Who looked at your data"
    assert "We know of 9 looks since" in page.main
    assert "2 stand out. 7 are routine." in page.main


def test_what_stands_out_is_lifted(log: World) -> None:
    first, second = Page.get(log.browser, "/my/access").rows("out")
    assert first.startswith("Energy")
    assert "Emergency" in first
    assert second.startswith("Council")
    assert "Not explained" in second


def test_routine_accesses_that_repeat_are_folded_and_counted(log: World) -> None:
    assert [re.sub(r" \d.*", "", line) for line in listed(log, "")] == [
        "Benefits → told Council Title of DSA-0004",
        "Benefits → told Energy Emergency. Title of DSA-0005",
        "Tax: a look at their own record of you Title of OWN-0001",
        "Benefits → told Council Not explained. It fits no agreement we know.",
    ]
    assert "5 times" in listed(log, "")[0]
    assert "2 times" in listed(log, "")[2]


@pytest.mark.parametrize(
    ("query", "looks"),
    [
        ("", 9),
        ("who=person", 2),
        ("who=machine", 5),
        ("kind=stands-out", 2),
        ("kind=unexplained", 1),
        ("kind=emergency", 1),
        ("kind=refused", 1),
        ("kind=routine", 7),
        ("when=30-days", 4),
        ("when=12-months&who=person", 2),
        ("when=1999-01", 0),
        ("kind=nonsense&who=x&when=2026-99&body=zz&after=zz&same=zz", 9),
    ],
)
def test_filters_narrow_the_list_and_say_so(log: World, query: str, looks: int) -> None:
    page = Page.get(log.browser, f"/my/access?{query}")
    assert f"Showing {looks} of 9 looks." in page.main
    if not looks:
        assert "The bodies that answered told us of no look like that." in page.main


def test_a_body_is_found_whether_it_gave_or_got(log: World) -> None:
    page = Page.get(log.browser, "/my/access")
    found = page.submit("/my/access#list", body=log.bodies["council"].id.hex)
    assert "Showing 6 of 9 looks." in found.main
    assert found.soup.select_one(f"option[value='{log.bodies['council'].id.hex}'][selected]")


def test_a_month_can_be_chosen(log: World) -> None:
    page = Page.get(log.browser, "/my/access")
    month = f"{clock.now():%Y-%m}"
    options = [str(one["value"]) for one in page.soup.select("#f-when option")]
    assert options[:4] == ["", "30-days", "3-months", "12-months"]
    assert all(re.fullmatch(r"\d{4}-\d\d", one) for one in options[4:])
    assert Page.get(log.browser, f"/my/access?when={month}").response.status_code == 200


def test_pages_follow_one_another_without_gap_or_repeat(world: World) -> None:
    world.body("benefits")
    world.answered("benefits", *(usage(n, by=f"r{n}") for n in range(120)))

    forth = list(turned(world.browser, "/my/access?kind=unexplained", "next"))
    back = list(turned(world.browser, forth[-1].address, "prev"))

    seen = [one for page in forth for one in page.entries]
    assert len(seen) == len(set(seen)) == 120
    assert [page.entries for page in back] == [page.entries for page in reversed(forth)]
    for page in (*forth[1:], *back[1:]):
        asked = urlsplit(page.address)
        assert parse_qs(asked.query).get("kind") == ["unexplained"]
        assert asked.fragment == "list"


def test_each_page_says_of_which_days_it_is(world: World) -> None:
    world.body("benefits")
    world.answered("benefits", *(usage(n, by=f"r{n}") for n in range(60)))

    with world.app.test_request_context():
        days = [day(clock.now() - timedelta(days=n)) for n in range(60)]
    assert [page.said for page in turned(world.browser, "/my/access", "next")] == [
        f"On this page: {days[49]} to {days[0]}",
        f"On this page: {days[59]} to {days[50]}",
    ]


def test_a_list_of_one_page_has_nothing_to_turn(log: World) -> None:
    assert Page.get(log.browser, "/my/access").soup.select(".cp-turn") == []


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("kind=<b>foo</b>", "Kind"),
        ("body=unknown", "Body"),
        ("body=" + "0" * 32, "Body"),
        ("when=2026-99", "When"),
        ("when=31/12/2026&who=me", "When, Who"),
        ("after=zz&before=zz&same=zz", "Place in the list"),
    ],
)
def test_what_is_not_understood_is_said_and_not_said_again(
    log: World, query: str, names: str
) -> None:
    page = Page.get(log.browser, f"/my/access?{query}")

    notes = [said(one) for one in page.soup.select(".cp-note[role=status]")]
    assert notes == [
        "The address of this page asks for something that we do not understand: "
        f"{names} . The list is shown without it."
    ]
    assert "Showing 9 of 9 looks." in page.main
    for value in ("foo", "unknown", "zz", "2026-99"):
        assert value not in page.main


def test_what_is_understood_needs_no_note(log: World) -> None:
    for query in ("", "kind=routine&who=person&when=30-days", "kind=&body=", "after=end"):
        page = Page.get(log.browser, f"/my/access?{query}")
        assert page.soup.select(".cp-note[role=status]") == []


def test_a_large_fold_leads_to_its_accesses_one_by_one(world: World) -> None:
    world.body("benefits")
    world.body("council")
    world.agreement("DSA-0004", discloser="benefits", recipient="council")
    told = (usage(n, by="council", agreement="DSA-0004") for n in range(70))
    world.answered("benefits", *told, usage(2, by="x"))

    page = Page.get(world.browser, "/my/access")
    fold = page.soup.select("details.cp-fold")[0]
    assert len(fold.select("ul a")) == 12
    more = fold.select("a[href*='same=']")[0]
    assert more.text == "See 58 more"

    alone = Page.get(world.browser, str(more["href"]))
    assert "Showing 70 of 71 looks." in alone.main
    assert len(alone.lines()) == 50


def test_counts_are_the_same_wherever_they_stand(world: World) -> None:
    world.body("benefits")
    world.answered("benefits", *(usage(n / 50, by="x", action=str(n)) for n in range(1100)))

    page = Page.get(world.browser, "/my/access")
    assert "Showing 1,100 of 1,100 looks." in page.main
    assert "We know of 1,100 looks" in page.main


def test_the_calendar_and_its_table_agree(log: World) -> None:
    page = Page.get(log.browser, "/my/access")
    table = page.table("year")

    assert len(table) == 12
    counts = [text.text for text in page.section("year").select("svg.cp-wide text.q")]
    assert [row[1] for row in table] == counts
    assert sum(int(row[1]) for row in table if row[1] != "?") == 9
    assert table[0][3] == "We cannot see this month"


def test_a_filtered_list_keeps_to_the_list(log: World) -> None:
    page = Page.get(log.browser, "/my/access?kind=routine")
    assert page.soup.select("#year, #out") == []
    assert "Show the whole list" in page.main


def test_everyone_reads_the_same_words_on_what_is_held_back(log: World) -> None:
    said = Page.get(log.browser, "/my/access").main
    assert "Each person who signs in reads these same words, whether or not a use is held" in said
