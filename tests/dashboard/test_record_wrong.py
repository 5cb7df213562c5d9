"""``/my/records/<id>/wrong``: to whom to write, by which law, and what to write down."""

import pytest

from tests import make
from tests.dashboard.giving import Saying
from tests.dashboard.world import World
from tests.fakes.records import STREET, document, marked, row
from tests.pages import Page

CANARY = "canary-of-mine"
LABEL = "Street <b>and number</b>"


def wrong(world: World, address: str, words: str = "Is this wrong?") -> Page:
    """The page that a link of a set of records leads to."""
    links = Page.get(world.browser, address).soup.select("main a[href*=wrong]")
    return Page.get(world.browser, next(str(a["href"]) for a in links if words in a.text))


def told(page: Page) -> dict[str, str]:
    return {
        " ".join(pair.find("dt").text.split()): " ".join(pair.find("dd").text.split())  # type: ignore[union-attr]
        for pair in page.soup.select(".govuk-summary-list__row")
    }


def test_it_names_the_field_whom_to_write_to_and_the_law(saying: Saying, world: World) -> None:
    field = STREET | {"label": {"en": LABEL}}
    page = wrong(world, saying(document(row(street=CANARY), fields=[field])))

    assert page.heading == f"Say that this is wrong: {LABEL}"
    assert page.title == "Something is wrong – Citizen portal"
    said = told(page)
    assert (
        said["Write to"] == f"{world.official('tax')}. They answer for this data. ask@tax.example"
    )
    assert "UK GDPR Articles 12(3) and 16" in said["The law"]
    assert "Information Commissioner’s Office" in said["Complain"]
    facts = page.soup.select("textarea#facts")[0].text.splitlines()
    assert f"Body: {world.official('tax')}" in facts
    assert f"What is wrong: {LABEL}" in facts
    assert "Their short name for it: homes" in facts


def test_neither_value_nor_label_stands_in_the_address(saying: Saying, world: World) -> None:
    address = saying(document(row(street=CANARY)))
    shown = Page.get(world.browser, address)
    for link in shown.links():
        assert CANARY not in link
        assert "street" not in link.lower()
    page = wrong(world, address)
    assert CANARY not in page.response.text


def test_the_processor_is_named_and_not_to_be_written_to(saying: Saying, world: World) -> None:
    processor = make.body(slug="firm", contact="ask@firm.example", official_name=make.words("Firm"))
    with world.sessions.writing() as session:
        session.add(processor)
    said = told(wrong(world, saying(document(row(street="x")), processor="Firm")))

    assert said["Do not write to"].startswith("Firm They run the machine.")
    assert "ask@tax.example" in said["Write to"]
    assert "ask@firm.example" not in str(said)


def test_another_controller_of_our_list_is_the_one_to_write_to(
    saying: Saying, world: World
) -> None:
    board = make.body(slug="board", contact="ask@board.example", official_name=make.words("Board"))
    with world.sessions.writing() as session:
        session.add(board)
    said = told(wrong(world, saying(document(row(street="x")), controller="Board")))
    assert said["Write to"] == "Board. They answer for this data. ask@board.example"


def test_a_controller_that_we_do_not_know_is_said_to_be_unknown(
    saying: Saying, world: World
) -> None:
    said = told(wrong(world, saying(document(row(street="x")), controller="Board of <i>Pay</i>")))
    assert "They gave us this data. ask@tax.example" in said["Write to"]
    assert said["Who answers for it"].startswith("Board of <i>Pay</i> They say so.")


@pytest.mark.parametrize("about", ["self", "other_person"])
def test_one_may_also_ask_for_what_is_missing(
    saying: Saying, world: World, asked: list[dict[str, str]], about: str
) -> None:
    address = saying(document(row(street="x"), fields=[marked("street", about=about)]))
    before = Page.get(world.browser, address).response
    assert before.status_code == 200
    calls = len(asked)
    page = Page.get(world.browser, f"{address}/wrong")
    assert page.heading == "Say that something is wrong or missing"
    assert len(asked) == calls, "no body is asked for this page"
