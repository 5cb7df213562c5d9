"""The example alerts and the dashboard can be loaded, and say what is to be done."""

import re
from pathlib import Path

from tests.metrics import asked

DOCS = Path(__file__).parents[2] / "docs"


def test_each_alert_says_what_happened_and_what_to_do() -> None:
    rules = asked.rules()
    names = [str(rule["alert"]) for rule in rules]
    assert len(set(names)) == len(names) >= 10
    for rule in rules:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        said, labels = rule["annotations"], rule["labels"]
        assert isinstance(said, dict)
        assert set(said) == {"summary", "action"}, rule["alert"]
        assert labels in ({"severity": "page"}, {"severity": "ticket"}), rule["alert"]


def test_expressions_are_closed() -> None:
    for expression in asked.expressions():
        for opens, closes in ("()", "[]", "{}"):
            assert expression.count(opens) == expression.count(closes), expression
        assert asked.SELECTOR.search(expression) or expression.startswith("up{")


def test_panels_have_places_of_their_own() -> None:
    places = [str(panel["gridPos"]) for panel in asked.panels()]
    assert len(set(places)) == len(places)
    assert len({panel["id"] for panel in asked.panels()}) == len(places)


def test_each_number_that_is_asked_for_stands_in_the_operations_page() -> None:
    page = (DOCS / "operations.md").read_text()
    names = {name for one in asked.expressions() for name, _ in asked.SELECTOR.findall(one)}
    plain = {re.sub(r"_(count|bucket|sum)$", "", name) for name in names}
    assert not [name for name in plain if name.startswith("portal_") and f"`{name}`" not in page]
