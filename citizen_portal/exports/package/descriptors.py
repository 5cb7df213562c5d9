"""What the tables are, for programs: a Data Package 2.0, and CSV on the Web beside each table."""

from collections.abc import Iterable, Sequence
from typing import Any

from citizen_portal.exports.package import columns
from citizen_portal.exports.package.archive import File
from citizen_portal.exports.package.contents import Column, Contents, Document, Type
from citizen_portal.exports.package.tables import Written

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
CSVW = "http://www.w3.org/ns/csvw"
RULE = (
    "A text's cell that begins with an apostrophe has one more than the text: take one away. "
    "An empty cell says nothing at all. Times are in UTC."
)
CSVW_TYPES: dict[Type, str] = {"number": "double", "datetime": "dateTime"}
CSV = {
    "format": "csv",
    "mediatype": "text/csv",
    "encoding": "utf-8",
    "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "doubleQuote": True},
}
LINES = {"format": "jsonl", "mediatype": "application/jsonl", "encoding": "utf-8"}
DIALECT = {
    "commentPrefix": None,
    "delimiter": ",",
    "doubleQuote": True,
    "encoding": "utf-8",
    "header": True,
    "lineTerminators": ["\r\n"],
    "quoteChar": '"',
    "trim": False,
}
"""Said in full: others would take a text that begins with # for a comment."""


def data_package(
    contents: Contents,
    done: Sequence[Written],
    documents: Iterable[tuple[Document, File]],
    missing: File,
) -> dict[str, Any]:
    """``datapackage.json``: the CSV tables, the documents, and what is missing."""
    resources = [_table(each, each.csv, nothing=[""]) | CSV for each in done]
    resources.append(_file("missing", missing) | {"mediatype": "application/json"})
    for number, (document, file) in enumerate(documents, 1):
        said = {"title": document.title, "mediatype": document.media_type}
        resources.append(_file(f"document-{number}", file) | said)
    return _package(contents, "csv", RULE, resources)


def lines_package(contents: Contents, done: Sequence[Written]) -> dict[str, Any] | None:
    """``datapackage-lines.json``: the same tables as JSON lines, if any has rows.

    By themselves, since stock tools ask for an extra of theirs as soon as one resource is such,
    and refuse one without lines.
    """
    resources = [_table(each, each.lines, nothing=[]) | LINES for each in done if each.rows]
    return _package(contents, "lines", "", resources) if resources else None


def csv_on_the_web(written: Written, language: str) -> dict[str, Any]:
    """``<name>.csv-metadata.json``, where W3C's Tabular Metadata has it."""
    table = written.table
    schema: dict[str, Any] = {"columns": [_csvw_column(column) for column in table.columns]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    said: dict[str, Any] = {
        "@context": [CSVW, {"@language": language}],
        "url": f"{table.name}.csv",
        "dc:title": table.title,
        "dc:description": f"{table.description} {RULE}".strip(),
        "dc:source": table.source,
        "dialect": DIALECT,
        "tableSchema": schema,
    }
    return {name: value for name, value in said.items() if value}


def moment(contents: Contents) -> str:
    """When it was made, to the second, in UTC."""
    return columns.moment(contents.made_at.replace(microsecond=0))


def _package(
    contents: Contents, form: str, description: str, resources: list[dict[str, Any]]
) -> dict[str, Any]:
    said = {
        "$schema": PROFILE,
        "name": f"copy-{contents.id}-{form}",
        "id": f"urn:uuid:{contents.id}#{form}",
        "title": contents.brand,
        "description": description,
        "homepage": contents.issuer,
        "created": moment(contents),
        "resources": resources,
    }
    return {name: value for name, value in said.items() if value}


def _table(written: Written, file: File, *, nothing: list[str]) -> dict[str, Any]:
    """A table in one of its files; ``nothing`` is which texts there mean that nothing is said."""
    table = written.table
    schema: dict[str, Any] = {
        "$schema": SCHEMA,
        "fields": [_field(column) for column in table.columns],
        "missingValues": nothing,
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    said: dict[str, Any] = {
        "type": "table",
        "title": table.title,
        "description": table.description,
        "schema": schema,
    }
    if table.source:
        said["sources"] = [{"title": table.source}]
    return _file(table.name, file) | said


def _file(name: str, file: File) -> dict[str, Any]:
    return {
        "name": name,
        "path": file.path,
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
    }


def _field(column: Column) -> dict[str, Any]:
    said: dict[str, Any] = {"name": column.name, "type": column.type, "title": column.title}
    if column.description:
        said["description"] = column.description
    if column.iri:
        said["rdfType"] = column.iri
    limits: dict[str, Any] = {"required": True} if column.required else {}
    if column.categories:
        limits["enum"] = list(column.categories)
    if limits:
        said["constraints"] = limits
    return said


def _csvw_column(column: Column) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": column.name,
        "titles": column.name,
        "dc:title": column.title,
        "dc:description": column.description,
        "datatype": CSVW_TYPES.get(column.type, column.type),
        "required": column.required,
        "propertyUrl": column.iri,
    }
    return {name: value for name, value in said.items() if value}
