"""The mails in words, and the feed: English first, then Welsh, in each one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import cast
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

import yaml

from citizen_portal import places
from citizen_portal.notices import Mail

ATOM = "http://www.w3.org/2005/Atom"
FILE = places.PACKAGE / "data" / "mails.yaml"


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, with what it says in each language; the first one comes first in the mail."""

    subject: dict[str, str]
    text: dict[str, str]
    stop: str = ""

    @property
    def mail(self) -> Mail:
        return Mail(" / ".join(self.subject.values()), "\n".join(self.text.values()), self.stop)


def code(code: str) -> Letter:
    """The code to confirm a mailbox. It leads nowhere, so that only who asked can use it."""
    return _letter("code", code=f"{code[:4]}-{code[4:]}")


def news(address: str, stopping: str) -> Letter:
    """That there is news, and at which address; neither what nor of whom.

    ``stopping`` is the token of the link that stops the mails."""
    stop = f"{address}/news/stop/{stopping}"
    return _letter("news", stop=stop, address=address)


def feed(days: Collection[date], *, site: str, name: str, since: datetime) -> bytes:
    """That there was news on these days, as Atom (RFC 4287): neither what nor of whom.

    Ids are made of the digest of the secret address, so that none tells of another feed.
    """
    title = " / ".join(_written()["feed"]["title"].values())
    newest = max(days, default=since.date())
    root = Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _fill(root, uuid5(NAMESPACE_URL, name).urn, title, newest, site)
    _text(SubElement(root, "author"), "name", title)
    for day in sorted(days, reverse=True):
        entry = SubElement(root, "entry")
        said = " / ".join(_written()["feed"]["entry"].values())
        _fill(entry, uuid5(NAMESPACE_URL, f"{name}:{day}").urn, said, day, f"{site}/my")
        _text(entry, "content", said)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _fill(of: Element, name: str, title: str, day: date, link: str) -> None:
    _text(of, "id", name)
    _text(of, "title", title)
    _text(of, "updated", f"{day}T00:00:00Z")
    SubElement(of, "link", rel="alternate", type="text/html", href=link)


def _text(parent: Element, name: str, text: str) -> None:
    """Text, never markup: Atom's type "text"."""
    SubElement(parent, name).text = text


def _letter(name: str, *, stop: str = "", **values: str) -> Letter:
    written = _written()[name]
    text = {
        language: words.format(stop=stop, **values) for language, words in written["text"].items()
    }
    return Letter(written["subject"], text, stop)


@cache
def _written() -> dict[str, dict[str, dict[str, str]]]:
    return cast(dict[str, dict[str, dict[str, str]]], yaml.safe_load(FILE.read_text("utf-8")))
