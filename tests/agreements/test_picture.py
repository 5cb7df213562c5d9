"""Who shares with whom: what is drawn and what is not, its table, and labels that never overlap."""

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from citizen_portal.agreements.queries.gathered import MOST_BODIES, Flows, Pair, gather
from citizen_portal.agreements.queries.picture import Drawing, Text
from citizen_portal.agreements.queries.register import register_terms
from citizen_portal.agreements.queries.sharing import Sharing, sharing
from citizen_portal.agreements.views import picture_drawn
from citizen_portal.bodies.models import Kind
from citizen_portal.bodies.queries import directory
from tests.agreements import files, generated
from tests.pages import Page, said

LETTER = 0.62
"""Width of a letter, in parts of its size."""


def loaded(app: Flask) -> Sharing:
    with app.extensions["sessions"].reading() as session:
        return sharing(session, today=generated.TODAY)


def party(*slugs: str) -> list[dict[str, str]]:
    return [{"organisation": slug} for slug in slugs]


@pytest.fixture
def small(app: Flask, tmp_path: Path) -> None:
    """Two agreements from giver to taker, one of them to a hospital too, and four not drawn."""
    content = files.whole(rules=[])
    content["organisations"].append(files.organisation("hospital", kind="health"))
    content["agreements"] = [
        files.agreement("DSA-0001"),
        files.agreement("DSA-0002", recipients=party("taker", "hospital")),
        files.agreement("DSA-0003", ends="2026-02-01"),
        files.agreement("DSA-0004", starts="2099-01-01"),
        files.agreement("DSA-0005", kind="own_use", recipients=party("giver")),
        files.agreement("DSA-0006", recipients=[{"name": "Somebody else"}]),
    ]
    files.bring_in(app, tmp_path, content)


@pytest.mark.usefixtures("small")
def test_only_what_is_in_force_between_two_is_drawn_and_the_rest_is_said(app: Flask) -> None:
    page = Page.get(app.test_client(), "/register/picture")

    assert "2 agreements in force are drawn here." in page.main
    assert "1 organisation gives data. 2 get it." in page.main
    assert "1 agreement is not drawn: it is a use inside one organisation." in page.main
    assert "1 agreement is not drawn: it does not name an organisation of our list" in page.main
    assert [[cell.split(" – ")[0] for cell in row] for row in page.table("list")] == [
        ["Agency giver", "Agency taker", "2"],
        ["Agency giver", "Agency hospital", "1"],
    ]


@pytest.mark.usefixtures("small")
def test_each_number_of_the_table_leads_to_as_many_agreements(app: Flask) -> None:
    client = app.test_client()
    page = Page.get(client, "/register/picture")

    for row in page.soup.select("table.cp-pairs tbody tr"):
        link = row.select("a")[-1]
        between = Page.get(client, str(link["href"]))
        assert str(len(between.soup.select("ul.cp-rows > li"))) == said(link).split()[0]
    Page.get(client, "/register/picture/taker/giver", status=404)
    Page.get(client, "/register/picture/giver/stranger", status=404)


@pytest.mark.usefixtures("small")
def test_a_kind_or_an_organisation_can_be_opened_and_nonsense_opens_nothing(app: Flask) -> None:
    client = app.test_client()
    health = Page.get(client, "/register/picture?kind=health")
    taker = Page.get(client, "/register/picture?body=taker")

    assert [row[1] for row in health.table("list")] == ["Agency hospital"]
    assert [row[1] for row in taker.table("list")] == ["Agency taker"]
    assert "Health bodies" in health.title
    assert "Agency taker" in taker.title
    assert said(health.soup.select_one("nav.cp-kinds [aria-current]")) == "Health bodies (1)"
    for nonsense in ("kind=shops", "body=stranger", "kind=%00&body=%3Cb%3E", "page=-1"):
        assert len(Page.get(client, f"/register/picture?{nonsense}").table("list")) == 2
    assert "No agreement in force" in Page.get(client, "/register/picture?kind=police").main


def test_an_empty_register_has_a_calm_page(app: Flask) -> None:
    page = Page.get(app.test_client(), "/register/picture")

    assert page.soup.find("svg", class_="cp-wide") is None
    assert "0 agreements in force are drawn here." in page.main


@pytest.mark.usefixtures("small")
def test_both_drawings_have_a_name_a_description_and_a_caption(app: Flask) -> None:
    page = Page.get(app.test_client(), "/register/picture")

    for kind in ("cp-wide", "cp-narrow"):
        drawing = page.soup.select_one(f"svg.{kind}")
        assert drawing is not None
        assert said(drawing.find("title")) == "Who shares data with whom"
        assert "giver to taker, 2 agreements" in said(drawing.find("desc"))
    assert "drawn to scale" in said(page.soup.find("figcaption"))
    assert page.soup.find("script") is None


