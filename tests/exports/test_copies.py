"""From asking to downloading: what a copy holds, and what it says is missing."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from citizen_portal.bodies.models import Source
from citizen_portal.exports.models import State
from citizen_portal.web.pages import moment
from tests import make
from tests.exports.world import World, lines, missing
from tests.pages import said

FAILING = ("says-500", "hangs", "other-subject")


@pytest.mark.both
def test_a_copy_holds_what_bodies_told_and_is_fetched(world: World) -> None:
    for slug in ("clinic", "council"):
        world.body(slug)
    address = world.made()

    page = world.page(address)
    assert page.heading == "Your copy is ready"
    package = world.package(address)
    assert package.testzip() is None
    looks = lines(package, "accesses")
    assert {look["held_by"] for look in looks} == {
        world.bodies[slug].official_name["en"] for slug in ("clinic", "council")
    }
    assert {look["action"] for look in looks} == {"Checked an address"}
    assert [held["name"] for held in lines(package, "holdings")] == ["Addresses", "Addresses"]
    assert len(lines(package, "links")) == 2


def test_three_of_eight_bodies_fail_and_the_copy_says_which_and_why(world: World) -> None:
    for n in range(5):
        world.body(f"good-{n}")
    for manner in FAILING:
        world.body(manner, manner)
    address = world.made()

    page = world.page(address)
    assert "3 bodies are missing" in page.main
    named = [said(one) for one in page.section("missing").select("ul")[0].select("h3")]
    assert [name.partition(" Agency")[0] for name in named] == [
        f"People of {manner}" for manner in sorted(FAILING)
    ]
    told = {
        one["body"]: one["why"]
        for one in missing(world.package(address))
        if one["why"] in {"did_not_answer", "too_slow", "answer_refused"}
    }
    assert told == {
        world.bodies["says-500"].official_name["en"]: "did_not_answer",
        world.bodies["hangs"].official_name["en"]: "too_slow",
        world.bodies["other-subject"].official_name["en"]: "answer_refused",
    }


def test_a_body_with_more_than_one_copy_can_take_is_said_to_have_more(world: World) -> None:
    world.body("large", "never-ends-paging")
    settings = world.app.extensions["settings"]
    few = settings.model_copy(update={"fetch_max_rows": 150, "ask_seconds": 20.0})
    world.app.extensions["settings"] = few
    package = world.package(world.made(parts=["accesses"]))
    told = {(one["body"], one["why"]) for one in missing(package)}
    assert (world.bodies["large"].official_name["en"], "too_many") in told
    assert len(lines(package, "accesses")) == 150


def test_where_a_list_begins_is_said_of_bodies_that_answered_alone(world: World) -> None:
    for manner in ("honest", "says-500"):
        body = world.body(manner, manner)
        begins = datetime(2026, 11, 20, 12, tzinfo=UTC)
        with world.sessions.writing() as session:
            of_body = update(Source).where(Source.organisation_id == body.id)
            session.execute(of_body.values(window_from=begins))
    address = world.made(parts=["accesses"])
    told = [one for one in missing(world.package(address)) if one["why"] == "outside_window"]
    assert [(one["body"], one["words"]) for one in told] == [
        (world.bodies["honest"].official_name["en"], "Its list begins on 20 November 2026.")
    ]
    assert "are not in the copy. Its list begins on 20 November 2026." in world.page(address).main


def test_one_body_that_failed_is_told_of_as_one(world: World) -> None:
    world.body("says-500", "says-500")
    assert "It is named below, and in the file." in world.page(world.made()).main


def test_until_when_a_copy_can_be_downloaded_is_said_after_it_was_too(world: World) -> None:
    world.body("clinic")
    address = world.made()
    assert "or for an hour after you first download it" in world.page(address).main
    assert "If you signed in more than 5 minutes ago" in world.page("/my/copies").main
    assert world.package(address)
    until = world.row(address).expires_at
    assert until is not None
    with world.app.test_request_context():
        in_words = moment(until)
    assert f"You can download it until {in_words}." in world.page("/my/copies").main


def test_what_was_not_asked_is_said_to_be_missing(world: World) -> None:
    world.body("chosen")
    world.body("not-chosen")
    world.body("not-linked", linked=False)
    world.body("not-connected", linked=False, connected=False)
    address = world.made(bodies=[world.bodies["chosen"].id.hex])

    told = {(one["body"], one["why"]) for one in missing(world.package(address))}
    for slug in ("not-chosen", "not-linked", "not-connected"):
        why = {"not-chosen": "not_asked"}.get(slug, slug.replace("-", "_"))
        assert (world.bodies[slug].official_name["en"], why) in told
    assert "Bodies in general" in {body for body, _ in told}
    assert "not linked" in world.page(address).main


def test_a_public_body_without_any_source_is_said_to_be_missing(world: World) -> None:
    body = make.body(slug="unseen")
    with world.sessions.writing() as session:
        session.add(body)
    told = missing(world.package(world.made(parts=["accesses"])))
    assert (body.official_name["en"], "not_connected") in {(o["body"], o["why"]) for o in told}


def test_only_the_chosen_parts_are_in_it(world: World) -> None:
    world.body("clinic")
    package = world.package(world.made(parts=["links"]))
    tables = json.loads(package.read("datapackage.json"))["resources"]
    assert [each["name"] for each in tables] == ["links", "link-history", "missing"]


def test_agreements_that_touch_a_person_come_as_published(world: World) -> None:
    world.body("clinic")
    world.body("elsewhere", linked=False)
    world.agreement("DSA-0001", discloser="clinic", recipient="elsewhere")
    world.agreement("DSA-0002", discloser="elsewhere", recipient="clinic")
    package = world.package(world.made())
    assert [row["reference"] for row in lines(package, "agreements")] == ["DSA-0001"]
    document = json.loads(package.read("agreements/DSA-0001-v1.json"))
    assert document["title"]["en"] == "Title of DSA-0001"


def test_an_agreement_says_by_what_right_in_the_copy(world: World) -> None:
    world.body("clinic")
    world.body("elsewhere", linked=False)
    gdpr = "https://w3id.org/dpv/legal/eu/gdpr#"
    special = {"lawful_basis": f"{gdpr}A6-1-e", "article_9": f"{gdpr}A9-2-h"}
    world.agreement("DSA-0001", discloser="clinic", recipient="elsewhere", **special)
    world.agreement("DSA-0002", discloser="clinic", recipient="elsewhere")
    with_both, with_none = lines(world.package(world.made()), "agreements")
    assert "Article 6(1)(e); " in with_both["grounds"]
    assert with_both["grounds"].endswith("Article 9(2)(h)")
    assert not with_none["grounds"]


def test_a_copy_in_welsh_is_in_welsh(world: World) -> None:
    world.body("clinic")
    world.browser.get("/language/cy")
    package = world.package(world.made())
    assert 'lang="cy"' in package.read("index.html").decode()
    assert "Pwy edrychodd" in package.read("index.html").decode()


def test_hostile_text_of_a_body_is_text_in_the_copy(world: World) -> None:
    world.body("markup", "markup")
    package = world.package(world.made())
    assert lines(package, "accesses")[0]["action"].startswith("<script>")
    assert "<script>alert" not in package.read("index.html").decode()


def test_somebody_without_links_is_led_to_link_a_body(world: World) -> None:
    asks = "there is no body that we may ask about you."
    page = world.page("/my/copies")
    assert asks in page.main
    assert {"/my/account/link", "/my/copies/new"} <= {*page.links()}
    world.body("clinic")
    page = world.page("/my/copies")
    assert asks not in page.main
    assert "/my/account/link" not in page.links()


def test_a_copy_for_somebody_without_links_holds_what_the_portal_knows(world: World) -> None:
    world.body("clinic", linked=False)
    address = world.made(bodies=[])
    assert world.row(address).state is State.READY
    assert lines(world.package(address), "accesses") == []
    page = world.page(address)
    assert "what this portal knows itself" in page.main
    assert "You were linked to no body, so we asked none." in page.main
    assert "gave nothing" not in page.main
    section = page.section("missing")
    assert [fold.has_attr("open") for fold in section.select("details")] == [True]
    assert section.select("a[href='/my/account/link']")
