"""Geometry of the picture "who passed what to whom": pure functions from numbers to shapes."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from citizen_portal.agreements.queries.flow import FOLDED, Band, order, thickness

BAR, GAP, TOP = 10.0, 2.0, 40.0
LEAST = 1.5
"""The thinnest band that is still seen."""
GEM = 13.0
"""Half the width of the diamond that marks what is not explained."""


@dataclass(frozen=True, slots=True)
class Label:
    """Words of one place: its plain name, quiet lines under it, and an orange one."""

    name: str
    quiet: tuple[str, ...] = ()
    lifted: str = ""


@dataclass(frozen=True, slots=True)
class Format:
    """One of the two drawings: where the bars stand and how much room words have."""

    width: float
    left: float
    right: float
    size: int
    small: int
    above: bool
    """Labels above the bars instead of beside them."""
    unit: float | None = None
    """How thick a band of one is, where bands are drawn to scale."""

    @property
    def gap(self) -> float:
        """Between two bands of one place."""
        return GAP if self.unit is None else 1.0

    def thick(self, times: int) -> float:
        return thickness(times) if self.unit is None else max(times * self.unit, LEAST)


WIDE = Format(width=960, left=280, right=660, size=18, small=15, above=False)
NARROW = Format(width=340, left=0, right=330, size=14, small=13, above=True)


@dataclass(frozen=True, slots=True)
class Text:
    x: float
    y: float
    size: int
    anchor: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Node:
    key: str
    x: float
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class DrawnBand:
    path: str
    kind: str
    left: tuple[float, float]
    right: tuple[float, float]
    """Upper and lower edge at either end."""


@dataclass(frozen=True, slots=True)
class Drawing:
    width: float
    height: float
    bands: tuple[DrawnBand, ...]
    gems: tuple[tuple[float, float], ...]
    nodes: tuple[Node, ...]
    texts: tuple[Text, ...]
    unknown: tuple[float, float] | None
    """Where the dashed box of the bodies that told us nothing stands."""


def draw(
    bands: Sequence[Band],
    *,
    lefts: Mapping[str, Label],
    rights: Mapping[str, Label],
    heads: tuple[str, str],
    unknown: Label | None,
    form: Format,
    last: Set[str] = frozenset({FOLDED}),
) -> Drawing:
    """The picture of already folded bands. Each key of a band has its label."""
    left_order, right_order = order(bands, last)
    sides = (
        [(key, _bars(bands, "left", key, form), lefts[key]) for key in left_order],
        [(key, _bars(bands, "right", key, form), rights[key]) for key in right_order],
    )
    tail = _tail(unknown, form)
    heights = (_stack(sides[0], form) + tail, _stack(sides[1], form))
    if form.above:  # no room beside the bands: the dashed box stands under both columns
        heights = (max(heights[0] - tail, heights[1]) + tail, heights[1])
    inner = max(*heights, 1.0)
    offsets = [TOP + (0 if form.above else (inner - height) / 2) for height in heights]
    left, left_texts = _place(sides[0], form, offsets[0], is_left=True)
    right, right_texts = _place(sides[1], form, offsets[1], is_left=False)
    shapes, gems = _bands(bands, left_order, right_order, left, right, form)
    texts = [*_heads(heads, form), *left_texts, *right_texts]
    spot = None
    if unknown is not None:
        spot = (form.left, offsets[0] + heights[0] - tail + (40 if form.above else 20))
        texts += _words(unknown, form, spot[1] - (2 if form.above else -8), 0, is_left=True)
    height = TOP + inner + 6
    nodes = (*left.values(), *right.values())
    return Drawing(form.width, height, shapes, gems, nodes, tuple(texts), spot)


def _tail(unknown: Label | None, form: Format) -> float:
    if unknown is None:
        return 0.0
    return 40.0 + 24 if form.above else 60.0


def _bars(bands: Iterable[Band], side: str, key: str, form: Format) -> float:
    """How high the bar of one place is: its bands and the gaps between them."""
    own = [form.thick(band.times) for band in bands if getattr(band, side) == key]
    return sum(own) + form.gap * (len(own) - 1)


def _room(bars: float, label: Label, form: Format) -> float:
    if form.above:
        return bars + _lines_above(label, form) + 16
    lines = 1 + len(label.quiet) + bool(label.lifted)
    return max(64.0, bars + 24, 24.0 + lines * 19)


def _lines_above(label: Label, form: Format) -> float:
    name_lines = len(wrap(label.name, 17))
    return 17.0 * name_lines + 16.0 * (len(label.quiet) + bool(label.lifted)) + 4


def _stack(side: Sequence[tuple[str, float, Label]], form: Format) -> float:
    return sum(_room(bars, label, form) for _, bars, label in side)


def _place(
    side: Sequence[tuple[str, float, Label]], form: Format, start: float, *, is_left: bool
) -> tuple[dict[str, Node], list[Text]]:
    nodes: dict[str, Node] = {}
    texts: list[Text] = []
    x = form.left if is_left else form.right
    y = start
    for key, bars, label in side:
        room = _room(bars, label, form)
        if form.above:
            top = y + _lines_above(label, form)
            texts += _words(label, form, top, bars, is_left=is_left)
        else:
            top = y + (room - bars) / 2
            texts += _words(label, form, y + room / 2, bars, is_left=is_left)
        nodes[key] = Node(key, x, top, bars)
        y += room
    return nodes, texts


def _words(label: Label, form: Format, at: float, bars: float, *, is_left: bool) -> list[Text]:
    """Lines of a label: beside the middle of a bar at ``at``, or ending above its top at ``at``."""
    names = wrap(label.name, 17) if form.above else [label.name]
    lines = [("h", form.size, words) for words in names]
    lines += [("q", form.small, words) for words in label.quiet]
    lines += [("l", form.small, label.lifted)] if label.lifted else []
    if form.above:
        anchor, x = ("start", 0.0) if is_left else ("end", form.width)
        y = at - 7 - 16 * (len(lines) - 1)
    else:
        anchor, x = ("end", form.left - 12) if is_left else ("start", form.right + BAR + 12)
        y = at + 5 - 9.5 * (len(lines) - 1)
    step = 16 if form.above else 19.5
    return [
        Text(x, y + step * n, size, anchor, kind, words)
        for n, (kind, size, words) in enumerate(lines)
    ]


def _heads(heads: tuple[str, str], form: Format) -> list[Text]:
    left, right = (0.0, form.width) if form.above else (form.left - 12, form.right + BAR + 12)
    anchors = ("start", "end") if form.above else ("end", "start")
    return [
        Text(left, 16, 15, anchors[0], "q", heads[0]),
        Text(right, 16, 15, anchors[1], "q", heads[1]),
    ]


def _bands(
    bands: Sequence[Band],
    lefts: Sequence[str],
    rights: Sequence[str],
    left: Mapping[str, Node],
    right: Mapping[str, Node],
    form: Format,
) -> tuple[tuple[DrawnBand, ...], tuple[tuple[float, float], ...]]:
    """Bands, the ones not explained drawn last (on top), and where their diamonds stand."""
    at_left = {key: node.top for key, node in left.items()}
    at_right = {key: node.top for key, node in right.items()}
    rank = {key: n for n, key in enumerate(rights)}
    colour = {key: "band" if n % 2 == 0 else "band-2" for n, key in enumerate(lefts)}
    starts: dict[Band, float] = {}
    for band in sorted(bands, key=lambda one: (rank[one.right], one.lifted)):
        starts[band] = at_left[band.left]
        at_left[band.left] += form.thick(band.times) + form.gap
    ends: dict[Band, float] = {}
    spot = {key: n for n, key in enumerate(lefts)}
    for band in sorted(bands, key=lambda one: (spot[one.left], one.lifted)):
        ends[band] = at_right[band.right]
        at_right[band.right] += form.thick(band.times) + form.gap
    drawn: list[DrawnBand] = []
    gems: list[tuple[float, float]] = []
    for band in sorted(bands, key=lambda one: (one.lifted, spot[one.left], rank[one.right])):
        kind = "band-lift" if band.lifted else colour[band.left]
        shape = _band(starts[band], ends[band], form.thick(band.times), kind, form)
        drawn.append(shape)
        if band.lifted:
            gems.append(_gem(shape, gems, form))
    return tuple(drawn), tuple(gems)


def _band(start: float, end: float, thick: float, kind: str, form: Format) -> DrawnBand:
    x0, x1 = form.left + BAR, form.right
    mid = (x0 + x1) / 2
    path = (
        f"M{x0:g} {start:.1f}C{mid:g} {start:.1f} {mid:g} {end:.1f} {x1:g} {end:.1f}v{thick:.1f}"
        f"C{mid:g} {end + thick:.1f} {mid:g} {start + thick:.1f} {x0:g} {start + thick:.1f}z"
    )
    return DrawnBand(path, kind, (start, start + thick), (end, end + thick))


def _gem(
    band: DrawnBand, others: Sequence[tuple[float, float]], form: Format
) -> tuple[float, float]:
    """A point on the band's middle line, clear of the other diamonds where there is room."""
    spots = [_point(band, t, form) for t in (0.5, 0.36, 0.64, 0.24, 0.76, 0.15, 0.85)]
    for x, y in spots:
        if all(abs(x - ox) + abs(y - oy) >= 2 * GEM for ox, oy in others):
            return x, y
    return spots[0]


def _point(band: DrawnBand, t: float, form: Format) -> tuple[float, float]:
    """A point of the cubic curve whose two handles stand half-way across."""
    x0, x1 = form.left + BAR, form.right
    y0, y1 = sum(band.left) / 2, sum(band.right) / 2
    mid = (x0 + x1) / 2
    u = 1 - t
    a, b, c, d = u**3, 3 * u * u * t, 3 * u * t * t, t**3
    return a * x0 + (b + c) * mid + d * x1, (a + b) * y0 + (c + d) * y1


def wrap(words: str, room: int) -> list[str]:
    """``words`` in at most two lines of about ``room`` letters; what is longer ends in "…"."""
    if len(words) <= room:
        return [words]
    first, rest = _cut(words, room)
    return [first] if not rest else [first, clip(rest, room)]


def _cut(words: str, room: int) -> tuple[str, str]:
    space = words.rfind(" ", 0, room + 1)
    if space <= 0:
        return clip(words, room), ""
    return words[:space], words[space + 1 :]


def clip(words: str, room: int) -> str:
    return words if len(words) <= room else words[: max(room - 1, 1)].rstrip(" ,.-") + "…"
