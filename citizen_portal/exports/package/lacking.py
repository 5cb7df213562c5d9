"""What is missing, put together for people: what failed first, each body once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from citizen_portal.exports.package.contents import FAILED, NOT_ASKED, Missing, Why


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, with all that it holds for."""

    what: str
    why: Why
    words: str


@dataclass(frozen=True, slots=True)
class Lacks:
    """What one body did not give."""

    body: str
    reasons: tuple[Reason, ...]

    @property
    def whys(self) -> set[str]:
        return {reason.why for reason in self.reasons}


@dataclass(frozen=True, slots=True)
class Lacking:
    failed: tuple[Lacks, ...]
    """Bodies that were asked and gave not what was asked of them."""
    partly: tuple[Lacks, ...]
    """What bodies that answered do not tell."""
    others: tuple[Lacks, ...]
    """Bodies that could not be asked, or were not."""
    by_law: bool
    """Whether to say that the law holds something back: of no body, so of each."""


def lacking(missing: Iterable[Missing]) -> Lacking:
    of: dict[str, list[Missing]] = {}
    by_law = False
    for one in missing:
        if one.why == "withheld_by_law":
            by_law = True
        else:
            of.setdefault(one.body, []).append(one)
    each = [Lacks(body, _reasons(lacks)) for body, lacks in of.items()]
    failed = tuple(one for one in each if FAILED & one.whys)
    others = tuple(one for one in each if one.whys <= NOT_ASKED)
    partly = tuple(one for one in each if one not in failed and one not in others)
    return Lacking(failed, partly, others, by_law)


def _reasons(lacks: Sequence[Missing]) -> tuple[Reason, ...]:
    """What failed comes first."""
    whats: dict[tuple[Why, str], list[str]] = {}
    for one in sorted(lacks, key=lambda each: each.why not in FAILED):
        whats.setdefault((one.why, one.words), []).append(one.what)
    return tuple(Reason("; ".join(of), why, said) for (why, said), of in whats.items())
