"""Who passed what to whom, as links between places: folded where they crowd, and in order."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log10

MOST = 8
"""Places that one side may have before the smaller ones are drawn as one."""
MOST_OPEN = 12
"""Places with something not explained that one side draws one by one, crowded or not."""
FOLDED = "more"
"""Key of the place that stands for the ones not drawn one by one."""


@dataclass(frozen=True, slots=True)
class Link:
    """What passed from one place to another; ``lifted`` when no agreement explains it."""

    left: str
    right: str
    times: int
    lifted: bool = False


def thickness(times: int) -> float:
    """1 is 7 units, 10 is 16, 300 is 29: it shows order, not scale."""
    return 7 + 9 * log10(max(times, 1))


def fold(links: Iterable[Link]) -> tuple[list[Link], int, int]:
    """The links with the small places of a crowded side put together; how many each side lost.

    A place with a link that is not explained keeps its own name, up to ``MOST_OPEN`` of them.
    """
    merged = _merge(links)
    lefts, rights = _kept(merged, "left"), _kept(merged, "right")
    lost_left = len({link.left for link in merged}) - len(lefts)
    lost_right = len({link.right for link in merged}) - len(rights)
    named = (
        Link(
            link.left if link.left in lefts else FOLDED,
            link.right if link.right in rights else FOLDED,
            link.times,
            link.lifted,
        )
        for link in merged
    )
    return _merge(named), lost_left, lost_right


def _merge(links: Iterable[Link]) -> list[Link]:
    times: dict[tuple[str, str, bool], int] = defaultdict(int)
    for link in links:
        times[link.left, link.right, link.lifted] += link.times
    return [Link(left, right, n, lifted) for (left, right, lifted), n in times.items()]


def _kept(links: Sequence[Link], side: str) -> set[str]:
    totals = _totals(links, side)
    if len(totals) <= MOST:
        return set(totals)
    lifted = {getattr(link, side) for link in links if link.lifted}
    ranked = sorted(totals, key=lambda key: (key not in lifted, -totals[key], key))
    return set(ranked[: max(MOST - 1, min(len(lifted), MOST_OPEN))])


def _totals(links: Iterable[Link], side: str) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for link in links:
        totals[getattr(link, side)] += link.times
    return dict(totals)


def order(links: Sequence[Link]) -> tuple[list[str], list[str]]:
    """Left: most times first. Right: by the average place of its left partners. The rest last."""
    totals = _totals(links, "left")
    lefts = sorted(totals, key=lambda key: (key == FOLDED, -totals[key], key))
    place = {key: n for n, key in enumerate(lefts)}
    weight: dict[str, float] = defaultdict(float)
    for link in links:
        weight[link.right] += place[link.left] * link.times
    taken = _totals(links, "right")
    rights = sorted(
        taken, key=lambda key: (key == FOLDED, weight[key] / taken[key], -taken[key], key)
    )
    return lefts, rights
