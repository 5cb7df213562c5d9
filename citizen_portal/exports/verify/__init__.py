"""Whether a copy or a receipt is as it was made, and by whose key. Needs nothing but the file."""

from citizen_portal.exports.verify.checking import Checked, check
from citizen_portal.exports.verify.receipts import Receipt, check_receipt, looks_like_one
from citizen_portal.exports.verify.refusals import Altered, OtherKey, Refused, Unreadable

__all__ = [
    "Altered",
    "Checked",
    "OtherKey",
    "Receipt",
    "Refused",
    "Unreadable",
    "check",
    "check_receipt",
    "looks_like_one",
]
