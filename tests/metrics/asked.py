"""Which numbers the example alerts and the dashboard ask for, as their PromQL says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
SELECTOR = re.compile(r"\b((?:portal|process)_\w+)(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"([^"]*)"')
ADDED = {"job", "instance"}
"""Labels that Prometheus adds, of where it asked."""
GROUPED = re.compile(r"\bby \(([^)]*)\)")


def rules() -> list[dict[str, object]]:
    found = yaml.safe_load((DEPLOY / "alerts.yml").read_text())
    return [rule for group in found["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, object]]:
    return list(json.loads((DEPLOY / "dashboard.json").read_text())["panels"])


def expressions() -> Iterator[str]:
    for rule in rules():
        yield str(rule["expr"])
    for panel in panels():
        targets = panel["targets"]
        assert isinstance(targets, list)
        yield from (str(target["expr"]) for target in targets)
