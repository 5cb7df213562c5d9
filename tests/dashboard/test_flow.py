"""The picture of who passed what to whom: whatever comes, nothing overlaps and nothing is lost."""

from hypothesis import given
from hypothesis import strategies as st

from citizen_portal.agreements.queries.flow import (
    FOLDED,
    MOST,
    MOST_OPEN,
    Band,
    fold,
    order,
    thickness,
)
from citizen_portal.agreements.queries.picture import (
    GEM,
    NARROW,
    TOP,
    WIDE,
    Drawing,
    Format,
    Label,
    clip,
    draw,
    wrap,
)

KEYS = st.sampled_from([f"b{n:02}" for n in range(20)])
BANDS = st.lists(
    st.builds(Band, KEYS, KEYS, st.integers(1, 20_000), st.booleans()), min_size=1, max_size=60
)
FORMATS = st.sampled_from([WIDE, NARROW])


def drawn(bands: list[Band], form: Format, *, unknown: bool = False) -> Drawing:
    def label(key: str) -> Label:
        return Label(f"Body of the name {key}", ("3 times",), "1 not explained")

    return draw(
        bands,
        lefts={band.left: label(band.left) for band in bands},
        rights={band.right: label(band.right) for band in bands},
        heads=("Who held it", "Who got it"),
        unknown=Label("3 more bodies", ("we do not know yet",)) if unknown else None,
        form=form,
    )


def test_a_band_grows_with_the_logarithm_of_its_times() -> None:
    assert [round(thickness(n)) for n in (1, 10, 300, 10_000)] == [7, 16, 29, 43]


@given(BANDS)
def test_folding_loses_no_time_and_keeps_what_is_not_explained_apart(bands: list[Band]) -> None:
    folded, lost_left, lost_right = fold(bands)

    assert sum(band.times for band in folded) == sum(band.times for band in bands)
    for lifted in (True, False):
        before = sum(band.times for band in bands if band.lifted is lifted)
        assert sum(band.times for band in folded if band.lifted is lifted) == before
    for side, lost in (("left", lost_left), ("right", lost_right)):
        open_ = {getattr(band, side) for band in bands if band.lifted}
        kept = {getattr(band, side) for band in folded}
        if len(open_) <= MOST_OPEN:
            assert open_ <= kept, "a place with something not explained keeps its own name"
        assert len(kept) <= max(MOST, min(len(open_), MOST_OPEN) + 1)
        assert (FOLDED in kept) == (lost > 0)


@given(BANDS, FORMATS, st.booleans())
def test_places_do_not_overlap_and_stay_inside(
    bands: list[Band], form: Format, unknown: bool
) -> None:
    folded, _, _ = fold(bands)
    picture = drawn(folded, form, unknown=unknown)

    for x in {node.x for node in picture.nodes}:
        column = sorted((n for n in picture.nodes if n.x == x), key=lambda node: node.top)
        assert column[0].top >= TOP
        assert column[-1].top + column[-1].height <= picture.height
        for above, below in zip(column, column[1:], strict=False):
            assert above.top + above.height < below.top
    assert all(0 <= text.y <= picture.height for text in picture.texts)
    assert len(picture.bands) == len(folded)


@given(BANDS, FORMATS)
def test_bands_begin_and_end_on_their_bars_without_overlap(bands: list[Band], form: Format) -> None:
    folded, _, _ = fold(bands)
    picture = drawn(folded, form)

    for side in ("left", "right"):
        edges = sorted(getattr(band, side) for band in picture.bands)
        for (_, low), (high, _) in zip(edges, edges[1:], strict=False):
            assert low < high + 0.01
        x = form.left if side == "left" else form.right
        bars = [(node.top, node.top + node.height) for node in picture.nodes if node.x == x]
        for top, bottom in edges:
            assert any(a - 0.01 <= top and bottom <= b + 0.01 for a, b in bars)


@given(BANDS, FORMATS)
def test_each_band_that_is_not_explained_has_its_diamond(bands: list[Band], form: Format) -> None:
    folded, _, _ = fold(bands)
    picture = drawn(folded, form)

    lifted = [band for band in picture.bands if band.kind == "band-lift"]
    assert len(picture.gems) == len(lifted)
    assert list(picture.bands[len(picture.bands) - len(lifted) :]) == lifted, "drawn on top"
    for (x, y), band in zip(picture.gems, lifted, strict=True):
        edges = (*band.left, *band.right)
        assert form.left < x < form.right
        assert min(edges) <= y <= max(edges)


def test_diamonds_of_two_crossing_bands_stand_apart() -> None:
    bands = [Band("a", "y", 5, lifted=True), Band("b", "x", 5, lifted=True), Band("a", "x", 9)]
    (x0, y0), (x1, y1) = drawn(bands, WIDE).gems
    assert abs(x0 - x1) + abs(y0 - y1) >= 2 * GEM


@given(BANDS)
def test_the_order_depends_on_the_facts_and_not_on_how_they_came(bands: list[Band]) -> None:
    folded, _, _ = fold(bands)
    again, _, _ = fold(list(reversed(bands)))
    assert order(folded) == order(again)


def test_recipients_stand_across_from_who_gave_it() -> None:
    bands = [Band("big", "one", 10), Band("big", "two", 9), Band("small", "three", 2)]
    assert order(bands) == (["big", "small"], ["one", "two", "three"])


@given(st.text(max_size=80))
def test_words_are_cut_to_their_room(words: str) -> None:
    lines = wrap(words, 17)
    assert len(lines) <= 2
    assert all(len(line) <= 17 for line in lines)
    assert len(clip(words, 10)) <= 10
