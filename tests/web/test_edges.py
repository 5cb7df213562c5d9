"""What other sites, proxies and caches could try at each address of the portal."""

import re
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from citizen_portal.app import MACHINE_BLUEPRINTS, SECRET_BLUEPRINTS
from citizen_portal.web.site import own_path
from tests.thorough import EVERY
from tests.web.walking import SAFE, addresses, citizen_in, officer_in

EVIL = "evil.example"
AWAY = [
    f"https://{EVIL}",
    f"//{EVIL}",
    f"///{EVIL}",
    f"/\\{EVIL}",
    f"\\\\{EVIL}",
    f"/\t/{EVIL}",
    f"/\n/{EVIL}",
    f"\x00//{EVIL}",
    f" //{EVIL}",
    f"https:{EVIL}",
    f"https:/{EVIL}",
    f"HtTpS://{EVIL}",
    f"//portal@{EVIL}",
    f"https://127.0.0.1@{EVIL}",
    f"https://127.0.0.1%2f@{EVIL}",
    f"/%2f{EVIL}",
    f"/%5c{EVIL}",
    f"%2f%2f{EVIL}",
    f"/.//{EVIL}",
    f"/my/..//{EVIL}",
    f"/my\r\nLocation: https://{EVIL}",
    f"/my%0d%0aLocation:%20https://{EVIL}",
    f"javascript:location='//{EVIL}'",
    f"data:text/html,{EVIL}",
    f"/\u2215\u2215{EVIL}",
    f"\u3000//{EVIL}",
    f"/;@{EVIL}",
]
NAMES = ("back", "next", "return", "return_to", "redirect", "redirect_uri", "url", "continue", "to")
DISGUISED = {
    "Host": EVIL,
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Prefix": f"//{EVIL}",
    "X-Forwarded-Server": EVIL,
    "X-Host": EVIL,
    "X-Original-URL": f"//{EVIL}",
    "X-Rewrite-URL": f"//{EVIL}",
    "Forwarded": f"host={EVIL};proto=gopher",
    "Referer": f"https://{EVIL}/",
}
KINDS: dict[str, Callable[[Flask], FlaskClient]] = {
    "citizen": citizen_in,
    "officer": officer_in,
    "stranger": lambda app: app.test_client(),
}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
BY_PROGRAMS = {one.name for one in (*MACHINE_BLUEPRINTS, *SECRET_BLUEPRINTS)}


@pytest.fixture(scope="module", params=list(KINDS))
def browser(request: pytest.FixtureRequest, shared_app: Flask) -> FlaskClient:
    """Somebody of each kind."""
    return KINDS[request.param](shared_app)


def lands(location: str) -> str:
    """The origin at which a browser lands that was on a page of ours and is sent there.

    As browsers read an address (WHATWG URL): tabs and line ends go, a backslash is a slash.
    """
    read = re.sub(r"[\t\r\n]", "", location).strip("\x00\x20").replace("\\", "/")
    found = urlsplit(urljoin("https://portal.example/my/page", read))
    return f"{found.scheme}://{found.netloc}"


def test_no_address_leads_away_whatever_a_stranger_tells_it(shared_app: Flask) -> None:
    """The one that does is "Leave this page", to where the settings say."""
    browser, met, redirects = shared_app.test_client(), 0, 0
    known = shared_app.extensions["settings"].leave_url
    for number, (_, address) in enumerate(addresses(shared_app, "GET")):
        for away in AWAY if EVERY else [AWAY[number % len(AWAY)]]:
            told = dict.fromkeys(NAMES, away)
            answer = browser.get(address, query_string=told, headers=DISGUISED)
            location = answer.headers.get("Location")
            met += 1
            if location is not None and location != known:
                redirects += 1
                assert lands(location) == "https://portal.example", (address, away)
                assert location.startswith("/"), (address, away)
            assert EVIL not in answer.headers.get("Refresh", "")
            answer.close()
    print(f"{met} requests, {redirects} redirects")
    assert met >= 150
    assert redirects >= 1


@pytest.mark.parametrize("door", ["/language/cy?back=", "/sign-in?back=", "/desk/sign-in?back="])
def test_each_way_to_write_another_site_is_refused_where_one_is_led_back(
    shared_app: Flask, door: str
) -> None:
    path, name = door.removesuffix("=").split("?")
    for away in AWAY:
        answer = shared_app.test_client().get(path, query_string={name: away}, headers=DISGUISED)
        assert lands(answer.headers.get("Location", "/")) == "https://portal.example", away


@given(
    st.one_of(
        st.text(max_size=30),
        st.lists(
            st.sampled_from([*"/\\\t\n\r\x00 .:@%#?;&=", "//", "my", "%2f", EVIL, "https:", "。"]),
            max_size=8,
        ).map("".join),
    )
)
def test_what_one_is_led_back_to_is_read_as_ours_by_each_browser(wanted: str) -> None:
    assert lands(own_path(wanted)) == "https://portal.example"


def test_no_page_repeats_the_name_under_which_a_stranger_called_it(shared_app: Flask) -> None:
    """No link, canonical address, feed or mail can be made to lead elsewhere by a header."""
    browser = shared_app.test_client()
    for _, address in addresses(shared_app, "GET"):
        answer = browser.get(address, headers=DISGUISED)
        assert EVIL.encode() not in answer.get_data(), address
        assert EVIL not in str(answer.headers), address


