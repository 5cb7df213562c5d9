"""How long a source may be silent before it counts as gone quiet: a rule on its own past."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import yaml

from citizen_portal.bodies.models import Protocol

FILE = Path(__file__).parents[2] / "data" / "quiet.yaml"
KINDS = {Protocol.PUSH: "pushed", Protocol.FINDUSAGE_2: "pulled"}


@dataclass(frozen=True, slots=True)
class QuietRule:
    """The numbers of ``data/quiet.yaml``, which says what each means."""

    signs: int
    within_days: int
    usual: int
    factor: float
    least_hours: int


@cache
def quiet_rule(protocol: Protocol) -> QuietRule:
    return QuietRule(**yaml.safe_load(FILE.read_text(encoding="utf-8"))[KINDS[protocol]])


def patience(signs: Iterable[date], rule: QuietRule) -> timedelta | None:
    """How long after its newest sign a source counts as quiet; none without enough of a past.

    Signs are days, or moments (``datetime`` is a ``date``), and of one kind.
    """
    given = sorted(set(signs))
    kept = [sign for sign in given if given[-1] - sign <= timedelta(days=rule.within_days)]
    if len(kept) < rule.signs:
        return None
    gaps = sorted((later - sooner for sooner, later in pairwise(kept)), reverse=True)
    return max(gaps[rule.usual - 1] * rule.factor, timedelta(hours=rule.least_hours))
