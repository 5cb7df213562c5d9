"""What is left out is there, so that no reason outlives its test."""

from pathlib import Path

import pytest

from tests.clusters.apart import APART

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("name", APART)
def test_each_that_is_left_out_is_there(name: str) -> None:
    file, _, test = name.partition("[")[0].partition("::")
    assert f"def {test}" in (TESTS / file).read_text()
    assert APART[name]
