"""The picture of who shares with whom: geometry from the queries, words from here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import url_for
from flask_babel import gettext, ngettext

from citizen_portal.agreements.queries.flow import Band
from citizen_portal.agreements.queries.gathered import LAST, Flows, Place
from citizen_portal.agreements.queries.picture import NARROW, WIDE, Drawing, Label, clip, draw
from citizen_portal.bodies.models import Kind
from citizen_portal.bodies.queries import Body, Directory
from citizen_portal.web.pages import plain

LONGEST = 24
"""Letters of a name that have room beside a bar."""
MOST_SAID = 12
"""Bands that a picture's description reads out; the table has each pair."""
THICKEST = 12.0
HEIGHTS = {WIDE: 420.0, NARROW: 260.0}
"""How much the bars of one side take together, so that each picture has a scale of its own."""


@dataclass(frozen=True, slots=True)
class Picture:
    wide: Drawing
    narrow: Drawing
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class KindLink:
    words: str
    bodies: int
    href: str
    chosen: bool


def kind_words(kind: Kind) -> str:
    """Organisations of one kind, in few words that fit beside a bar."""
    words: dict[Kind, str] = {
        Kind.DEPARTMENT: gettext("Departments"),
        Kind.AGENCY: gettext("Agencies"),
        Kind.COUNCIL: gettext("Councils"),
        Kind.HEALTH: gettext("Health bodies"),
        Kind.EDUCATION: gettext("Schools and universities"),
        Kind.POLICE: gettext("Police"),
        Kind.REGULATOR: gettext("Watchdogs"),
        Kind.DEVOLVED: gettext("Devolved bodies"),
        Kind.OTHER_PUBLIC: gettext("Other public bodies"),
        Kind.PRIVATE_RECIPIENT: gettext("Private firms"),
        Kind.PROCESSOR: gettext("Computing firms"),
    }
    return words[kind]


def opened(kind: Kind | None, body: Body | None) -> str:
    """What is open, in words; empty for the whole register."""
    if body is not None:
        return plain(body.official_name)
    return kind_words(kind) if kind is not None else ""


def kinds(members: Mapping[Kind, int], chosen: Kind | None) -> list[KindLink]:
    """A way to open each kind that takes part."""
    return [
        KindLink(
            kind_words(kind),
            members[kind],
            url_for("picture.index", kind=kind.value),
            kind is chosen,
        )
        for kind in Kind
        if kind in members
    ]


def picture(flows: Flows, bodies: Directory, opened: str) -> Picture | None:
    """Two drawings of the same bands; none where nothing is shared."""
    if not flows.bands:
        return None
    lefts = {key: _label(place, bodies) for key, place in flows.lefts.items()}
    rights = {key: _label(place, bodies) for key, place in flows.rights.items()}
    total = sum(band.times for band in flows.bands)
    wide, narrow = (
        draw(
            flows.bands,
            lefts=lefts,
            rights=rights,
            heads=(gettext("Who gives data"), gettext("Who gets data")),
            unknown=None,
            form=replace(form, unit=min(THICKEST, height / total)),
            last=LAST,
        )
        for form, height in HEIGHTS.items()
    )
    title = gettext("Who shares data with whom")
    if opened:
        title = gettext("Who shares data with whom: %(opened)s", opened=opened)
    return Picture(wide, narrow, title, _about(flows.bands, lefts, rights))


def _label(place: Place, bodies: Directory) -> Label:
    sort, value = place.named
    total = str(ngettext("%(num)s agreement", "%(num)s agreements", place.agreements))
    if sort == "kind":
        members = ngettext("%(num)s organisation", "%(num)s organisations", place.bodies)
        return Label(clip(kind_words(Kind(value)), LONGEST), (str(members), total))
    if sort == "body":
        body = bodies.body_by_slug(value)
        return Label(clip(plain(body.short_name) if body else value, LONGEST), (total,))
    if value == "kind":
        name = ngettext("%(num)s more kind", "%(num)s more kinds", place.kinds)
    else:
        name = ngettext("%(num)s more body", "%(num)s more bodies", place.bodies)
    return Label(clip(str(name), LONGEST), (total,))


def _about(bands: Sequence[Band], lefts: Mapping[str, Label], rights: Mapping[str, Label]) -> str:
    """The largest bands, read out."""
    largest = sorted(bands, key=lambda band: (-band.times, band.left, band.right))[:MOST_SAID]
    said = [
        gettext(
            "%(giver)s to %(getter)s, %(agreements)s",
            giver=lefts[band.left].name,
            getter=rights[band.right].name,
            agreements=ngettext("%(num)s agreement", "%(num)s agreements", band.times),
        )
        for band in largest
    ]
    return "; ".join(said) + ". " + str(gettext("The table below names each pair."))
