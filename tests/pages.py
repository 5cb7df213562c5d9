"""A page as a reader meets it: heading, rows, tables, forms; and what each page must keep to."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self
from xml.etree.ElementTree import Element

import html5lib
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

CLAIMS = re.compile(r"\b(all|complete|nobody|no one|everything|never|always)\b", re.I)
"""Words that a page of a citizen may not use: an empty list is not a claim."""
RUN_TOGETHER = re.compile(r"[a-z][.:!?][A-Z][a-z]")
LABELLED = {"text", "search", "email", "password", "number", "tel", "radio", "checkbox"}
REFERRING = {"aria-labelledby", "aria-describedby"}
REACHED = {"a", "button", "input", "select"}
UNREAD = {"script", "style", "template"}


@dataclass(frozen=True)
class Page:
    """What came back, read as a page."""

    response: TestResponse
    client: FlaskClient

    @classmethod
    def of(cls, response: TestResponse, client: FlaskClient) -> Self:
        response.get_data()  # while all is as it was when the page was drawn
        return cls(response, client)

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.response.text, "html.parser")

    @classmethod
    def get(cls, client: FlaskClient, address: str, *, status: int = 200) -> Self:
        """Open a page, and hold it to what each page must keep to."""
        response = client.get(address)
        assert response.status_code == status, response.status_code
        police(response.text, private=address.startswith("/my"))
        return cls.of(response, client)

    @property
    def title(self) -> str:
        return said(self.soup.find("title"))

    @property
    def heading(self) -> str:
        return said(self.soup.find("h1"))

    @property
    def main(self) -> str:
        return said(self.soup.find("main"))

    def section(self, heading: str) -> Tag:
        """The section that this id heads."""
        found = self.soup.find("section", attrs={"aria-labelledby": heading})
        assert isinstance(found, Tag), f"no section {heading}"
        return found

    def rows(self, heading: str) -> list[str]:
        """The rows of the lists of one section, in words."""
        return [said(row) for row in self.section(heading).select("ul.cp-rows > li")]

    def lines(self) -> list[str]:
        """The lines of the list of accesses, folded or not."""
        return [said(one) for one in self.soup.select("details.cp-fold > summary, .cp-line")]

    def table(self, heading: str) -> list[list[str]]:
        """The body of the first table of one section."""
        first = self.section(heading).select_one("table")
        rows = first.select("tbody tr") if first else []
        return [[said(cell) for cell in row.find_all(["th", "td"])] for row in rows]

    def links(self, heading: str | None = None) -> list[str]:
        place = self.section(heading) if heading else self.soup
        return [str(link["href"]) for link in place.select("a[href]")]

    def fields(self, action: str) -> dict[str, str | list[str]]:
        """What the form that leads to ``action`` would send as it stands."""
        form = self.soup.find("form", action=action)
        assert isinstance(form, Tag), f"no form to {action}"
        return held(form)

    def submit(self, action: str, **fields: str | list[str]) -> Self:
        """Send the form that leads to ``action`` as a browser would, with what it holds already."""
        form = self.soup.find("form", action=action)
        assert isinstance(form, Tag), f"no form to {action}"
        names = {str(one["name"]) for one in form.select("[name]")}
        assert set(fields) <= names, "the form has no such field"
        given = held(form)
        path, _, _ = action.partition("#")
        if str(form.get("method", "get")).lower() == "post":
            response = self.client.post(path, data=given | fields)
        else:
            response = self.client.get(path, query_string=given | fields)
        return self.of(response, self.client)


def held(form: Tag) -> dict[str, str | list[str]]:
    """What a form would send as it stands: ticked boxes only, several under one name as a list."""
    given: dict[str, str | list[str]] = {}
    for one in form.select("input[name], textarea[name], select[name]"):
        name, ticked = str(one["name"]), one.get("type") in {"radio", "checkbox"}
        if ticked and not one.has_attr("checked"):
            continue
        if one.name == "select":
            chosen = one.select_one("option[selected]") or one.select_one("option")
            value = str(chosen["value"]) if chosen else ""
        else:
            value = (
                one.get_text().removeprefix("\n")
                if one.name == "textarea"
                else str(one.get("value", ""))
            )
        if one.get("type") == "checkbox" and name in given:
            before = given[name]
            given[name] = [*(before if isinstance(before, list) else [before]), str(value)]
        else:
            given[name] = str(value)
    return given


@dataclass(frozen=True)
class Sheet:
    """One page of a list: its address, which of them it says to be, and what is on it."""

    address: str
    said: str
    entries: list[str]


def turned(client: FlaskClient, address: str, way: str) -> Iterator[Sheet]:
    """The pages of a citizen's list, from this one on, by its links of one way: next or prev."""
    following: str | None = address
    while following:
        page = Page.get(client, following)
        entries = [one for one in page.links("list") if one.startswith("/my/access/")]
        yield Sheet(following, said(page.soup.select_one(".cp-turn > p")), entries)
        link = page.soup.select_one(f".cp-turn a[rel={way}]")
        following = str(link["href"]) if link else None


