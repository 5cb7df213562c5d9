"""Reading tells how far it has come, and reads again for lines only where there is a fault."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from citizen_portal.agreements import queries, schemas
from citizen_portal.bodies.queries import directory
from tests.agreements import files


class Watched:
    """What a reader of files tells of its progress."""

    def __init__(self) -> None:
        self.told: dict[str, list[int]] = {}
        self.lengths: dict[str, int] = {}

    @contextmanager
    def begin(self, task: str, length: int) -> Iterator[Callable[[int], object]]:
        self.told[task], self.lengths[task] = [], length
        yield self.told[task].append


def watched(app: Flask, file: Path) -> Watched:
    seen = Watched()
    with app.extensions["sessions"].reading() as session:
        schemas.read(
            [file],
            directory=directory(session),
            register=queries.register_terms(session),
            law=queries.law("uk"),
            progress=seen.begin,
        )
    return seen


def many(**given: Any) -> dict[str, Any]:
    agreements = [files.agreement(f"DSA-{n:04}", **given) for n in range(1, 51)]
    return files.whole(agreements=agreements)


@pytest.mark.parametrize("name", ["register.json", "register.yaml"])
def test_a_good_file_is_read_once_with_a_step_for_each_entry(
    app: Flask, tmp_path: Path, name: str
) -> None:
    file = files.write(tmp_path, many(), name)
    seen = watched(app, file)
    assert list(seen.told) == ["Reading"]
    assert seen.lengths["Reading"] == file.stat().st_size
    assert 50 < len(seen.told["Reading"]) < 70
    assert 0.95 < sum(seen.told["Reading"]) / seen.lengths["Reading"] <= 1


def test_a_file_with_a_fault_is_read_again_for_its_lines(app: Flask, tmp_path: Path) -> None:
    seen = watched(app, files.write(tmp_path, many(stage="tomorrow")))
    assert list(seen.told) == ["Reading", "Finding the lines"]
    for task, steps in seen.told.items():
        assert 0.95 < sum(steps) / seen.lengths[task] <= 1