def box(text: Text) -> tuple[float, float, float, float]:
    width = len(text.words) * text.size * LETTER
    left = text.x - (width if text.anchor == "end" else 0)
    return left, text.y - text.size * 0.8, left + width, text.y + text.size * 0.2


def overlapping(drawing: Drawing) -> list[tuple[str, str]]:
    boxes = [(text.words, box(text)) for text in drawing.texts]
    return [
        (one, other)
        for (one, (l1, t1, r1, b1)), (other, (l2, t2, r2, b2)) in combinations(boxes, 2)
        if l1 < r2 and l2 < r1 and t1 < b2 and t2 < b1
    ]


@pytest.mark.parametrize("size", [25, 500])
def test_no_two_labels_overlap_and_none_leaves_the_drawing(
    app: Flask, tmp_path: Path, size: int
) -> None:
    files.bring_in(app, tmp_path, generated.register(size))
    hold_labels_apart(app)


def hold_labels_apart(app: Flask) -> None:
    """In each view of the register, in both languages and both widths."""
    found = loaded(app)
    with app.extensions["sessions"].reading() as session:
        bodies = directory(session)
    busiest = bodies.bodies[found.pairs[0].giver].id
    flows = [found.flows(), *map(found.flows, found.members), found.flows_of(busiest)]
    for language in ("en", "cy"):
        with app.test_request_context("/", headers={"Accept-Language": language}):
            for one in flows:
                picture = picture_drawn.picture(one, bodies, "")
                assert picture is not None
                for drawing in (picture.wide, picture.narrow):
                    assert overlapping(drawing) == []
                    assert drawing.height < 2200
                    for text in drawing.texts:
                        left, top, right, bottom = box(text)
                        assert 0 <= left < right <= drawing.width, text
                        assert 0 <= top < bottom <= drawing.height, text


@pytest.mark.parametrize("seed", range(3))
def test_pairs_are_those_of_the_agreements_in_force(app: Flask, tmp_path: Path, seed: int) -> None:
    files.bring_in(app, tmp_path, generated.register(80, seed=seed))
    found = loaded(app)
    with app.extensions["sessions"].reading() as session:
        register = register_terms(session)
    expected = {
        (giver, getter, reference)
        for reference in register.versions
        if (terms := register.in_force(reference, generated.TODAY))
        and terms.kind == "sharing"
        and len(terms.disclosers | terms.recipients) > 1
        for giver in terms.disclosers
        for getter in terms.recipients - {giver}
    }

    listed = {(one.giver, one.getter, name) for one in found.pairs for name in one.references}
    assert listed == expected
    assert {one for kind in Kind for one in found.of_kind(kind)} == set(found.pairs)
    for flows in (found.flows(), *map(found.flows, found.members)):
        assert drawn_agreements(flows) <= len({name for _, _, name in expected})
    assert max(drawn_agreements(found.flows()), 1)


def drawn_agreements(flows: Flows) -> int:
    return max((band.times for band in flows.bands), default=0)


REFERENCES = [f"DSA-{n:04}" for n in range(12)]


@st.composite
def some_pairs(draw: st.DrawFn) -> list[Pair]:
    ends: dict[tuple[Any, Any], list[str]] = draw(
        st.dictionaries(
            st.tuples(st.uuids(), st.uuids()),
            st.lists(st.sampled_from(REFERENCES), min_size=1, unique=True),
            min_size=1,
            max_size=30,
        )
    )
    return [Pair(giver, getter, tuple(of)) for (giver, getter), of in ends.items()]


@given(some_pairs())
def test_gathering_loses_no_organisation_and_no_agreement(pairs: list[Pair]) -> None:
    flows = gather(pairs, lambda one: ("body", one.hex))

    assert sum(place.bodies for place in flows.lefts.values()) == len({p.giver for p in pairs})
    assert sum(place.bodies for place in flows.rights.values()) == len({p.getter for p in pairs})
    for places in (flows.lefts, flows.rights):
        assert len(places) <= MOST_BODIES
    assert {band.left for band in flows.bands} == set(flows.lefts)
    assert {band.right for band in flows.bands} == set(flows.rights)
    every = {name for pair in pairs for name in pair.references}
    assert max(place.agreements for place in flows.lefts.values()) <= len(every)
    assert sum(band.times for band in flows.bands) >= len(every)


def test_pages_ask_one_statement_and_see_a_change_at_once(app: Flask, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path)
    client, engine = app.test_client(), app.extensions["sessions"].engine
    client.get("/register/picture")
    for path in ("", "?kind=council", "?body=giver", "/giver/taker"):
        with files.statements(engine) as seen:
            assert client.get(f"/register/picture{path}").status_code == 200
        assert len(seen) == 1, path
    files.bring_in_agreements(app, tmp_path, files.agreement("DSA-0002"))

    assert "2 agreements in force are drawn here." in Page.get(client, "/register/picture").main
