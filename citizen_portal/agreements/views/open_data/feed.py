"""Publications as an Atom feed (RFC 4287), page by page (RFC 5005), the newest first.

An entry's id is made from the id of the version, which is never used for another one.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from flask_babel import gettext

from citizen_portal.agreements.queries.published import Published
from citizen_portal.agreements.views.open_data import changes

ATOM = "http://www.w3.org/2005/Atom"
PAGE = 50
NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)
"""When a register without one publication was last changed."""


def feed(
    found: Sequence[Published],
    *,
    site: str,
    brand: str,
    language: str,
    rights: str,
    links: Mapping[str, str],
) -> bytes:
    """One page of the feed; ``links`` lead to it and to the pages around it, by relation."""
    root = Element("feed", {"xmlns": ATOM, "xml:lang": language})
    _text(root, "id", f"{site}/register.atom")
    _text(root, "title", gettext("%(brand)s: what is new on the register", brand=brand))
    _text(root, "updated", _moment(found[0].published_at if found else NOTHING_YET))
    author = SubElement(root, "author")
    _text(author, "name", brand)
    _text(root, "rights", rights)
    SubElement(root, "link", rel="alternate", type="text/html", href=f"{site}/register")
    for relation, address in links.items():
        SubElement(root, "link", rel=relation, type="application/atom+xml", href=address)
    for one in found:
        _entry(root, one, site, language)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _entry(root: Element, one: Published, site: str, language: str) -> None:
    title, what = one.document["title"], one.document["what"]
    entry = SubElement(root, "entry")
    _text(entry, "id", f"urn:uuid:{one.id}")
    _text(entry, "title", title.get(language) or title["en"])
    _text(entry, "updated", _moment(one.published_at))
    _text(entry, "published", _moment(one.published_at))
    SubElement(
        entry, "link", rel="alternate", type="text/html", href=f"{site}/register/{one.reference}"
    )
    _text(entry, "summary", f"{changes.told(one)} {what.get(language) or what['en']}")


def _text(parent: Element, name: str, text: str) -> None:
    """Text, never markup: Atom's type "text"."""
    SubElement(parent, name).text = text


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
