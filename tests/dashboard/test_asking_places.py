"""What is asked about a set of records leads back to it, and is asked in one step."""

import re

from tests import make
from tests.dashboard.giving import Saying
from tests.dashboard.world import World
from tests.fakes.records import STREET, document, row
from tests.pages import Page, said
from tests.questions.asking import action


def staffed(world: World) -> None:
    """An officer of "tax" takes questions."""
    body = make.body()
    body.id = world.bodies["tax"].id
    with world.sessions.writing() as session:
        session.add(make.officer(body, ["case_worker"]))


def chosen(page: Page) -> str:
    (ticked,) = page.soup.select("input[name=kind][checked]")
    return str(ticked["value"])


def test_a_question_about_a_set_of_records_leads_back_to_it(saying: Saying, world: World) -> None:
    address = saying(document(row(street="x"), fields=[STREET]))
    staffed(world)
    form = Page.get(world.browser, address.replace("/my/records/", "/my/ask/records/"))
    assert not form.soup.select("input[name=kind][checked]")
    assert "See your question" not in form.main
    sent = form.submit(action(form), kind="why")
    asked = Page.get(world.browser, sent.response.headers["Location"].removesuffix("/asked"))
    assert address in asked.links()
    assert "Where it is held" in asked.main
    assert address.rsplit("/", 1)[1] not in asked.main, "what it is called is for addresses alone"
    again = asked.soup.find("a", string="See it on its page")
    assert again is not None

    form = Page.get(world.browser, address.replace("/my/records/", "/my/ask/records/"))
    assert "You asked on" in form.main, "it is said before one asks twice"
    assert any(one.startswith("/my/questions/") for one in form.links())


def test_say_it_from_here_asks_for_it_to_be_put_right_with_a_field_or_without(
    saying: Saying, world: World
) -> None:
    address = saying(document(row(street="x"), fields=[STREET]))
    staffed(world)
    for place in (f"{address}/wrong", _of_field(world, address)):
        page = Page.get(world.browser, place)
        here = page.soup.find("a", string=re.compile("Say it from here"))
        assert here is not None
        assert chosen(Page.get(world.browser, str(here["href"]))) == "correction"
    odd = address.replace("/my/records/", "/my/ask/records/") + "?kind=objection"
    assert not Page.get(world.browser, odd).soup.select("input[name=kind][checked]")


def _of_field(world: World, address: str) -> str:
    links = Page.get(world.browser, address).links()
    return next(one for one in links if "wrong?field=" in one)


def test_a_request_for_data_stands_with_why_alone(saying: Saying, world: World) -> None:
    address = saying(document(row(street="x"), fields=[STREET]))
    staffed(world)
    form = Page.get(world.browser, address.replace("/my/records/", "/my/ask/records/"))
    (item,) = form.soup.select(".govuk-radios__item:has(input[name=request])")
    assert [one["value"] for one in item.select("input[type=radio]")] == ["why"]
    assert "With “why” only" in said(item)


def test_numbers_that_a_body_measures_are_grouped_and_ids_are_not(
    saying: Saying, world: World
) -> None:
    fields = [
        {"name": name, "label": {"en": name}, "type": kind, "about": "self"}
        for name, kind in (("pay", "number"), ("year", "integer"), ("ref", "string"))
    ]
    page = Page.get(
        world.browser,
        saying(document(row(pay=12980.75, year=2026, ref="12980.75"), fields=fields)),
    )
    values = [said(one) for one in page.soup.select(".govuk-summary-list__value")]
    assert values == ["12,980.75", "2026", "12980.75"]