ENDINGS = ("/x.css", ".css", ";x.css", "%2fx.css", "/%2e%2e/static/site.css", "%00.css", "?.css")


def test_nothing_of_a_signed_in_person_is_for_a_cache(shared_app: Flask) -> None:
    """An address that ends like a file is none (cache deception), and no answer may be stored."""
    browsers = {"/my": citizen_in(shared_app), "/desk": officer_in(shared_app)}
    met = 0
    for number, (rule, address) in enumerate(addresses(shared_app, "GET")):
        for prefix, browser in browsers.items():
            if not rule.rule.startswith(prefix) or "leave" in rule.rule:
                continue
            for ending in ("", *(ENDINGS if EVERY else [ENDINGS[number % len(ENDINGS)]])):
                answer = browser.get(address + ending)
                assert answer.headers["Cache-Control"] == "no-store", address + ending
                assert "Cookie" in answer.headers.get("Vary", ""), address + ending
                served = answer.status_code == 200
                assert not served or ending in {"", "?.css"}, address + ending
                met += 1
    print(f"{met} answers, none to be stored")
    assert met >= 100


def test_to_ask_for_the_head_alone_gives_the_head_alone(
    browser: FlaskClient, shared_app: Flask
) -> None:
    for _, address in addresses(shared_app, "GET"):
        if not address.endswith(("/callback", "/leave")):
            answer = browser.head(address)
            assert answer.get_data() == b"", address
            assert answer.status_code < 500 or answer.status_code == 503, address


def token_of(browser: FlaskClient, page: str) -> str:
    found = TOKEN.search(browser.get(page).text)
    assert found is not None
    return found[1]


def forgeries(own: str, others: str) -> list[tuple[dict[str, str], dict[str, str], str]]:
    """What a page of another site could send: fields, headers, and in words."""
    site = "Sec-Fetch-Site"
    return [
        ({}, {}, "no token"),
        ({"csrf_token": ""}, {}, "an empty token"),
        ({"csrf_token": others}, {}, "the token of another browser"),
        ({}, {"X-CSRFToken": others}, "the same in a header"),
        ({"csrf_token": own[:-2] + "xx"}, {}, "a token that was changed"),
        ({"csrf_token": own.split(".")[0]}, {}, "a token without its signature"),
        ({"csrf_token": own}, {site: "cross-site"}, "from another site"),
        ({"csrf_token": own}, {site: "same-site"}, "from a neighbour"),
        ({"csrf_token": own}, {site: "anything"}, "from who knows where"),
    ]


@pytest.mark.parametrize(
    ("kind", "page", "start"),
    [("citizen", "/my/account", "/my"), ("officer", "/desk/sign-out", "/desk")],
)
def test_no_form_can_be_sent_for_somebody(
    shared_app: Flask, kind: str, page: str, start: str
) -> None:
    browser, other = KINDS[kind](shared_app), KINDS[kind](shared_app)
    tried = forgeries(token_of(browser, page), token_of(other, page))
    met = 0
    for number, (rule, address) in enumerate(addresses(shared_app, "POST")):
        if not rule.rule.startswith(start):
            continue
        for fields, headers, words in tried if EVERY else tried[number % 3 :: 3]:
            answer = browser.post(address, data=fields, headers=headers)
            refused = 403 if headers.get("Sec-Fetch-Site") else 400
            assert answer.status_code == refused, (address, words)
            met += 1
    print(f"{met} forged forms, none taken")
    assert met >= 60


@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_ones_own_form_is_taken(shared_app: Flask, site: str | None) -> None:
    browser = citizen_in(shared_app)
    fields = {"csrf_token": token_of(browser, "/my/account")}
    headers = {"Sec-Fetch-Site": site} if site else {}
    sent = browser.post("/my/account/visits/clear", data=fields, headers=headers)
    assert sent.status_code == 303


def test_who_comes_from_another_site_may_open_pages(shared_app: Flask) -> None:
    """As the identity provider sends people back: a navigation, by GET."""
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert citizen_in(shared_app).get("/my/account", headers=headers).status_code == 200
    assert shared_app.test_client().get("/", headers=headers).status_code == 200


def test_a_refusal_says_where_to_send_it_from(shared_app: Flask) -> None:
    browser = citizen_in(shared_app)
    answer = browser.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "This was sent from a page of another site." in answer.text
    assert browser.get("/my/account").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [("/news/stop/none", 404), ("/api/oauth/token", 400), ("/api/v1/traces", 401)],
)
def test_what_programs_call_is_not_asked_where_it_comes_from(
    shared_app: Flask, path: str, status: int
) -> None:
    """Mail programs and systems bring no cookie; what they bring instead is asked."""
    answer = shared_app.test_client().post(path, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == status


def test_each_address_that_changes_something_is_a_form_or_called_by_programs(
    shared_app: Flask,
) -> None:
    unsafe = {
        rule.endpoint for rule in shared_app.url_map.iter_rules() if (rule.methods or set()) - SAFE
    }
    pages = {endpoint for endpoint in unsafe if endpoint.split(".")[0] not in BY_PROGRAMS}
    assert len(pages) >= 55
    for rule, _ in addresses(shared_app, "POST", "PUT", "PATCH", "DELETE"):
        if rule.endpoint in pages:
            assert (rule.methods or set()) - SAFE == {"POST"}, rule.rule
            assert rule.rule.startswith(("/my/", "/desk/", "/sign-out")), rule.rule
