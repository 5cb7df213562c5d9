"""How bodies answered, in a real browser: accessible, and no wider than a small screen."""

import pytest
from flask import Flask
from playwright.sync_api import Browser

from citizen_portal.preferences.models import Reply as Weighed
from citizen_portal.questions.actions.counting import SETTLES
from citizen_portal.questions.models import Kind, Outcome
from citizen_portal.questions.models.counts import following
from tests.browsers import KEPT, Seen
from tests.fakes.serving import served
from tests.questions.counting import Quarters

pytestmark = pytest.mark.browser


def test_pages_of_answers_are_for_everybody(app: Flask, browser: Browser) -> None:
    quarters = Quarters(app, "clinic", "council", "school")
    quarters.count(quarters.end + SETTLES)
    quarters.quarter = quarters.end
    quarters.answered("clinic", 212)
    quarters.answered("clinic", 23, after=41, kind=Kind.CORRECTION, outcome=Outcome.CORRECTED)
    quarters.answered("council", 38, after=1)
    quarters.weighed("clinic", Weighed.APPLIED, 14)
    quarters.put_right("clinic", 21)
    quarters.count(following(quarters.end) + SETTLES)
    with served(lambda _: app) as url:
        for width in (1280, 320) if KEPT else (320,):
            page = browser.new_page(base_url=url, viewport={"width": width, "height": 900})
            seen = Seen(page, width, script=True)
            page.goto("/answers")
            seen.says("How bodies answer")
            seen.good("answers")
            page.locator(".cp-card h3 a").first.click()
            page.wait_for_url("**/answers/*")
            seen.good("answers-body")
            page.close()
