"""A page as a reader meets it: heading, rows, tables, forms; and what each page must keep to."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import html5lib
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

CLAIMS = re.compile(r"\b(all|complete|nobody|no one|everything|never|always)\b", re.I)
"""Words that a page of a citizen may not use: an empty list is not a claim."""
RUN_TOGETHER = re.compile(r"[a-z][.:!?][A-Z][a-z]")
LABELLED = {"text", "search", "email", "password", "number", "tel", "radio", "checkbox"}


@dataclass(frozen=True)
class Page:
    """What came back, read as a page."""

    response: TestResponse
    soup: BeautifulSoup
    client: FlaskClient

    @classmethod
    def of(cls, response: TestResponse, client: FlaskClient) -> Self:
        soup = BeautifulSoup(response.text, "html.parser")
        return cls(response, soup, client)

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
        return _held(form)

    def submit(self, action: str, **fields: str | list[str]) -> Self:
        """Send the form that leads to ``action`` as a browser would, with what it holds already."""
        form = self.soup.find("form", action=action)
        assert isinstance(form, Tag), f"no form to {action}"
        names = {str(one["name"]) for one in form.select("[name]")}
        assert set(fields) <= names, "the form has no such field"
        given = _held(form)
        path, _, _ = action.partition("#")
        if str(form.get("method", "get")).lower() == "post":
            response = self.client.post(path, data=given | fields)
        else:
            response = self.client.get(path, query_string=given | fields)
        return self.of(response, self.client)


def _held(form: Tag) -> dict[str, str | list[str]]:
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
    """Valid HTML, one h1, unique ids, labels, a title, nonces, no inline style or handler."""
    html5lib.HTMLParser(strict=True).parse(html)
    soup = BeautifulSoup(html, "html.parser")
    assert len(soup.find_all("h1")) == 1, "exactly one h1"
    assert said(soup.find("title")).split(" – ")[0], "a title"
    assert soup.html is not None
    assert soup.html.get("lang") in {"en", "cy"}, "a language"
    ids = Counter(str(tag["id"]) for tag in soup.select("[id]"))
    assert [one for one, times in ids.items() if times > 1] == [], "ids are unique"
    _police_references(soup, set(ids))
    _police_scripts(soup)
    if private:
        _police_private(soup)
    _police_sentences(soup)


def _police_sentences(soup: BeautifulSoup) -> None:
    """Between two sentences stands a space, however the template joins them."""
    for paragraph in soup.select("main p"):
        for apart in paragraph.select(".cp-sub, .cp-code, br"):
            apart.replace_with(" ")
        assert not RUN_TOGETHER.search(paragraph.get_text()), said(paragraph)


def _police_references(soup: BeautifulSoup, ids: set[str]) -> None:
    for tag in soup.select("[aria-labelledby], [aria-describedby]"):
        for name in ("aria-labelledby", "aria-describedby"):
            assert set(str(tag.get(name, "")).split()) <= ids, f"{name} leads somewhere"
    labels = {str(label["for"]) for label in soup.select("label[for]")}
    for field in soup.select("input, select, textarea"):
        if field.name != "input" or field.get("type", "text") in LABELLED:
            assert field.get("id") in labels, f"a label for {field.get('name')}"
    for link in soup.select("a[href^='#']"):
        assert str(link["href"])[1:] in ids, f"{link['href']} leads somewhere"


def _police_scripts(soup: BeautifulSoup) -> None:
    assert soup.select("[style]") == [], "no inline style"
    for tag in soup.find_all(True):
        handlers = [name for name in tag.attrs if name.startswith("on")]
        assert handlers == [], "no inline handler"
    for script in soup.find_all("script"):
        assert script.get("nonce"), "scripts carry the nonce"
        assert script.get("src"), "scripts are files"
    for tag in soup.select("[src], link[href]"):
        address = str(tag.get("src") or tag.get("href"))
        assert address.startswith(("/", "data:")), "nothing from elsewhere"


def _police_private(soup: BeautifulSoup) -> None:
    """Neutral, out of search engines, "Leave this page" first, and no claim of completeness."""
    robots = soup.find("meta", attrs={"name": "robots"})
    assert isinstance(robots, Tag)
    assert "noindex" in str(robots["content"])
    reached = soup.body.select("a[href], button, input, select") if soup.body else []
    assert [tag.get("href") for tag in reached[:2]] == ["#main-content", "/my/leave"]
    main = soup.find("main")
    assert isinstance(main, Tag)
    for quiet in main.select("textarea, .cp-code"):  # what others wrote
        quiet.extract()
    claim = CLAIMS.search(said(main))
    assert claim is None, f"a claim: {claim}"
