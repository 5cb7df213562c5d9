"""Processes that count together have a place each, and as many as there are, not as there were."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import values

from citizen_portal.metrics import shared
from citizen_portal.metrics.counting import Web


def test_a_place_is_kept_and_no_other_has_it(tmp_path: Path) -> None:
    one, another = shared.places(tmp_path), shared.places(tmp_path)
    assert [one(), one(), another(), one()] == ["0", "0", "1", "0"]


def test_an_app_that_is_made_anew_in_its_process_counts_on_in_its_place(tmp_path: Path) -> None:
    assert shared.values_in(tmp_path) is shared.values_in(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["place-0"]


@pytest.fixture
def counting(tmp_path: Path) -> Iterator[Web]:
    """In a folder of its own, as in a process that has just begun."""
    before = values.ValueClass
    yield Web(tmp_path / "counted")
    values.ValueClass = before
    os.environ.pop(shared.WHERE)


def test_a_file_has_its_room_before_it_is_written_to(counting: Web, tmp_path: Path) -> None:
    """On a full disk the write of a number would end the process: its page has no room."""
    for grown in (1, 200):
        for number in range(grown):
            counting.request(f"/rule/{number}", "GET", 200, 0.1)
        (file,) = (tmp_path / "counted").glob("histogram_*.db")
        found = file.stat()
        assert (found.st_size > shared.ROOM) is (grown > 1)
        assert found.st_blocks * 512 >= found.st_size


def test_what_cannot_be_counted_is_served_all_the_same(counting: Web, tmp_path: Path) -> None:
    for kind in ("histogram", "counter"):
        (tmp_path / "counted" / f"{kind}_0.db").mkdir()
    counting.request("/cookies", "GET", 200, 0.1)
    counting.events("new", 1)
    assert counting.registry()
