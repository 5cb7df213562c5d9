"""Links to bodies (``links``), and how what bodies hold is named in addresses (``named``)."""

from citizen_portal.records.queries.links import (
    Past,
    Standing,
    address_of,
    history,
    linkable,
    standing,
)
from citizen_portal.records.queries.named import Handed, RecordNames

__all__ = [
    "Handed",
    "Past",
    "RecordNames",
    "Standing",
    "address_of",
    "history",
    "linkable",
    "standing",
]
