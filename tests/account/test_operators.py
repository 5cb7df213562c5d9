"""What the account page says of operators is true of the commands that there are."""

import ast
from pathlib import Path

import click

from citizen_portal.account.words import OPERATOR_READS
from citizen_portal.cli import main
from citizen_portal.db import Base, OwnedByCitizen
from tests.architecture.test_documented import commands

PACKAGE = Path(__file__).parents[2] / "citizen_portal"
OF_NO_CITIZEN = {
    "keys log",
    "serve",
    "doctor",
    "account open",
    "body add",
    "body check",
    "body deliveries",
    "body keys",
    "body list",
    "body remove",
    "body webhook",
    "body webhook-remove",
    "body webhook-rotate",
    "db check",
    "db upgrade",
    "demo",
    "digest check",
    "keys bring-back",
    "keys create",
    "keys list",
    "keys reseal",
    "keys retire",
    "keys rotate",
    "officer add",
    "officer list",
    "officer remove",
    "officer roles",
    "preferences reconciled",
    "preferences restored",
    "preferences status",
    "oversight holds",
    "register export",
    "register import",
    "register release",
    "register validate",
    "settings",
    "worker",
    "verify",
}
"""Commands that show nothing about one citizen; `account open` does of one who has gone. One that
does is named in ``OPERATOR_READS``, and each use of it leaves a row that the citizen sees."""


def test_each_command_reads_of_no_citizen_or_is_named_on_the_page() -> None:
    assert isinstance(main, click.Group)
    found = {" ".join(path[1:]) for path, _ in commands(main, ("citizen-portal",))}
    assert found - OF_NO_CITIZEN == set(OPERATOR_READS)


def test_no_command_reaches_for_rows_of_citizens() -> None:
    owned = {
        m.class_.__name__ for m in Base.registry.mappers if issubclass(m.class_, OwnedByCitizen)
    }
    assert "SignIn" in owned
    for path in [*PACKAGE.rglob("commands.py"), *PACKAGE.rglob("commands/*.py")]:
        tree = ast.parse(path.read_text())
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        names |= {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and ast.unparse(node) != "click.Choice"
        }
        assert names & (owned | {"citizen_id", "Citizen"}) == set(), path
