"""The documented shapes of what bodies answer: about links, about what they hold, and records."""

from citizen_portal.records.schemas.holdings import MOST, Holding, HoldingRow, holdings
from citizen_portal.records.schemas.links import LinkAnswer, StatementClaims, link_state, statement
from citizen_portal.records.schemas.records import (
    MOST_FIELDS,
    MOST_ROWS,
    RecordField,
    RecordFieldRow,
    RecordPage,
    RecordRow,
    RecordsAnswer,
    Value,
    ValueType,
    Withheld,
    record_page,
)

__all__ = [
    "MOST",
    "MOST_FIELDS",
    "MOST_ROWS",
    "Holding",
    "HoldingRow",
    "LinkAnswer",
    "RecordField",
    "RecordFieldRow",
    "RecordPage",
    "RecordRow",
    "RecordsAnswer",
    "StatementClaims",
    "Value",
    "ValueType",
    "Withheld",
    "holdings",
    "link_state",
    "record_page",
    "statement",
]
