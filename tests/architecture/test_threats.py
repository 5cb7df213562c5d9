"""The threats that are written down name tests that are there, and so do the risks."""

from pathlib import Path

import pytest

from tests.papers import ASSESSMENT, NAMED, TESTS, THREAT_MODEL, names_in, rows_under

THREATS = [f"T{number:02}" for number in range(1, 26)]
TAKEN = {
    "web process", "worker", "database file or backup", "full PostgreSQL dump", "queue file",
    "logs", "numbers for Prometheus, spans", "mail provider", "identity provider",
    "one body's client key", "one officer's account",
    "operator", "signing key", "sealing key",
}  # fmt: skip
"""What an attacker may have got hold of."""


@pytest.mark.parametrize("paper", [THREAT_MODEL, ASSESSMENT], ids=lambda path: path.name)
def test_each_test_that_is_named_is_there(paper: Path) -> None:
    named = NAMED.findall(paper.read_text())
    assert named
    assert len(named) == paper.read_text().count("::test_"), "written as `file.py::test_name`"
    for file, test in named:
        assert (TESTS / file).is_file(), file
        assert test in names_in(file), f"{file}::{test}"


def test_each_threat_has_a_control_and_a_test() -> None:
    rows = rows_under(THREAT_MODEL.read_text(), "Threats, controls, tests")
    assert [row[0] for row in rows] == THREATS
    for number, threat, control, shown in rows:
        assert threat, number
        assert control, number
        assert NAMED.search(shown), number


def test_each_thing_that_can_be_taken_is_told_of() -> None:
    rows = rows_under(THREAT_MODEL.read_text(), "What each compromise surrenders")
    assert {row[0] for row in rows} == TAKEN
    for taken, surrenders, must_not, shown in rows:
        assert surrenders, taken
        assert must_not, taken
        assert NAMED.search(shown), taken


def test_each_risk_is_a_threat_with_what_is_left_of_it_and_a_test() -> None:
    rows = rows_under(ASSESSMENT.read_text(), "Risks")
    named = [threat for row in rows for threat in row[1].split()]
    assert sorted(named) == THREATS
    for row in rows:
        assert all(row), row
        assert NAMED.search(row[-1]), row[0]
