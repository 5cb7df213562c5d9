"""The data package: which tables there are, and how each is described (Data Package 2.0)."""

from collections.abc import Mapping
from typing import Any

from citizen_portal.agreements.views.open_data import tables
from citizen_portal.agreements.views.open_data.agreement_columns import AGREEMENT
from citizen_portal.agreements.views.open_data.tables import Table
from citizen_portal.region import Licence
from citizen_portal.web.columns import field

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
TABLES = (
    Table(
        "agreements",
        "Agreements",
        "One row for each agreement, as its newest version has it",
        AGREEMENT,
        ("reference",),
        tables.itself,
    ),
    Table(
        "parties",
        "Parties",
        "Who gives, who gets and who works on the data, in each agreement",
        tables.PARTIES_TABLE,
        ("reference", "role", "position"),
        tables.parties,
    ),
    Table(
        "answers",
        "Answers",
        "What each agreement answers to the questions of the trust matrix",
        tables.ANSWERS,
        ("reference", "question"),
        tables.answers,
    ),
    Table(
        "questions",
        "Questions",
        "Questions that agreements ask of themselves, beside the trust matrix",
        tables.QUESTIONS,
        ("reference", "question"),
        tables.questions,
    ),
    Table(
        "measures",
        "Measures",
        "What was promised, so that it can be checked: benefits, harms and bias",
        tables.MEASURES,
        ("reference", "measure"),
        tables.measures,
    ),
    Table(
        "outcomes",
        "Outcomes",
        "What was found when measures were taken",
        tables.OUTCOMES,
        ("reference", "measure", "position"),
        tables.outcomes,
    ),
    Table(
        "versions",
        "Versions",
        "Each publication of each agreement",
        tables.VERSIONS,
        ("reference", "number"),
        tables.itself,
        of_agreement=False,
    ),
    Table(
        "organisations",
        "Organisations",
        "Bodies, recipients and processors on our list",
        tables.ORGANISATIONS,
        ("slug",),
        tables.itself,
        of_agreement=False,
    ),
    Table(
        "powers",
        "Legal powers",
        "Laws that let data be shared",
        tables.POWERS,
        ("slug",),
        tables.itself,
        of_agreement=False,
    ),
)


def described(
    sizes: Mapping[str, tuple[int, str]], *, brand: str, site: str, version: str, licence: Licence
) -> dict[str, Any]:
    """The descriptor. ``sizes`` gives bytes and SHA-256 of each table's file by its name."""
    title = f"{brand}: register of agreements to share or use data"
    return {
        "$schema": PROFILE,
        "name": "register-of-agreements",
        "title": title,
        "description": "What bodies agreed when they share or use data about people. "
        "A cell that begins with an apostrophe has one more than its text: see the home page.",
        "homepage": f"{site}/register/data",
        "version": version,
        "licenses": [{"name": licence.id, "path": licence.url, "title": licence.name["en"]}],
        "resources": [_resource(table, *sizes[table.name]) for table in TABLES],
    }


def _resource(table: Table, size: int, digest: str) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "$schema": SCHEMA,
        "fields": [field(column) for column in table.columns],
        "primaryKey": list(table.key),
        "missingValues": [""],
    }
    if "reference" in table.key[:1] and table.name != "agreements":
        schema["foreignKeys"] = [
            {
                "fields": ["reference"],
                "reference": {"resource": "agreements", "fields": ["reference"]},
            }
        ]
    return {
        "name": table.name,
        "path": f"data/{table.name}.csv",
        "title": table.title,
        "description": table.about,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": size,
        "hash": f"sha256:{digest}",
        "schema": schema,
    }
