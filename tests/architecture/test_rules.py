"""The code keeps to rules of our own, and each rule would notice if it did not."""

import ast
from pathlib import Path

import pytest

import citizen_portal.cli  # noqa: F401  (knows every table)
from tests.architecture.rules import ANY_CITIZEN, RULES, Rule, unscoped

PACKAGE = Path(__file__).parents[2] / "citizen_portal"
MODULES = {
    str(path.relative_to(PACKAGE)): ast.parse(path.read_text())
    for path in sorted(PACKAGE.rglob("*.py"))
}


def named(rule: Rule) -> str:
    return rule.name.replace(" ", "-")


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_the_code_keeps_to_it(rule: Rule) -> None:
    found = [
        f"citizen_portal/{path}:{getattr(node, 'lineno', 0)}: {rule.name}: {rule.why}"
        for path, tree in MODULES.items()
        for node in rule.broken_by(tree, path)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("rule", RULES, ids=named)
def test_a_sample_that_breaks_it_is_found(rule: Rule) -> None:
    assert list(rule.broken_by(ast.parse(rule.sample), rule.at))


def test_each_way_round_is_still_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = dict(ANY_CITIZEN)
    ANY_CITIZEN.clear()
    try:
        broken = {
            f"{path}:{function.name}"
            for path, tree in MODULES.items()
            for function in ast.walk(tree)
            if isinstance(function, ast.FunctionDef)
            if any(node in set(ast.walk(function)) for node in unscoped(tree, path))
        }
    finally:
        ANY_CITIZEN.update(listed)
    assert set(listed) <= broken
