"""Who passed what to whom, as bands between places: folded where they crowd, and in order."""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from math import log10

MOST = 8
"""Places that one side may have before the smaller ones are drawn as one."""
MOST_OPEN = 12
"""Places with something not explained that one side draws one by one, crowded or not."""
FOLDED = "more"
"""Key of the place that stands for the ones not drawn one by one."""


@dataclass(frozen=True, slots=True)
class Band:
    """What passed from one place to another; ``lifted`` when no agreement explains it."""

    left: str
    right: str
    times: int
    lifted: bool = False


def thickness(times: int) -> float:
    """1 is 7 units, 10 is 16, 300 is 29: it shows order, not scale."""
    return 7 + 9 * log10(max(times, 1))


def fold(bands: Iterable[Band]) -> tuple[list[Band], int, int]:
    """The bands with the small places of a crowded side put together; how many each side lost.

    A place with a band that is not explained keeps its own name, up to ``MOST_OPEN`` of them.
    """
    merged = _merge(bands)
    lefts, rights = _kept(merged, "left"), _kept(merged, "right")
    lost_left = len({band.left for band in merged}) - len(lefts)
    lost_right = len({band.right for band in merged}) - len(rights)
    named = (
        Band(
            band.left if band.left in lefts else FOLDED,
            band.right if band.right in rights else FOLDED,
            band.times,
            band.lifted,
        )
        for band in merged
    )
    return _merge(named), lost_left, lost_right


def _merge(bands: Iterable[Band]) -> list[Band]:
    times: dict[tuple[str, str, bool], int] = defaultdict(int)
    for band in bands:
        times[band.left, band.right, band.lifted] += band.times
    return [Band(left, right, n, lifted) for (left, right, lifted), n in times.items()]


def _kept(bands: Sequence[Band], side: str) -> set[str]:
    totals = _totals(bands, side)
    if len(totals) <= MOST:
        return set(totals)
    lifted = {getattr(band, side) for band in bands if band.lifted}
    ranked = sorted(totals, key=lambda key: (key not in lifted, -totals[key], key))
    return set(ranked[: max(MOST - 1, min(len(lifted), MOST_OPEN))])


def _totals(bands: Iterable[Band], side: str) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for band in bands:
        totals[getattr(band, side)] += band.times
    return dict(totals)


def order(
    bands: Sequence[Band], last: Set[str] = frozenset({FOLDED})
) -> tuple[list[str], list[str]]:
    """Left: most times first. Right: by the average place of its left partners.

    Places in ``last`` stand at the end: those that are put together.
    """
    totals = _totals(bands, "left")
    lefts = sorted(totals, key=lambda key: (key in last, -totals[key], key))
    place = {key: n for n, key in enumerate(lefts)}
    weight: dict[str, float] = defaultdict(float)
    for band in bands:
        weight[band.right] += place[band.left] * band.times
    taken = _totals(bands, "right")
    rights = sorted(
        taken, key=lambda key: (key in last, weight[key] / taken[key], -taken[key], key)
    )
    return lefts, rights
