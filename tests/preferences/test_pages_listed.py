"""The list of a citizen's choices in short, and what a page promises before a choice is made."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from citizen_portal import clock
from citizen_portal.preferences.models import Effect, Reply, Scope, Status
from citizen_portal.preferences.words.objections import ICONS
from tests.pages import Page, said
from tests.preferences.town import SERVICE, about, between
from tests.preferences.visiting import Visit


def test_what_a_body_did_not_get_is_to_be_looked_at_and_is_not_called_late(here: Visit) -> None:
    for reference in ("DSA-0001", "DSA-0002"):
        here.save(about(reference), answer="no")
    with here.town.sessions.writing() as session:
        of = update(Effect).where(Effect.agreement == "DSA-0001")
        session.execute(of.values(undelivered=True))
        of = update(Effect).where(Effect.agreement == "DSA-0002")
        session.execute(of.values(due_on=clock.now().date() - timedelta(days=9)))
    page = Page.get(here.browser, "/my/choices")
    assert "2 to look at" in page.main
    assert "late body" not in page.main


def test_wide_choices_are_folded_by_their_kind_each_with_its_number(here: Visit) -> None:
    section = Page.get(here.browser, "/my/choices").section("wider")
    folds = [(said(each.summary), len(each.select("li"))) for each in section.select("details")]
    assert folds == [("By body: 3", 3), ("By purpose: 2", 2), ("By body and purpose: 4", 4)]
    assert len(section.select("li")) == 1 + 3 + 2 + 4


def test_no_wide_choice_is_offered_of_a_body_that_does_not_know_me(
    visit: Callable[..., Visit],
) -> None:
    section = Page.get(visit("clinic").browser, "/my/choices").section("wider")
    by_body, _, by_both = section.select("details")
    assert (len(by_body.select("li")), len(by_both.select("li"))) == (1, 2)
    assert "The clinic" in said(by_body)


def test_the_last_day_that_a_page_names_before_is_the_one_that_holds_after(here: Visit) -> None:
    for reference in ("DSA-0001", "DSA-0002"):
        before = said(here.open(about(reference)).section("first-who"))
        here.save(about(reference), answer="no")
        [due] = {each.due_on for each in here.town.effects(here.me) if each.agreement == reference}
        assert f"{due.day} {due:%B %Y}" in before


def test_of_an_objection_no_more_is_promised_than_that_it_is_weighed(here: Visit) -> None:
    objected = here.open(about("DSA-0001"))
    assert "What will stop" not in objected.main
    assert "What must stop while they weigh it" in said(objected.section("first-stop"))
    assert "For 1 use, your objection must be weighed. We tell 2 bodies." in objected.main
    opted_out = here.open(about("DSA-0002"))
    assert "weigh" not in opted_out.main
    assert "What will stop" in said(opted_out.section("first-stop"))
    wide = here.open(Scope())
    assert "1 use stops. For 1 use, your objection must be weighed." in wide.main
    assert [said(each) for each in wide.section("first-stop").select("h2")] == [
        "What will stop",
        "What must stop while they weigh it",
    ]


def test_where_a_cost_is_stated_of_some_it_is_said_of_how_many_it_is_not(here: Visit) -> None:
    assert "What it would cost you is not stated." in here.open(Scope()).main
    harm = {"en": "You wait longer."}
    here.town.publish("DSA-0005", "clinic", "council", "opt_out", SERVICE, harm_of_not_sharing=harm)
    cost = said(here.open(Scope()).section("first-cost"))
    assert "You wait longer." in cost
    assert "For 2 other uses it is not stated." in cost
    assert "not stated" not in here.open(about("DSA-0005")).main


def test_of_a_text_that_cannot_be_opened_the_page_says_so(here: Visit) -> None:
    here.save(about("DSA-0001"), answer="no")
    refused = {"reply": Reply.REFUSED, "replied_at": clock.now(), "sealed_reason": b"no key"}
    with here.town.sessions.writing() as session:
        session.execute(update(Effect).values(refused))
    quotes = here.open(about("DSA-0001")).soup.select("#each ~ ul blockquote")
    assert [said(each) for each in quotes] == ["(This text cannot be opened.)"] * 2


def test_each_status_has_a_sign() -> None:
    assert set(ICONS) == set(Status)


def answer(here: Visit, slug: str, **values: object) -> None:
    """A body said this of each of its effects."""
    of = update(Effect).where(Effect.organisation_id == here.town.bodies[slug])
    with here.town.sessions.writing() as session:
        session.execute(of.values(replied_at=clock.now(), **values))


def test_where_a_body_goes_on_the_list_does_not_say_that_the_data_is_not_used(here: Visit) -> None:
    here.save(about("DSA-0001"), answer="no")
    quiet = Page.get(here.browser, "/my/choices").section("list")
    answer(here, "council", reply=Reply.REFUSED)
    page = Page.get(here.browser, "/my/choices").section("list")
    assert "goes on" not in said(quiet)
    assert re.search(r"You said no on [^.]+\. 1 body goes on\.", said(page))


def test_a_fold_counts_apart_where_a_body_goes_on(here: Visit) -> None:
    more = (f"DSA-{number:04}" for number in range(5, 20))
    here.town.bring_in(*(between(each, "clinic", "council", "objection", SERVICE) for each in more))
    for reference in ("DSA-0001", "DSA-0005"):
        here.save(about(reference), answer="no")
    with here.town.sessions.writing() as session:
        of = update(Effect).where(Effect.agreement == "DSA-0005")
        session.execute(of.values(reply=Reply.REFUSED, replied_at=clock.now()))
    folds = Page.get(here.browser, "/my/choices").soup.select("#list ~ .cp-list summary")
    assert any(
        "16 agreements, 1 not to be used, a body goes on with 1" in said(each) for each in folds
    )


def test_what_a_body_says_it_will_do_is_not_counted_as_done(here: Visit) -> None:
    here.save(about("DSA-0001"), answer="no")
    today = here.town.app.extensions["region"].today()
    for slug, day in (("clinic", today), ("council", today + timedelta(days=2))):
        answer(here, slug, reply=Reply.APPLIED, applied_from=day)
    [row] = Page.get(here.browser, "/my/choices").rows("yours")
    assert "It concerns 2 bodies. 1 did it. 1 says it will." in row


def test_a_choice_that_a_body_refused_is_lifted(here: Visit) -> None:
    for reference in ("DSA-0001", "DSA-0002"):
        here.save(about(reference), answer="no")
    answer(here, "council", reply=Reply.REFUSED)
    page = Page.get(here.browser, "/my/choices")
    [lifted] = page.section("yours").select(".cp-lifted")
    assert "Title of DSA-0001 You said no on" in said(lifted)
    assert "1 refused." in said(lifted)
    assert page.rows("yours")[0] == said(lifted), "it comes first"
    assert "1 to look at" in page.main


@pytest.mark.parametrize(
    "behind",
    [{"due_on": date(2020, 1, 1)}, {"undelivered": True}],
)
def test_what_is_behind_has_one_sign_in_the_list_and_on_its_page(
    here: Visit, behind: dict[str, object]
) -> None:
    here.save(about("DSA-0001"), answer="no")
    with here.town.sessions.writing() as session:
        session.execute(update(Effect).values(**behind))
    [listed] = Page.get(here.browser, "/my/choices").section("yours").select(".cp-lifted .cp-icon")
    shown = here.open(about("DSA-0001")).section("each").select(".cp-lifted .cp-icon")
    assert {str(each) for each in shown} == {str(listed)}
