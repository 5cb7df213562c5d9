"""What narrows and orders the register's list, and how the page says it again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from citizen_portal import clock
from citizen_portal.agreements import queries
from citizen_portal.agreements.queries import Standing, Wanted, standing_on
from tests.agreements import files

TODAY = clock.today("Europe/London")
PURPOSE = "https://w3id.org/dpv#"


def day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def listed(soup: BeautifulSoup) -> list[str]:
    return [str(link["href"])[-1] for link in soup.select(".cp-rows h3 a")]


@pytest.fixture(scope="module")
def register(shared_app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Five agreements, each of which stands out in some way."""
    content = files.whole(rules=[])
    content["organisations"] += [
        files.organisation(
            "north", official_name={"en": "Northford Council", "cy": "Cyngor Gogledd"}
        ),
        files.organisation("south", official_name={"en": "Southmoor Council"}),
    ]
    content["agreements"] = [
        files.agreement("DSA-0001", title={"en": "Elm"}, purpose_iri=f"{PURPOSE}ServiceProvision",
                        published=day(-30), ends=day(400)),
        files.agreement("DSA-0002", title={"en": "Dock"},
                        purpose_iri=f"{PURPOSE}CustomerSolvencyMonitoring",
                        categories=["Income"], powers=["dea-35"], published=day(-10),
                        recipients=[{"organisation": "north"}], ends=day(-1)),
        files.agreement("DSA-0003", title={"en": "Cress"}, identifiability="aggregated",
                        starts=day(5), published=day(-20), recipients=[{"organisation": "south"}],
                        trust=files.answers("value.benefits", "control.choice")),
        files.agreement("DSA-0004", title={"en": "Beech"}, published=day(-40),
                        withdrawn={"on": day(-2), "reason": {"en": "No use."}}),
        files.agreement("DSA-0005", title={"en": "Ash"}, starts=day(-20), ends=day(20),
                        published=day(-20), trust=files.answers("value.benefits"),
                        emergency={"reasons": {"en": "Flood."}, "review_due": day(30)}),
    ]  # fmt: skip
    files.bring_in(shared_app, tmp_path_factory.mktemp("register"), content)
    return shared_app


FILTERS = {
    "purpose": (f"purpose={PURPOSE.replace('#', '%23')}CustomerSolvencyMonitoring", "2"),
    "a purpose that none has": ("purpose=zebra", ""),
    "kind of data": ("data=Income", "2"),
    "legal power": ("power=dea-35", "2"),
    "identifiability": ("points=aggregated", "3"),
    "holds now": ("status=holds", "51"),
    "has not begun": ("status=to_come", "3"),
    "has ended": ("status=ended", "2"),
    "taken back": ("status=withdrawn", "4"),
    "emergency": ("emergency=yes", "5"),
    "emergency, absurdly": ("emergency=2", "54321"),
    "a body by its address": ("body=north", "2"),
    "a body by its name": ("body=northford+council", "2"),
    "a body in Welsh, without an accent": ("body=cyngor", "2"),
    "several bodies": ("body=council", "32"),
    "no body": ("body=zebra", ""),
    "signs for a body": ("body=%25%22", ""),
    "by title": ("sort=title", "54321"),
    "newest first": ("sort=newest", "25314"),
    "ends soonest": ("sort=ending", "51342"),
    "most answered": ("sort=answered", "35421"),
    "an absurd order": ("sort=zebra", "54321"),
    "several filters": ("status=holds&data=Name&sort=title", "51"),
}


@pytest.mark.both
@pytest.mark.parametrize(("query", "expected"), FILTERS.values(), ids=FILTERS.keys())
def test_the_list_is_narrowed_and_ordered(register: Flask, query: str, expected: str) -> None:
    soup = files.page(register, f"/register?{query}")
    assert "".join(listed(soup)) == expected
    assert f"{len(expected)} agreement" in soup.select("#list")[0].text


@pytest.mark.both
def test_the_database_and_the_terms_tell_the_same_standing(register: Flask) -> None:
    with register.extensions["sessions"].reading() as session:
        for standing in Standing:
            found = queries.listing(session, Wanted(standing=standing), today=TODAY)
            assert found.count > 0
            assert {standing_on(line.terms, TODAY) for line in found.lines} == {standing}


