"""A portable copy as one signed zip file. Knows no database and no web."""

from citizen_portal.exports.package.archive import TooLarge
from citizen_portal.exports.package.columns import Unwritable
from citizen_portal.exports.package.contents import (
    FAILED,
    Asked,
    Column,
    Contents,
    Document,
    Missing,
    Table,
    Type,
    Why,
)
from citizen_portal.exports.package.overview import Agreement, Holder, Linked, Looks, Overview
from citizen_portal.exports.package.writing import Summary, write

__all__ = [
    "FAILED",
    "Agreement",
    "Asked",
    "Column",
    "Contents",
    "Document",
    "Holder",
    "Linked",
    "Looks",
    "Missing",
    "Overview",
    "Summary",
    "Table",
    "TooLarge",
    "Type",
    "Unwritable",
    "Why",
    "write",
]
