"""Summaries of copies for tests: of invented bodies and a person who is nobody."""

from ctypes.util import find_library
from datetime import timedelta
from importlib.util import find_spec
from zoneinfo import ZoneInfo

import pytest

from citizen_portal.exports.package import (
    Agreement,
    Contents,
    Holder,
    Linked,
    Looks,
    Overview,
    paper,
)
from tests.exports import copies, reading
from tests.exports.printed import Printed

SIGNER = copies.signer()
CITY = "Council <of> nowhere"
OVERVIEW = Overview(
    holders=[Holder(text or "Council", [text, "Addresses"]) for text in copies.HOSTILE],
    links=[
        Linked(CITY, True, copies.MADE_AT - timedelta(days=99)),
        Linked("Other", False, copies.MADE_AT),
    ],
    agreements=[Agreement("DSA-0001", 2, "Who has moved", "To pay once.", ["Public task"])],
    looks=[Looks(CITY, {2026: 1_200, 2025: 31, 2024: 4, 2023: 5, 2019: 7})],
)


printing = pytest.mark.skipif(
    find_spec("weasyprint") is None or find_library("pangoft2-1.0") is None,
    reason="WeasyPrint or Pango is not here",
)


def summed(overview: Overview = OVERVIEW, **given: object) -> Contents:
    table = copies.table([copies.look(number) for number in range(9)])
    return copies.contents(
        table, overview=lambda: overview, zone=ZoneInfo("Europe/London"), **given
    )


def printed(overview: Overview = OVERVIEW, **given: object) -> Printed:
    raw, _ = copies.written(summed(overview, **given), SIGNER)
    return Printed(reading.files(raw)[paper.PATH])
