"""The GovStack Consent Building Block 1.1.0, as far as a register with choices can serve it.

Reads only: people choose on our pages, and bodies write agreements as docs/api.md says. What is
left out, and how things are told, stands in docs/govstack.md.
"""

from citizen_portal.preferences.api.govstack import agreements, records
from citizen_portal.preferences.api.govstack.asked import BASE, INDIVIDUAL, MOST, bp

__all__ = ["BASE", "INDIVIDUAL", "MOST", "agreements", "bp", "records"]
