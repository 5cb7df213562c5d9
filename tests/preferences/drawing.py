"""A page of a test client in a real browser, with its styles: what axe finds, how wide it is."""

from flask.testing import FlaskClient
from playwright.sync_api import Browser, Route

from tests.browsers import faults

SITE = "http://portal.test"


def wrong(
    browser: Browser, client: FlaskClient, path: str, width: int, *, text: str | None = None
) -> list[str]:
    """What is wrong with a page at this width; ``text`` is what stands at its address instead."""

    def answer(route: Route) -> None:
        asked = route.request.url.removeprefix(SITE)
        if text is not None and asked == path:
            route.fulfill(body=text, content_type="text/html; charset=utf-8")
            return
        with client.get(asked) as response:
            route.fulfill(body=response.data, content_type=response.content_type)

    page = browser.new_page(viewport={"width": width, "height": 800})
    try:
        page.route(f"{SITE}/**", answer)
        page.goto(f"{SITE}{path}")
        found = faults(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
    finally:
        page.close()
    return [*found, *([f"is {wide} wide"] if wide > width else [])]
