"""The table of security requirements is whole, and names tests that are there."""

import ast
import csv
from collections import Counter
from functools import cache
from pathlib import Path

from tests.asvs import CODE, TABLE, requirements

TESTS = Path(__file__).parents[1]
MET = {CODE, "document", "operator", "provider", "none", "waived"}
AT_LEVEL = {1: 70, 2: 183}
"""As many rows has ASVS 5.0.0."""


@cache
def names_in(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text())
    return {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}


def test_each_row_of_levels_1_and_2_is_there_once() -> None:
    rows = requirements()
    assert Counter(row.level for row in rows if row.level <= 2) == AT_LEVEL
    assert len({row.id for row in rows}) == len(rows)
    assert {row.met for row in rows} <= MET


def test_what_code_meets_names_tests_that_are_there() -> None:
    for row in requirements():
        if row.met == CODE and row.level <= 2:
            assert row.tests, row
        for name in row.tests:
            file, _, test = name.partition("::")
            assert (TESTS / file).is_file(), name
            assert test in names_in(file), name


def test_each_row_says_in_words_how_it_is_met_or_why_not() -> None:
    with TABLE.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert row["requirement"].strip(), row["id"]
            assert row["how"].strip(), row["id"]
