"""``/coverage``, and how far a citizen's own sources can be seen into."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from citizen_portal import clock
from citizen_portal.access.models import Outcome
from citizen_portal.bodies import actions
from citizen_portal.bodies.models import Kind, Protocol, Source, SourceHealth
from tests import make
from tests.agreements.files import statements
from tests.dashboard.world import World
from tests.pages import CLAIMS, Page

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
QUIET = datetime(2026, 11, 2, 9, 44, 30, tzinfo=UTC)
HIDDEN: dict[str, object] = {
    "what": make.words("Looks to find fraud"),
    "law": make.words("An Act, section 2"),
    "url": "https://law.example/2",
}


@dataclass
class Bodies:
    """Public bodies with sources that stand in one way or another."""

    app: Flask
    sources: dict[str, Source] = field(default_factory=dict)

    def add(self, slug: str, *sources: dict[str, Any], **of: Any) -> None:
        """A body, and its sources with what is given of each and of how it stands."""
        with self.app.extensions["sessions"].writing() as session:
            names = {"name": make.words(slug.title()), "official_name": make.words(f"Z {slug}")}
            body = make.body(slug=slug, **names | of)
            session.add(body)
            session.flush()
            for n, said in enumerate(sources):
                health = said.pop("health", None)
                source = make.source(body, slug=f"{slug}-{n}", **said)
                session.add(source)
                session.flush()
                if health is not None:
                    session.add(SourceHealth(source_id=source.id, **health))
                self.sources[source.slug] = source
            actions.bump(session)

    def page(self, query: str = "") -> Page:
        page = Page.get(self.app.test_client(), f"/coverage{query}")
        claim = CLAIMS.search(page.main)
        assert claim is None, claim
        return page


def well(**given: Any) -> dict[str, Any]:
    """What the worker reckons of a source that answers well."""
    usual = {"reckoned_at": clock.now(), "answer_ms": 310, "proves": True}
    return usual | {"patience_seconds": 6 * 3600} | given


@pytest.fixture
def bodies(app: Flask) -> Bodies:
    return Bodies(app)


@pytest.fixture
def each(bodies: Bodies) -> Bodies:
    """A body in each state, and a firm that is on no such list."""
    began = datetime(2025, 3, 1, 12, tzinfo=UTC)
    bodies.add(
        "benefits",
        {
            "connected_since": date(2026, 1, 5),
            "window_from": began,
            "last_answer_at": clock.now(),
            "not_reported": [HIDDEN],
            "health": well(),
        },
        {"base_url": None},
    )
    bodies.add(
        "drivers", {"last_answer_at": QUIET, "health": well(reckoned_at=QUIET, proves=False)}
    )
    bodies.add("council", {"last_answer_at": QUIET, "health": well()})
    sends = {"protocol": Protocol.PUSH, "last_answer_at": clock.now()}
    bodies.add("health", sends | {"health": well(told_on=date(2026, 11, 3))})
    bodies.add("loans", {"protocol": Protocol.NONE, "base_url": None})
    bodies.add("police")
    bodies.add("firm", kind=Kind.PRIVATE_RECIPIENT)
    return bodies


def test_the_gap_comes_before_the_count(each: Bodies) -> None:
    lead = each.page().soup.select("main p")[0].text
    assert lead.startswith(
        "We cannot see into 2 of the 6 public bodies on our list. 4 are connected. "
        "2 of them have gone quiet."
    )


def test_each_body_stands_in_its_group(each: Bodies) -> None:
    page = each.page()
    groups = {
        str(section["aria-labelledby"]): [one.find(string=True) for one in section.select("h3")]
        for section in page.soup.select("main section.cp-section")
    }
    found = {key: [str(name) for name in names] for key, names in groups.items()}
    assert found == {
        "gone-quiet": ["Council", "Health"],
        "connected": ["Benefits", "Drivers"],
        "not-connected": ["Loans"],
        "no-source": ["Police"],
    }
    assert "Firm" not in page.main


def test_a_source_says_what_is_known_of_it(each: Bodies) -> None:
    page = each.page("?q=benefits")
    facts = {
        one.dt.text: " ".join(one.dd.text.split())
        for one in page.soup.select(".cp-told > div")
        if one.dt and one.dd
    }
    answered = facts.pop("Last answer")
    assert answered.startswith(("today at ", "yesterday at "))
    assert answered.endswith("0")
    assert facts == {
        "Connected since": "5 January 2026",
        "Keeps looks from": "1 March 2025 to now",
        "Usually answers in": "0.3 seconds",
        "Proof of whom it is about": "In its newest answers.",
        "What it does not tell us, and by which law": "Looks to find fraud An Act, section 2",
    }
    assert "https://law.example/2" in page.links("connected")
    assert "Not connected yet. We cannot ask it." in page.main, "its other source"


def test_what_is_not_known_is_said_to_be_so(bodies: Bodies) -> None:
    bodies.add("new", {})
    main = bodies.page().main
    for words in (
        "It has not told us how far back its list goes.",
        "It has not answered us yet.",
        "Not measured yet.",
        "Not known yet.",
        "It names no kind of look that it leaves out.",
    ):
        assert words in main, words
    assert "gone quiet" not in main.partition("How we know")[0]


def test_one_that_cannot_prove_and_those_gone_quiet_say_so(each: Bodies) -> None:
    main = each.page().main
    assert "It cannot prove that its answer is about you." in main
    assert "Gone quiet: it has not answered since 2 November 2026." in main
    assert "Gone quiet: it has told us of no look since 3 November 2026." in main
    for slug, since in (("council", "2 November 2026"), ("health", "3 November 2026")):
        entry = Page.get(each.app.test_client(), f"/bodies/{slug}").main
        assert f"since {since}. That is longer than is usual for it." in entry


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?state=gone-quiet", ["Council", "Health"]),
        ("?state=not-connected", ["Benefits", "Loans"]),
        ("?state=no-source", ["Police"]),
        ("?state=connected&q=z+dri", ["Drivers"]),
        ("?q=nothing", []),
        ("?state=%00&q=%00&page=x", ["Council", "Health", "Benefits", "Drivers", "Loans",
                                     "Police"]),
        ("?state=x&page=99999999999999999999", ["Council", "Health", "Benefits", "Drivers",
                                                "Loans", "Police"]),
    ],
)  # fmt: skip
def test_the_list_can_be_narrowed(each: Bodies, query: str, names: list[str]) -> None:
    page = each.page(query)
    assert [str(one.find(string=True)) for one in page.soup.select("main h3")] == names
    assert ("No body on our list fits." in page.main) is (not names)
    unread = query.startswith(("?state=%00", "?state=x"))
    assert ("something that we do not understand: How it stands" in page.main) is unread


def test_a_long_list_comes_in_pages_and_asks_the_database_no_more(bodies: Bodies) -> None:
    for n in range(60):
        bodies.add(f"body-{n:02}", {"health": well(), "not_reported": [HIDDEN]})
    seen, path = [], "?state=connected"
    while path:
        page = bodies.page(path)
        with statements(bodies.app.extensions["sessions"].engine) as asked:
            bodies.page(path)
        assert len(asked) == 1, asked
        seen += [str(one["href"]) for one in page.soup.select("main h3 a")]
        following = page.soup.select_one("a[rel=next]")
        path = str(following["href"]).removeprefix("/coverage") if following else ""
        assert not path or path.endswith("#list")
        assert re.search(r"Page [123] of 3", page.main)
    assert seen == [f"/bodies/body-{n:02}" for n in range(60)]


def test_text_of_bodies_stays_text(bodies: Bodies) -> None:
    hostile = make.words(HOSTILE)
    hidden = {"what": hostile, "law": hostile, "url": None}
    evil = {"name": hostile, "description": hostile, "not_reported": [hidden]}
    bodies.add("evil", dict(evil), name=hostile, official_name=hostile)
    bodies.add("off", evil | {"base_url": None}, name=hostile, official_name=hostile)
    page = bodies.page(f"?q={HOSTILE}")
    assert page.soup.select("main script, main img") == []
    page = bodies.page()
    assert page.soup.select("main script, main img") == []
    assert page.soup.text.count(HOSTILE) >= 6


def test_an_empty_list_says_so(bodies: Bodies) -> None:
    assert "Our list is empty so far." in bodies.page().main


def test_it_reads_in_welsh(each: Bodies) -> None:
    client = each.app.test_client()
    client.get("/language/cy")
    assert "Benefits (cy)" in Page.get(client, "/coverage").main


def test_the_start_page_and_the_menu_lead_to_it(each: Bodies) -> None:
    links = Page.get(each.app.test_client(), "/").links()
    assert links.count("/coverage") == 2


@pytest.fixture
def linked(world: World) -> World:
    """A citizen linked to one source that answers and leaves something out, and one gone quiet."""
    world.body("benefits")
    world.body("council")
    with world.sessions.writing() as session:
        session.get_one(Source, world.sources["benefits"].id).not_reported = [HIDDEN]
        quiet = session.get_one(Source, world.sources["council"].id)
        quiet.last_answer_at = QUIET
        session.add(SourceHealth(source_id=quiet.id, **well()))
        actions.bump(session)
    world.answered("benefits")
    world.silent("council", Outcome.NO_ANSWER)
    return world


def test_a_citizen_is_told_of_their_own_sources(linked: World) -> None:
    page = Page.get(linked.browser, "/my")
    said = {row.split()[0]: row for row in page.rows("holds")}
    assert "It does not tell us of: Looks to find fraud" in said["Benefits"]
    assert "Gone quiet: it has not answered since 2 November 2026." in said["Council"]
    assert "Its last answer to anyone" not in said["Council"]
    assert "/coverage" in page.links("holds")


def test_the_list_of_looks_names_its_gaps(linked: World) -> None:
    page = Page.get(linked.browser, "/my/access")
    assert "Council: Gone quiet: it has not answered since 2 November 2026." in page.main
    assert "Benefits: Looks to find fraud (An Act, section 2)" in page.section("not").get_text(
        " ", strip=True
    ).replace(" :", ":")
    assert "/coverage" in page.links("not")


def test_one_that_is_not_linked_is_not_among_a_citizens_gaps(
    linked: World, signed_in: Callable[..., FlaskClient]
) -> None:
    citizen = make.citizen()
    other = World(linked.app, citizen, signed_in(citizen))
    other.body("schools")
    other.answered("schools")
    main = Page.get(other.browser, "/my/access").main
    assert "Gone quiet" not in main
    assert "Looks to find fraud" not in main


def test_it_is_quiet_no_more_once_it_answers(each: Bodies) -> None:
    source = each.sources["council-0"]
    with each.app.extensions["sessions"].writing() as session:
        actions.note_answer(session, source.id, at=clock.now() - timedelta(minutes=1))
    assert "Council" in str(each.page("?state=connected").section("connected"))
