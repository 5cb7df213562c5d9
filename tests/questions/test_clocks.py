"""By which day each kind of question is to be answered, in the region that ships."""

from datetime import date

import pytest

from citizen_portal import region
from citizen_portal.questions import clocks
from citizen_portal.questions.models import RIGHTS, Kind

UK = region.load("uk")
MONDAY = date(2026, 6, 1)


@pytest.mark.parametrize("kind", sorted(RIGHTS))
def test_a_right_has_a_month_and_two_more_with_reasons(kind: Kind) -> None:
    asked = date(2026, 4, 30)
    assert clocks.due_on(UK, kind, asked, 5) == MONDAY
    assert clocks.extended(UK, asked) == date(2026, 7, 30)
    assert clocks.extended(UK, asked, 2) == date(2026, 8, 3)


def test_a_complaint_is_acknowledged_by_a_day_of_the_law() -> None:
    asked = date(2026, 6, 19)
    assert clocks.acknowledge_by(UK, Kind.COMPLAINT, asked) == date(2026, 7, 20)
    assert clocks.due_on(UK, Kind.COMPLAINT, asked) == date(2026, 9, 21)
    assert {clocks.acknowledge_by(UK, kind, asked) for kind in set(Kind) - {Kind.COMPLAINT}} == {
        None
    }


def test_a_plain_question_has_the_bodys_own_target_in_days_on_which_it_works() -> None:
    asked = date(2026, 12, 22)
    assert clocks.due_on(UK, Kind.WHY, asked, 5) == date(2026, 12, 31)
    assert clocks.due_on(UK, Kind.WHY, asked) == date(2027, 1, 22)


def test_a_clock_that_stood_still_has_the_days_that_were_left() -> None:
    friday = date(2026, 6, 5)
    assert clocks.resumed(UK, Kind.CORRECTION, friday, MONDAY, date(2026, 6, 3)) == date(2026, 6, 8)
    assert clocks.resumed(UK, Kind.WHY, friday, MONDAY, date(2026, 6, 3)) == date(2026, 6, 9)
    assert clocks.resumed(UK, Kind.WHY, friday, friday, date(2026, 8, 31)) == date(2026, 9, 1)
