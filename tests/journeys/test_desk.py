"""Officers at the desk in a real browser: an agreement by keyboard alone, and every page."""

import re

from playwright.sync_api import Page

from tests.browsers import faults
from tests.journeys.conftest import NewPage, sign_in, staff_sign_in

MOST_TABS = 150


def reach(page: Page, name: str, *, role: str = "") -> None:
    """Press Tab until what has the focus is called so; the focus must be seen on the way."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(HAS_FOCUS, [name, role]):
            return
    raise AssertionError(f"no key leads to {name!r} on {page.url}")


HAS_FOCUS = """([name, role]) => {
  const at = document.activeElement;
  if (!at || at === document.body) return false;
  if (at.getClientRects().length === 0) throw new Error('the focus is on something unseen');
  const label = at.labels && at.labels.length ? at.labels[0].innerText : '';
  const said = (label || at.innerText || at.value || '').trim().replace(/\\s+/g, ' ');
  return said.startsWith(name) && (!role || (at.type || at.tagName.toLowerCase()) === role);
}"""


def press(page: Page, name: str) -> None:
    """Reach a link or a button and press it; wait until the next page is there."""
    reach(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, name: str, text: str) -> None:
    reach(page, name)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def tick(page: Page, name: str) -> None:
    """A radio is reached by Tab within its group's first or chosen one, then by arrow keys."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        kind = page.evaluate("document.activeElement.type || ''")
        if kind == "checkbox" and page.evaluate(HAS_FOCUS, [name, ""]):
            page.keyboard.press("Space")
            return
        if kind != "radio":
            continue
        for _ in range(20):
            if page.evaluate(HAS_FOCUS, [name, ""]):
                page.keyboard.press("Space")
                return
            page.keyboard.press("ArrowDown")
    raise AssertionError(f"no key ticks {name!r} on {page.url}")


def save(page: Page) -> None:
    assert faults(page) == []
    press(page, "Save and go to the list")


def test_an_agreement_is_drafted_reviewed_and_published_by_keyboard_alone(
    new_page: NewPage,
) -> None:
    page = new_page()
    staff_sign_in(page, "officer-a1")
    assert faults(page) == []
    press(page, "Begin an agreement")
    press(page, "Begin")
    assert page.get_by_role("alert").is_visible()
    assert faults(page) == []
    write(page, "In English", "Free school meals without a form")
    press(page, "Begin")
    assert page.locator("h1").inner_text() == "Free school meals without a form"
    address = page.url

    press(page, "Send for review")
    assert page.get_by_role("alert").is_visible()
    assert faults(page) == []
    _answer_what_is_needed(page)
    press(page, "Send for review")
    assert "In review" in page.locator("main").inner_text()
    assert page.get_by_role("button", name="Publish").count() == 0

    second = new_page()
    staff_sign_in(second, "officer-a2")
    press(second, "Open – Free school meals")
    assert faults(second) == []
    press(second, "See it as people will see it")
    assert "This is a draft" in second.locator("main").inner_text()
    assert faults(second) == []
    second.goto(f"{address}/review")
    press(second, "Publish")
    assert second.locator("h1").inner_text() == "Free school meals without a form"
    assert re.search(r"/register/DSA-[0-9]{4}$", second.url)


WRITTEN = {
    "What is shared": ("In English", "The people who pay benefits tell schools who can eat free."),
    "Why": ("In English", "So that children eat without a form."),
    "Which data": ("In English", "Name and school. Not how much."),
    "Who to ask": ("Address", "data@benefits.example"),
    "How long it is kept": ("How many", "1"),
}
TICKED = {
    "Stage": "giving a service",
    "Legal power": "Digital Economy Act 2017",
    "Reason in data law": "Public task",
    "What say people have": "You can object",
    "Kinds of data": "name",
}


def _answer_what_is_needed(page: Page) -> None:
    for link, (box, text) in WRITTEN.items():
        press(page, link)
        write(page, box, text)
        save(page)
    for link, answer in TICKED.items():
        press(page, link)
        tick(page, answer)
        save(page)
    press(page, "From and to")
    for box, text in {"Day": "1", "Month": "9", "Year": "2026"}.items():
        write(page, box, text)
    save(page)
    press(page, "Who gets the data")
    write(page, "Add an organisation", "Schools Office")
    press(page, "Look for it")
    press(page, "Add")
    assert faults(page) == []
    press(page, "Go to the list")


def test_each_page_of_the_desk_is_for_everyone(new_page: NewPage) -> None:
    for width in (1280, 320):
        page = new_page(width=width, script=True)
        staff_sign_in(page, "officer-b1")
        if width == 1280:
            page.goto("/desk/drafts/new")
            page.locator("#name-en").fill("Help with the heating")
            page.get_by_role("button", name="Begin", exact=True).click()
        else:
            page.goto("/desk")
            page.get_by_role("link", name=re.compile("Open – Help with the heating")).click()
        draft = page.url
        pages = ["/desk", "/desk/agreements", "/desk/agreements/DSA-0004", "/desk/audit"]
        pages += [draft + under for under in UNDER]
        for address in pages:
            page.goto(address)
            assert faults(page) == [], address
            wide = page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
            assert not wide, f"{address} is wider than {width} pixels"


UNDER = (
    "",
    "/review",
    "/history",
    "/preview",
    "/title",
    "/stage",
    "/ground",
    "/choice",
    "/opt-out",
    "/categories",
    "/retention",
    "/dates",
    "/emergency",
    "/papers",
    "/value-benefits",
    "/parties/recipients",
    "/list/measures",
    "/list/measures/new",
    "/list/questions",
    "/list/questions/new",
)


def test_a_citizen_is_refused_at_the_desk(new_page: NewPage) -> None:
    page = new_page()
    sign_in(page, "citizen-2")
    answer = page.goto("/desk")
    assert answer is not None
    assert answer.status == 403
    assert faults(page) == []
