"""Calls to other systems: checked addresses, hard limits, one honest fault per failure."""

from citizen_portal.fetch.calls import Fetcher, Reply
from citizen_portal.fetch.faults import Fault, Kind

__all__ = ["Fault", "Fetcher", "Kind", "Reply"]
