"""Each event that is logged is explained to those who read logs."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}


def logged() -> Iterator[str]:
    for path in sorted((ROOT / "citizen_portal").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                if isinstance(owner, ast.Name) and owner.id == "log" and node.func.attr in LEVELS:
                    named = node.args[0]
                    assert isinstance(named, ast.Constant), f"{path}:{node.lineno}"
                    yield str(named.value)


def test_every_event_stands_in_the_operations_page() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    _, _, section = page.partition("## Logs")
    events = set(logged())
    assert len(events) > 30
    assert [event for event in sorted(events) if f"`{event}`" not in section] == []
