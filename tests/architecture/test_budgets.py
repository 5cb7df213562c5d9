"""Sizes and shapes that keep the code readable (CONTRIBUTING.md)."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = [
    path
    for folder in ("citizen_portal", "tests")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "versions" not in path.parts
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PYTHON, ids=named)
def test_files_and_functions_stay_short(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 300, "split by verb"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= 40, f"{node.name} has {lines} lines"


@pytest.mark.parametrize(
    "path", [path for path in PYTHON if "citizen_portal" in path.parts], ids=named
)
def test_modules_say_what_lives_there(path: Path) -> None:
    if path.name != "__init__.py":
        assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_templates_are_short_and_say_what_they_want(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 120
    assert text.startswith("{#"), "open with a comment: {# Wants: … #}"
    assert not re.search(r"\sstyle=|\son[a-z]+=|\|\s*safe\b", text), "no style, handler or |safe"


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_pages_of_a_list_are_turned_to_where_it_begins(path: Path) -> None:
    text = path.read_text()
    if "{{ turn(" in text:
        assert text.count('id="list"') == 1


def test_no_bucket_modules() -> None:
    buckets = {"utils.py", "helpers.py", "common.py"}
    assert [named(path) for path in PYTHON if path.name in buckets] == []


NO_SLICES = {
    "web",
    "demo",
    "doctor",
    "fetch",
    "keyring",
    "metrics",
    "notices",
    "serving",
    "settings",
    "storage",
    "wall",
}


def test_the_contract_inside_slices_names_every_slice() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    inside = next(c for c in contracts["contracts"] if c["name"].startswith("Inside a slice"))
    folders = {
        path.parent.name
        for path in (ROOT / "citizen_portal").glob("*/__init__.py")
        if path.parent.name not in NO_SLICES
    }
    assert {name.split(".")[1] for name in inside["containers"]} == folders


def test_no_host_of_a_registry_in_the_lock() -> None:
    assert "://" not in (ROOT / "requirements.lock").read_text()
