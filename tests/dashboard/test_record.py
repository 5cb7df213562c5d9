"""``/my/records/<id>``: one dataset as its body gives it over HTTP, and what is withheld of it."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from citizen_portal.identity.models import Citizen
from tests import make
from tests.agreements.files import statements
from tests.dashboard.giving import Saying, holding, serve
from tests.dashboard.world import World
from tests.fakes.records import STREET, document, marked, row
from tests.pages import Page, said

CANARY = "canary-of-another"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def values(page: Page) -> list[list[str]]:
    """The cells of a table, without the labels that small screens show in them."""
    for label in page.soup.select(".cp-values__which"):
        label.extract()
    return [
        [said(cell) for cell in line.select("td")]
        for line in page.soup.select("table.cp-values tbody tr")
    ]


@pytest.mark.both
def test_records_are_shown_in_plain_words_and_nothing_may_be_stored(
    world: World, stack: ExitStack
) -> None:
    rows: list[dict[str, Any]] = [
        {"paid_on": "2026-11-17", "late": True, "amount": 1312.5},
        {"amount": None},
    ]
    page = Page.get(world.browser, serve(world, stack, holding(world, rows)))

    assert page.heading == "homes"
    assert "The body gave us this at" in page.main
    assert [said(head).split(" Is this")[0] for head in page.soup.select("thead th")] == [
        "Paid on",
        "Late Later than promised",
        "Amount",
    ]
    assert values(page) == [
        ["17 November 2026", "Yes", "1,312.5"],
        ["Nothing is written here."] * 3,
    ]
    assert "Records 1 to 2 of 2." in page.main
    assert f"Who answers for it {world.official('tax')}" in page.main
    assert page.response.headers["Cache-Control"] == "no-store"
    assert page.title == "One set of records – Citizen portal"


def test_one_row_about_somebody_else_shows_none_of_it(saying: Saying, world: World) -> None:
    other = {"subject": "b" * 64, "values": {"street": CANARY}}
    page = Page.get(world.browser, saying(document(row(street="1 High Street"), other)))

    assert "We turned its answer down. It was not about you. We show none of it." in page.main
    assert "That does not mean that it is empty." in page.main
    assert "High Street" not in page.response.text
    assert CANARY not in page.response.text


def test_what_is_of_others_or_not_marked_is_withheld_and_said_to_be(
    saying: Saying, world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    fields = [
        STREET,
        marked("partner", about="other_person"),
        marked("household", about=None),
        marked("picture", type=None),
        marked("rooms", type="integer"),
    ]
    names = ("partner", "household", "picture", "rooms", "unnamed")
    told = dict.fromkeys(names, CANARY)
    page = Page.get(
        world.browser, saying(document(row(street="Own Street", **told), fields=fields))
    )

    left_out = [said(one) for one in page.soup.select(".cp-banner li")]
    assert left_out == [
        "Partner Withheld: it is about another person.",
        "Household Withheld: the body does not say whether it is about you.",
        "Picture Withheld: the body does not say what kind of value it is.",
        "It also sent values without saying what they are. We left them out.",
    ]
    assert "Own Street" in page.main
    assert "Withheld: the value is not of the kind that the body says it is." in page.main
    assert CANARY not in page.response.text
    logged = "".join(capfd.readouterr())
    assert "/my/records/<name>" in logged
    assert CANARY not in logged
    assert "Own Street" not in logged


def test_text_of_a_body_is_text(saying: Saying, world: World) -> None:
    field = STREET | {"label": {"en": HOSTILE}, "description": {"en": HOSTILE}, "type": "text"}
    hidden = marked("x", about="other_person") | {"label": {"en": HOSTILE}}
    page = Page.get(
        world.browser, saying(document(row(street=f"{HOSTILE}\nline"), fields=[field, hidden]))
    )
    assert page.main.count("<script>") >= 4
    assert page.soup.select("main script, main img") == []
    assert page.soup.select("dd .cp-asis")[0].text == f"{HOSTILE}\nline"


def test_a_long_set_is_read_page_by_page(world: World, stack: ExitStack) -> None:
    rows = [{"amount": n} for n in range(43)]
    page = Page.get(world.browser, serve(world, stack, holding(world, rows)))
    seen, texts = [], []
    for _ in range(3):
        seen += [one[2] for one in values(page)]
        texts.append(re.search(r"Records \d+ to \d+ of 43\.", page.main))
        following = page.soup.select("a[rel=next]")
        if following:
            page = Page.get(world.browser, str(following[0]["href"]))
    assert seen == [str(n) for n in range(43)]
    assert [one.group() if one else "" for one in texts] == [
        "Records 1 to 20 of 43.",
        "Records 21 to 40 of 43.",
        "Records 41 to 43 of 43.",
    ]
    assert page.soup.select("a[rel=next]") == []
    assert "First page" in page.main


def test_a_cursor_never_stands_in_an_address_and_opens_nowhere_else(
    saying: Saying, asked: list[dict[str, str]], world: World
) -> None:
    secret = "Anna-Jones-1994"
    address = saying(lambda cursor: document(row(), next=None if cursor else secret))
    (following,) = Page.get(world.browser, address).soup.select("a[rel=next]")
    href = str(following["href"])

    assert secret not in href
    assert Page.get(world.browser, href).response.status_code == 200
    assert [one.get("cursor") for one in asked] == [None, secret]
    (sealed,) = parse_qs(urlsplit(href).query)["at"]
    for changed in (f"{address}?at={sealed[:-2]}xx", f"{address}?at=x", f"{address}?at=%E2%82%AC"):
        assert world.browser.get(changed).status_code == 404
    assert world.browser.get(f"{address}/wrong?field={sealed}").status_code == 404


def test_an_empty_set_is_said_to_be_empty_by_the_body(saying: Saying, world: World) -> None:
    page = Page.get(world.browser, saying(document()))
    assert "It says that it holds nothing on you in this set." in page.main


def test_where_nothing_may_be_shown_that_is_said(saying: Saying, world: World) -> None:
    fields = [marked("street", about="other_person")]
    page = Page.get(world.browser, saying(document(row(street=CANARY), fields=fields)))
    assert "One record. None of their fields can be shown." in page.main


def test_a_body_is_asked_while_no_transaction_is_open(saying: Saying, world: World) -> None:
    out: list[int] = []

    def answer(_: str | None) -> dict[str, Any]:
        out.append(world.sessions.engine.pool.checkedout())  # type: ignore[attr-defined]
        return document(row())

    Page.get(world.browser, saying(answer))
    assert out == [0]


def test_what_is_somebody_elses_and_what_is_nobodys_read_the_same(
    saying: Saying, world: World, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    """Byte for byte, but for the address and what is random in each answer."""
    address = saying(document(row(street=CANARY)))
    stranger = signed_in(make.citizen())
    for path in ("", "/wrong"):
        answers = []
        for name in (address.rsplit("/", 1)[1], "7" * 64):
            answer = stranger.get(f"/my/records/{name}{path}")
            assert answer.status_code == 404
            text = re.sub(r'nonce="[^"]*"', "", answer.text).replace(name, "")
            answers.append((text, answer.headers["Cache-Control"], len(answer.data)))
        assert answers[0] == answers[1]


@pytest.mark.parametrize("name", ["0" * 63, "0" * 64, "A" * 64, "g" * 64, "٣" * 64])
def test_what_is_no_name_is_not_found(saying: Saying, world: World, name: str) -> None:
    saying(document())
    assert world.browser.get(f"/my/records/{name}").status_code == 404


def test_a_set_that_the_source_holds_no_more_is_not_found(saying: Saying, world: World) -> None:
    address = saying(document())
    world.held("tax", "other")
    assert world.browser.get(address).status_code == 404


def test_many_rows_ask_the_database_no_more_than_one(saying: Saying, world: World) -> None:
    def answer(cursor: str | None) -> dict[str, Any]:
        return document(*[row(street="x")] * (20 if cursor else 1), next="many")

    address = saying(answer)
    (following,) = Page.get(world.browser, address).soup.select("a[rel=next]")
    counts = []
    for path in (address, str(following["href"])):
        with statements(world.app.extensions["sessions"].engine) as seen:
            page = Page.get(world.browser, path)
        counts.append(len(seen))
    assert len(values(page)) == 20
    assert counts[0] == counts[1] <= 7, seen