def test_each_filter_that_is_set_is_shown_and_can_be_taken_away(register: Flask) -> None:
    query = "q=elm&stage=service_delivery&data=Name&sort=newest&emergency=yes"
    soup = files.page(register, f"/register?{query}")
    chips = {
        " ".join(link.get_text(" ").split()): str(link["href"])
        for link in soup.select(".cp-chosen a")
    }
    assert list(chips) == [
        "✕ Take away: Kind of data: name",
        "✕ Take away: Stage: giving a service",
        "✕ Take away: Only those: made in an emergency",
    ]
    assert chips["✕ Take away: Stage: giving a service"] == (
        "/register?q=elm&data=Name&emergency=yes&sort=newest#list"
    )
    assert soup.select("details[open] #f-stage option[selected]")[0]["value"] == "service_delivery"


def test_the_filters_are_folded_until_one_is_set(register: Flask) -> None:
    for path, folded in (
        ("/register", True),
        ("/register?q=elm", True),
        ("/register?data=Name", False),
    ):
        fold = files.page(register, path).select("form details")[0]
        assert (fold.get("open") is None) is folded


def test_several_bodies_are_offered_to_choose_from(register: Flask) -> None:
    soup = files.page(register, "/register?body=council&stage=service_delivery")
    links = {link.text: str(link["href"]) for link in soup.select("nav.cp-note a")}
    assert links == {
        "Northford Council": "/register?body=north&stage=service_delivery#list",
        "Southmoor Council": "/register?body=south&stage=service_delivery#list",
    }
    assert files.page(register, "/register?body=north").select("nav.cp-note") == []


def test_nothing_found_says_what_to_try(register: Flask) -> None:
    text = files.page(register, "/register?q=zebra&body=zebra&data=Name").text
    assert "Nothing on this register fits." in text
    assert "No body on our list has this name." in text
    assert "Take away one of the filters above." in text


def test_some_of_the_words_are_said_to_be_some(register: Flask) -> None:
    soup = files.page(register, "/register?q=elm+zebra")
    assert "Nothing has each of these words. These have some of them." in soup.text
    assert listed(soup) == ["1"]


def test_what_agreements_name_is_offered_by_its_name(register: Flask) -> None:
    soup = files.page(register, "/register")
    offered = [str(option["value"]) for option in soup.select("#f-data option")]
    assert offered == ["", "HouseAddress", "Income", "Name"]
    assert [option.text for option in soup.select("#f-purpose option")][1:] == [
        "to check if firms or people can pay",
        "to give you a service",
    ]


def test_of_very_many_kinds_the_most_used_are_offered(app: Flask, tmp_path: Path) -> None:
    many: list[dict[str, Any]] = [
        files.agreement(f"DSA-{n:04}", categories=[f"Kind{n}", "Name"]) for n in range(1, 60)
    ]
    files.bring_in_agreements(app, tmp_path, *many)
    soup = files.page(app, "/register?data=Kind59")
    offered = [str(option["value"]) for option in soup.select("#f-data option")]
    assert len(offered) == 42
    assert {"Name", "Kind59"} <= set(offered), "the most used, and the one that was chosen"
    assert offered[1:] == sorted(offered[1:], key=str.casefold)
    assert len(listed(soup)) == 1


def test_pages_are_numbered(app: Flask, tmp_path: Path) -> None:
    many = [files.agreement(f"DSA-{n:04}", title={"en": f"Title {n:03}"}) for n in range(1, 221)]
    files.bring_in_agreements(app, tmp_path, *many)
    soup = files.page(app, "/register?q=title&sort=title&page=6")
    shown = [item.text.strip() for item in soup.select(".govuk-pagination__item")]
    assert shown == ["1", "⋯", "4", "5", "6", "7", "8", "⋯", "11"]
    current = soup.select("[aria-current=page]")[-1]
    assert current["aria-label"] == "Page 6"
    assert current["href"] == "/register?q=title&sort=title&page=6#list"
