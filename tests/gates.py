"""Runs a part of the tests and hears what became of each: what ``make`` has of gates."""

import os
from collections.abc import Iterable

import pytest

WORKERS = str(min(4, (os.cpu_count() or 1) + 1))


class Seen:
    """What became of each test, by its name from the folder of tests."""

    def __init__(self) -> None:
        self.good: set[str] = set()
        self.bad: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = report.nodeid.removeprefix("tests/")
        if not report.passed:
            self.bad.add(name)
        elif report.when == "call":
            self.good.add(name)

    def names(self, those: set[str]) -> set[str]:
        """Without their parameters."""
        return {one.partition("[")[0] for one in those}


def run(wanted: Iterable[str], *options: str) -> Seen:
    """Run these files or tests, on as many processes as suit the machine."""
    seen = Seen()
    given = ["-q", f"--numprocesses={WORKERS}", "--dist=loadfile", *options, *wanted]
    pytest.main(given, plugins=[seen])
    return seen
