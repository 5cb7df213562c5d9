"""The pages of views in a small window, and what axe finds."""

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from citizen_portal.opinions.models import View
from tests.opinions.asking import Asking
from tests.preferences.drawing import wrong


@pytest.mark.browser
def test_the_pages_of_views_fit_a_small_window(
    asking: Asking, citizen: FlaskClient, browser: Browser
) -> None:
    round_id = asking.ask()
    asking.said(round_id, View.NOT_SURE, 1, "Because.")
    asking.put_back(round_id, 1)
    desk, name = f"/desk/views/{round_id}", round_id.hex
    pages = [
        (citizen, f"/register/views/{name}"),
        (citizen, f"/my/views/{name}"),
        (asking.desk, "/desk/views"),
        (asking.desk, desk),
    ]
    for who, path in pages:
        assert wrong(browser, who, path, 320) == [], path