def said(tag: object) -> str:
    """The words of a part of a page, with single spaces."""
    assert isinstance(tag, Tag), "nothing there"
    return " ".join(tag.get_text(" ").split())


def police(html: str, *, private: bool) -> None:
    """Valid HTML, one h1, unique ids, labels, a title, nonces, no inline style or handler.

    One tree is read once: this is done more often than anything else in these tests.
    """
    whole = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    seen = Parts()
    for tag in whole.iter():
        if isinstance(tag.tag, str):
            seen.add(tag)
    titles, ids = seen.named["title"], Counter(seen.ids)
    assert len(seen.named["h1"]) == 1, "exactly one h1"
    assert titles, "a title"
    assert in_words(titles[0]).split(" – ")[0], "a title that says something"
    assert whole.get("lang") in {"en", "cy"}, "a language"
    assert [one for one, times in ids.items() if times > 1] == [], "ids are unique"
    _police_references(seen, set(ids))
    _police_scripts(seen)
    if private:
        _police_private(seen)
    _police_sentences(seen)


class Parts:
    """The elements of a page: by name, and those with an attribute that pages are held to."""

    def __init__(self) -> None:
        self.named: dict[str, list[Element]] = defaultdict(list)
        self.ids: list[str] = []
        self.referring: list[tuple[str, str]] = []
        self.reached: list[Element] = []
        self.fetched: list[str] = []

    def add(self, tag: Element) -> None:
        name = local(tag)
        self.named[name].append(tag)
        for attribute, value in tag.items():
            assert attribute != "style", "no inline style"
            assert not attribute.startswith("on"), "no inline handler"
            if attribute == "id":
                self.ids.append(value)
            elif attribute in REFERRING:
                self.referring.append((attribute, value))
            elif attribute == "src" or (attribute == "href" and name == "link"):
                self.fetched.append(value)
        if name in REACHED and (name != "a" or tag.get("href") is not None):
            self.reached.append(tag)


def local(tag: Element) -> str:
    """The name of an element, in a picture as well."""
    return str(tag.tag).rpartition("}")[2]


def in_words(tag: Element, quiet: Callable[[Element], bool] = lambda _: False) -> str:
    """The words of a part, with single spaces, but for what is quiet in it."""
    return " ".join(" ".join(_pieces(tag, quiet)).split())


def _pieces(tag: Element, quiet: Callable[[Element], bool]) -> Iterator[str]:
    if tag.text:
        yield tag.text
    for inner in tag:
        if isinstance(inner.tag, str) and local(inner) not in UNREAD:
            yield from [" "] if quiet(inner) else _pieces(inner, quiet)
        if inner.tail:
            yield inner.tail


def _classed(tag: Element, *names: str) -> bool:
    return not set(names).isdisjoint(tag.get("class", "").split())


def _police_sentences(seen: Parts) -> None:
    """Between two sentences stands a space, however the template joins them."""
    for main in seen.named["main"]:
        for paragraph in main.iter("p"):
            text = "".join(_pieces(paragraph, _set_apart))
            assert not RUN_TOGETHER.search(text), in_words(paragraph)


def _set_apart(tag: Element) -> bool:
    return local(tag) == "br" or _classed(tag, "cp-sub", "cp-code")


def _police_references(seen: Parts, ids: set[str]) -> None:
    for name, value in seen.referring:
        assert set(value.split()) <= ids, f"{name} leads somewhere"
    labels = {label.get("for") for label in seen.named["label"]}
    for field in [one for name in ("input", "select", "textarea") for one in seen.named[name]]:
        if local(field) != "input" or field.get("type", "text") in LABELLED:
            assert field.get("id", "") in labels, f"a label for {field.get('name')}"
    for link in seen.named["a"]:
        address = link.get("href", "")
        assert not address.startswith("#") or address[1:] in ids, f"{address} leads somewhere"


def _police_scripts(seen: Parts) -> None:
    for script in seen.named["script"]:
        assert script.get("nonce"), "scripts carry the nonce"
        assert script.get("src"), "scripts are files"
    for address in seen.fetched:
        assert address.startswith(("/", "data:")), "nothing from elsewhere"


def _police_private(seen: Parts) -> None:
    """Neutral, out of search engines, "Leave this page" first, and no claim of completeness."""
    robots = [one for one in seen.named["meta"] if one.get("name") == "robots"]
    assert robots
    assert "noindex" in robots[0].get("content", "")
    assert [tag.get("href") for tag in seen.reached[:2]] == ["#main-content", "/my/leave"]
    claim = CLAIMS.search(in_words(seen.named["main"][0], _of_others))
    assert claim is None, f"a claim: {claim}"


def _of_others(tag: Element) -> bool:
    """What others wrote."""
    return local(tag) == "textarea" or _classed(tag, "cp-code")
