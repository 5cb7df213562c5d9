"""The papers on threats and risks, their tables, and the tests that they name."""

import ast
import re
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent
DOCS = TESTS.parent / "docs"
THREAT_MODEL, ASSESSMENT = DOCS / "threat-model.md", DOCS / "dpia.md"
NAMED = re.compile(r"`([\w/.-]+\.py)::(test_\w+)`")
"""A test as the papers write it: its file from the folder of tests, and its name."""


def rows_under(text: str, heading: str) -> list[list[str]]:
    """The cells of the table below this heading, without its head."""
    section = re.split(r"^##+ ", text.partition(f"## {heading}\n")[2], maxsplit=1, flags=re.M)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@cache
def names_in(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text())
    return {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
