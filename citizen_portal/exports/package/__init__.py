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
from citizen_portal.exports.package.writing import Summary, write

__all__ = [
    "FAILED",
    "Asked",
    "Column",
    "Contents",
    "Document",
    "Missing",
    "Summary",
    "Table",
    "TooLarge",
    "Type",
    "Unwritable",
    "Why",
    "write",
]
