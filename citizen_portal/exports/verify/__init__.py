"""Whether a copy is as it was made, and by whose key. Needs nothing but the file."""

from citizen_portal.exports.verify.checking import Checked, check
from citizen_portal.exports.verify.refusals import Altered, OtherKey, Refused, Unreadable

__all__ = ["Altered", "Checked", "OtherKey", "Refused", "Unreadable", "check"]
