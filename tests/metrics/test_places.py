"""Processes that count together have a place each, and as many as there are, not as there were."""

from pathlib import Path

from citizen_portal.metrics import shared


def test_a_place_is_kept_and_no_other_has_it(tmp_path: Path) -> None:
    one, another = shared.places(tmp_path), shared.places(tmp_path)
    assert [one(), one(), another(), one()] == ["0", "0", "1", "0"]


def test_an_app_that_is_made_anew_in_its_process_counts_on_in_its_place(tmp_path: Path) -> None:
    assert shared.values_in(tmp_path) is shared.values_in(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["place-0"]
